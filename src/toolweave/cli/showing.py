"""Showing a dialogue as it unfolds: panels for a person at a terminal, plain lines for a pipe."""

import shutil
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Final, Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from toolweave.agents.stage import Stage
from toolweave.cli.acts import Act, CallView, act_of, lines_of
from toolweave.cli.streams import clean, counted, is_terminal, one_line
from toolweave.core.dialogue import Dialogue
from toolweave.graph.state import State
from toolweave.memory.state import MemoryState
from toolweave.memory.views import Row

WIDTH: Final = 100
# The terminal's own colours, which its owner chose to be readable; text keeps its own.
_COLOURS: Final = {
    "user": "cyan",
    "assistant asks": "yellow",
    "assistant calls": "green",
    "assistant": "magenta",
}
_FACTS: Final = 8


class Display(Protocol):
    """Whoever shows the dialogue."""

    def begin(self, stage: Stage, state: State, seed: int) -> None:
        """The plan, before its first step."""
        ...

    def step(self, stage: Stage, state: State, number: int, before: MemoryState | None) -> None:
        """A realised step; ``before`` is the memory before it, if what it learnt is to be shown."""
        ...

    def memory(self, rows: Sequence[Row]) -> None:
        """Everything that memory holds."""
        ...


def console(stream: TextIO) -> Console:
    """A console that interprets nothing in what it prints."""
    width = min(shutil.get_terminal_size().columns, WIDTH)
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def display(*, quiet: bool) -> Display:
    """The display that suits stdout."""
    if quiet:
        return Silent()
    return Panels(console(sys.stdout)) if is_terminal(sys.stdout) else Lines(sys.stdout)


class Silent:
    """Shows nothing but what is asked for."""

    def begin(self, stage: Stage, state: State, seed: int) -> None:
        """Nothing."""

    def step(self, stage: Stage, state: State, number: int, before: MemoryState | None) -> None:
        """Nothing."""

    def memory(self, rows: Sequence[Row]) -> None:
        """The rows on stderr, because they were asked for."""
        Lines(sys.stderr).memory(rows)


class Lines:
    """One line per message with its role in front: text for pipes and files."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def begin(self, stage: Stage, state: State, seed: int) -> None:
        """The system message."""
        self._write(lines_of(state["messages"][:1]))

    def step(self, stage: Stage, state: State, number: int, before: MemoryState | None) -> None:
        """The messages of the step."""
        self._write(lines_of([m for m in state["messages"] if m.get("step") == number]))

    def memory(self, rows: Sequence[Row]) -> None:
        """The rows on stderr: they are no part of the dialogue."""
        for row in rows:
            print(one_line(f"{row.name} = {row.value}   ({row.source})"), file=sys.stderr)

    def _write(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(one_line(line), file=self.stream, flush=True)


class Panels:
    """A panel per step, with the origin of every argument and what memory learnt."""

    def __init__(self, at: Console) -> None:
        self.console = at

    def begin(self, stage: Stage, state: State, seed: int) -> None:
        """The plan's name and goal, and the clock."""
        self.console.print(
            _text(f"{stage.plan.id}, seed {seed}", "bold"), _text(stage.plan.goal),
            _text(str(state["messages"][0]["content"]), "dim"), sep="\n",
        )  # fmt: skip

    def step(self, stage: Stage, state: State, number: int, before: MemoryState | None) -> None:
        """The panel, and below it the new facts."""
        act = act_of(stage, state, number, before)
        self.console.print(_panel(act))
        if act.facts:
            self.console.print(_facts(act.facts))

    def memory(self, rows: Sequence[Row]) -> None:
        """A table of everything known."""
        if not rows:
            self.console.print(_text("memory holds nothing yet"))
            return
        self.console.print(
            Panel(_rows(rows), title="memory", title_align="left", border_style="blue")
        )


def _text(text: str, style: str = "") -> Text:
    return Text(clean(text), style=style)


def _panel(act: Act) -> Panel:
    parts: list[RenderableType] = [_text(act.text)] if act.text else []
    for call in act.calls:
        parts += _call(call, with_answer=not act.facts)
    title = Text(f"{act.title} · step {act.number} of {act.total}", style="bold")
    return Panel(
        Group(*parts),
        title=title,
        title_align="left",
        border_style=_COLOURS[act.title],
        padding=(0, 1),
    )


def _call(call: CallView, with_answer: bool) -> list[RenderableType]:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column(overflow="fold", max_width=30)
    table.add_column(ratio=1, style="dim")
    for argument in call.arguments:
        table.add_row(
            _text(f"  {argument.path}"), _text(argument.value), _text(f"← {argument.origin}")
        )
    shown: list[RenderableType] = [_text(call.tool, "bold"), table]
    if with_answer:
        shown.append(Text.assemble(("  returned ", "dim"), clean(call.returned)))
    return shown


def _facts(rows: Sequence[Row]) -> RenderableType:
    """What was learnt, under a heading per source."""
    parts: list[RenderableType] = []
    for source, group in groupby(rows, key=lambda row: row.source):
        learnt = list(group)
        parts.append(_text(f"memory: {source}", "dim"))
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True, overflow="ellipsis", max_width=34, style="dim")
        table.add_column(ratio=1, overflow="fold")
        for row in learnt[:_FACTS]:
            table.add_row(_text(f"  + {row.name}"), _text(row.value))
        parts.append(table)
        if len(learnt) > _FACTS:
            parts.append(_text(f"  + {len(learnt) - _FACTS} more", "dim"))
    return Padding(Group(*parts), (0, 2))


def _rows(rows: Sequence[Row]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=30, style="dim")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(max_width=22, style="dim")
    for row in rows:
        table.add_row(_text(row.name), _text(row.value), _text(row.source))
    return table


def verdict(dialogue: Dialogue) -> str:
    """What the proof says, on one line."""
    checks = dialogue.checks
    calls = [call for message in dialogue.messages for call in message.tool_calls]
    arguments = sum(len(call.sources) for call in calls)
    steps = len({m.step for m in dialogue.messages if m.step is not None})
    made = (
        f"{counted(steps, 'step')}, {counted(len(calls), 'call')}, {counted(arguments, 'argument')}"
    )
    if checks.proof == "failed":
        first = next(f for f in checks.findings if f.severity == "error")
        errors = sum(finding.severity == "error" for finding in checks.findings)
        return f"proof failed: {counted(errors, 'finding')} in {made}; first: {first.line()}"
    return f"proof passed: {made}, each with its source"
