"""Importing: tools of any form, from files, data, servers' answers, functions and LangChain tools.

Where ``readers.load_tools`` takes or refuses a file as a whole, the importer takes every tool on
its own: good ones are kept, changes are noted, and what cannot be used is listed with its reason.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from toolweave.core.domain import DomainPack
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.model import FORMAT_VERSION, Record
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.documents import STDIN, file_name, parse_document, parse_line, read_text
from toolweave.schema.nesting import too_deep
from toolweave.schema.records import clipped, input_error
from toolweave.schema.text import one_line
from toolweave.schema.types import to_text
from toolweave.toolgraph.admitting import admitted, legal, renamed
from toolweave.toolgraph.formats.candidate import Candidate, Read, Refused, Remark
from toolweave.toolgraph.formats.detecting import AUTO, candidates, form_named
from toolweave.toolgraph.inference.inferring import infer_results

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".yaml", ".yml")
_DEEPEST: Final = 100


class Dropped(Record):
    """Something that did not become a tool.

    Attributes:
        source: the file or object it came from.
        place: where in it.
        name: what it is called there, if anything.
        reason: why it was dropped.
    """

    source: str = ""
    place: str = ""
    name: str = ""
    reason: str

    def line(self) -> str:
        """One line for a person."""
        where = ", ".join(part for part in (self.source, self.place) if part)
        called = f" {self.name!r}" if self.name else ""
        return one_line(f"{where}: dropped{called}: {self.reason}")


class Changed(Record):
    """A tool that is not exactly what its source says."""

    tool: str
    notes: tuple[str, ...]


class Imported(Record):
    """What an import gave: the toolset, and everything that was changed, dropped or passed over."""

    toolset: Toolset
    changed: tuple[Changed, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def inferred(self) -> tuple[str, ...]:
        """The names of the tools whose results nobody declared."""
        return tuple(
            tool.name
            for tool in self.toolset.tools
            if tool.origin is not None and "results" in tool.origin.inferred
        )


@dataclass(frozen=True, slots=True)
class Given:
    """Data already read, and how messages call where it came from."""

    source: str
    data: object


class _Part(NamedTuple):
    """What one source holds: how messages call it, its name and domain, and its candidates."""

    source: str
    name: str
    domain: str
    lexicon: str
    found: Iterator[Read]


def import_tools(
    sources: object,
    *,
    form: str = AUTO,
    name: str = "",
    domain: str = "",
    pack: DomainPack | None = None,
    infer: bool = True,
) -> Imported:
    """Every usable tool of the sources, under a legal and unique name, its schemas valid.

    A source is a file or folder (``-`` reads standard input), data already read, a Toolset, a
    LangChain tool or a typed Python function; several may be given in one list. Nothing is fetched,
    and no function is called.

    Args:
        sources: what to import.
        form: the form to read everything as; ``auto`` looks at each part of the data.
        name, domain: what the toolset is called and whose tools they are.
        pack: what is known of the domain, for inferring results.
        infer: whether missing result schemas are inferred and marked so.

    Raises:
        InputError: a source cannot be read, the form is unknown, or no tool is left.
    """
    form_named(form)
    listed = _listed(sources)
    parts = [part for each in listed for part in _parts(each, form, alone=len(listed) == 1)]
    tools: list[tuple[str, str, Tool]] = []
    dropped: list[Dropped] = []
    remarks: list[str] = []
    for part in parts:
        for read in part.found:
            _admit(read, part.source, tools, dropped, remarks)
    kept: list[Tool] = []
    for (tool, why), (source, place, _) in zip(renamed(t for _, _, t in tools), tools, strict=True):
        if why:
            dropped.append(Dropped(source=source, place=place, name=tool.name, reason=why))
        else:
            kept.append(tool)
    if not kept:
        raise _nothing(dropped, parts)
    toolset = Toolset(
        version=FORMAT_VERSION,
        name=name or _agreed(part.name for part in parts),
        domain=domain or _agreed(part.domain for part in parts),
        lexicon=_agreed(part.lexicon for part in parts),
        tools=tuple(kept),
    )
    toolset = infer_results(toolset, pack) if infer else toolset
    return Imported(
        toolset=toolset, changed=_changes(toolset), dropped=tuple(dropped), remarks=tuple(remarks)
    )


def _changes(toolset: Toolset) -> tuple[Changed, ...]:
    return tuple(
        Changed(tool=tool.name, notes=tool.origin.notes)
        for tool in toolset.tools
        if tool.origin is not None and tool.origin.notes
    )


def _admit(
    read: Read,
    source: str,
    tools: list[tuple[str, str, Tool]],
    dropped: list[Dropped],
    remarks: list[str],
) -> None:
    if isinstance(read, Remark):
        remarks.append(one_line(f"{source}: {read.text}" if source else read.text))
    elif isinstance(read, Refused):
        dropped.append(_dropped(source, read.place, read.name, read.reason))
    else:
        try:
            tools.append((source, read.place, admitted(read, source)))
        except InputError as error:
            dropped.append(_dropped(source, read.place, read.name, error.problem))
        except SchemaError as error:
            dropped.append(_dropped(source, read.place, read.name, str(error)))


def _dropped(source: str, place: str, name: object, reason: str) -> Dropped:
    shown = one_line(name)[:80] if isinstance(name, str) else ""
    return Dropped(
        source=source, place=clipped(one_line(place)), name=shown, reason=clipped(one_line(reason))
    )


def _nothing(dropped: Sequence[Dropped], parts: Sequence[_Part]) -> InputError:
    source = parts[0].source if len(parts) == 1 else ""
    if not dropped:
        return input_error("no tools here", file=source, mend="name a source that holds some")
    first = dropped[0]
    if len(dropped) == 1 and first.reason.startswith("no tools here"):
        return input_error(first.reason, file=first.source)
    more = f"; {len(dropped) - 1} more like it" if len(dropped) > 1 else ""
    return input_error(
        f"no tool is left: {first.reason}{more}", file=first.source, place=first.place
    )


def _agreed(values: Iterable[str]) -> str:
    distinct = {value for value in values if value}
    return distinct.pop() if len(distinct) == 1 else ""


def _listed(sources: object) -> list[object]:
    """The sources one by one; a list of plain data is one source."""
    listed = sources if isinstance(sources, list | tuple) else ()
    if any(isinstance(each, str | Path | Toolset | Given) or _is_object(each) for each in listed):
        return list(listed)
    return [sources]


def _is_object(item: object) -> bool:
    """Whether the item is a Python object to look into rather than data."""
    return callable(item) or hasattr(item, "args_schema")


def _parts(source: object, form: str, *, alone: bool) -> Iterator[_Part]:
    """What a source holds. Only where it stands alone is it an error that it cannot be read."""
    try:
        yield from _opened(source, form)
    except InputError as error:
        if alone:
            raise
        yield _Part(error.file, "", "", "", iter([Refused(error.place, "", error.problem)]))


def _opened(source: object, form: str) -> Iterator[_Part]:
    if isinstance(source, Toolset):
        yield _of_data(source.dump(), "", "", "toolweave")
    elif isinstance(source, str | Path):
        yield from _of_path(Path(source), form)
    elif _is_object(source):
        yield _of_object(source)
    else:
        given = source if isinstance(source, Given) else Given("", source)
        try:
            # Data in memory may hold tuples, or itself; as JSON text it cannot.
            data = json.loads(to_text(given.data))
        except (SchemaError, RecursionError) as error:
            raise input_error(f"not plain data: {error}", mend="give JSON data") from error
        if too_deep(data, _DEEPEST):
            raise input_error(f"nested more than {_DEEPEST} levels deep", mend="nest less")
        yield _of_data(data, given.source, "", form)


def _of_object(source: object) -> _Part:
    from toolweave.toolgraph.formats.python_tools import read

    called = str(getattr(source, "name", "") or getattr(source, "__name__", "") or "")
    return _Part(legal(called) or "a tool", "", "", "", read(source))


def _of_path(path: Path, form: str) -> Iterator[_Part]:
    if not path.is_dir():
        yield _of_file(path, form)
        return
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in _SUFFIXES)
    if not files:
        mend = "add .json, .jsonl or .yaml files"
        raise input_error("no tool files here", file=str(path), mend=mend)
    for each in files:
        # In a folder, a file that cannot be read costs only its own tools.
        yield from _parts(each, form, alone=False)


def _of_file(path: Path, form: str) -> _Part:
    file = file_name(path)
    text = read_text(path)
    name = "" if str(path) == STDIN else path.stem
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _of_lines(text, file, name, form)
    try:
        data = parse_document(text, file=file)
    except InputError:
        if not _looks_like_lines(text):
            raise
        return _of_lines(text, file, name, form)
    return _of_data(data, file, name, form)


def _looks_like_lines(text: str) -> bool:
    """Whether the first line is a whole JSON object, as in JSON lines under another name."""
    first, _, rest = text.lstrip().partition("\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _of_lines(text: str, file: str, name: str, form: str) -> _Part:
    def found() -> Iterator[Read]:
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                data = parse_line(line, file=file, line=number)
                yield from _placed(candidates(data, form), f"line {number}")
            except InputError as error:
                yield Refused(f"line {number}", "", error.problem)

    return _Part(file, name, "", "", found())


def _placed(reads: Iterable[Read], line: str) -> Iterator[Read]:
    for read in reads:
        if isinstance(read, Candidate):
            place = f"{line}, {read.place}" if read.place else line
            yield replace(read, place=place)
        elif isinstance(read, Refused):
            place = f"{line}, {read.place}" if read.place else line
            yield Refused(place, read.name, read.reason)
        else:
            yield read


def _of_data(data: Any, file: str, name: str, form: str) -> _Part:
    own = isinstance(data, Mapping) and data.get("version") == FORMAT_VERSION and "tools" in data
    held: Mapping[str, Any] = data if own else {}
    server = data.get("serverInfo") if isinstance(data, Mapping) else None
    told = server.get("name") if isinstance(server, Mapping) else None
    return _Part(
        file,
        str(held.get("name") or name or (legal(told) if isinstance(told, str) else "")),
        str(held.get("domain") or ""),
        str(held.get("lexicon") or ""),
        candidates(data, form),
    )
