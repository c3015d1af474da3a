"""Drawings of tool graphs: each made once, large ones in another process, a few of them kept."""

import threading
from collections import OrderedDict
from functools import partial
from typing import Final

from toolweave.core.graph import ToolGraph
from toolweave.drawing.model import DrawingError
from toolweave.studio.jobs import Job, Queue
from toolweave.studio.measuring import draw_tools

_KEPT: Final = 12
# Tools and links that are drawn at once: the layout engine lets no page go on meanwhile.
_SMALL: Final = 150
_SECONDS: Final = 180.0


class Drawings:
    """The drawings of tool graphs, by run and domain."""

    def __init__(self) -> None:
        self._queue = Queue("drawing")
        self._held: OrderedDict[tuple[str, str], tuple[ToolGraph, Job[str]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, slug: str, domain: str, graph: ToolGraph) -> Job[str]:
        """The page of a graph, which may still be under way."""
        key = (slug, domain)
        with self._lock:
            held = self._held.get(key)
            if held is None or held[0] is not graph:
                held = self._held[key] = (graph, self._drawn(graph))
                while len(self._held) > _KEPT:
                    self._held.popitem(last=False)
            self._held.move_to_end(key)
            return held[1]

    def close(self) -> None:
        """End whatever is under way."""
        self._queue.close()

    def _drawn(self, graph: ToolGraph) -> Job[str]:
        job = Job(partial(draw_tools, graph), _SECONDS)
        if len(graph.toolset.tools) + len(graph.links) > _SMALL:
            return self._queue.put(job)
        try:
            job.end(draw_tools(graph))
        except DrawingError as error:
            job.end(problem=str(error))
        return job
