"""Coverage, lengths, leaks and contamination, counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Tool
from toolweave.evaluation.contamination import Benchmarks, Contamination
from toolweave.evaluation.conversation import Conversation, Fed, of_dialogue, of_messages
from toolweave.evaluation.coverage import Coverage
from toolweave.evaluation.leakage import Leakage, leaked
from toolweave.evaluation.lengths import Lengths
from toolweave.runs.simulation import simulate

TEXT = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen and then more"
)


def tool(name: str, takes: str, gives: str) -> dict[str, Any]:
    def schema(field: str) -> dict[str, Any]:
        return {"type": "object", "properties": {field: {"type": "string"}}}

    return {
        "name": name, "description": name, "parameters": schema(takes), "results": schema(gives),
    }  # fmt: skip


def link(source: str, output: str, target: str, parameter: str) -> dict[str, Any]:
    return {
        "source": source, "output": output, "target": target, "parameter": parameter,
        "kind": "same_name", "score": 1,
    }  # fmt: skip


GRAPH = ToolGraph.model_validate(
    {
        "version": 1,
        "toolset": {
            "version": 1,
            "tools": [tool("a", "q", "x"), tool("b", "x", "y"), tool("c", "y", "z")],
        },
        "links": [link("a", "x", "b", "x"), link("b", "y", "c", "y")],
    }
)


def talk(*texts: str, calls: tuple[str, ...] = ()) -> Conversation:
    made = [{"id": f"i{at}", "function": {"name": name}} for at, name in enumerate(calls)]
    messages: list[dict[str, Any]] = [{"role": "user", "content": text} for text in texts]
    return of_messages([*messages, {"role": "assistant", "content": None, "tool_calls": made}])


def test_valid_sequences_are_counted_by_hand() -> None:
    held = Coverage({"": GRAPH})
    for calls in (("a", "b", "c"), ("a", "b"), ("a", "c"), ("z",), ()):
        held.add(talk("Hello.", calls=calls))
    got = held.figures()
    assert (got.called, got.sessions) == (4, 4)
    assert got.graph is not None
    assert (got.graph.tools, got.graph.tools_used) == (3, 3)
    assert (got.graph.links, got.graph.links_used, got.graph.unlinked) == (2, None, None)
    one, two, three = got.graph.sequences
    assert (one.valid, one.occurring, one.made, one.different) == (3, 3, 8, 4)
    # a-b and b-c are linked, a-c is not; a-b stands in two dialogues, b-c in one.
    assert (two.valid, two.occurring, two.once, two.made, two.different) == (2, 2, 1, 4, 3)
    assert (three.valid, three.occurring, three.share) == (1, 1, 1.0)


def test_links_of_our_dialogues_come_from_their_bindings() -> None:
    held = Coverage({"": GRAPH})
    base = talk("Hello.", calls=("a", "b"))
    held.add(base._replace(fed=frozenset({Fed("a", "x", "b", "x"), Fed("a", "x", "c", "y")})))
    graph = held.figures().graph
    assert graph is not None
    assert (graph.links_used, graph.unlinked) == (1, 1)
    simulated = of_dialogue(simulate("tourism_city_break", seed=3))
    assert simulated.fed
    assert {fed.source for fed in simulated.fed} <= simulated.tools


def test_a_dialogue_of_another_domain_is_left_out_of_the_graph() -> None:
    held = Coverage({"elsewhere": GRAPH})
    held.add(talk("Hello.", calls=("a", "b")))
    graph = held.figures().graph
    assert graph is not None
    assert (graph.tools_used, graph.sequences[0].made) == (0, 0)


def test_motif_pattern_and_outcome_are_counted_and_gaps_named() -> None:
    held = Coverage()
    plain = talk("Hello.")
    chat = plain._replace(turns=tuple(turn._replace(kind="chat") for turn in plain.turns))
    task = plain._replace(turns=tuple(turn._replace(kind="task") for turn in plain.turns))
    held.add(chat._replace(motif="fan"))
    held.add(task._replace(motif="fan", failures=("timeout", "SOLD_OUT", "FULL")))
    held.add(task._replace(motif="linear"))
    got = held.figures()
    cells = [(c.motif, c.pattern, c.outcome, c.dialogues) for c in got.combinations]
    assert cells == [
        ("fan", "chat", "no failure", 1),
        ("fan", "task", "timeout", 1),
        ("fan", "task", "tool_error", 1),
        ("linear", "task", "no failure", 1),
    ]
    assert [(gap.motif, gap.pattern) for gap in got.missing] == [("linear", "chat")]


def test_a_token_is_four_characters_rounded_up() -> None:
    held = Lengths()
    held.add(of_messages([{"role": "user", "content": "12345"}]))
    held.add(of_messages([{"role": "user", "content": "1234"}, {"role": "assistant"}]))
    got = held.figures()
    assert (got.tokens.least, got.tokens.most, got.tokens.total) == (1, 2, 3)
    assert got.messages.mean == pytest.approx(1.5)
    assert {role.role: role.messages for role in got.roles} == {"assistant": 1, "user": 2}
    call = {"id": "a", "function": {"name": "find", "arguments": '{"q":1}'}}
    held.add(of_messages([{"role": "assistant", "tool_calls": [call]}]))
    # find{"q": 1} is twelve characters.
    assert held.figures().roles[0].tokens.most == 3


def test_leaks_are_told_with_the_dialogues_that_hold_them() -> None:
    known = [Tool.model_validate(tool("find_room", "room_type", "x"))]
    held = Leakage()
    for at, text in enumerate(
        ["Call find_room twice: find_room!", "The room_type matters.", '{"a": "b"}', "A room."]
    ):
        held.add(f"d{at}", leaked(talk(text), known))
    names, parameters, data = held.figures()[:3]
    assert (names.kind, names.leaks, names.dialogues, names.share) == ("tool_name", 2, 1, 0.25)
    assert [one.dialogue for one in names.examples] == ["d0"]
    assert (parameters.leaks, parameters.examples[0].text) == (1, "room_type")
    assert (data.kind, data.dialogues) == ("json", 1)


def test_without_tools_the_names_that_are_called_count() -> None:
    found = leaked(talk("Use find_room and book_room.", calls=("find_room",)), None)
    assert [(leak.kind, leak.text) for leak in found] == [("tool_name", "find_room")]


@pytest.mark.parametrize(("words", "hit"), [(13, 1), (16, 1), (17, 0)])
def test_runs_of_words_are_found_whatever_their_marks(tmp_path: Path, words: int, hit: int) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_text(json.dumps({"q": ["short", TEXT + " else"]}) + "\nno json\n\n")
    held = Contamination(Benchmarks([str(file)], words))
    held.add("d1", talk("So: " + TEXT.removesuffix(" more").upper().replace(" ", ", ") + " X."))
    held.add("d2", talk("one two three four five six seven"))
    got = held.figures()
    assert (got.dialogues, got.share) == (hit, hit / 2)
    against = got.files[0]
    assert (against.texts, against.short, against.unreadable) == (2, 1 + (words > 18), 1)
    assert [one.dialogue for one in against.examples] == ["d1"][:hit]


def test_plain_text_and_whole_json_are_read_too(tmp_path: Path) -> None:
    plain, whole = tmp_path / "a.txt", tmp_path / "b.json"
    plain.write_bytes(b"\xff\n" + TEXT.encode())
    whole.write_text(json.dumps([{"deep": [TEXT[4:]]}], indent=1))
    for file in (plain, whole):
        held = Contamination(Benchmarks([str(file)]))
        held.add("d1", talk(TEXT))
        assert held.figures().dialogues == 1


def test_a_file_to_compare_with_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.txt"):
        Benchmarks([str(tmp_path / "gone.txt")])
