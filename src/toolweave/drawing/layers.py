"""Which arrows run against the flow, and how deep every node lies once they are turned."""

from collections import defaultdict, deque
from dataclasses import replace

from toolweave.drawing.model import Arrow, Diagram


def back_arrows(diagram: Diagram) -> frozenset[int]:
    """Indices of arrows to turn so that what remains has no cycle; self loops are not among them.

    Only arrows inside a cycle are turned: those that lead to a node the flow reaches earlier,
    or as early but later in the order of the diagram.
    """
    parts = _components(diagram)
    order = {node.id: place for place, node in enumerate(diagram.nodes)}
    depth = _depths(diagram)
    return frozenset(
        place
        for place, arrow in enumerate(diagram.arrows)
        if arrow.source != arrow.target
        and parts[arrow.source] == parts[arrow.target]
        and (depth[arrow.target], order[arrow.target]) < (depth[arrow.source], order[arrow.source])
    )


def ranks(diagram: Diagram) -> dict[str, int]:
    """The layer of every node from 0: one below its deepest predecessor, cycles turned."""
    turned = back_arrows(diagram)
    after: dict[str, list[str]] = defaultdict(list)
    waiting: dict[str, int] = dict.fromkeys((node.id for node in diagram.nodes), 0)
    for place, arrow in enumerate(diagram.arrows):
        if arrow.source != arrow.target:
            source, target = _ends(arrow, place in turned)
            after[source].append(target)
            waiting[target] += 1
    rank = dict.fromkeys(waiting, 0)
    ready = deque(name for name, count in waiting.items() if not count)
    while ready:
        name = ready.popleft()
        for target in after[name]:
            rank[target] = max(rank[target], rank[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return rank


def _ends(arrow: Arrow, turned: bool) -> tuple[str, str]:
    return (arrow.target, arrow.source) if turned else (arrow.source, arrow.target)


def _targets(diagram: Diagram, *, turned: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for arrow in diagram.arrows:
        source, target = _ends(arrow, turned)
        found[source].append(target)
    return found


def _depths(diagram: Diagram) -> dict[str, int]:
    """Steps from the nodes without arrows from elsewhere, or from the first one not reached.

    Faint arrows count for neither: they must not turn a flow that is sure.
    """
    sure = replace(diagram, arrows=tuple(a for a in diagram.arrows if not a.faint), relations=())
    targets = _targets(sure)
    fed = {arrow.target for arrow in sure.arrows if arrow.source != arrow.target}
    roots = [node.id for node in diagram.nodes if node.id not in fed]
    depth: dict[str, int] = {}
    for start in [roots, *([node.id] for node in diagram.nodes)]:
        fresh = [name for name in start if name not in depth]
        depth.update(dict.fromkeys(fresh, 0))
        queue = deque(fresh)
        while queue:
            name = queue.popleft()
            for target in targets[name]:
                if target not in depth:
                    depth[target] = depth[name] + 1
                    queue.append(target)
    return depth


def _components(diagram: Diagram) -> dict[str, int]:
    """A number per node, equal for two nodes on a common cycle (Kosaraju's two passes)."""
    finished: list[str] = []
    _walk(_targets(diagram), [node.id for node in diagram.nodes], finished)
    part: dict[str, int] = {}
    sources = _targets(diagram, turned=True)
    for number, root in enumerate(reversed(finished)):
        queue = deque([root] if root not in part else [])
        while queue:
            name = queue.popleft()
            if name not in part:
                part[name] = number
                queue.extend(sources[name])
    return part


def _walk(targets: dict[str, list[str]], order: list[str], finished: list[str]) -> None:
    """Append every node once all it leads to are done; a stack of its own, so depth is no limit."""
    seen: set[str] = set()
    for root in order:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(targets[root]))]
        while stack:
            name, rest = stack[-1]
            fresh = next((target for target in rest if target not in seen), None)
            if fresh is None:
                finished.append(name)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(targets[fresh])))
