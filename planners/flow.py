"""The dataflow of a tool graph as planners ask for it: who feeds whom, with what, how well."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from toolweave.checks.naming import words
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool
from toolweave.planners.idle import idle_tools
from toolweave.planners.inputs import CREDENTIALS, Input, inputs_of


class Flow:
    """A tool graph with its links indexed both ways.

    Args:
        graph: tools and links; links that name tools it does not hold are left out, and so are
            those of tools that nobody asks for.

    ``idle`` holds the latter with the reason.
    """

    def __init__(self, graph: ToolGraph) -> None:
        self.graph = graph
        self.tools: Mapping[str, Tool] = {tool.name: tool for tool in graph.toolset.tools}
        self.idle = idle_tools(self.tools.values())
        self._between: dict[str, dict[str, list[Link]]] = {name: {} for name in self.tools}
        self._into: dict[str, dict[str, list[Link]]] = {name: {} for name in self.tools}
        self._sources: dict[str, set[str]] = {name: set() for name in self.tools}
        for link in sorted(graph.links, key=lambda one: -one.score):
            parameter = _whole(link)
            if parameter and self.useful(link.source) and self.useful(link.target):
                self._between[link.source].setdefault(link.target, []).append(link)
                self._into[link.target].setdefault(parameter, []).append(link)
                self._sources[link.target].add(link.source)

    @cached_property
    def inputs(self) -> Mapping[str, tuple[Input, ...]]:
        """The parameters of every tool."""
        return {name: inputs_of(tool) for name, tool in self.tools.items()}

    def useful(self, tool: str) -> bool:
        """Whether the graph holds the tool and somebody may ask for what it does."""
        return tool in self.tools and tool not in self.idle

    def successors(self, tool: str) -> Mapping[str, Sequence[Link]]:
        """The tools that this one feeds, with the links, best first."""
        return self._between[tool]

    def predecessors(self, tool: str) -> frozenset[str]:
        """The tools that feed this one."""
        return frozenset(self._sources[tool])

    def between(self, source: str, target: str) -> Sequence[Link]:
        """The links from one tool to another, best first."""
        return self._between[source].get(target, ())

    def into(self, tool: str, parameter: str) -> Sequence[Link]:
        """The links that feed one parameter, best first."""
        return self._into[tool].get(parameter, ())

    def derivable(self, tool: str, parameter: str) -> bool:
        """Whether any tool returns what the parameter takes."""
        return bool(self._into[tool].get(parameter))

    def lacks(self, tool: str, before: Sequence[str]) -> list[Input]:
        """The required parameters that neither a person can give nor the tools before it."""
        return [
            one
            for one in self.inputs[tool]
            if one.required
            and not one.preset
            and not self.sayable(tool, one.path, askable=one.askable)
            and not any(link.source in before for link in self.into(tool, one.path))
        ]

    def sayable(self, tool: str, parameter: str, *, askable: bool) -> bool:
        """Whether a person gives the value: one they know, or a credential that no tool returns."""
        secret = bool(CREDENTIALS & set(words(parameter)))
        return askable or (secret and not self.derivable(tool, parameter))

    def startable(self, tool: str) -> bool:
        """Whether a dialogue may begin with this tool."""
        return self.useful(tool) and not self.lacks(tool, ())


def _whole(link: Link) -> str:
    """The parameter that a link can fill as a whole; nothing where it only fills a part.

    Values are handed over as they are: a list takes the values of a list, and what lies inside an
    object is stated with the object.
    """
    name = link.parameter.removesuffix("[]")
    one_for_many = name != link.parameter and "[]" not in link.output
    return "" if one_for_many or "." in name or "[" in name else name
