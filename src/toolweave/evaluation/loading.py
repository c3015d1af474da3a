"""Dialogue files read one record at a time: ours, or OpenAI messages from elsewhere."""

import sys
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.schema.documents import (
    LIMIT,
    STDIN,
    parse_document,
    unreadable,
    without_dialogues,
)
from toolweave.schema.records import build, clipped
from toolweave.toolgraph.readers import read_tools

_JSON = "record.json"
_SAVE = "save it as UTF-8"


@dataclass(frozen=True, slots=True)
class LoadedDialogue:
    """One record of a file.

    ``dialogue`` is set for our own format, ``messages`` (and ``tools``, if the record brings them)
    for OpenAI messages, ``problem`` alone when the record cannot be read. ``place`` is ``line 3``,
    ``[2]`` in a list, or empty where the file is one dialogue. ``flaws`` are objections to what
    stands beside the messages and had to be left out: tools that cannot be used.
    """

    place: str
    id: str = ""
    dialogue: Dialogue | None = None
    messages: tuple[JsonObject, ...] | None = None
    tools: tuple[Tool, ...] | None = None
    problem: Finding | None = None
    domain: str = ""
    flaws: tuple[Finding, ...] = ()


def load_dialogues(
    path: Path | str, numbers: Container[int] | None = None
) -> Iterator[LoadedDialogue]:
    """The dialogues of a ``.json`` or JSON-lines file, or of standard input (``-``), one by one.

    A record that cannot be read comes as one with a ``problem``, and the rest goes on. With
    ``numbers`` only the records of these numbers come, from 1; lines of others are not even read.
    Raises InputError when the file itself cannot be read, or holds nothing to read.
    """
    file = "standard input" if str(path) == STDIN else str(path)
    try:
        if str(path) == STDIN:
            yield from _stream(sys.stdin.buffer, file, numbers, whole=True)
            return
        with Path(path).open("rb") as stream:
            yield from _stream(stream, file, numbers, whole=Path(path).suffix.lower() == ".json")
    except (OSError, ValueError) as error:
        unreadable(file, error)


def _stream(
    stream: IO[bytes], file: str, numbers: Container[int] | None, *, whole: bool
) -> Iterator[LoadedDialogue]:
    if not whole:
        for place, (number, raw) in enumerate(raw_lines(stream, file), 1):
            if numbers is None or place in numbers:
                yield read_line(raw, file, number)
        return
    for place, loaded in enumerate(_whole(stream.read(LIMIT + 1), file), 1):
        if numbers is None or place in numbers:
            yield loaded


def _whole(raw: bytes, file: str) -> Iterator[LoadedDialogue]:
    problem, data = _read(raw, file, "")
    if problem is None:
        yield from _document(data, file)
    elif b"\n" in raw.strip() and _read(raw.strip().splitlines()[0], file, "")[0] is None:
        for number, line in enumerate(raw.splitlines(), 1):
            if line.strip():
                yield read_line(line, file, number)
    else:
        raise InputError(problem.problem, file=file, place=problem.at, mend=problem.mend)


def raw_lines(stream: IO[bytes], file: str) -> Iterator[tuple[int, bytes]]:
    """The lines that hold anything, with their numbers; a line too long is cut behind the limit.

    Raises:
        InputError: there are none.
    """
    number, held = 0, False
    while raw := stream.readline(LIMIT + 1):
        number += 1
        if raw.strip():
            held = True
            yield number, raw
        while len(raw) > LIMIT and not raw.endswith(b"\n"):
            raw = stream.readline(LIMIT + 1)
    if not held:
        raise without_dialogues(file, "write one JSON object a line")


def read_line(raw: bytes, file: str, number: int) -> LoadedDialogue:
    """The record on one line of a file."""
    place = f"line {number}"
    problem, data = _read(raw, file, place)
    if problem is not None:
        return LoadedDialogue(place, problem=problem)
    return _record(data, file, place)


def _read(raw: bytes, file: str, place: str) -> tuple[Finding | None, JsonValue]:
    if len(raw) > LIMIT:
        problem = f"larger than {LIMIT // (1024 * 1024)} MB"
        return _unreadable(file, place, problem, "split it"), None
    try:
        if b"\0" in raw:
            return _unreadable(file, place, "not UTF-8 text: it holds zero bytes", _SAVE), None
        return None, parse_document(raw.decode("utf-8-sig"), file=_JSON)
    except UnicodeDecodeError:
        return _unreadable(file, place, "not UTF-8 text", _SAVE), None
    except InputError as error:
        return _unreadable(file, place, error.problem, error.mend), None


def _unreadable(file: str, place: str, problem: str, mend: str = "") -> Finding:
    return Finding(code="unreadable_record", problem=problem, mend=mend, file=_in_file(file, place))


def _in_file(file: str, place: str) -> str:
    return f"{file}, {place}" if place else file


def _document(data: JsonValue, file: str) -> Iterator[LoadedDialogue]:
    if isinstance(data, list) and not _is_messages(data):
        for index, item in enumerate(data):
            yield _record(item, file, f"[{index}]")
    else:
        yield _record(data, file, "")


def _is_messages(data: list[Any]) -> bool:
    return bool(data) and all(isinstance(item, dict) and "role" in item for item in data)


def _record(data: JsonValue, file: str, place: str) -> LoadedDialogue:
    try:
        return _loaded(data, place)
    except InputError as error:
        problem = f"{error.place}: {error.problem}" if error.place else error.problem
        return LoadedDialogue(place, problem=_unreadable(file, place, problem, error.mend))


def _loaded(data: JsonValue, place: str) -> LoadedDialogue:
    if isinstance(data, list) and _is_messages(data):
        return LoadedDialogue(place, messages=tuple(data))
    if not isinstance(data, dict) or not isinstance(data.get("messages"), list):
        mend = 'write {"messages": [...]} or a list of messages'
        raise InputError("no dialogue: there are no messages", mend=mend)
    if is_ours(data):
        dialogue = build(Dialogue, data)
        domain = dialogue.domain or dialogue.plan.domain
        return LoadedDialogue(place, id=dialogue.id, dialogue=dialogue, domain=domain)
    for index, message in enumerate(data["messages"]):
        if not isinstance(message, dict):
            raise InputError("a message is no object", place=f"messages[{index}]")
    tools, flaws = _brought(data.get("tools"))
    identity = data.get("id")
    name = str(identity) if isinstance(identity, str | int) else ""
    field = data.get("domain")
    return LoadedDialogue(
        place,
        id=name,
        messages=tuple(data["messages"]),
        tools=tools,
        domain=field if isinstance(field, str) else "",
        flaws=flaws,
    )


def is_ours(data: JsonObject) -> bool:
    """Whether a record with messages is one of ours, by its plan; others may call a text so."""
    return isinstance(data.get("plan"), dict)


def _brought(tools: JsonValue) -> tuple[tuple[Tool, ...] | None, tuple[Finding, ...]]:
    """The tools that a record brings, or why they cannot be used."""
    if not tools:
        return None, ()
    try:
        return read_tools(tools).tools, ()
    except InputError as error:
        where = f"{error.place}: " if error.place else ""
        problem = f"the tools cannot be used, so no call is held against them: {where}"
        flaw = Finding(
            code="unusable_tools", problem=clipped(f"{problem}{error.problem}"), mend=error.mend
        )
        return None, (flaw,)
