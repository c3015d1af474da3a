"""The sources of a pipeline: looked at before any work begins, then made into linked tools."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from toolweave.configs.packs import load_pack
from toolweave.configs.pipeline import PipelineConfig, Source
from toolweave.configs.shipping import shipped
from toolweave.configs.wording import lexicon_for, words
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.llm.embedding import Embedder
from toolweave.runs.pipeline_folder import StageFiles
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.graph import load_graph
from toolweave.toolgraph.importing import import_tools
from toolweave.toolgraph.linking.links import THRESHOLD, link_tools
from toolweave.toolgraph.synthesis.domains import Growth, grow, staged


class Sources:
    """Makes the tool graphs of a run, or takes those that its folder holds.

    Args:
        config: names the sources.
        base: the folder that their files are relative to.
        files: the run's files.
        telling: hears of every tool that is dropped.

    Raises:
        InputError: a source cannot be used; all of them are looked at before any is worked on.
    """

    def __init__(
        self, config: PipelineConfig, base: Path, files: StageFiles, telling: Callable[[str], None]
    ) -> None:
        self.config, self.base, self.files, self.telling = config, base, files, telling
        self.names = [_name(source) for source in config.sources]
        for name, count in Counter(self.names).items():
            if count > 1:
                raise InputError(f"two sources are called {name!r}", mend="give one a name")
        self.stages = staged(config.stages)
        self._imported: dict[str, Toolset] = {}
        for source, name in zip(config.sources, self.names, strict=True):
            words(source.lexicon)
            if not self._made(name):
                self._look(source, name)

    def graphs(self, embedder: Embedder) -> list[ToolGraph]:
        """The linked tools of every source."""
        return [
            self._graph(source, name, embedder)
            for source, name in zip(self.config.sources, self.names, strict=True)
        ]

    def _made(self, name: str) -> bool:
        return self.files.has(tools_file(name), graph_file(name))

    def _look(self, source: Source, name: str) -> None:
        """See that a source can be used; tools from a file are read here already."""
        if source.domain:
            load_pack(source.domain)
            return
        made = import_tools(self._file(source.tools))
        for drop in made.dropped:
            self.telling(f"{source.tools}: {drop.name or drop.place}: {drop.reason}")
        self._imported[name] = made.toolset

    def _graph(self, source: Source, name: str, embedder: Embedder) -> ToolGraph:
        if self._made(name):
            return load_graph(self.files.out / graph_file(name))
        toolset = self._toolset(source, name)
        threshold = self.config.links.threshold
        graph = link_tools(
            toolset, embedder, threshold=THRESHOLD if threshold is None else threshold
        ).graph
        self.files.write(
            {
                tools_file(name): json_bytes(toolset.dump(), indent=True),
                graph_file(name): json_bytes(graph.dump(), indent=True),
            }
        )
        return graph

    def _toolset(self, source: Source, name: str) -> Toolset:
        if source.domain:
            growth = Growth(
                domain=source.domain, similarity=_alike, stages=self.stages, seed=self.config.seed
            )
            toolset = asyncio.run(grow(growth)).toolset
        else:
            toolset = self._imported[name]
        lexicon = source.lexicon or lexicon_for(toolset.tools, toolset.lexicon, toolset.domain)
        return toolset.model_copy(update={"lexicon": lexicon, "name": name})

    def _file(self, name: str) -> Path:
        local = self.base / name
        found = local if local.exists() else shipped("tools", name)
        if found is None:
            problem = f"{name!r} is neither a file nor a shipped toolset"
            raise InputError(problem, place="sources", mend="check the path")
        return found


def graph_file(name: str) -> str:
    """Where a run keeps the graph of the source of that name."""
    return f"graphs/{name}.json"


def tools_file(name: str) -> str:
    """Where a run keeps the tools of the source of that name."""
    return f"tools/{name}.json"


def _name(source: Source) -> str:
    name = source.name or source.domain or Path(source.tools).stem
    kept = "".join(char if char.isalnum() or char in "._-" else "_" for char in name.casefold())
    return kept.strip("._")[:48] or "tools"


def _alike(left: str, right: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.token_set_ratio(left, right) / 100
