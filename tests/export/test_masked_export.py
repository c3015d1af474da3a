"""Verdicts at export: faulty turns are context, and a verdict on another text does nothing."""

import json
from pathlib import Path
from typing import Any

from toolweave.checks.turns import conversation_digest, turn_count
from toolweave.core.dialogue import Dialogue
from toolweave.core.verdict import Verdict
from toolweave.export.exporting import Wish, export
from toolweave.export.masks import MASKED_BY_JUDGE, OTHER_TEXT

MARK = {"score": 3, "comment": "so"}


def verdict(dialogue: Dialogue, *faulty: int, digest: str = "", number: int = 1) -> Verdict:
    return Verdict.model_validate(
        {
            "version": 1, "record": 1, "id": dialogue.id, "judge": "m", "pass_number": number,
            "digest": digest or conversation_digest(dialogue), "turns": turn_count(dialogue),
            "naturalness": MARK, "coherence": MARK, "helpfulness": MARK, "accuracy": MARK,
            "faulty": [{"turn": turn, "reason": "made up"} for turn in faulty],
        }
    )  # fmt: skip


def test_faulty_turns_are_context_and_said(records: Any, write: Any, tmp_path: Path) -> None:
    dialogues = [Dialogue.model_validate(record) for record in records]
    for number, dialogue in enumerate(dialogues):
        records[number]["id"] = f"d{number}"
        dialogues[number] = dialogue.model_copy(update={"id": f"d{number}"})
    every = range(1, turn_count(dialogues[3]) + 1)
    verdicts = [
        verdict(dialogues[0], 1), verdict(dialogues[1]), verdict(dialogues[2], 1, digest="other"),
        verdict(dialogues[3], *every), verdict(dialogues[4], 1), verdict(dialogues[4], number=2),
    ]  # fmt: skip
    out = tmp_path / "out"
    tally = export(Wish(run=write(records), to="openai", out=out, verdicts=verdicts))
    assert tally.notes[MASKED_BY_JUDGE] == 1
    assert tally.notes[OTHER_TEXT] == 1
    assert tally.reasons == {"nothing_to_train": 1}
    rows = [json.loads(line) for line in (out / "train.jsonl").read_text("utf-8").splitlines()]
    weights = [[m.get("weight") for m in row["messages"] if "weight" in m] for row in rows]
    assert weights[0][0] == 0 and weights[0][-1] == 1
    assert not any(0 in held for held in weights[1:])
    assert MASKED_BY_JUDGE in (out / "README.md").read_text("utf-8")
