"""Where arguments come from: a band from each origin to each tool or domain that takes them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from toolweave.evaluation.origins import ORIGINS, Flow, Origin
from toolweave.reporting.plots import Plot, fitting, label, svg

_WIDTH: Final = 680
_LEFT: Final = 196
_RIGHT: Final = 210
_NODE: Final = 10
# The room of a name; its number stands behind it.
_NAME: Final = 150
_HEIGHT: Final = 300
# What a name needs, so that no two stand in one line.
_LINE: Final = 17
_GAP: Final = 4
_MOST: Final = 18
_OTHERS: Final = "all others"
_HUES: Final[Mapping[Origin, int]] = {origin: place for place, origin in enumerate(ORIGINS)}


class _Node(NamedTuple):
    """One end of bands: its name, how many arguments, and where it stands."""

    name: str
    number: int
    top: float
    height: float


class Bands(NamedTuple):
    """Counts of arguments by origin and taker, and what the takers are."""

    takers: str
    counts: Mapping[tuple[Origin, str], int]


def sankey(flows: Sequence[Flow]) -> Plot:
    """The bands; takers are tools where these are few, else domains."""
    bands = bands_of(flows)
    left = _nodes(_sums((ORIGINS[origin], n) for (origin, _), n in bands.counts.items()), ORIGINS)
    right = _nodes(_sums((taker, n) for (_, taker), n in bands.counts.items()))
    bottom = max((node.top + node.height for node in (*left, *right)), default=0)
    parts = [*_bands(bands, left, right), *_names(left, right)]
    title = f"Where arguments come from, and which {bands.takers} take them"
    note = "A part is one subgoal of a dialogue's plan. The table below has the numbers."
    return Plot(title, svg(title, _WIDTH, bottom + 6, parts, "wide"), note, wide=True)


def bands_of(flows: Iterable[Flow]) -> Bands:
    """The counts; what the eighteenth taker leaves over is one taker more."""
    held = list(flows)
    tools = _sums((flow.tool, flow.arguments) for flow in held)
    domains = _sums((flow.domain, flow.arguments) for flow in held)
    by_tool = len(tools) <= _MOST or len(domains) < 2
    taking = tools if by_tool else domains
    most = _MOST if by_tool else _MOST + 6
    kept = {name for name, _ in taking.most_common(most)}
    counts: Counter[tuple[Origin, str]] = Counter()
    for flow in held:
        taker = flow.tool if by_tool else flow.domain
        counts[flow.origin, taker if taker in kept else _OTHERS] += flow.arguments
    return Bands("tools" if by_tool else "domains", counts)


def _sums(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, number in pairs:
        counts[name] += number
    return counts


def _nodes(counts: Counter[str], order: Mapping[Origin, str] | None = None) -> list[_Node]:
    """The ends of one side from top to bottom: in that order, or the largest first."""
    ranked = counts.most_common()
    if order is not None:
        ranked = [(name, counts[name]) for name in order.values() if counts[name]]
    nodes: list[_Node] = []
    top = 4.0
    for name, count in ranked:
        height = _HEIGHT * count / counts.total()
        nodes.append(_Node(name, count, top + max(0.0, (_LINE - height) / 2), height))
        top += max(height, _LINE) + _GAP
    return nodes


def _bands(bands: Bands, left: Sequence[_Node], right: Sequence[_Node]) -> Iterable[Markup]:
    scale = _HEIGHT / sum(bands.counts.values())
    start = {node.name: node.top for node in left}
    end = {node.name: node.top for node in right}
    place = {node.name: at for at, node in enumerate(right)}
    origins = list(ORIGINS)
    for (origin, taker), count in sorted(
        bands.counts.items(), key=lambda item: (origins.index(item[0][0]), place[item[0][1]])
    ):
        thick = count * scale
        told = ORIGINS[origin]
        one, two = start[told] + thick / 2, end[taker] + thick / 2
        start[told] += thick
        end[taker] += thick
        near, far = _LEFT + _NODE, _WIDTH - _RIGHT - _NODE
        middle = (near + far) / 2
        yield Markup(
            '<path class="band s{}" stroke-width="{:.2f}" d="M{} {:.2f}C{} {:.2f} {} {:.2f} '
            '{} {:.2f}"><title>{} → {}: {:,}</title></path>'
        ).format(
            _HUES[origin], max(thick, 0.5), near, one, middle, one, middle, two, far, two, told,
            label(taker, 60), count,
        )  # fmt: skip


def _names(left: Sequence[_Node], right: Sequence[_Node]) -> Iterable[Markup]:
    hues = {ORIGINS[origin]: hue for origin, hue in _HUES.items()}
    for node in left:
        yield _node(node, _LEFT, f"h{hues[node.name]}", _LEFT - 6, "end")
    for node in right:
        at = _WIDTH - _RIGHT
        yield _node(node, at - _NODE, "h8", at + 6, "")


def _node(node: _Node, x: float, hue: str, words: float, side: str) -> Markup:
    return Markup(
        '<g><title>{}: {:,}</title><rect class="{}" x="{}" y="{:.2f}" width="{}" height="{:.2f}"/>'
        '<text x="{}" y="{:.2f}" class="{}">{} <tspan class="value">{:,}</tspan></text></g>'
    ).format(
        label(node.name), node.number, hue, x, node.top, _NODE, max(node.height, 1), words,
        node.top + node.height / 2 + 4, side, fitting(node.name, _NAME), node.number,
    )  # fmt: skip
