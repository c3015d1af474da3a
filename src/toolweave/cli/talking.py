"""Going through a session with a person: a key after every step, or the user's side by hand."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import typer

from toolweave.cli.asking import ask_key, ask_line
from toolweave.cli.showing import Display
from toolweave.cli.streams import INTERRUPTED, clean, note
from toolweave.core.errors import ToolweaveError
from toolweave.core.model import JsonValue
from toolweave.graph.playing import Part, completed, meant, wanted, worded
from toolweave.graph.sessions import Session
from toolweave.graph.setting import Setting
from toolweave.graph.state import State
from toolweave.graph.typed import Unfit
from toolweave.llm.contexts import Slot
from toolweave.llm.generator import close
from toolweave.llm.task import Unacceptable
from toolweave.memory.views import shortened, view

T = TypeVar("T")
AGAIN: Final = "<"
_HELP: Final = (
    "Enter  make the next step",
    "m      show everything that memory holds",
    "e      put other words into the user's last step (they must state the same values)",
    "q      stop here; with --session FILE the same command goes on later",
    "h      show this",
)


def talk(setting: Setting, shown: Display, *, path: str | None, stepping: bool) -> State | None:
    """The final state of a session, or None when the person stopped before the end.

    Args:
        setting: what the session plays; ``human`` lets the person type the user's side.
        shown: where the steps are shown.
        path: the file that keeps the session.
        stepping: wait for a key after every step.
    """
    with asyncio.Runner() as runner:
        session = runner.run(Session.open(setting, path))
        talking = _Talk(runner, session, shown, stepping)
        try:
            return session.state if talking.through() else None
        except (KeyboardInterrupt, EOFError):
            note("")
            talking.leave("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except ToolweaveError:
            talking.leave("stopped")
            raise
        finally:
            runner.run(session.aclose())
            runner.run(close(setting.generator))


class _Talk:
    """A session, the loop it runs on, and the display."""

    def __init__(
        self, runner: asyncio.Runner, session: Session, shown: Display, stepping: bool
    ) -> None:
        self.runner, self.session, self.shown, self.stepping = runner, session, shown, stepping
        self.stage = session.setting.stage

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The loop runs only while the session works, so that Ctrl-C reaches a waiting prompt."""
        return self.runner.run(work)

    def through(self) -> bool:
        """Whether the dialogue came to its end."""
        session = self.session
        self.shown.begin(self.stage, session.state, session.setting.cast.seed)
        for number in range(1, session.steps + 1):
            self.shown.step(self.stage, session.state, number, None)
        if session.steps and not session.finished:
            note(f"going on after step {session.steps} of {len(self.stage.steps)}")
        while not session.finished:
            if self.stepping and session.steps and not self.pause():
                self.leave("stopped")
                return False
            before = session.state["memory"]
            if not self.wait(session.advance()):
                self.play()
            self.shown.step(self.stage, session.state, session.steps, before)
        return True

    def leave(self, how: str) -> None:
        """Say what happens to the session."""
        place = f"{how} after step {self.session.steps} of {len(self.stage.steps)}"
        if self.session.path is None:
            note(f"{place}; nothing is kept (--session FILE would keep it)")
        else:
            note(f"{place}; {self.session.path} keeps it: the same command goes on from here")

    def pause(self) -> bool:
        """Wait for a key; False when the person quits."""
        edit = " · e edit" if self.session.editable else ""
        keys = ["", "m", *("e" if edit else ""), "q", "h"]
        while True:
            key = ask_key(f"Enter continue · m memory{edit} · q quit · h help: ", keys)
            if key == "":
                return True
            if key == "q":
                return False
            if key == "m":
                self.shown.memory(view(self.session.state["memory"]))
            elif key == "e":
                self.edit()
            else:
                for line in _HELP:
                    note(line)

    def edit(self) -> None:
        """Ask for other words until they are accepted or none are given."""
        text = str(self.session.state["messages"][-1]["content"])
        note(f"now: {text}")
        while True:
            text = clean(ask_line("new words (Enter leaves them): ", text)).strip()
            if not text:
                return
            try:
                self.wait(self.session.edit(text))
            except Unacceptable as refused:
                _tell(refused)
                continue
            self.shown.step(self.stage, self.session.state, self.session.steps, None)
            return

    def play(self) -> None:
        """Let the person make the user's step."""
        part = self.session.pending
        assert part is not None
        while True:
            self.introduce(part)
            values, typed = self.values(part)
            if self.speak(values, typed):
                return

    def introduce(self, part: Part) -> None:
        """What the person is to say."""
        note(f"Your turn, step {part.step} of {len(self.stage.steps)}: {part.wish or 'answer'}")
        if part.question:
            note(f"you are asked: {part.question}")
        for pointer in part.pointers:
            note(f"you mean: {pointer}")
        for slot in part.slots:
            note(f"  {slot.view.label}: {wanted(slot)}")

    def values(self, part: Part) -> tuple[dict[str, JsonValue], dict[str, str]]:
        """A value for every slot, and how it was typed; asked again until it fits."""
        values: dict[str, JsonValue] = {}
        typed: dict[str, str] = {}
        for slot in part.slots:
            if slot.fixed:
                values[slot.name] = slot.fixed[0]
                continue
            values[slot.name], typed[slot.name] = self.value(slot)
        return values, typed

    def value(self, slot: Slot) -> tuple[JsonValue, str]:
        """One value and how it was typed."""
        label = slot.view.label
        while True:
            text = clean(ask_line(f"{label}: ")).strip()
            try:
                value = meant(slot, text, self.session.setting.cast.now)
            except Unfit as reason:
                note(f"  {reason}")
                continue
            if value != text:
                note(f"  = {shortened(value)}")
            return value, text

    def speak(self, values: dict[str, JsonValue], typed: dict[str, str]) -> bool:
        """Take the person's words until they are accepted; False to type the values again."""
        prompt = f"your words (Enter: made for you; {AGAIN} types the values again): "
        while True:
            text = clean(ask_line(prompt)).strip()
            if text == AGAIN:
                return False
            scene = self.session.scene()
            try:
                said = completed(scene, text, values, typed) if text else worded(scene, values)
                self.wait(self.session.resume(said, values))
            except Unacceptable as refused:
                _tell(refused)
                continue
            return True


def _tell(refused: Unacceptable) -> None:
    for problem in refused.problems:
        note(f"  {problem}")
