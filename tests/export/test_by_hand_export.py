"""Verdicts by hand at export: drops and keeps, their rank, and those that do nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.checks.by_hand import HandFile, by_hand_beside, record_digest
from toolweave.checks.turns import conversation_digest, turn_count
from toolweave.cli.main import run
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.hand_verdict import Decision, HandVerdict
from toolweave.core.verdict import DIMENSIONS, Verdict
from toolweave.export.by_hand import DROPPED, KEPT_BY_HAND
from toolweave.export.exporting import Wish, export
from toolweave.export.masks import MASKED_BY_JUDGE
from toolweave.schema.types import json_bytes

Records = list[dict[str, Any]]


@pytest.fixture
def records(records: Records) -> Records:
    for number, record in enumerate(records):
        record["id"] = f"d{number}"
    return records


def decide(path: str, record: dict[str, Any], decision: Decision, note: str = "") -> None:
    file = HandFile(by_hand_beside(path))
    file.set(record["id"], record_digest(record), decision, note)


def judged(record: dict[str, Any], *turns: int) -> Verdict:
    dialogue = Dialogue.model_validate(record)
    given: dict[str, Any] = {
        "version": 1, "record": 1, "id": dialogue.id, "judge": "m",
        "digest": conversation_digest(dialogue), "turns": turn_count(dialogue),
        **{name: {"score": 2, "comment": "so"} for name in DIMENSIONS},
        "faulty": [{"turn": turn, "reason": "made up"} for turn in turns],
    }  # fmt: skip
    return Verdict.model_validate(given)


def weights(out: Path) -> list[list[int]]:
    rows = [json.loads(line) for line in (out / "train.jsonl").read_text("utf-8").splitlines()]
    return [[m["weight"] for m in row["messages"] if "weight" in m] for row in rows]


def test_what_was_dropped_by_hand_is_left_out_and_told(
    records: Records, write: Any, tmp_path: Path
) -> None:
    path = write(records)
    decide(path, records[1], "drop", "nobody talks\nlike that")
    decide(path, records[2], "keep")
    decide(path, records[3], "", "look at this again")
    out = tmp_path / "out"
    tally = export(Wish(run=path, to="openai", out=out))
    assert (tally.kept, tally.reasons) == (5, {DROPPED: 1})
    (left,) = [json.loads(line) for line in (out / "skipped.jsonl").read_text().splitlines()]
    assert left == {
        "line": 2, "reason": DROPPED, "id": "d1",
        "problem": "dropped by hand: nobody talks like that",
    }  # fmt: skip
    assert f"| {DROPPED} | 1 |" in (out / "README.md").read_text("utf-8")
    assert not any(tally.idle)
    aside = export(Wish(run=path, to="openai", out=tmp_path / "aside", by_hand=()))
    assert (aside.kept, aside.reasons) == (6, {})


def test_a_person_outranks_a_judge_but_never_the_proof(
    records: Records, write: Any, tmp_path: Path
) -> None:
    every = range(1, turn_count(Dialogue.model_validate(records[1])) + 1)
    verdicts = [judged(records[0], 1), judged(records[1], *every), judged(records[2], 1)]
    records[3]["checks"] = {"proof": "failed"}
    path = write(records)
    for number in (0, 1, 3, 4):
        decide(path, records[number], "keep")
    decide(path, records[2], "drop")
    out = tmp_path / "out"
    tally = export(Wish(run=path, to="openai", out=out, verdicts=verdicts))
    assert tally.reasons == {DROPPED: 1, "proof_failed": 1}
    assert tally.notes[KEPT_BY_HAND] == 2 and MASKED_BY_JUDGE not in tally.notes
    assert KEPT_BY_HAND in (out / "README.md").read_text("utf-8")
    assert [0 in held for held in weights(out)] == [False] * 4
    aside = tmp_path / "aside"
    tally = export(Wish(run=path, to="openai", out=aside, verdicts=verdicts, by_hand=()))
    assert tally.reasons == {"nothing_to_train": 1, "proof_failed": 1}
    assert [0 in held for held in weights(aside)] == [True, True, False, False]


def test_a_verdict_on_a_record_that_changed_does_nothing_and_is_counted(
    records: Records, write: Any, tmp_path: Path
) -> None:
    path = write(records)
    for record in records[:4]:
        decide(path, record, "drop")
    decide(path, {"id": "gone"}, "drop")
    # One of them was judged anew after the change; one cannot be read any more.
    for number in (1, 2):
        records[number]["messages"][1]["content"] += " Thanks."
    decide(path, records[2], "keep")
    torn = json_bytes(records[3])[:-1]
    write([*records[:3], torn, *records[4:]])
    HandFile(by_hand_beside(path)).set("d3", record_digest(records[3]), "")
    HandFile(by_hand_beside(path)).set("d3", record_digest(torn), "drop")
    tally = export(Wish(run=path, to="trl", out=tmp_path / "out"))
    assert tally.reasons == {DROPPED: 1, "unreadable": 1}
    assert tally.idle == (1, 1)


def test_a_file_that_others_wrote_otherwise_keeps_its_verdicts(
    records: Records, write: Any, tmp_path: Path
) -> None:
    path = write([json.dumps(record).encode() for record in records])
    decide(path, Dialogue.model_validate(records[0]).dump(), "drop")
    digest = record_digest(json.dumps(records[1]).encode())
    HandFile(by_hand_beside(path)).set("d1", digest, "drop")
    tally = export(Wish(run=path, to="trl", out=tmp_path / "out"))
    assert tally.reasons == {DROPPED: 2} and tally.idle == (0, 0)


def test_two_records_of_one_id_have_a_verdict_each(
    records: Records, write: Any, tmp_path: Path
) -> None:
    records[1]["id"] = records[0]["id"]
    path = write(records)
    decide(path, records[0], "drop")
    decide(path, records[1], "keep")
    tally = export(Wish(run=path, to="openai", out=tmp_path / "out"))
    left = [json.loads(line) for line in (tmp_path / "out" / "skipped.jsonl").open()]
    assert [entry["line"] for entry in left] == [1] and tally.idle == (0, 0)


def test_a_side_file_that_cannot_be_read_stops_the_export(
    records: Records, write: Any, tmp_path: Path
) -> None:
    path = write(records)
    by_hand_beside(path).write_text('{"version":1,"record":"d0","digest":"1","decision":"x"}\n')
    with pytest.raises(InputError, match=r"given.by_hand.jsonl, line 1: .*--no-by-hand"):
        export(Wish(run=path, to="openai", out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_command_takes_what_lies_beside_another_file_or_none(
    records: Records, write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    Path(write(records)).rename(folder / "dialogues.jsonl")
    decide(str(folder / "dialogues.jsonl"), records[0], "drop")
    other = tmp_path / "other.jsonl"
    file = HandFile(other)
    for number in (1, 2):
        file.set(f"d{number}", record_digest(records[number]), "drop")
    file.set("d5", "older", "drop")
    file.set("gone", "1", "keep")
    told = {}
    for name, more in (
        ("beside", []),
        ("other", ["--by-hand", str(other)]),
        ("none", ["--no-by-hand"]),
    ):
        out = str(tmp_path / name)
        assert run(["export", str(folder), "--to", "openai", "--out", out, *more]) == 0
        told[name] = capsys.readouterr()
    assert "left out: 1 (dropped_by_hand 1)" in told["beside"].out
    assert "left out: 2 (dropped_by_hand 2)" in told["other"].out
    assert "left out: 0" in told["none"].out
    assert (folder / "by_hand.jsonl").is_file()
    (line,) = [line for line in told["other"].err.splitlines() if "by hand" in line]
    assert line == (
        "2 verdicts by hand did nothing: 1 on a record that has changed since, "
        "1 on no record that is here"
    )
    assert "by hand" not in told["beside"].err + told["none"].err
    for more, problem in (
        (["--by-hand", str(tmp_path / "absent")], "cannot be read"),
        (["--by-hand", str(other), "--no-by-hand"], "exclude each other"),
    ):
        assert run(["export", str(folder), "--to", "trl", "--out", "x", *more]) == 2
        assert problem in capsys.readouterr().err


def test_the_printed_schema_is_the_format(capsys: pytest.CaptureFixture[str]) -> None:
    from jsonschema import Draft202012Validator

    assert run(["schema", "by_hand"]) == 0
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    judge = Draft202012Validator(printed)
    made = HandVerdict(version=1, record="a", digest="1", decision="drop", note="b")
    assert judge.is_valid(made.dump())
    assert not judge.is_valid({**made.dump(), "decision": "maybe"})
