"""The commands at a real (pseudo) terminal: panels, keys and prompts."""

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

PLAN = "tourism_city_break"
SOURCE = str(Path(__file__).parents[2] / "src")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NEXT = "h help: "
# Far more than any of these takes; a prompt that never comes must not hang the run.
PATIENCE, SILENCE = 40, 3
INTERRUPT = "\x03"


class Shown(NamedTuple):
    """What stood on the terminal, without and with escapes, and the exit code."""

    text: str
    raw: str
    code: int


def at_terminal(arguments: Sequence[str], answers: Sequence[tuple[str, str]] = ()) -> Shown:
    """Run a command at a terminal of 80 columns; type each answer when its prompt appears."""
    child, handle = pty.fork()
    if child == 0:
        script = "from toolweave.cli.main import main; main()"
        environment = {
            **os.environ, "PYTHONPATH": SOURCE, "COLUMNS": "80", "TERM": "xterm", "LANG": "C.UTF-8",
        }  # fmt: skip
        # Whoever started the tests in the background may have had interrupts ignored.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(sys.executable, [sys.executable, "-c", script, *arguments], environment)
    raw, seen, waiting, typed = b"", 0, list(answers), ""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        # Readline only heeds a Ctrl-C that comes while it waits, not one in the instant between its
        # prompt and its wait; a person who sees nothing happen presses it again.
        if typed == INTERRUPT and not select.select([handle], [], [], SILENCE)[0]:
            os.write(handle, INTERRUPT.encode())
        if select.select([handle], [], [], 0.1)[0]:
            try:
                read = os.read(handle, 65536)
            except OSError:
                break
            if not read:
                break
            raw += read
        if waiting and waiting[0][0].encode() in raw[seen:]:
            seen, typed = len(raw), waiting.pop(0)[1]
            os.write(handle, typed.encode())
    else:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    _, status = os.waitpid(child, 0)
    assert not waiting, f"the prompt {waiting[0][0]!r} never came: {raw.decode()[-500:]}"
    text = raw.decode()
    return Shown(_ESCAPES.sub("", text), text, os.waitstatus_to_exitcode(status))


def test_panels_fit_80_columns_and_show_sources_and_facts() -> None:
    shown = at_terminal(["simulate", PLAN, "--seed", "7"])
    assert shown.code == 0
    assert max(len(line.rstrip("\r")) for line in shown.text.split("\n")) <= 80
    assert "─ user · step 1 of 16 ─" in shown.text
    assert "─ assistant calls · step 4 of 16 ─" in shown.text
    assert "← the user, message 1" in shown.text
    assert "memory: you said, message 1" in shown.text
    assert "memory: search_hotels returned, message 6" in shown.text
    assert "proof passed: 16 steps" in shown.text
    # Only the terminal's own colours, and no backgrounds: readable on dark and light alike.
    codes = {
        code for found in re.findall(r"\x1b\[([0-9;]*)m", shown.raw) for code in found.split(";")
    }
    assert codes <= {"", "0", "1", "2", "32", "33", "34", "35", "36"}


def test_a_key_per_step_continues_shows_edits_and_quits(tmp_path: Path) -> None:
    kept = str(tmp_path / "s.db")
    shown = at_terminal(
        ["simulate", PLAN, "--seed", "7", "--step", "--session", kept],
        [
            (NEXT, "m"), (NEXT, "\n"), (NEXT, "h"), (NEXT, "x"), (NEXT, "\n"), (NEXT, "e"),
            ("leaves them): ", "\x15a few of us\n"),
            ("leaves them): ", "\x15well, 2 of us then\n"), (NEXT, "q"),
        ],
    )  # fmt: skip
    assert shown.code == 0
    assert "─ memory ─" in shown.text
    assert "q      stop here" in shown.text
    assert "must state 2" in shown.text
    assert "│ well, 2 of us then " in shown.text
    assert f"stopped after step 3 of 16; {kept} keeps it" in shown.text
    resumed = at_terminal(["simulate", PLAN, "--seed", "7", "--session", kept])
    assert "│ well, 2 of us then " in resumed.text
    assert "proof passed" in resumed.text


@pytest.mark.parametrize(("typed", "code"), [(INTERRUPT, 130), ("\x04", 130)])
def test_leaving_at_a_prompt_is_one_line(typed: str, code: int) -> None:
    shown = at_terminal(["simulate", PLAN, "--step"], [(NEXT, typed)])
    assert shown.code == code
    assert "interrupted after step 1 of 16; nothing is kept" in shown.text
    assert "Traceback" not in shown.text


TRIP = """
version: 1
id: trip
goal: Find a room and take it.
tools: tools.yaml
segments:
- steps:
  - {act: user_request, intent: find a room, provides: [{slot: c1.city}, {slot: c1.arrival}]}
  - {act: assistant_clarification, asks: [c1.guests]}
  - {act: user_clarification_response, provides: [{slot: c1.guests}]}
  - act: tool_invocation
    calls:
    - id: c1
      tool: find_room
      arguments:
        city: {source: user, slot: c1.city}
        arrival: {source: user, slot: c1.arrival}
        guests: {source: user, slot: c1.guests}
  - {act: assistant_response, summarizes: [c1]}
- steps:
  - {act: user_request, intent: take it, provides: [{slot: c2.bed}]}
  - act: tool_invocation
    calls: [{id: c2, tool: take_room, arguments: {bed: {source: user, slot: c2.bed}}}]
  - {act: assistant_response, summarizes: [c2]}
"""
TRIP_TOOLS = """
version: 1
tools:
- name: find_room
  parameters:
    type: object
    properties:
      city: {type: string}
      arrival: {type: string, format: date}
      guests: {type: integer, minimum: 1, maximum: 9}
    required: [city, arrival, guests]
  results: {type: object, properties: {price: {type: number}}}
- name: take_room
  parameters:
    type: object
    properties: {bed: {type: string, enum: [twin, double]}}
    required: [bed]
"""


def test_a_person_types_the_users_side(tmp_path: Path) -> None:
    (tmp_path / "tools.yaml").write_text(TRIP_TOOLS)
    plan = tmp_path / "trip.yaml"
    plan.write_text(TRIP)
    shown = at_terminal(
        ["simulate", str(plan), "--seed", "7", "--play", "user"],
        [
            ("city: ", "Porto\n"), ("arrival: ", "soon\n"), ("arrival: ", "the 28th of July\n"),
            ("again): ", "We need a break!\n"), ("guests: ", "two\n"), ("again): ", "\n"),
            ("\nbed: ", INTERRUPT),
        ],
    )  # fmt: skip
    assert shown.code == 130
    assert "Your turn, step 1 of 8: find a room" in shown.text
    assert "arrival: a date (3 August, next Friday, 2025-08-03)" in shown.text
    assert "'soon' is not a date" in shown.text
    assert "= 2025-07-28" in shown.text
    assert "│ We need a break! The city is Porto." in shown.text
    assert "you are asked: " in shown.text


def test_markup_in_names_and_texts_is_shown_as_it_is(tmp_path: Path) -> None:
    tools = '{"version": 1, "tools": [{"name": "look", "description": "[red]x[/red]"}]}'
    (tmp_path / "tools.json").write_text(tools)
    (tmp_path / "plan.yaml").write_text(
        "version: 1\nid: '[bold]p[/bold]'\ngoal: \"see \\e[2J[red]it[/]\"\ntools: tools.json\n"
        "segments:\n- steps:\n  - {act: user_request, intent: look around}\n"
        "  - {act: tool_invocation, calls: [{id: c1, tool: look}]}\n"
        "  - {act: assistant_response, summarizes: [c1]}\n"
    )
    shown = at_terminal(["simulate", str(tmp_path / "plan.yaml"), "--step"], [(NEXT, "q")])
    assert "[bold]p[/bold]" in shown.text
    assert "[red]it[/]" in shown.text
    assert "\x1b[2J" not in shown.raw
