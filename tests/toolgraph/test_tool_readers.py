"""Tool files of every form become one toolset, or one clear line."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.tool import Toolset
from toolweave.toolgraph.readers import load_tools, read_tools

_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
_INNER = {"name": "weather", "description": "The weather.", "parameters": _SCHEMA}
_PAPER = {**_INNER, "results": {"type": "object", "properties": {"celsius": {"type": "number"}}}}


def _write(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_toolset_dump_loads_to_the_same_toolset(tmp_path: Path) -> None:
    toolset = read_tools([_PAPER], name="weather")
    assert load_tools(_write(tmp_path / "a.json", toolset.dump())) == toolset
    assert load_tools(toolset) is toolset


def test_our_yaml_loads_with_errors_and_effect(tmp_path: Path) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(
        "version: 1\ndomain: weather\ntools:\n"
        "  - name: weather\n"
        "    errors: [{code: unknown_city, message: There is no such city.}]\n"
        "    effect: {kind: read, entity: forecast}\n",
        encoding="utf-8",
    )
    toolset = load_tools(str(path))
    assert (toolset.name, toolset.domain) == ("town", "weather")
    assert toolset.tools[0].errors[0].code == "unknown_city"
    assert toolset.tools[0].parameters == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "function", "function": _INNER},
        {"type": "function", **_INNER},
        _INNER,
    ],
)
def test_each_function_form_gives_the_same_tool(entry: dict[str, Any], tmp_path: Path) -> None:
    tool = load_tools(_write(tmp_path / "f.json", [entry])).tools[0]
    assert (tool.name, tool.parameters, tool.results) == ("weather", _SCHEMA, {})
    assert read_tools(entry).tools[0] == tool


def test_a_function_without_parameters_takes_none() -> None:
    data = [{"name": "ping", "description": None, "parameters": None}, {"name": "pong"}]
    for tool in read_tools(data).tools:
        assert tool.parameters == {"type": "object", "properties": {}}


def test_what_is_left_out_of_a_function_is_noted() -> None:
    tool = read_tools([{**_INNER, "strict": True}]).tools[0]
    assert tool.origin is not None
    assert tool.origin.notes == ("strict was left out",)


def test_the_papers_form_keeps_results() -> None:
    assert read_tools([_PAPER]).tools[0].results == _PAPER["results"]


def test_folders_and_lists_of_files_are_merged(tmp_path: Path) -> None:
    one = _write(tmp_path / "a.json", [_PAPER])
    two = _write(tmp_path / "b.json", {"version": 1, "domain": "x", "tools": [{"name": "ping"}]})
    for merged in (load_tools(tmp_path), load_tools([one, str(two)])):
        assert [tool.name for tool in merged.tools] == ["weather", "ping"]
        assert merged.domain == "x"
    assert load_tools(tmp_path).name == tmp_path.name


def test_a_name_in_two_files_is_refused_and_both_are_named(tmp_path: Path) -> None:
    _write(tmp_path / "a.json", [_PAPER])
    _write(tmp_path / "b.json", [_PAPER])
    with pytest.raises(InputError, match=r"b\.json.*'weather' is also in .*a\.json"):
        load_tools(tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "empty"),
        ({"version": 1, "tools": []}, "empty"),
        ({"tools": [_INNER]}, "the version is missing (add version: 1)"),
        ({"version": 3, "tools": [_INNER]}, "version 3 is not supported"),
        ({"version": 1, "tols": [_INNER]}, "did you mean 'tools'?"),
        ("tools", "no tools here"),
        ([1], "[0]: not a tool"),
        ([{"type": "function", "function": 1}], "[0].function"),
        ([{"description": "x"}], "the key 'name' is missing"),
        ([{**_INNER, "result": {}}], "did you mean 'results'?"),
        ([_INNER, _INNER], "[1]: tool 'weather' stands twice, first at [0]"),
        ([{"name": "a b"}], "tool name 'a b' cannot be used"),
        ([{"name": "a\n"}], "cannot be used"),
        ([{"name": ""}], "cannot be used"),
        ([{"name": "x" * 65}], "cannot be used"),
        ([{"name": "t", "parameters": {"type": "dict"}}], "tool 't', [0].parameters"),
        ([{"name": "t", "parameters": {"type": "array"}}], "tool 't', [0].parameters.type"),
        ([{"name": "t", "results": {"type": 5}}], "tool 't', [0].results"),
        ([{"name": "t", "results": {"$ref": "https://example.com/a.json"}}], "not local"),
        ([{"name": "t", "results": {"$ref": "file:///etc/passwd"}}], "not local"),
        ([{"name": "t", "results": {"$ref": "#/$defs/nothing"}}], "tool 't', [0].results"),
        (
            [
                {
                    "name": "t",
                    "results": {
                        "$ref": "#/$defs/a",
                        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
                    },
                }
            ],
            "tool 't', [0].results",
        ),
        (
            [
                {
                    "name": "t",
                    "errors": [{"code": "e", "message": "m"}, {"code": "e", "message": "n"}],
                }
            ],
            "'e' is declared twice",
        ),
    ],
)
def test_each_mistake_is_named_with_its_place(data: object, said: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "t.json", data)
    with pytest.raises(InputError) as caught:
        load_tools(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_recursive_schemas_that_end_are_allowed() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}}}
    toolset = read_tools(
        [{"name": "t", "results": {"$ref": "#/$defs/node", "$defs": {"node": node}}}]
    )
    assert isinstance(toolset, Toolset)


def test_a_folder_without_tool_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tool files here"):
        load_tools(tmp_path)
