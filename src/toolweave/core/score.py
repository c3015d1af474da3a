"""Scores: what an assistant's calls are worth against a plan, and the trial they came from."""

from typing import Literal

from pydantic import Field

from toolweave.core.model import JsonObject, JsonValue, Record

SlipKind = Literal["missing", "wrong", "invented", "extra"]
Outcome = Literal["done", "gave_up", "looped", "endless", "failed"]


class Slip(Record):
    """One argument that is not what the plan calls for.

    ``wrong`` values were said or returned, but are not the one meant; ``invented`` ones come from
    nowhere; ``extra`` ones were said, but nothing asks for them.
    """

    kind: SlipKind
    call: str
    tool: str
    path: str
    expected: JsonValue = None
    given: JsonValue = None


class Score(Record):
    """How the calls of one conversation compare with a plan's.

    Attributes:
        passed: every planned call was made rightly, in its place, and the world is as planned.
        value: the reward: the share of planned calls that are right, 1.0 only if passed.
        planned, right: planned calls, and those that were made rightly.
        missing: ids of planned calls that nobody made.
        misplaced: ids of calls made before something that they need.
        unplanned: tools that were called though nothing asks for it; those that only read do no
            harm.
        failed: calls that were answered with an error nobody planned.
        world: what is otherwise in the world than planned, in words.
        slips: arguments that are not right.
    """

    passed: bool
    value: float = Field(ge=0, le=1)
    planned: int = 0
    right: int = 0
    missing: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    failed: int = 0
    world: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()

    def __float__(self) -> float:
        return self.value


class Trial(Record):
    """One conversation of an assistant with the simulated user.

    ``digest`` names plan, tools and settings; ``turns`` counts the user's messages, ``calls`` the
    assistant's calls. A trial whose outcome is ``failed`` has no score: the server gave none.
    """

    version: Literal[1]
    trial: int = Field(ge=1)
    plan: str
    digest: str
    seed: int
    assistant: str = ""
    outcome: Outcome
    problem: str = ""
    score: Score | None = None
    turns: int = 0
    calls: int = 0
    messages: tuple[JsonObject, ...] = ()
