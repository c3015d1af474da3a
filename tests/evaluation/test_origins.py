"""Where arguments come from: said now, when asked, earlier; returned now or earlier; by default."""

from collections import Counter
from typing import Any

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.origins import NAMED, OTHERS, Origins, Sourced, origins_of


def origins(record: dict[str, Any]) -> list[str]:
    return [one.origin for one in origins_of(Dialogue.model_validate(record))]


def test_each_argument_has_its_origin(data: dict[str, Any]) -> None:
    assert Counter(origins(data)) == {
        "request": 2, "answer": 1, "result": 3, "default": 1, "context": 1,
    }  # fmt: skip


def test_what_was_said_or_returned_in_an_earlier_part_is_told_apart(data: dict[str, Any]) -> None:
    steps = data["plan"]["segments"][0]["steps"]
    data["plan"]["segments"] = [{"steps": steps[:4]}, {"steps": steps[4:]}]
    assert Counter(origins(data))["earlier_result"] == 3
    data["plan"]["segments"] = [{"steps": steps[:3]}, {"steps": steps[3:]}]
    assert Counter(origins(data))["recalled"] == 3


def test_a_planned_mistake_comes_from_nowhere(data: dict[str, Any]) -> None:
    call = data["plan"]["segments"][0]["steps"][3]["calls"][0]
    call["fault"] = {"kind": "wrong_type", "path": "copies", "value": "three"}
    assert Counter(origins(data))["mistake"] == 1


def test_names_without_end_are_counted_together() -> None:
    held = Origins()
    for number in range(NAMED + 500):
        held.add("", (Sourced("request", f"tool_{number}"),))
    flows = held.figures()
    assert len(flows) == NAMED + 1
    assert flows[0].tool == OTHERS
    assert flows[0].arguments == 500
