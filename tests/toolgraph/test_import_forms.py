"""Each form of tool description is told by its looks and becomes a valid tool."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.tool import Effect, Tool, Toolset
from toolweave.toolgraph.importing import import_tools
from toolweave.toolgraph.readers import check_toolset, load_tools

_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_OPENAI = {"type": "function", "function": {"name": "weather", "parameters": _CITY, "strict": True}}
_ANTHROPIC = {"name": "weather", "description": "d", "input_schema": _CITY}
_MCP = {
    "name": "weather",
    "title": "Weather",
    "inputSchema": {"$schema": "http://json-schema.org/draft-07/schema#", **_CITY},
    "outputSchema": {"type": "object", "properties": {"celsius": {"type": "number"}}},
    "annotations": {"readOnlyHint": True},
}
_BFCL = {
    "name": "weather",
    "description": "This tool belongs to the sky. Tool description: The weather.",
    "parameters": {
        "type": "dict",
        "properties": {"city": {"type": "String"}, "days": {"type": "float", "default": "2"}},
        "required": ["city"],
    },
    "response": {
        "type": "dict",
        "properties": {"lows": {"type": "tuple", "items": {"type": "float"}}},
    },
}
_NESTFUL = {
    "name": "weather",
    "query_parameters": {"city": {"type": "string", "required": True}, "unit": {"type": "string"}},
    "output_parameters": {"celsius": {"type": "number"}},
}
_RAPID = {
    "name": "weather",
    "required_parameters": [{"name": "city", "type": "STRING", "default": ""}],
    "optional_parameters": [{"name": "days", "type": "NUMBER", "default": "3"}],
}
_OURS = {
    "name": "weather",
    "parameters": _CITY,
    "results": {"type": "object", "properties": {"c": {}}},
    "errors": [{"code": "unknown_city", "message": "m"}],
    "effect": {"kind": "read", "entity": "forecast"},
}


def _one(data: object, **more: Any) -> Tool:
    toolset = import_tools(data, infer=False, **more).toolset
    assert len(check_toolset(toolset).tools) == 1
    return toolset.tools[0]


@pytest.mark.parametrize("item", [_OPENAI, _ANTHROPIC, _MCP, _BFCL, _NESTFUL, _RAPID, _OURS])
def test_every_form_gives_the_same_required_parameter(item: dict[str, Any]) -> None:
    tool = _one([item])
    assert tool.parameters["properties"]["city"] == {"type": "string"}
    assert tool.parameters["required"] == ["city"]
    assert _one(item) == tool


def test_a_list_may_mix_all_forms() -> None:
    items = [_OPENAI, _ANTHROPIC, _MCP, _BFCL, _NESTFUL, _RAPID, _OURS]
    named = [
        json.loads(json.dumps(item).replace('"weather"', f'"w{i}"')) for i, item in enumerate(items)
    ]
    imported = import_tools(named)
    assert [tool.name for tool in imported.toolset.tools] == [f"w{i}" for i in range(7)]
    sources = [tool.origin.source for tool in imported.toolset.tools if tool.origin]
    assert sources == ["openai", "openai", "mcp", "bfcl", "nestful", "rapidapi", "toolweave"]


def test_python_types_defaults_and_preambles_of_bfcl_are_mended() -> None:
    tool = _one([_BFCL])
    assert tool.description == "The weather."
    assert tool.parameters["properties"]["days"] == {"type": "number", "default": 2}
    assert tool.results["properties"]["lows"] == {"type": "array", "items": {"type": "number"}}
    assert tool.origin is not None
    assert any("'dict'" in note for note in tool.origin.notes)


def test_parameter_maps_beside_output_maps_are_read() -> None:
    tool = _one(
        [
            {
                "name": "t",
                "parameters": {"a": {"type": "string", "required": True}},
                "output_parameters": {"b": {"type": "int"}},
            }
        ]
    )
    assert tool.parameters["required"] == ["a"]
    assert tool.results["properties"] == {"b": {"type": "integer"}}


def test_hints_of_a_server_give_the_effect() -> None:
    assert _one([_MCP]).effect == Effect(kind="read", entity="weather")
    hints = {"readOnlyHint": False, "destructiveHint": True}
    changed = _one([{"name": "get_rid_of_file", "inputSchema": {}, "annotations": hints}])
    assert changed.effect is not None
    assert changed.effect.kind == "update"


def test_our_own_tools_keep_effect_errors_and_origin(tmp_path: Path) -> None:
    first = import_tools([_OURS, _BFCL | {"name": "b"}], domain="sky").toolset
    path = tmp_path / "again.json"
    path.write_text(json.dumps(first.dump()), encoding="utf-8")
    assert import_tools(str(path)).toolset == first.model_copy(update={"name": "again"})
    assert import_tools(first).toolset == first
    assert load_tools(path).tools == first.tools


@pytest.mark.parametrize(
    "document",
    [
        {"tools": [_MCP]},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [_MCP]}},
        {"serverInfo": {"name": "sky"}, "tools": [_MCP]},
        {"tools": [_OPENAI], "messages": []},
        {"functions": [_OPENAI["function"]]},
        {"id": "live_1", "question": [[]], "function": [_BFCL]},
        {"tool_name": "sky", "api_list": [_RAPID]},
        {"tools": {"weather": {"description": "d", "parameters": _CITY}}},
        [{"tools": [_OPENAI]}],
        [[_OPENAI]],
    ],
)
def test_tools_are_found_in_whatever_holds_them(document: object) -> None:
    assert _one(document).name == "weather"


def test_json_lines_yaml_and_folders_are_read(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(_BFCL | {"name": name}) for name in "ab")
    (tmp_path / "lines.json").write_text(lines + "\n", encoding="utf-8")
    (tmp_path / "more.yaml").write_text("- name: c\n- name: d\n  parameters: {x: {type: int}}\n")
    (tmp_path / "broken.json").write_text("[{")
    imported = import_tools(tmp_path)
    assert [tool.name for tool in imported.toolset.tools] == ["a", "b", "c", "d"]
    assert [dropped.source for dropped in imported.dropped] == [str(tmp_path / "broken.json")]


def test_a_source_that_cannot_be_used_costs_only_itself_among_others(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(json.dumps([_OPENAI]), encoding="utf-8")
    (tmp_path / "plan.json").write_text('{"steps": []}')
    imported = import_tools([good, tmp_path / "none.json", tmp_path / "plan.json"])
    assert [tool.name for tool in imported.toolset.tools] == ["weather"]
    assert ["cannot be read" in imported.dropped[0].reason, imported.dropped[0].source] == [
        True,
        str(tmp_path / "none.json"),
    ]
    assert "no tools here" in imported.dropped[1].reason
    assert len(import_tools(tmp_path).dropped) == 1


def test_one_bad_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"name": "a"}\n{oops\n{"name": "b", "parameters": 5}\n{"name": "c"}\n')
    imported = import_tools([path])
    assert [tool.name for tool in imported.toolset.tools] == ["a", "c"]
    assert [(d.place, d.name) for d in imported.dropped] == [("line 2", ""), ("line 3", "b")]


def test_a_name_that_is_taken_gets_a_number_and_a_repetition_goes() -> None:
    other = {"name": "t", "description": "another"}
    imported = import_tools([{"name": "t"}, other, {"name": "t"}, {"name": "t_2"}, other])
    assert [tool.name for tool in imported.toolset.tools] == ["t", "t_2", "t_2_2"]
    assert [d.reason for d in imported.dropped] == ["a repetition of 't'"] * 2
    assert imported.changed[0].tool == "t_2"


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        ("find pet by id", "find_pet_by_id"),
        ("Get Möbel!", "get_m_bel"),
        ("a\x1b[31mb", "a_31mb"),
        ("<script>x</script>", "script_x_script"),
        ("x" * 80, "x" * 64),
        ("get-sum", "get-sum"),
        ("getPetById", "getPetById"),
    ],
)
def test_names_become_legal_and_legal_ones_stay(name: str, legal: str) -> None:
    tool = _one([{"name": name}])
    assert tool.name == legal
    assert tool.origin is not None
    assert bool(tool.origin.notes) == (name != legal)


def test_a_form_may_be_forced_and_an_unknown_one_is_refused() -> None:
    assert _one([{"name": "t", "parameters": {"type": "dict"}}], form="anthropic").name == "t"
    with pytest.raises(InputError, match=r"unknown format 'opnapi' \(did you mean 'openapi'"):
        import_tools([_OPENAI], form="opnapi")


def test_lists_and_bare_values_are_results_in_an_object() -> None:
    listed = {
        "name": "t",
        "inputSchema": {},
        "outputSchema": {
            "type": "array",
            "items": {"$ref": "#/$defs/A"},
            "$defs": {"A": {"type": "string"}},
        },
    }
    tool = _one([listed])
    assert tool.results["properties"]["items"]["type"] == "array"
    assert tool.results["$defs"] == {"A": {"type": "string"}}
    bare = _one([{"name": "t", "inputSchema": {}, "outputSchema": {"type": "number"}}])
    assert bare.results == {"type": "object", "properties": {"result": {"type": "number"}}}


def test_what_is_required_must_be_declared() -> None:
    tool = _one(
        [
            {
                "name": "t",
                "parameters": {"type": "object", "properties": {"a": {}}, "required": ["a", "z"]},
            }
        ]
    )
    assert tool.parameters["required"] == ["a"]
    assert tool.origin is not None
    assert tool.origin.notes == ("required but not declared, left out: z",)


def test_several_sources_make_one_toolset(tmp_path: Path) -> None:
    path = tmp_path / "sky.json"
    path.write_text(json.dumps([_OPENAI]), encoding="utf-8")
    more = Toolset(version=1, name="x", tools=(Tool(name="other"),))
    assert [tool.name for tool in import_tools([path, more]).toolset.tools] == ["weather", "other"]
