"""Which wishes can point back at what was spoken of before."""

from toolweave.agents.stage import set_stage
from toolweave.configs.wording import words_for
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset


def test_only_what_rests_on_an_earlier_segment_is_at_hand(
    repair_plan: Plan, repair_tools: Toolset
) -> None:
    stage = set_stage(repair_plan, repair_tools, words_for(repair_tools.tools, ""))
    assert {wish.at_hand for wish in stage.wishes[0]} == {False}
    assert {wish.at_hand for wish in stage.wishes[1]} == {True}
