"""Carrying out ``toolweave simulate``: prepare, walk, show, prove, write."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from toolweave.agents.stage import Stage
from toolweave.cli.inputs import named_tools, plan_source
from toolweave.cli.showing import Display, console, display, verdict
from toolweave.cli.streams import STDOUT, complain, is_terminal, note, one_line, writable, write_out
from toolweave.cli.talking import talk
from toolweave.configs.run import ModelSettings
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import GenerationError, InputError
from toolweave.graph.finishing import finish
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import Setting, opening, set_scene
from toolweave.graph.state import State
from toolweave.graph.walking import awatch, watch
from toolweave.llm.generator import Generator, close
from toolweave.planners.reading import load_plan
from toolweave.runs.generators import instant, make_generator
from toolweave.runs.simulation import proven
from toolweave.schema.types import json_bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    plan: str
    tools: str | None = None
    chosen: str = ""
    seed: int = 0
    model: str = "offline"
    base_url: str = ""
    step: bool = False
    play: bool = False
    session: str | None = None
    out: str | None = None
    quiet: bool = False


def run(order: Order) -> int:
    """Make the dialogue; the exit code is 1 when it fails its proof.

    Raises:
        InputError: the plan, the tools, the session or the output cannot be used.
        ToolweaveError: a step could not be realised.
        KeyboardInterrupt: the person stopped.
    """
    writable(order.out)
    stage = _stage(order)
    setting = set_scene(stage, order.seed, _generator(order), human=order.play)
    shown = display(quiet=order.quiet or order.out == STDOUT)
    if order.step or order.play or order.session:
        state = talk(setting, shown, path=order.session, stepping=order.step)
    else:
        state = _watched(setting, shown)
    if state is None:
        return 0
    return _told(proven(finish(setting, state), stage.words), order.out)


def _stage(order: Order) -> Stage:
    if order.plan == STDOUT and (order.step or order.play):
        raise InputError(
            "the plan comes from standard input, so nobody can type",
            mend="name the plan's file instead of -",
        )
    loaded = load_plan(plan_source(order.plan), named_tools(order.tools), order.chosen)
    return prepare(loaded.plan, loaded.toolset, file=str(loaded.path))


def _generator(order: Order) -> Generator:
    if order.base_url and order.model == "offline":
        raise InputError("a server is given, but no model", mend="add --model NAME")
    return make_generator(ModelSettings(name=order.model, base_url=order.base_url))


def _watched(setting: Setting, shown: Display) -> State:
    """The final state, every step shown as it comes."""
    follow = _Follower(setting, shown)
    try:
        if instant(setting.generator):
            for state in watch(setting):
                follow(state)
        else:
            asyncio.run(_waiting(setting, follow))
    except GenerationError as error:
        place = f"step {follow.state['cursor'] + 1} of {len(setting.stage.steps)}"
        raise GenerationError(f"{place}: {error}") from error
    return follow.state


async def _waiting(setting: Setting, follow: Callable[[State], None]) -> None:
    try:
        async for state in awatch(setting):
            follow(state)
    finally:
        await close(setting.generator)


class _Follower:
    """Shows each state's last step, and remembers the state."""

    def __init__(self, setting: Setting, shown: Display) -> None:
        self.stage, self.shown = setting.stage, shown
        self.state = opening(setting)
        shown.begin(setting.stage, self.state, setting.cast.seed)

    def __call__(self, state: State) -> None:
        before, self.state = self.state["memory"], state
        self.shown.step(self.stage, state, state["cursor"], before)


def _told(dialogue: Dialogue, out: str | None) -> int:
    """Write the record and say what the proof says."""
    failed = dialogue.checks.proof == "failed"
    if out:
        compact = out.endswith((".jsonl", ".ndjson"))
        write_out(out, json_bytes(dialogue.dump(), indent=not compact) + b"\n")
    line = verdict(dialogue)
    if failed:
        kept = f"; {out} holds the record, marked as failed" if out and out != STDOUT else ""
        complain(line + kept)
        return 1
    if out and out != STDOUT:
        line += f"; written to {out}"
    if is_terminal(sys.stderr):
        console(sys.stderr).print(Text(one_line(line), style="bold green"))
    else:
        note(line)
    return 0
