"""What a page shows of a simulation under way: its steps, its memory, and what can be done next."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from toolweave.core.finding import Finding
from toolweave.graph.drawing import END, ROUTER
from toolweave.graph.playing import Part
from toolweave.memory.state import facts
from toolweave.memory.views import Row, row_of
from toolweave.reporting.anchoring import anchored
from toolweave.reporting.shown import ShownDialogue, ShownStep
from toolweave.reporting.telling import shown_dialogue
from toolweave.schema.text import counted
from toolweave.studio.lives import Choice, Live
from toolweave.studio.userform import NOTHING, Field, Typed, fields

_ROOM: Final = 300_000
_ROWS: Final = 300
_DOES: Final = {
    "user": "the user speaks",
    "clarification": "the assistant asks",
    "tool": "the assistant calls",
    "summary": "the assistant answers",
}


class Told(NamedTuple):
    """What came of the last thing that was asked for.

    Attributes:
        trouble: why it was not done.
        problems: that in particular.
        form: which form is open again, with what was typed: ``play`` or ``edit``.
        typed: what was typed into the user's form.
        words: the words that were not taken as an edit.
    """

    trouble: str = ""
    problems: Sequence[str] = ()
    form: str = ""
    typed: Typed = NOTHING
    words: str = ""


AS_WISHED: Final = Told()


class LiveStep(NamedTuple):
    """A step of the plan: done, now or to come. Words are there where they can be edited."""

    shown: ShownStep
    at: str
    words: str | None = None


class LiveMemory(NamedTuple):
    """What memory holds: what the last step taught it, and what it knew before, the latest first.

    ``more`` says how many rows there is no room for.
    """

    new: Sequence[Row]
    before: Sequence[Row]
    more: int

    @property
    def known(self) -> int:
        """How many facts there are."""
        return len(self.new) + len(self.before) + self.more


class Ending(NamedTuple):
    """The proof's verdict on a finished dialogue."""

    passed: bool
    verdict: str
    findings: Sequence[str]


class LiveView(NamedTuple):
    """Everything a page shows of a simulation.

    Attributes:
        key, version, choice: of the simulation.
        name: the plan's.
        shown: the dialogue so far.
        steps: every step of the plan.
        status: where it stands, in a sentence.
        passed: the agents that the last change went through.
        rest: where in the agents' graph it stands.
        next: the agent whose turn it is.
        done, total: steps.
        memory: what is known.
        part: what a person has to say.
        fields: the values to state.
        ending: the verdict, at the end.
        told: what came of the last thing asked for.
    """

    key: str
    version: int
    choice: Choice
    name: str
    shown: ShownDialogue
    steps: Sequence[LiveStep]
    status: str
    passed: Sequence[str]
    rest: str
    next: str
    done: int
    total: int
    memory: LiveMemory
    part: Part | None
    fields: Sequence[Field]
    ending: Ending | None
    told: Told


def view_of(live: Live, told: Told) -> LiveView:
    """The simulation as it stands; whoever asks holds its lock."""
    session = live.session
    found: Sequence[Finding] = ()
    if session.finished:
        dialogue = live.record()
        found = dialogue.checks.findings
    else:
        dialogue = session.dialogue()
    shown = anchored(shown_dialogue(dialogue, found, _ROOM), "d")
    memory = _memory(live)
    part, words = live.pending, session.setting.stage.words
    return LiveView(
        key=live.key,
        version=live.version,
        choice=live.choice,
        name=session.setting.stage.plan.id,
        shown=shown,
        steps=list(_steps(live, shown)),
        status=_status(live, len(memory.new), found),
        passed=live.passed,
        rest=END if session.finished else "user" if part else ROUTER,
        next=live.next,
        done=session.steps,
        total=len(session.state["acts"]),
        memory=memory,
        part=part,
        fields=fields(part, words, told.typed) if part else (),
        ending=_ending(found, shown) if session.finished else None,
        told=told,
    )


def editable_words(live: Live) -> str | None:
    """The user's last words, where they can be edited."""
    if not live.session.editable:
        return None
    # Definitions that a message brings stand below its words, which are one line.
    return str(live.session.state["messages"][-1]["content"]).partition("\n")[0]


def _steps(live: Live, shown: ShownDialogue) -> Iterator[LiveStep]:
    done, words = live.session.steps, editable_words(live)
    for step in shown.steps:
        if step.number <= done:
            yield LiveStep(step, "done", words if step.number and step.number == done else None)
        else:
            yield LiveStep(step, "now" if step.number == done + 1 else "later")


def _status(live: Live, learnt: int, found: Sequence[Finding]) -> str:
    done, total = live.session.steps, len(live.session.state["acts"])
    if live.session.finished:
        proof = "failed" if _failed(found) else "passed"
        return f"All {counted(total, 'step')} are played; the proof {proof}."
    if live.pending is not None:
        return f"Step {done + 1} of {total} is yours."
    coming = f"Next: {_DOES[live.next]}."
    if not done:
        return f"{counted(total, 'step')} to play. {coming}"
    taught = f"memory learnt {counted(learnt, 'fact')}" if learnt else "memory learnt nothing new"
    return f"Step {done} of {total} is played; {taught}. {coming}"


def _memory(live: Live) -> LiveMemory:
    known = facts(live.session.state["memory"])
    step = live.session.steps
    user = "you" if live.choice.human else "the user"
    new = [row_of(one, user) for one in known if one.step == step]
    before = [row_of(one, user) for one in reversed(known) if one.step != step]
    more = max(0, len(new) - _ROWS) + max(0, len(before) - _ROWS)
    return LiveMemory(new[:_ROWS], before[:_ROWS], more)


def _failed(found: Sequence[Finding]) -> bool:
    return any(one.severity == "error" for one in found)


def _ending(found: Sequence[Finding], shown: ShownDialogue) -> Ending:
    passed = not _failed(found)
    calls = [call for step in shown.steps for one in step.messages for call in one.calls]
    arguments = sum(len(call.arguments) for call in calls)
    made = f"{counted(len(calls), 'call')}, {counted(arguments, 'argument')}, each with its source"
    return Ending(
        passed,
        f"The proof passed: {made}." if passed else "The proof failed.",
        [one.line() for one in found],
    )
