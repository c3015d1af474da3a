"""The measuring model server in a process of its own, and how it is told to behave."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from scripts.benchmarks.recording import Answered

_SERVER: Final = Path(__file__).with_name("answering.py")


class Counted(NamedTuple):
    """What the server has counted."""

    asked: int
    refused: int


class Server(NamedTuple):
    """A running server."""

    url: str

    def behave(self, **manners: Any) -> Counted:
        """Set how it behaves from now on (``answering.Manners``); what it counted until now."""
        body = orjson.dumps(manners)
        with urllib.request.urlopen(f"{self.url}/control", data=body, timeout=10) as reply:
            return Counted(**orjson.loads(reply.read()))


@contextmanager
def serving(kept: Sequence[Answered]) -> Iterator[Server]:
    """A server in its own process, which gives the recorded answers."""
    answers = {task.render(task.context).user: answer.model_dump_json() for task, answer in kept}
    with subprocess.Popen(
        [sys.executable, str(_SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(orjson.dumps(answers))
            process.stdin.close()
            yield Server(process.stdout.readline().decode().strip())
        finally:
            process.terminate()
