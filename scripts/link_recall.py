"""Recall of true sources: ``link_recall.py SPEC DATA`` ranks sources for links seen in real use.

SPEC is a list of tools with ``parameters`` (or ``query_parameters``, …) and ``output_parameters``;
DATA a list of requests whose ``output`` calls refer to earlier results as ``$var1.field$``.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from toolweave.core.tool import Tool  # noqa: E402
from toolweave.llm.embedding import make_embedder  # noqa: E402
from toolweave.toolgraph.linking.comparison import Comparison  # noqa: E402
from toolweave.toolgraph.linking.ranking import rank_sources  # noqa: E402

DEPTHS: Final = (1, 5, 10)
_REFERENCE: Final = re.compile(r"\$(\w+)\.([^$\s]+)\$")
_INDEX: Final = re.compile(r"\[\d*\]")
_TYPES: Final = {
    "dict": "object", "float": "number", "double": "number", "int": "integer", "str": "string",
    "bool": "boolean", "list": "array", "tuple": "array", "long": "integer", "text": "string",
}  # fmt: skip
_KNOWN: Final = frozenset({"string", "number", "integer", "boolean", "array", "object"})


class Gold(NamedTuple):
    """A link that somebody's calls show, paths without ``[]``."""

    source: str
    output: str
    target: str
    parameter: str


class Outcome(NamedTuple):
    """Where the true source stands: from 1, or None with the reason why it has no rank."""

    link: Gold
    rank: int | None
    rivals: int = 0
    reason: str = ""


def main(arguments: list[str] | None = None) -> int:
    """Print recall; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="auto", help="auto, minilm, lexical or a folder")
    parser.add_argument("--show", action="store_true", help="print every link with its rank")
    given = parser.parse_args(arguments)
    # Lists hold some tools more than once; the first one counts.
    tools = list({tool.name: tool for tool in reversed(tools_of(_entries(given.spec)))}.values())
    tools.reverse()
    gold = sorted(set(gold_links(_entries(given.data))))
    compared = Comparison(tools, make_embedder(given.embedder))
    found = outcomes(compared, gold)
    if given.show:
        for one in found:
            print(one.rank or one.reason, one.rivals, *one.link)
    print(report(found, compared))
    return 0


def outcomes(compared: Comparison, gold: Sequence[Gold]) -> list[Outcome]:
    """The rank of every link's source among all type-compatible outputs of other tools."""
    outputs = _by_bare_path(compared, compared.outputs.fields)
    parameters = _by_bare_path(compared, compared.parameters.fields)
    found = []
    for link in gold:
        sources = _mapped(outputs.get(link.source, {}), link.output)
        targets = _mapped(parameters.get(link.target, {}), link.parameter)
        if not sources or not targets:
            found.append(Outcome(link, None, reason="undeclared"))
            continue
        best = Outcome(link, None, reason="types")
        for path in targets:
            ranked = rank_sources(compared, link.target, path)
            # Sources of one score share the worst of their ranks.
            for at, one in enumerate(ranked):
                if one.tool == link.source and one.output in sources:
                    tied = sum(other.score == one.score for other in ranked[at + 1 :])
                    if best.rank is None or at + 1 + tied < best.rank:
                        best = Outcome(link, at + 1 + tied, len(ranked))
                    break
        found.append(best)
    return found


def report(found: Sequence[Outcome], compared: Comparison) -> str:
    """The figures, over all links and over those that have a rank."""
    ranked = [one.rank for one in found if one.rank is not None]
    reasons = {
        reason: sum(one.reason == reason for one in found) for reason in ("undeclared", "types")
    }
    rivals = sum(one.rivals for one in found) / max(1, len(ranked))
    lines = [
        f"{len(compared.tools)} tools, {len(compared.outputs)} outputs, "
        f"{len(compared.parameters)} parameters; embedder {compared.embedder.name}",
        f"{len(found)} links: {len(ranked)} ranked among {rivals:.1f} outputs on average, "
        f"{reasons['undeclared']} name a field that no tool declares, "
        f"{reasons['types']} are of types that do not fit",
    ]
    for name, total in (("all", len(found)), ("ranked", len(ranked))):
        shares = [sum(rank <= depth for rank in ranked) / max(1, total) for depth in DEPTHS]
        told = "  ".join(f"@{d} {s:.2f}" for d, s in zip(DEPTHS, shares, strict=True))
        lines.append(f"recall of {name:7} {told}")
    return "\n".join(lines)


def gold_links(requests: Sequence[Mapping[str, Any]]) -> Iterator[Gold]:
    """Every reference to an earlier call's field, the final answer's left out."""
    for request in requests:
        calls = request.get("output") or []
        calls = json.loads(calls) if isinstance(calls, str) else calls
        named = {str(call["label"]).strip("$"): call["name"] for call in calls if call.get("label")}
        for call in calls:
            for path, text in _texts(call.get("arguments") or {}):
                for label, field in _REFERENCE.findall(text):
                    if label in named and call["name"] != "var_result":
                        yield Gold(named[label], _bare(field), call["name"], _bare(path))


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested arguments with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, path)
    elif isinstance(value, str):
        yield path, value


def _bare(path: str) -> str:
    return _INDEX.sub("", path).strip(".")


def _by_bare_path(compared: Comparison, fields: Sequence[Any]) -> dict[str, dict[str, list[str]]]:
    """Per tool, the declared paths under their spelling without ``[]``."""
    found: dict[str, dict[str, list[str]]] = {}
    for field in fields:
        held = found.setdefault(compared.tools[field.tool].name, {})
        held.setdefault(_bare(field.path), []).append(field.path)
    return found


def _mapped(declared: Mapping[str, Sequence[str]], path: str) -> list[str]:
    """The declared paths that a reference means: that one, those inside it, or what it lies in."""
    if path in declared:
        return list(declared[path])
    inside = [one for bare, held in declared.items() if bare.startswith(f"{path}.") for one in held]
    if inside:
        return inside
    while "." in path:
        path = path.rpartition(".")[0]
        if path in declared:
            return list(declared[path])
    return []


def tools_of(entries: Sequence[Mapping[str, Any]]) -> list[Tool]:
    """The tools of a SPEC."""
    return [tool_of(item) for item in entries]


def tool_of(item: Mapping[str, Any]) -> Tool:
    """A tool of the SPEC form."""
    parameters: dict[str, Any] = {}
    for key, held in item.items():
        if key == "parameters" or (key.endswith("_parameters") and key != "output_parameters"):
            parameters |= _properties(held)
    return Tool(
        name=item["name"],
        description=item.get("description") or "",
        parameters=_object(parameters),
        results=_object(_properties(item.get("output_parameters") or item.get("output") or {})),
    )


def _properties(held: object) -> dict[str, Any]:
    """Named fields, whether they stand in a map, a JSON Schema object or a list."""
    if isinstance(held, Mapping):
        inner = held.get("properties")
        return dict(inner if isinstance(inner, Mapping) and "type" in held else held)
    if isinstance(held, list):
        return {one["name"]: one for one in held if isinstance(one, Mapping) and "name" in one}
    return {}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object schema; ``required`` may stand in the fields as true or false."""
    required = [
        name for name, held in properties.items()
        if isinstance(held, Mapping) and held.get("required") is True
    ]  # fmt: skip
    schemas = {name: _schema(held) for name, held in properties.items()}
    return {"type": "object", "properties": schemas, "required": required}


def _schema(held: object) -> dict[str, Any]:
    if not isinstance(held, Mapping):
        return {"type": held} if held in _KNOWN else {}
    kind = str(held.get("type", "")).lower().split(" ")[0]
    kind = _TYPES.get(kind, kind)
    schema: dict[str, Any] = {key: held[key] for key in ("description", "enum") if held.get(key)}
    if isinstance(held.get("format"), str):
        schema["format"] = held["format"]
    inner = held.get("properties")
    if isinstance(inner, Mapping) and inner:
        schema |= _object(inner)
    elif kind:
        # What no schema knows (``file``) is handed over as text.
        schema["type"] = kind if kind in _KNOWN else "string"
    if isinstance(held.get("items"), Mapping) and held["items"] and kind in ("array", ""):
        schema["items"] = _schema(held["items"])
    return schema


def _entries(path: Path) -> list[Any]:
    """A JSON list, or one JSON value a line."""
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    found = json.loads(text)
    return list(found.values()) if isinstance(found, dict) else list(found)


if __name__ == "__main__":
    sys.exit(main())
