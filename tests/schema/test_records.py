"""What does not fit a record is said in one line: file, place, problem and mend."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.schema.records import build, joined, suggestion

_GOOD: dict[str, Any] = {
    "version": 1,
    "id": "p",
    "goal": "g",
    "segments": [
        {
            "steps": [
                {"act": "user_request"},
                {
                    "act": "tool_invocation",
                    "calls": [
                        {
                            "id": "c1",
                            "tool": "t",
                            "arguments": {"x": {"source": "user", "slot": "s"}},
                        }
                    ],
                },
            ]
        }
    ],
}
_CALL = "segments[0].steps[1].calls[0]"


def _call(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["segments"][0]["steps"][1]["calls"][0]
    return found


def _argument(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _call(data)["arguments"]["x"]
    return found


@pytest.mark.parametrize(
    ("edit", "place", "problem", "mend"),
    [
        (lambda d: d.update(version=2), "version", "version 2 is not supported", "version: 1"),
        (lambda d: d.pop("version"), "", "the version is missing", "add version: 1"),
        (lambda d: d.pop("goal"), "", "the key 'goal' is missing", "add it"),
        (
            lambda d: d.update(segmets=d.pop("segments")),
            "segmets",
            "unknown key 'segmets'",
            "did you mean 'segments'?",
        ),
        (
            lambda d: _call(d).update(tol="x"),
            f"{_CALL}.tol",
            "unknown key 'tol'",
            "did you mean 'tool'?",
        ),
        (
            lambda d: _argument(d).update(slto="x"),
            f"{_CALL}.arguments.x.slto",
            "unknown key 'slto'",
            "did you mean 'slot'?",
        ),
        (
            lambda d: _argument(d).update(slot=5),
            f"{_CALL}.arguments.x.slot",
            "should be a valid string, but is 5",
            "correct",
        ),
        (
            lambda d: _argument(d).pop("slot"),
            f"{_CALL}.arguments.x",
            "the key 'slot' is missing",
            "add it",
        ),
        (
            lambda d: _argument(d).update(source="usr"),
            f"{_CALL}.arguments.x",
            "source 'usr' is unknown",
            "did you mean 'user'?",
        ),
        (
            lambda d: _argument(d).pop("source"),
            f"{_CALL}.arguments.x",
            "the key 'source' is missing",
            "add it",
        ),
        (
            lambda d: d["segments"][0]["steps"][0].update(act="user_reqest"),
            "segments[0].steps[0]",
            "act 'user_reqest' is unknown",
            "did you mean 'user_request'?",
        ),
        (lambda d: _call(d).update(attempt="1"), f"{_CALL}.attempt", "integer", "correct"),
        (lambda d: _call(d).update(attempt=True), f"{_CALL}.attempt", "integer", "correct"),
        (
            lambda d: d["segments"][0]["steps"][1].update(calls=[]),
            "segments[0].steps[1].calls",
            "calls is empty",
            "at least one",
        ),
        (
            lambda d: d["segments"][0]["steps"][0].update(provides=[{"slot": "a", "value": 3}]),
            "segments[0].steps[0].provides[0]",
            "say fixed: true beside it",
            "",
        ),
        (lambda d: d["segments"].append("x"), "segments[1]", "but is 'x'", "correct"),
    ],
)
def test_each_mistake_is_placed_and_mended(
    edit: Callable[[dict[str, Any]], object], place: str, problem: str, mend: str
) -> None:
    data = copy.deepcopy(_GOOD)
    edit(data)
    with pytest.raises(InputError) as caught:
        build(Plan, data, file="p.yaml")
    assert caught.value.file == "p.yaml"
    assert caught.value.place == place
    assert problem in caught.value.problem
    assert "more like it" not in caught.value.problem or "segmets" in caught.value.problem
    assert mend in caught.value.mend


def test_several_mistakes_are_one_line_that_counts_them() -> None:
    data = {**_GOOD, "gaol": "g", "idd": "p"}
    with pytest.raises(InputError, match="1 more like it") as caught:
        build(Plan, data)
    assert "\n" not in str(caught.value)


def test_a_good_document_becomes_its_record_and_back() -> None:
    plan = build(Plan, _GOOD)
    assert build(Plan, plan.dump()) == plan


@pytest.mark.parametrize("data", [[1], "text", None, {"version": object()}])
def test_what_is_no_document_at_all_is_refused(data: object) -> None:
    with pytest.raises(InputError):
        build(Plan, data)


def test_a_line_stays_short_whatever_names_the_document_holds() -> None:
    with pytest.raises(InputError) as caught:
        build(Plan, {**_GOOD, "x" * 5000 + "\n": 1}, file="p.yaml")
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)


def test_places_quote_keys_that_are_not_words() -> None:
    assert joined("", "segments", 0, "steps", 2, "a b") == "segments[0].steps[2].'a b'"


def test_a_suggestion_lists_the_known_names_when_none_is_near() -> None:
    assert suggestion("zzz", ["alpha", "beta"]) == "known: alpha, beta"
    assert suggestion("alhpa", ["alpha", "beta"]) == "did you mean 'alpha'?"
    assert suggestion("x", []) == "remove it"
