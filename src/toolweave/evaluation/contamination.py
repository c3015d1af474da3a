"""Contamination: dialogues that share runs of words with files that the user names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue, Record
from toolweave.evaluation.conversation import Conversation
from toolweave.evaluation.leakage import Example
from toolweave.schema.documents import LIMIT, parse_document, unreadable
from toolweave.schema.paths import leaf_values

WORDS: Final = 13
EXAMPLES: Final = 3
# A run takes about a hundred bytes; more of them would not fit beside the rest.
MOST: Final = 4_000_000
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_JSON: Final = (".json", ".jsonl", ".ndjson")


class AgainstFigures(Record):
    """One file that was compared with, and what it shares with the dialogues.

    ``short`` counts its texts of fewer words than a run has, which nothing can match;
    ``unreadable`` its lines that are no JSON. ``share`` is of all dialogues.
    """

    file: str
    texts: int
    short: int
    runs: int
    unreadable: int
    dialogues: int
    share: float
    examples: tuple[Example, ...] = ()


class ContaminationFigures(Record):
    """Dialogues of which a user or the assistant says ``words`` words in a row of a named file."""

    words: int
    dialogues: int
    share: float
    files: tuple[AgainstFigures, ...]


class Benchmarks:
    """The runs of words in named files, by number: equal runs have equal numbers.

    Of JSON and JSON lines, every string is a text; of anything else, every line.

    Raises:
        InputError: a file cannot be read, or there are too many runs to hold.
    """

    def __init__(self, files: Sequence[str], words: int = WORDS) -> None:
        self.words, self.files = words, tuple(files)
        self.texts, self.short = [0] * len(files), [0] * len(files)
        self.runs, self.unreadable = [0] * len(files), [0] * len(files)
        self._places: dict[int, int] = {}
        for place, file in enumerate(files):
            self._read(place, file)

    def hits(self, texts: Iterable[str]) -> dict[int, str]:
        """The places of the files that share a run with these texts, and the first such run."""
        found: dict[int, str] = {}
        for text in texts:
            words = _words(text)
            for at in range(len(words) - self.words + 1):
                place = self._places.get(hash(words[at : at + self.words]))
                if place is not None and place not in found:
                    found[place] = " ".join(words[at : at + self.words])
        return found

    def _read(self, place: int, file: str) -> None:
        try:
            with Path(file).open("rb") as stream:
                for text in self._texts(stream, place, Path(file).suffix.lower()):
                    self._learn(text, place)
        except (OSError, ValueError) as error:
            unreadable(file, error)

    def _texts(self, stream: IO[bytes], place: int, suffix: str) -> Iterator[str]:
        if suffix == ".json" and (data := _parsed(stream.read(LIMIT + 1))) is not None:
            yield from _strings(data)
            return
        stream.seek(0)
        while raw := stream.readline(LIMIT + 1):
            if not raw.strip():
                continue
            if suffix not in _JSON:
                yield raw.decode("utf-8", errors="replace")
            elif (data := _parsed(raw)) is not None:
                yield from _strings(data)
            else:
                self.unreadable[place] += 1

    def _learn(self, text: str, place: int) -> None:
        words = _words(text)
        self.texts[place] += 1
        self.short[place] += len(words) < self.words
        for at in range(len(words) - self.words + 1):
            run = hash(words[at : at + self.words])
            if run not in self._places:
                self._places[run] = place
                self.runs[place] += 1
        if len(self._places) > MOST:
            problem = f"more than {MOST:,} different runs of {self.words} words"
            raise InputError(problem, file=self.files[place], mend="compare with fewer files")


class Contamination:
    """Gathers which dialogues share runs of words with the named files."""

    def __init__(self, against: Benchmarks) -> None:
        self._against = against
        self._dialogues = self._hit = 0
        self._by_file = [0] * len(against.files)
        self._examples: list[list[Example]] = [[] for _ in against.files]

    def add(self, name: str, held: Conversation) -> None:
        """One more dialogue."""
        self._dialogues += 1
        found = self._against.hits(said.text for said in held.said)
        self._hit += bool(found)
        for place, run in found.items():
            self._by_file[place] += 1
            if len(self._examples[place]) < EXAMPLES:
                self._examples[place].append(Example(dialogue=name, text=run))

    def figures(self) -> ContaminationFigures:
        """The figures so far; a run that several files hold counts for the first."""
        against, whole = self._against, max(self._dialogues, 1)
        return ContaminationFigures(
            words=against.words,
            dialogues=self._hit,
            share=self._hit / whole,
            files=tuple(
                AgainstFigures(
                    file=file,
                    texts=against.texts[place],
                    short=against.short[place],
                    runs=against.runs[place],
                    unreadable=against.unreadable[place],
                    dialogues=self._by_file[place],
                    share=self._by_file[place] / whole,
                    examples=tuple(self._examples[place]),
                )
                for place, file in enumerate(against.files)
            ),
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))


def _strings(data: JsonValue) -> Iterator[str]:
    return (value for _, value in leaf_values(data) if isinstance(value, str))


def _parsed(raw: bytes) -> JsonValue:
    """The data, None where it is no JSON, too large or nested absurdly."""
    if len(raw) > LIMIT:
        return None
    try:
        return parse_document(raw.decode("utf-8-sig"), file="record.json")
    except (UnicodeDecodeError, InputError):
        return None
