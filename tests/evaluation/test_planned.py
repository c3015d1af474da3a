"""Dialogues without labels held against a plan."""

from typing import Any

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.auditing import messages_of
from toolweave.evaluation.planned import prove_planned
from toolweave.runs.simulation import simulate
from toolweave.schema.records import build


def test_our_dialogues_without_their_labels_are_found_to_follow_their_plans() -> None:
    for plan in ("tourism_city_break", "insurance_damage", "online_banking_card_fraud"):
        made = simulate(plan, seed=7)
        tools = [shown.tool for shown in made.tools]
        found = prove_planned(messages_of(made), made.plan, tools, made.provenance.lexicon)
        assert [finding for finding in found if finding.severity == "error"] == []


def test_a_value_from_elsewhere_is_found_without_labels(data: dict[str, Any]) -> None:
    made = build(Dialogue, data)
    tools = [shown.tool for shown in made.tools]
    messages = messages_of(made)
    assert prove_planned(messages, made.plan, tools) == []
    (index,) = [at for at, message in enumerate(messages) if len(message["tool_calls"]) > 1]
    call = messages[index]["tool_calls"][0]["function"]
    call["arguments"] = {**call["arguments"], "ticket": "T-0"}
    (finding,) = prove_planned(messages, made.plan, tools)
    assert (finding.code, finding.message) == ("ungrounded_argument", index)
