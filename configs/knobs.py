"""The knobs of the planner: how often something happens in a plan."""

from typing import Annotated

from pydantic import Field

from toolweave.core.model import Record

Chance = Annotated[float, Field(ge=0, le=1)]


class Knobs(Record):
    """Probabilities of the parts of a plan; all between 0 and 1.

    Attributes:
        clarify: that a request leaves out some of what only the user can give, so that it is
            asked for (the paper's code: 0.3); where there is very much to give, it always does.
        optional: that an optional parameter joins.
        switch: that a second goal follows in the same dialogue.
        follow_up: that the user asks on about an earlier result.
        correct: that the user corrects a value and what rests on it is done again.
        overfill: that a request states more than its own calls need.
        chat: that there is a turn of small talk.
        refuse: that the user asks for something no shown tool can do.
        keep_back: that the user does not give a value at the first asking.
        mistake: that a call is first made wrongly and mended on the tool's hint (``digit`` only).
        point: that an element of a list is picked by what it is rather than by its place.
        most_distractors: how many unused tools are shown at most.
    """

    clarify: Chance = 0.3
    optional: Chance = 0.15
    switch: Chance = 0.12
    follow_up: Chance = 0.06
    correct: Chance = 0.12
    overfill: Chance = 0.05
    chat: Chance = 0.04
    refuse: Chance = 0.05
    keep_back: Chance = 0.04
    mistake: Chance = 0.1
    point: Chance = 0.5
    most_distractors: Annotated[int, Field(ge=0, le=50)] = 4
