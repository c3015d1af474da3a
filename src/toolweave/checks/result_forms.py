"""The forms that tools write their results in, and reading each of them back into data."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import yaml

from toolweave.core.dialogue import ResultForm
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.documents import DEPTH
from toolweave.schema.nesting import too_deep
from toolweave.schema.parts import joined
from toolweave.schema.paths import put
from toolweave.schema.types import json_bytes, same
from toolweave.schema.yaml_text import parse_yaml

OTHER_FORMS: Final[tuple[ResultForm, ...]] = ("yaml", "lines", "envelope")
_MOST_LINES: Final = 20_000
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def written(result: JsonValue, form: ResultForm) -> str | None:
    """The result in that form; None where the form cannot hold it, so that reading gives it back.

    ``lines`` holds ``path: value`` for every leaf, ``envelope`` says ``status`` beside ``data``.
    """
    try:
        text = _WRITERS[form](result)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return text if text is not None and same(read(text, form), result) else None


def read(content: str, form: ResultForm = "json") -> JsonValue:
    """What a message of that form says; text that does not follow the form stays text."""
    try:
        data = _READERS[form](content)
    except (ValueError, RecursionError, InputError, SchemaError):
        return content
    return content if too_deep(data, DEPTH) else data


def _as_json(result: JsonValue) -> str:
    return json_bytes(result).decode()


def _as_yaml(result: JsonValue) -> str | None:
    if not isinstance(result, dict | list):
        return None
    return yaml.dump(
        result, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=4096
    ).rstrip()


def _as_envelope(result: JsonValue) -> str:
    error = result.get("error") if isinstance(result, dict) and len(result) == 1 else None
    if error is not None:
        return _as_json({"status": "error", "data": None, "error": error})
    return _as_json({"status": "ok", "data": result, "error": None})


def _from_envelope(content: str) -> JsonValue:
    whole = json.loads(content)
    if not isinstance(whole, dict) or whole.keys() != {"status", "data", "error"}:
        raise ValueError("no envelope")
    data: JsonValue = whole["data"]
    return data if whole["status"] == "ok" else {"error": whole["error"]}


def _as_lines(result: JsonValue) -> str | None:
    if not isinstance(result, dict) or not result:
        return None
    return "\n".join(f"{path}: {_scalar(value)}" for path, value in _leaves(result))


def _leaves(root: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Every value that holds no other, empty lists and objects included."""
    stack: list[tuple[str, JsonValue]] = [("", root)]
    while stack:
        path, value = stack.pop()
        inner: list[tuple[str, JsonValue]] = []
        if isinstance(value, Mapping):
            inner = [(joined(path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            inner = [(f"{path}[{at}]", item) for at, item in enumerate(value)]
        if inner:
            stack.extend(reversed(inner))
        else:
            yield path, value


def _scalar(value: JsonValue) -> str:
    if isinstance(value, str) and value and value == value.strip() and value.isprintable():
        return value if _guessed(value) == value else _as_json(value)
    return _as_json(value)


def _guessed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _from_lines(content: str) -> JsonValue:
    root: dict[str, JsonValue] = {}
    for number, line in enumerate(content.split("\n")):
        path, mark, value = line.partition(": ")
        if not mark or number > _MOST_LINES:
            raise ValueError("no line of a path and its value")
        put(root, path, _guessed(value))
    return root


_WRITERS: Final[Mapping[ResultForm, Callable[[JsonValue], str | None]]] = {
    "json": _as_json,
    "yaml": _as_yaml,
    "lines": _as_lines,
    "envelope": _as_envelope,
}
_READERS: Final[Mapping[ResultForm, Callable[[str], JsonValue]]] = {
    "json": json.loads,
    "yaml": lambda content: parse_yaml(content, "", DEPTH),
    "lines": _from_lines,
    "envelope": _from_envelope,
}
