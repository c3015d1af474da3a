"""The BFCL export: its dialect, its turns, and a back end that replays the simulated world."""

import copy
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from toolweave.export.backend.replay import Replay
from toolweave.export.exporting import Wish, export
from toolweave.export.splitting import Split

Records = list[dict[str, Any]]
Writer = Callable[[Any], str]
Change = Callable[[dict[str, Any]], dict[str, Any]]
FILE = "BFCL_v4_multi_turn_toolweave.json"
TYPES = {"dict", "float", "integer", "string", "boolean", "array", "any"}


def _rows(file: Path) -> Records:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path, str], type[Replay]]]:
    """Imports the class of that name from an export's folder, and forgets it afterwards."""

    def imported(folder: Path, name: str) -> type[Replay]:
        monkeypatch.syspath_prepend(str(folder))
        module = json.loads((folder / "toolweave_bfcl" / "classes.json").read_text("utf-8"))[name]
        found: type[Replay] = getattr(importlib.import_module(f"toolweave_bfcl.{module}"), name)
        return found

    yield imported
    for name in [name for name in sys.modules if name.partition(".")[0] == "toolweave_bfcl"]:
        del sys.modules[name]


def _play(made: type[Replay], entry: dict[str, Any], turns: list[list[str]]) -> tuple[Any, Any]:
    """The state after the calls and their results, as bfcl-eval would have them."""
    world = made()
    world._load_scenario(copy.deepcopy(entry["initial_config"][entry["involved_classes"][0]]))
    results = [
        json.dumps(eval(f"world.{call}", {"world": world}))  # noqa: S307 - calls of the test itself
        for turn in turns
        for call in turn
    ]
    public = {name: value for name, value in vars(world).items() if not name.startswith("_")}
    return public, sorted(results)


def test_truth_replays_the_recorded_results_and_less_is_told_apart(
    records: Records, write: Writer, tmp_path: Path, backend: Any
) -> None:
    out = tmp_path / "out"
    export(Wish(run=write(records), to="bfcl", out=out))
    entries, answers = _rows(out / FILE), _rows(out / "possible_answer" / FILE)
    assert len(entries) == len(answers) == len(records)
    cut = 0
    for entry, answer, record in zip(entries, answers, records, strict=True):
        made = backend(out, entry["involved_classes"][0])
        truth = answer["ground_truth"]
        state, results = _play(made, entry, truth)
        told = [json.loads(m["content"]) for m in record["messages"] if m["role"] == "tool"]
        assert sorted(map(json.dumps, told)) == results
        for at, turn in enumerate(truth):
            for place in range(len(turn)):
                less = copy.deepcopy(truth)
                del less[at][place]
                cut += 1
                assert _play(made, entry, less) != (state, results)
    assert cut > len(records)


def test_turns_are_the_users_and_a_question_back_is_an_empty_turn(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export(Wish(run=write(records), to="bfcl", out=out))
    empty = 0
    for number, (entry, answer, record) in enumerate(
        zip(_rows(out / FILE), _rows(out / "possible_answer" / FILE), records, strict=True)
    ):
        assert entry["id"] == answer["id"] == f"multi_turn_toolweave_{number}"
        users = [m["content"] for m in record["messages"] if m["role"] == "user"]
        assert [turn[-1]["content"] for turn in entry["question"]] == users
        assert entry["question"][0][0]["role"] == "system"
        assert len(answer["ground_truth"]) == len(users)
        empty += [] in answer["ground_truth"]
    assert empty


def test_functions_are_in_its_dialect_and_a_question_hides_what_it_does_not_show(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shape = {"type": ["object", "null"], "properties": {"x": {"type": "number", "minimum": 1}}}
    parameters = {"type": "object", "properties": {"odd": {}, "deep": shape, "one": {"const": 1}}}
    extra = {"name": "extra", "description": "More.", "parameters": parameters}
    records[3]["tools"].append({"tool": extra})
    export(Wish(run=write(records[2:4]), to="bfcl", out=out))
    (file,) = (out / "multi_turn_func_doc").iterdir()
    docs = _rows(file)

    def kinds(schema: dict[str, Any]) -> Iterator[str]:
        yield schema["type"]
        for part in schema.get("properties", {}).values():
            yield from kinds(part)
        if "items" in schema:
            yield from kinds(schema["items"])

    for doc in docs:
        assert {"name", "description", "parameters"} <= set(doc)
        assert doc["parameters"]["type"] == "dict"
        assert isinstance(doc["parameters"]["required"], list)
        assert set(kinds(doc["parameters"])) <= TYPES
    first, second = _rows(out / FILE)
    assert first["missed_function"] == {str(len(first["question"])): ["extra"]}
    assert "missed_function" not in second


def test_a_mended_mistake_is_not_in_the_truth(
    records: Records, write: Writer, tmp_path: Path, with_mistake: Change
) -> None:
    plain, changed = tmp_path / "plain", tmp_path / "changed"
    export(Wish(run=write([records[2]]), to="bfcl", out=plain))
    export(Wish(run=write([with_mistake(records[2])]), to="bfcl", out=changed))
    answers = [_rows(out / "possible_answer" / FILE) for out in (plain, changed)]
    assert answers[0] == answers[1]


def test_a_late_tool_is_held_back_until_its_turn(
    records: Records, write: Writer, tmp_path: Path, with_late_tool: Change
) -> None:
    late = with_late_tool(records[2])
    (name,) = [s["tool"]["name"] for s in late["tools"] if "available_from" in s]
    export(Wish(run=write([late]), to="bfcl", out=tmp_path / "out"))
    (entry,) = _rows(tmp_path / "out" / FILE)
    assert entry["missed_function"] == {"1": [name]}
    assert entry["question"][1] == []


@pytest.mark.parametrize(
    ("tool", "parameter", "reason"),
    [
        ("book-room", "", "tool_name"),
        ("import", "", "tool_name"),
        ("run", "", "tool_name"),
        ("__init__", "", "tool_name"),
        ("", "from", "parameter_name"),
        ("", "x=__import__('os')", "parameter_name"),
    ],
)
def test_names_that_python_would_not_take_are_left_out(
    records: Records, write: Writer, tmp_path: Path, tool: str, parameter: str, reason: str
) -> None:
    shown = records[2]["tools"][0]["tool"]
    shown["name"] = tool or shown["name"]
    if parameter:
        shown["parameters"]["properties"][parameter] = {"type": "string"}
    records[2]["messages"] = [
        m | {"tool_calls": [c | {"name": tool or c["name"]} for c in m["tool_calls"]]}
        if m.get("tool_calls")
        else m
        for m in records[2]["messages"]
    ]
    tally = export(Wish(run=write(records[1:3]), to="bfcl", out=tmp_path / "out"))
    assert tally.reasons == {reason: 1} and tally.kept == 1


def test_hostile_text_in_arguments_and_descriptions_stays_data(
    records: Records, write: Writer, tmp_path: Path, backend: Any
) -> None:
    out = tmp_path / "out"
    call = next(m for m in records[2]["messages"] if m.get("tool_calls"))["tool_calls"][0]
    call["arguments"] = {"note": "'); raise SystemExit('"}
    shown = next(s["tool"] for s in records[2]["tools"] if s["tool"]["name"] == call["name"])
    shown["parameters"] = {"type": "object", "properties": {"note": {"type": "string"}}}
    shown["description"] = '"""\nraise SystemExit'
    records[2]["domain"] = "../x\nraise SystemExit"
    export(Wish(run=write([records[2]]), to="bfcl", out=out))
    (entry,), (answer,) = _rows(out / FILE), _rows(out / "possible_answer" / FILE)
    made = backend(out, entry["involved_classes"][0])
    _, results = _play(made, entry, answer["ground_truth"])
    assert len(results) == sum(len(turn) for turn in answer["ground_truth"])
    assert not any("error" in json.loads(result) for result in results)


def test_an_argument_that_looks_like_a_call_is_left_out(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    call = next(m for m in records[2]["messages"] if m.get("tool_calls"))["tool_calls"][0]
    name = next(iter(call["arguments"]))
    call["arguments"][name] = f"please {call['name']} (now)"
    tally = export(Wish(run=write(records[1:3]), to="bfcl", out=tmp_path / "out"))
    assert tally.reasons == {"call_in_text": 1}


@pytest.mark.parametrize("arguments", [{}, {"a b": 1}])
def test_a_call_that_its_tool_does_not_take_is_left_out(
    records: Records, write: Writer, tmp_path: Path, arguments: dict[str, Any]
) -> None:
    call = next(m for m in records[2]["messages"] if m.get("tool_calls"))["tool_calls"][0]
    call["arguments"] = arguments
    tally = export(Wish(run=write(records[1:3]), to="bfcl", out=tmp_path / "out"))
    assert tally.reasons == {"call_shape": 1}


def test_tools_that_contradict_each_other_get_classes_of_their_own(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    records[3]["tools"][0]["tool"]["description"] = "Something else."
    export(Wish(run=write(records), to="bfcl", out=tmp_path / "out"))
    classes = json.loads((tmp_path / "out/toolweave_bfcl/classes.json").read_text("utf-8"))
    assert sorted(classes) == [
        "ToolweaveECommerce", "ToolweaveECommerce2", "ToolweaveLogistics", "ToolweaveOnlineBanking",
    ]  # fmt: skip


def test_a_split_evaluates_on_held_out_plans_alone(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    file, split = write(records), Split(0.5, seed=1)
    export(Wish(run=file, to="bfcl", out=tmp_path / "bfcl", split=split))
    export(Wish(run=file, to="trl", out=tmp_path / "trl", split=split))
    held = {entry["dialogue"] for entry in _rows(tmp_path / "bfcl" / FILE)}
    trained = {row["messages"][1]["content"] for row in _rows(tmp_path / "trl" / "train.jsonl")}
    by_id = {r["id"]: r["messages"][1]["content"] for r in records}
    assert held and {by_id[name] for name in held}.isdisjoint(trained)
    assert len(held) + len(trained) == len(records)


def test_a_replay_tells_wrong_and_repeated_changes_apart() -> None:
    class World(Replay):
        _tools = {  # noqa: RUF012
            "book": {
                "parameters": ["room", "nights"],
                "required": ["room"],
                "defaults": {"nights": 1},
                "changes": True,
            }
        }

    def played(*calls: dict[str, Any]) -> tuple[list[Any], list[dict[str, Any]]]:
        world = World()
        recorded = {"tool": "book", "arguments": {"room": "R-1"}, "result": {"id": 7}}
        world._load_scenario({"calls": [{**recorded, "changes": True}]})
        return [world._replay("book", (), call) for call in calls], world.changes

    results, truth = played({"room": "R-1"})
    assert results == [{"id": 7}]
    for same in ({"room": "r1"}, {"room": "R-1", "nights": 1}, {"room": "R-1", "nights": 1.0}):
        assert played(same) == (results, truth)
    for other in ({"room": "R-2"}, {"room": "R-1", "nights": 2}):
        assert played(other)[1] != truth
    assert played({"room": "R-1"}, {"room": "R-1"})[1] != truth
    for refused in ({"nights": 1}, {"room": "R-1", "colour": "red"}):
        assert played(refused)[1] == [] and "error" in played(refused)[0][0]
