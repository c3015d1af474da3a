"""Each rule of the plan check objects to exactly the plan that breaks it, and to no good one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.checks.plan_check import check_plan
from toolweave.core.errors import InputError
from toolweave.core.finding import Finding
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.schema.records import build
from toolweave.toolgraph.readers import read_tools

Data = dict[str, Any]
Edit = Callable[[Data], object]


def _object(required: list[str], **properties: Any) -> Data:
    return {"type": "object", "properties": properties, "required": required}


_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_DAY = {"type": "string", "format": "date"}
_STATUS = {"type": "string", "enum": ["open", "closed", "on_hold"]}
_STATE = {"type": "string", "enum": ["open", "closed"], "default": "open"}
_ROW = _object([], id=_TEXT, age=_NUMBER, state=_STATUS, tags={"type": "array", "items": _TEXT})
_TOOLS = [
    {
        "name": "create",
        "parameters": {
            **_object(
                ["user"],
                user=_TEXT,
                kind={"type": "string", "enum": ["call", "visit"]},
                day=_DAY,
                state=_STATE,
                broken={"type": "integer", "default": "x"},
                size=_NUMBER,
                address=_object(["city"], city=_TEXT, street=_TEXT),
                stops={"type": "array", "items": _TEXT},
            ),
            "if": {"properties": {"kind": {"const": "visit"}}, "required": ["kind"]},
            "then": {"required": ["address"]},
        },
        "results": _object([], id=_TEXT, status=_STATUS, count=_NUMBER, done={"type": "boolean"}),
        "errors": [{"code": "too_many", "message": "Too many."}],
    },
    {
        "name": "search",
        "parameters": _object(["owner"], owner=_TEXT, state=_STATE, limit=_NUMBER),
        "results": _object([], rows={"type": "array", "items": _ROW}),
    },
    {
        "name": "close",
        "parameters": _object(
            ["ticket"], ticket=_TEXT, tickets={"type": "array", "items": _TEXT}, size=_NUMBER
        ),
        "results": _object([], closed={"type": "boolean"}),
    },
    {"name": "ping"},
]
_TOOLSET: Toolset = read_tools(_TOOLS)


def _out(call: str, path: str, **select: Any) -> Data:
    bound: Data = {"source": "tool_output", "call": call, "path": path}
    return bound | ({"select": select} if select else {})


def _say(slot: str) -> Data:
    return {"source": "user", "slot": slot}


def _call(call: str, tool: str, arguments: Data | None = None, **more: Any) -> Data:
    return {"id": call, "tool": tool, "arguments": arguments or {}, **more}


def _decided(path: str, *wanted: tuple[str, Any]) -> list[Data]:
    return [{"call": "c1", "path": path, "operator": how, "value": value} for how, value in wanted]


def _good() -> Data:
    """Ask, clarify, create; then search and close: one finding-free plan of ten steps."""
    return {
        "version": 1,
        "id": "p",
        "goal": "g",
        "distractors": ["ping"],
        "decisions": [{"call": "c1", "path": "status", "value": "open"}],
        "same": [["c1.user", "c2.rows[].id"]],
        "segments": [
            {
                "steps": [
                    {"act": "user_request", "provides": [{"slot": "c1.user"}]},
                    {"act": "assistant_clarification", "asks": ["c1.day"]},
                    {"act": "user_clarification_response", "provides": [{"slot": "c1.day"}]},
                    {
                        "act": "tool_invocation",
                        "calls": [
                            _call("c1", "create", {"user": _say("c1.user"), "day": _say("c1.day")})
                        ],
                    },
                    {"act": "assistant_response", "summarizes": ["c1"], "reports": ["c1.id"]},
                ]
            },
            {
                "steps": [
                    {"act": "user_request"},
                    {
                        "act": "tool_invocation",
                        "calls": [_call("c2", "search", {"owner": _say("c1.user")})],
                    },
                    {"act": "assistant_response", "summarizes": ["c2"]},
                ]
            },
            {
                "steps": [
                    {"act": "user_request", "points_at": ["c3.ticket"]},
                    {
                        "act": "tool_invocation",
                        "calls": [
                            _call(
                                "c3",
                                "close",
                                {"ticket": _out("c2", "rows[].id", kind="min", by="age")},
                            )
                        ],
                    },
                    {"act": "assistant_response", "summarizes": ["c3"]},
                ]
            },
        ],
    }


def _steps(data: Data, segment: int = 0) -> list[Data]:
    found: list[Data] = data["segments"][segment]["steps"]
    return found


def _c1(data: Data) -> Data:
    found: Data = _steps(data)[3]["calls"][0]
    return found


def _c2(data: Data) -> Data:
    found: Data = _steps(data, 1)[1]["calls"][0]
    return found


def _c3(data: Data) -> Data:
    found: Data = _steps(data, 2)[1]["calls"][0]
    return found


def _bind(call: Callable[[Data], Data], path: str, bound: Data) -> Edit:
    return lambda data: call(data)["arguments"].update({path: bound})


def _provide(data: Data, **provision: Any) -> None:
    _steps(data)[0]["provides"].append(provision)


def _fix(path: str, value: object) -> Edit:
    def edit(data: Data) -> None:
        _provide(data, slot=f"c1.{path}", value=value, fixed=True)
        _c1(data)["arguments"][path] = _say(f"c1.{path}")

    return edit


def _state(path: str) -> Edit:
    """Let the user state a value to be drawn for one more argument of c1."""

    def edit(data: Data) -> None:
        _provide(data, slot=f"c1.{path}")
        _c1(data)["arguments"][path] = _say(f"c1.{path}")

    return edit


def _try_first(**more: Any) -> Edit:
    """Put a failing attempt of c1 in front of it."""

    def edit(data: Data) -> None:
        earlier = copy.deepcopy(_c1(data)) | {"expect": {"outcome": "error", "code": "timeout"}}
        _c1(data)["attempt"] = 2
        _steps(data).insert(3, {"act": "tool_invocation", "calls": [earlier | more]})

    return edit


def _both(*edits: Edit) -> Edit:
    def edit(data: Data) -> None:
        for each in edits:
            each(data)

    return edit


def _beside_c2(call: Data) -> Edit:
    def edit(data: Data) -> None:
        _steps(data, 1)[1]["calls"].append(call)
        _steps(data, 1)[2]["summarizes"].append(call["id"])

    return edit


def _correct(slot: str, replaces: str) -> Edit:
    """Let the user correct a value in the second segment, where the second call uses it."""

    def edit(data: Data) -> None:
        _steps(data, 1)[0]["provides"] = [{"slot": slot, "replaces": replaces}]
        _c2(data)["arguments"]["owner"] = _say(slot)

    return edit


def _check(edit: Edit) -> list[Finding]:
    data = _good()
    edit(data)
    return check_plan(build(Plan, data), _TOOLSET, "p.yaml")


def test_the_good_plan_has_no_findings() -> None:
    assert _check(lambda data: None) == []


_BAD: list[tuple[str, int | None, str, Edit]] = [
    # Tools
    ("unknown_tool", 7, "c2", lambda d: _c2(d).update(tool="serch")),
    ("unknown_distractor", None, "pong", lambda d: d.update(distractors=["pong"])),
    # Acts
    ("segment_start", 6, "segments[1]", lambda d: _steps(d, 1).pop(0)),
    ("segment_end", 10, "segments[2]", lambda d: _drop_last_response(d)),
    ("act_order", 2, "", lambda d: _steps(d).insert(1, {"act": "user_request"})),
    (
        "response_without_clarification",
        2,
        "",
        lambda d: _steps(d).insert(1, {"act": "user_clarification_response"}),
    ),
    (
        "segment_start",
        6,
        "segments[1]",
        lambda d: _steps(d, 1).__setitem__(0, {"act": "user_clarification_response"}),
    ),
    ("clarification_unanswered", 3, "", lambda d: _answer_late(d)),
    (
        "task_without_call",
        12,
        "segments[3]",
        lambda d: d["segments"].append(
            {"steps": [{"act": "user_request"}, {"act": "assistant_response"}]}
        ),
    ),
    ("call_not_allowed", 7, "segments[1]", lambda d: d["segments"][1].update(kind="chat")),
    ("call_not_allowed", 7, "segments[1]", lambda d: d["segments"][1].update(kind="refusal")),
    # Attempts
    ("call_id", 7, "c 2", lambda d: _rename_c2(d, "c 2")),
    ("duplicate_call", 7, "c1", lambda d: _steps(d, 1)[1]["calls"].append(copy.deepcopy(_c1(d)))),
    ("duplicate_call", 5, "c1", _both(_try_first(attempt=2))),
    (
        "attempt_after_success",
        5,
        "c1",
        _try_first(expect={"outcome": "ok"}),
    ),
    ("attempt_tool", 4, "c1", _try_first(tool="ping", arguments={})),
    # Arguments
    ("unknown_argument", 4, "c1.usr", _bind(_c1, "usr", _say("c1.user"))),
    ("unknown_argument", 4, "c1.stops[]", _bind(_c1, "stops[]", _say("c1.user"))),
    ("unknown_argument", 4, "c1.a..b", _bind(_c1, "a..b", _say("c1.user"))),
    ("missing_argument", 7, "c2.owner", lambda d: _c2(d).update(arguments={})),
    (
        "missing_argument",
        4,
        "c1.address.city",
        _bind(_c1, "address.street", _say("c1.user")),
    ),
    ("missing_argument", 4, "c1.address.city", _fix("kind", "visit")),
    (
        "overlapping_arguments",
        4,
        "c1.stops[0]",
        _both(_state("stops"), _bind(_c1, "stops[0]", _say("c1.user"))),
    ),
    # Expectations
    (
        "error_code",
        4,
        "c1",
        _try_first(expect={"outcome": "error", "code": "too_mny"}),
    ),
    ("error_code", 4, "c1", _try_first(expect={"outcome": "error"})),
    ("error_code", 7, "c2", lambda d: _c2(d).update(expect={"outcome": "ok", "code": "timeout"})),
    ("fault_without_error", 7, "c2", lambda d: _c2(d).update(fault={"kind": "timeout"})),
    # Outputs
    ("unknown_call", 10, "c3.size", _bind(_c3, "size", _out("c9", "id"))),
    ("later_call", 7, "c2.owner", _bind(_c2, "owner", _out("c3", "closed"))),
    (
        "parallel_dependency",
        7,
        "c4.ticket",
        _beside_c2(_call("c4", "close", {"ticket": _out("c2", "rows[].id")})),
    ),
    ("undeclared_output", 7, "c2.owner", _bind(_c2, "owner", _out("c1", "idd"))),
    ("undeclared_output", 7, "c2.owner", _bind(_c2, "owner", _out("c1", "rows..id"))),
    ("failed_call", 10, "c3.size", lambda d: _fail_c2(d)),
    ("type_mismatch", 7, "c2.owner", _bind(_c2, "owner", _out("c1", "count"))),
    (
        "type_mismatch",
        10,
        "c3.tickets",
        _bind(_c3, "tickets", _out("c2", "rows[].age", kind="all")),
    ),
    ("type_mismatch", 10, "c3.size", _bind(_c3, "size", _out("c2", "rows[].age", kind="all"))),
    # Selectors
    ("selector_without_array", 7, "c2.owner", _bind(_c2, "owner", _out("c1", "id", kind="last"))),
    (
        "selector_by",
        10,
        "c3.size",
        _bind(_c3, "size", _out("c2", "rows[].age", kind="max", by="x")),
    ),
    ("selector_by", 10, "c3.size", _bind(_c3, "size", _out("c2", "rows[].age", kind="max"))),
    (
        "selector_by",
        10,
        "c3.size",
        _bind(_c3, "size", _out("c2", "rows[].age", kind="max", by="a..b")),
    ),
    (
        "selector_value",
        10,
        "c3.size",
        _bind(_c3, "size", _out("c2", "rows[].age", kind="match", by="state", value="lost")),
    ),
    # Slots
    ("unstated_slot", 7, "c2.owner", _bind(_c2, "owner", _say("c2.owner"))),
    ("unstated_slot", 4, "c1.state", lambda d: _state_late(d)),
    (
        "slot_repeated",
        6,
        "c1.user",
        lambda d: _steps(d, 1)[0].update(provides=[{"slot": "c1.user"}]),
    ),
    ("unknown_replaced", 6, "c2.owner", _correct("c2.owner", "c1.usr")),
    ("unknown_replaced", 6, "c2.owner", _correct("c2.owner", "c2.owner")),
    ("invalid_value", 1, "c1.kind", _fix("kind", "letter")),
    ("invalid_value", 1, "c1.day", lambda d: _fix_day(d, "tomorrow")),
    ("invalid_value", 1, "c1.size", _fix("size", None)),
    (
        "slot_conflict",
        1,
        "c1.user",
        _bind(_c1, "size", _say("c1.user")),
    ),
    ("already_known", 2, "c1.user", lambda d: _steps(d)[1]["asks"].append("c1.user")),
    ("unanswered_slot", 2, "c1.size", lambda d: _ask_but_answer_later(d)),
    ("asked_twice", 2, "c1.day", lambda d: _steps(d)[1]["asks"].append("c1.day")),
    ("asked_unused", 2, "c1.day", lambda d: _c1(d)["arguments"].pop("day")),
    # Defaults and context
    ("no_default", 7, "c2.limit", _bind(_c2, "limit", {"source": "default"})),
    ("invalid_default", 4, "c1.broken", _bind(_c1, "broken", {"source": "default"})),
    ("context_type", 7, "c2.limit", _bind(_c2, "limit", {"source": "context", "key": "today"})),
    # Reports and decisions
    ("summary_of_nothing", 5, "c2", lambda d: _steps(d)[4]["summarizes"].append("c2")),
    ("summary_of_nothing", 5, "c9", lambda d: _steps(d)[4]["summarizes"].append("c9")),
    ("unknown_report", 5, "c1.idd", lambda d: _steps(d)[4].update(reports=["c1.idd"])),
    ("unknown_report", 5, "c2.rows", lambda d: _steps(d)[4].update(reports=["c2.rows"])),
    ("unknown_report", 5, "c1", lambda d: _steps(d)[4].update(reports=["c1"])),
    *(
        (
            "decision_conflict",
            4,
            f"c1.{path}",
            lambda d, p=path, t=two: d.update(decisions=_decided(p, *t)),
        )
        for path, *two in (
            ("status", ("==", "open"), ("==", "closed")),
            ("status", ("!=", "open"), ("==", "open")),
            ("count", (">", 5), ("<=", 3)),
            ("count", ("==", 4), (">=", 5)),
        )
    ),
    ("unknown_decision", None, "c9.status", lambda d: d["decisions"][0].update(call="c9")),
    ("unknown_decision", 4, "c1.state", lambda d: d["decisions"][0].update(path="state")),
    ("impossible_decision", 4, "c1.status", lambda d: d["decisions"][0].update(value="lost")),
    (
        "impossible_decision",
        4,
        "c1.status",
        lambda d: d["decisions"][0].update(operator=">", value=5),
    ),
    (
        "impossible_decision",
        4,
        "c1.count",
        lambda d: d["decisions"][0].update(path="count", operator="<=", value=True),
    ),
    (
        "impossible_decision",
        4,
        "c1.count",
        lambda d: d["decisions"][0].update(path="count", operator="empty", value=None),
    ),
    ("unknown_same", None, "c1.nothing", lambda d: d["same"][0].append("c1.nothing")),
    ("unknown_same", None, "whatever", lambda d: d["same"][0].append("whatever")),
    ("unknown_pointed", 9, "c3.size", lambda d: _steps(d, 2)[0].update(points_at=["c3.size"])),
    ("unknown_pointed", 6, "c2.owner", lambda d: _steps(d, 1)[0].update(points_at=["c2.owner"])),
    ("unknown_voiced", 1, "c9", lambda d: _steps(d)[0].update(voices=["c9"])),
    ("unknown_voiced", 1, "c3", lambda d: _steps(d)[0].update(voices=["c3"])),
    ("unknown_pointed", 1, "c3.ticket", lambda d: _steps(d)[0].update(points_at=["c3.ticket"])),
]


def _drop_last_response(data: Data) -> None:
    _steps(data, 2).pop()


def _answer_late(data: Data) -> None:
    del _steps(data)[2]
    _steps(data)[2]["calls"][0]["arguments"].pop("day")
    _steps(data, 1)[0]["provides"] = [{"slot": "c1.day"}]
    _c2(data)["arguments"]["owner"] = _say("c1.day")


def _rename_c2(data: Data, name: str) -> None:
    _c2(data)["id"] = name
    _steps(data, 1)[2]["summarizes"] = [name]
    _c3(data)["arguments"]["ticket"]["call"] = name
    data["same"] = []


def _fail_c2(data: Data) -> None:
    _c2(data)["expect"] = {"outcome": "error", "code": "timeout"}
    _c3(data)["arguments"] = {
        "ticket": _out("c1", "id"),
        "size": _out("c2", "rows[].age"),
    }
    data["same"] = []
    _steps(data, 2)[0]["points_at"] = []


def _state_late(data: Data) -> None:
    _steps(data, 1)[0]["provides"] = [{"slot": "c1.state"}]
    _c1(data)["arguments"]["state"] = _say("c1.state")


def _fix_day(data: Data, value: str) -> None:
    del _steps(data)[1:3]
    _provide(data, slot="c1.day", value=value, fixed=True)
    _steps(data)[1]["calls"][0]["arguments"]["day"] = _say("c1.day")


def _ask_but_answer_later(data: Data) -> None:
    _steps(data)[1]["asks"].append("c1.size")
    _steps(data, 1)[0]["provides"] = [{"slot": "c1.size"}]
    _c2(data)["arguments"]["limit"] = _say("c1.size")


@pytest.mark.parametrize(("code", "step", "at", "edit"), _BAD)
def test_each_broken_rule_is_named_where_it_is_broken(
    code: str, step: int | None, at: str, edit: Edit
) -> None:
    errors = [finding for finding in _check(edit) if finding.severity == "error"]
    assert [(finding.code, finding.step, finding.at) for finding in errors] == [(code, step, at)]
    assert errors[0].mend
    assert errors[0].line().startswith("p.yaml")


@pytest.mark.parametrize(
    ("code", "at", "edit"),
    [
        ("distractor_called", "search", lambda d: d.update(distractors=["search"])),
        ("type_overlap", "c2.state", _bind(_c2, "state", _out("c1", "status"))),
        ("unused_slot", "c1.size", lambda d: _provide(d, slot="c1.size")),
        ("untold_call", "c2", lambda d: _steps(d, 1)[2].update(summarizes=[])),
        (
            "outdated_slot",
            "c2.owner",
            lambda d: (
                _steps(d, 1)[0].update(provides=[{"slot": "c3.size", "replaces": "c1.user"}]),
                _c3(d)["arguments"].update(size=_say("c3.size")),
            ),
        ),
        (
            "conditional_argument",
            "c1.address",
            _state("kind"),
        ),
    ],
)
def test_what_is_only_doubtful_is_a_warning(code: str, at: str, edit: Edit) -> None:
    assert [(found.code, found.severity, found.at) for found in _check(edit)] == [
        (code, "warning", at)
    ]


@pytest.mark.parametrize(
    "edit",
    [
        _correct("c2.owner", "c1.user"),
        _correct("c1.user", "c1.user"),
        _bind(_c2, "state", {"source": "default"}),
        _bind(_c1, "address.city", _say("c1.user")),
        _fix("kind", "call"),
        _both(_fix("kind", "visit"), _bind(_c1, "address.city", _say("c1.user"))),
        _try_first(),
        _try_first(expect={"outcome": "error", "code": "too_many"}),
        _try_first(
            tool="ping",
            fault={"kind": "wrong_tool"},
            expect={"outcome": "error", "code": "prerequisite_missing"},
        ),
        _try_first(
            arguments={},
            fault={"kind": "missing_parameter", "path": "user"},
            expect={"outcome": "error", "code": "missing_parameter"},
        ),
        _beside_c2(_call("c4", "close", {"ticket": _out("c1", "id")})),
        _bind(_c3, "tickets", _out("c2", "rows[].id", kind="all")),
        _bind(_c3, "size", _out("c2", "rows[].age", kind="match", by="state", value="open")),
        _bind(_c3, "size", _out("c2", "rows[].age", kind="min", by="age")),
        _bind(_c3, "ticket", _out("c2", "rows[].tags[]", kind="index", index=2)),
        _both(
            _bind(_c1, "day", {"source": "context", "key": "today"}),
            lambda d: d["segments"][0].update(steps=[_steps(d)[0], *_steps(d)[3:]]),
        ),
        lambda d: d["decisions"][0].update(path="count", operator=">=", value=3),
        lambda d: d["decisions"][0].update(path="done", value=False),
        lambda d: d.update(decisions=_decided("count", (">=", 3), ("<", 4))),
        lambda d: d.update(decisions=_decided("status", ("!=", "closed"), ("==", "open"))),
        lambda d: d["decisions"].append({"call": "c2", "path": "rows", "operator": "not_empty"}),
        lambda d: d["segments"].append(
            {
                "kind": "chat",
                "steps": [{"act": "user_request"}, {"act": "assistant_response"}],
            }
        ),
    ],
)
def test_what_is_allowed_has_no_findings(edit: Edit) -> None:
    assert _check(edit) == []


def test_a_clarification_may_come_between_two_calls_of_a_segment() -> None:
    def edit(data: Data) -> None:
        _steps(data)[4:4] = [
            {"act": "assistant_clarification", "asks": ["c4.size"]},
            {"act": "user_clarification_response", "provides": [{"slot": "c4.size"}]},
            {
                "act": "tool_invocation",
                "calls": [
                    _call("c4", "close", {"ticket": _out("c1", "id"), "size": _say("c4.size")})
                ],
            },
        ]
        _steps(data)[7]["summarizes"].append("c4")

    assert _check(edit) == []


def test_a_tool_that_is_truly_missing_may_be_called_by_a_faulty_attempt() -> None:
    edit = _try_first(
        tool="creat",
        fault={"kind": "wrong_tool"},
        expect={"outcome": "error", "code": "unknown_tool"},
    )
    assert _check(edit) == []


def test_a_condition_that_no_drawn_value_can_avoid_is_an_error() -> None:
    tools = copy.deepcopy(_TOOLS)
    tools[0]["parameters"]["properties"]["kind"]["enum"] = ["visit"]  # type: ignore[index]
    data = _good()
    _state("kind")(data)
    found = check_plan(build(Plan, data), read_tools(tools))
    assert [(each.severity, each.at) for each in found] == [("error", "c1.address")]


def test_a_call_to_an_unknown_tool_is_reported_once_and_not_what_follows() -> None:
    def edit(data: Data) -> None:
        _c2(data)["tool"] = "serch"

    assert [found.code for found in _check(edit) if found.severity == "error"] == ["unknown_tool"]


def test_findings_come_in_the_order_of_the_steps() -> None:
    edit = _both(
        _bind(_c3, "ticket", _out("c9", "id")),
        _bind(_c1, "usr", _say("c1.user")),
        lambda d: _c2(d).update(fault={"kind": "timeout"}),
    )
    steps = [found.step for found in _check(edit) if found.step is not None]
    assert steps == sorted(steps) and len(set(steps)) >= 3


@pytest.mark.timeout(20)
def test_a_plan_of_ten_thousand_steps_is_checked_in_moments() -> None:
    segments = []
    for number in range(3334):
        name, before = f"c{number}", f"c{number - 1}"
        owner = _out(before, "rows[].id") if number else _say("c0.owner")
        segments.append(
            {
                "steps": [
                    {"act": "user_request", "provides": [] if number else [{"slot": "c0.owner"}]},
                    {"act": "tool_invocation", "calls": [_call(name, "search", {"owner": owner})]},
                    {"act": "assistant_response", "summarizes": [name]},
                ]
            }
        )
    data = {"version": 1, "id": "p", "goal": "g", "segments": segments}
    assert check_plan(build(Plan, data), _TOOLSET) == []


def test_a_mend_names_the_nearest_declared_path() -> None:
    edit = _bind(_c3, "ticket", _out("c2", "rows[].idd"))
    assert [found.mend for found in _check(edit)] == ["did you mean 'rows[].id'?"]
    silent = _bind(_c2, "owner", _out("c4", "x"))
    edit = _both(silent, lambda d: _steps(d)[3]["calls"].append(_call("c4", "ping")))
    mends = [found.mend for found in _check(edit) if found.code == "undeclared_output"]
    assert mends == ["declare it in the results of 'ping'"]


_PATHS = ("id", "rows[].age", "rows[0].id", "", "..", "[]", "a[99999999999]", "\\", "\\e", ".")
_NAMES = ("c1", "c2", "c9", "c1.", "c1.user", "c2.rows[].id", "create", "\x00", "x" * 3000)
_HOSTILE = st.sampled_from((*_PATHS, *_NAMES))


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys, whose value is text."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    found = []
    for key, value in list(pairs):
        if isinstance(value, dict | list):
            found.extend(_places(value))
        elif isinstance(value, str):
            found.append((data, key))
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_no_name_or_path_makes_the_check_fall_over(draws: st.DataObject) -> None:
    data = _good()
    for _ in range(3):
        container, key = draws.draw(st.sampled_from(_places(data)))
        container[key] = draws.draw(_HOSTILE)
    try:
        plan = build(Plan, data, file="p.yaml")
    except InputError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
        return
    for found in check_plan(plan, _TOOLSET):
        assert found.problem and "\n" not in found.problem and len(found.problem) <= 240
