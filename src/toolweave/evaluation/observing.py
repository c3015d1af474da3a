"""What the figures need of one record; lines of a large file are observed in several processes."""

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.finding import Finding
from toolweave.core.tool import Tool
from toolweave.evaluation.conversation import Conversation, conversation
from toolweave.evaluation.hallucination import Verdict, verdict
from toolweave.evaluation.leakage import Leaked, leaked
from toolweave.evaluation.loading import LoadedDialogue, raw_lines, read_line
from toolweave.evaluation.lots import Lots
from toolweave.evaluation.masking import masked_texts
from toolweave.schema.documents import unreadable

# Below this a process costs more to start than it saves.
LARGE: Final = 16 * 1024 * 1024
_CHUNK: Final = 64


class Observed(NamedTuple):
    """One record: ``held`` and what was found in it, or the ``problem`` that it cannot be read."""

    number: int
    name: str
    held: Conversation | None = None
    masked: tuple[str, ...] = ()
    leaks: tuple[Leaked, ...] = ()
    verdict: Verdict | None = None
    problem: Finding | None = None


class Numbered(NamedTuple):
    """A line of a file: its record's number, its own, and whether the dialogue is to be proved."""

    number: int
    line: int
    raw: bytes
    proved: bool


Wanted = Callable[[int], bool]


def observe(
    loaded: LoadedDialogue, number: int, given: Sequence[Tool] | None, *, proved: bool
) -> Observed:
    """What the figures need of a record; ``given`` are the tools of one that brings none."""
    name = loaded.id or loaded.place or f"[{number}]"
    held = conversation(loaded)
    if held is None:
        return Observed(number, name, problem=loaded.problem)
    if loaded.dialogue is not None:
        shown: Sequence[Tool] | None = [item.tool for item in loaded.dialogue.tools]
    else:
        shown = loaded.tools or given
    return Observed(
        number,
        name,
        # Arguments and results are large, and have served.
        held=held._replace(sent=(), returned=()),
        masked=masked_texts(held),
        leaks=leaked(held, shown),
        verdict=verdict(loaded, given) if proved else None,
    )


def is_large(path: Path | str) -> bool:
    """Whether a file holds so many lines that several processes are worth it."""
    file = Path(path)
    return file.suffix.lower() != ".json" and file.is_file() and file.stat().st_size >= LARGE


def drawn_ahead(path: Path | str, lots: Lots) -> Wanted:
    """Which records of a file are in the sample, told by a first look that counts lines.

    Drawn on the way, many would be proved that leave the sample again.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            for number, _ in enumerate(raw_lines(stream, str(path)), 1):
                lots.draw(number)
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    return lots.holds().__contains__


def observed_lines(
    path: Path | str, given: Sequence[Tool] | None, wanted: Wanted, workers: int
) -> Iterator[Observed]:
    """The records of a file of JSON lines in their order, read by several processes.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as stream, _pool(workers) as pool:
            lines = (
                Numbered(number, place, raw, wanted(number))
                for number, (place, raw) in enumerate(raw_lines(stream, str(path)), 1)
            )
            waiting: deque[Future[list[Observed]]] = deque()
            while chunk := list(islice(lines, _CHUNK)):
                waiting.append(pool.submit(_observe, chunk, str(path), given))
                if len(waiting) > 2 * workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
    except (OSError, ValueError) as error:
        unreadable(str(path), error)


def _observe(chunk: Sequence[Numbered], file: str, given: Sequence[Tool] | None) -> list[Observed]:
    return [
        observe(read_line(one.raw, file, one.line), one.number, given, proved=one.proved)
        for one in chunk
    ]


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_patient)


def _patient() -> None:
    """Ctrl-C is the business of the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
