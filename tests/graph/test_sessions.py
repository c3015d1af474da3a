"""Sessions that stop after every step and go on, also in another process."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from toolweave.core.errors import InputError, ServerError
from toolweave.graph.playing import completed, worded
from toolweave.graph.preparing import prepare
from toolweave.graph.sessions import Session
from toolweave.graph.setting import Setting, set_scene
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task, Unacceptable
from toolweave.runs.simulation import proven, simulate

PLAN = "tourism_city_break"
T = TypeVar("T")
Work = Callable[[Session], Awaitable[T]]


class Away(OfflineGenerator):
    """The offline generator behind a server that answers no question at once."""

    def __init__(self) -> None:
        self.asked: set[tuple[object, ...]] = set()

    async def generate(self, task: Task[C, R]) -> R:
        if task.key not in self.asked:
            self.asked.add(task.key)
            raise ServerError("no answer")
        return await super().generate(task)


class OtherModel(OfflineGenerator):
    """The offline generator under another name."""

    name = "other"


def setting(seed: int = 7, *, human: bool = False, plan: str = PLAN) -> Setting:
    return set_scene(prepare(plan), seed, OfflineGenerator(), human=human)


def within(path: Path | None, work: Work[T], given: Setting | None = None) -> T:
    """Open a session on a loop of its own, do the work, and close it."""

    async def through() -> T:
        session = await Session.open(given or setting(), path)
        try:
            return await work(session)
        finally:
            await session.aclose()

    return asyncio.run(through())


async def to_the_end(session: Session) -> Session:
    while await session.advance():
        pass
    return session


def test_one_step_per_opening_gives_the_uninterrupted_dialogue(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    taken = 0
    while within(path, Session.advance):
        taken += 1
    assert taken == len(setting().stage.steps)

    async def finished(session: Session) -> Session:
        return session

    session = within(path, finished)
    assert session.finished
    assert proven(session.dialogue()) == simulate(PLAN, seed=7)


@pytest.mark.parametrize("lost", range(1, 6))
def test_a_step_that_a_kill_interrupted_is_made_again(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "s.db"

    async def torn(session: Session) -> None:
        for _ in range(3):
            await session.advance()

    within(path, torn)
    # What a kill leaves behind: checkpoints stop between two steps, or between agent and memory.
    with sqlite3.connect(path) as held:
        rows = held.execute(
            "SELECT checkpoint_id FROM checkpoints ORDER BY checkpoint_id"
        ).fetchall()
        for row in rows[-lost:]:
            held.execute("DELETE FROM checkpoints WHERE checkpoint_id = ?", row)
            held.execute("DELETE FROM writes WHERE checkpoint_id = ?", row)
    session = within(path, to_the_end)
    assert session.dialogue().messages == simulate(PLAN, seed=7).messages


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: setting(8), "seed 7, not tourism_city_break with seed 8"),
        (lambda: setting(plan="tourism_family_stay"), "not tourism_family_stay"),
        (lambda: setting(human=True), "nobody playing the user"),
        (lambda: set_scene(prepare(PLAN), 7, OtherModel()), "worded by offline, not by other"),
    ],
)
def test_a_session_of_another_dialogue_is_refused(
    tmp_path: Path, other: Callable[[], Setting], said: str
) -> None:
    path = tmp_path / "s.db"
    within(path, Session.advance)
    with pytest.raises(InputError, match=said) as caught:
        within(path, Session.advance, other())
    assert str(path) in str(caught.value)
    assert within(path, Session.advance)


def _text(path: Path) -> None:
    path.write_text("not a database")


def _garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as held:
        held.execute("CREATE TABLE other (id INTEGER)")


def _damaged(path: Path) -> None:
    within(path, Session.advance)
    with sqlite3.connect(path) as held:
        held.execute("UPDATE checkpoints SET checkpoint = x'ff00'")


@pytest.mark.parametrize("spoil", [_text, _garbage, _foreign, _damaged, Path.mkdir])
def test_what_is_no_session_is_refused_and_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "s.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(InputError) as caught:
        within(path, Session.advance)
    assert str(path) in str(caught.value)
    if spoil is not _damaged:
        assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_session_file_builds_no_foreign_objects(tmp_path: Path) -> None:
    """Other types than the state's own come back as plain data, whatever a file says."""
    import ormsgpack

    path = tmp_path / "s.db"
    within(path, Session.advance)
    marker = tmp_path / "ran"
    hostile = ormsgpack.packb(
        ormsgpack.Ext(0, ormsgpack.packb(("os", "mkdir", str(marker)))), option=None
    )
    with sqlite3.connect(path) as held:
        held.execute("UPDATE checkpoints SET checkpoint = ?", (hostile,))
    with pytest.raises(InputError):
        within(path, Session.advance)
    assert not marker.exists()


def test_new_words_for_the_users_last_step_keep_its_values() -> None:
    async def edited(session: Session) -> Session:
        for _ in range(3):
            await session.advance()
        await session.edit("There will be 2 of us, if that's fine.")
        assert session.steps == 3
        return await to_the_end(session)

    plain = simulate(PLAN, seed=7)
    session = within(None, edited)
    made = proven(session.dialogue())
    assert made.checks.proof == "passed"
    said = [m.content for m in made.messages if m.step == 3]
    assert said == ["There will be 2 of us, if that's fine."]
    assert [m.content for m in made.messages if m.step == 1] == [
        m.content for m in plain.messages if m.step == 1
    ]
    calls = [call.arguments for m in made.messages for call in m.tool_calls]
    assert calls == [call.arguments for m in plain.messages for call in m.tool_calls]


def test_words_that_leave_a_value_out_are_refused_and_change_nothing() -> None:
    async def refused(session: Session) -> None:
        for _ in range(3):
            await session.advance()
        before = session.state
        with pytest.raises(Unacceptable, match="must state 2"):
            await session.edit("A few of us.")
        assert session.state == before
        await session.advance()
        with pytest.raises(InputError):
            await session.edit("This was a call.")

    within(None, refused)


def test_steps_that_failed_are_made_again_in_the_same_session() -> None:
    async def patiently(session: Session) -> int:
        failures = 0
        while not session.finished:
            steps = session.steps
            try:
                await session.advance()
            except ServerError:
                failures += 1
                assert session.steps == steps
        assert proven(session.dialogue()) == simulate(PLAN, seed=7)
        return failures

    stage = prepare(PLAN)
    assert within(None, patiently, set_scene(stage, 7, Away())) >= len(stage.steps)


def test_going_back_and_on_gives_the_same_steps_again(tmp_path: Path) -> None:
    path = tmp_path / "s.db"

    async def back(session: Session) -> list[int]:
        await to_the_end(session)
        await session.rewind(4)
        return [moment.steps for moment in await session.history()]

    steps = within(path, back)
    assert steps[0] == 4
    assert set(range(17)) == set(steps)
    session = within(path, to_the_end)
    assert session.dialogue().messages == simulate(PLAN, seed=7).messages


def test_a_person_plays_the_user_across_two_openings(tmp_path: Path) -> None:
    path, human = tmp_path / "s.db", setting(human=True)

    async def begin(session: Session) -> None:
        assert not await session.advance()
        assert session.pending is not None
        assert session.pending.wish == "check the weather and find a hotel"
        assert session.pending.slots[0].view.label == "city"
        with pytest.raises(Unacceptable):
            await session.resume("I want to go away.", {"c1.city": "Porto"})

    values = {"c1.city": "Porto", "c2.check_in": "2025-08-03", "c2.check_out": "2025-08-05"}
    typed = {"c1.city": "Porto", "c2.check_in": "3 August", "c2.check_out": "Aug 5"}

    async def go_on(session: Session) -> Session:
        assert session.pending is not None
        said = completed(session.scene(), "I want to go away", values, typed)
        assert said.startswith("I want to go away. ")
        await session.resume(said, values)
        assert session.steps == 1
        assert await session.advance()
        assert not await session.advance()
        assert session.pending is not None and session.pending.question
        await session.resume(worded(session.scene(), {"c2.guest_count": 3}), {"c2.guest_count": 3})
        assert await session.advance()
        return session

    within(path, begin, human)
    session = within(path, go_on, human)
    call = session.state["messages"][4]["tool_calls"][1]
    assert call["arguments"]["guest_count"] == 3
    assert call["arguments"]["check_in"] == "2025-08-03"


def test_a_form_that_does_not_state_its_value_is_told_more_plainly() -> None:
    values = {"c1.city": "Porto", "c2.check_in": "2025-07-25", "c2.check_out": "2025-07-28"}
    typed = {"c2.check_in": "some day", "c2.check_out": "the 28th of July"}

    async def told(session: Session) -> str:
        await session.advance()
        said = completed(session.scene(), "Porto, and soon!", values, typed)
        await session.resume(said, values)
        return said

    said = within(None, told, setting(human=True))
    assert "The day of departure is the 28th of July." in said
    assert "The city" not in said
    assert "some day" not in said
