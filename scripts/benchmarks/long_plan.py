"""A plan of many turns over the shipped support desk: one user message and three steps a turn."""

from collections.abc import Mapping
from typing import Any, Final

_KINDS: Final = ("add_case_note", "get_case", "list_cases", "assign_case", "open_case")
_WISHES: Final[Mapping[str, str]] = {
    "open_case": "have somebody look into a problem",
    "add_case_note": "add something to the case",
    "get_case": "hear how the case stands",
    "list_cases": "see what is open",
    "assign_case": "let the right team have the case",
}
_REPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "open_case": ("case_id",),
    "add_case_note": ("created_at",),
    "get_case": ("status",),
    "list_cases": ("cases[].case_id",),
    "assign_case": ("agent_name",),
}


def long_plan(turns: int) -> dict[str, Any]:
    """The plan as data, in the form of a plan's file."""
    segments, case = [], "c1"
    for number in range(1, turns + 1):
        kind = "open_case" if number == 1 else _KINDS[(number - 2) % len(_KINDS)]
        segments.append(_segment(number, kind, case))
        if kind == "open_case":
            case = f"c{number}"
    return {
        "version": 1,
        "id": f"long_{turns}",
        "domain": "customer support",
        "goal": f"Settle {turns} things with the support desk, one after the other.",
        "motif": "linear",
        "tools": "customer_support",
        "segments": segments,
    }


def _segment(number: int, kind: str, case: str) -> dict[str, Any]:
    call = f"c{number}"
    arguments, said = _arguments(call, kind, case)
    provides = [{"slot": slot} for slot in said]
    return {
        "subgoal": f"{_WISHES[kind]}, matter {number}",
        "steps": [
            {"act": "user_request", "intent": _WISHES[kind], "provides": provides},
            {
                "act": "tool_invocation",
                "calls": [{"id": call, "tool": kind, "arguments": arguments}],
            },
            {
                "act": "assistant_response",
                "summarizes": [call],
                "reports": [f"{call}.{path}" for path in _REPORTS[kind]],
            },
        ],
    }


def _arguments(call: str, kind: str, case: str) -> tuple[dict[str, Any], list[str]]:
    """The call's bindings, and the slots that its request states."""
    customer = {"source": "user", "slot": "c1.customer_id"}
    known = {"source": "tool_output", "call": case, "path": "case_id"}
    if kind == "open_case":
        said = [f"{call}.issue_description", f"{call}.category"]
        own = {slot.partition(".")[2]: {"source": "user", "slot": slot} for slot in said}
        first = ["c1.customer_id"] if call == "c1" else []
        return {"customer_id": customer, **own}, [*first, *said]
    if kind == "add_case_note":
        slot = f"{call}.note"
        return {"case_id": known, "note": {"source": "user", "slot": slot}}, [slot]
    if kind == "assign_case":
        slot = f"{call}.team"
        return {"support_case_id": known, "team": {"source": "user", "slot": slot}}, [slot]
    if kind == "list_cases":
        return {"customer_id": customer}, []
    return {"case_id": known}, []
