"""Verdicts by hand: none is lost, whoever sets them at once and whatever ends a writer."""

import errno
import fcntl
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from toolweave.checks import by_hand
from toolweave.checks.by_hand import HandFile, by_hand_beside, load_by_hand, record_digest
from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.hand_verdict import LONGEST_NOTE, HandVerdict
from toolweave.runs.simulation import simulate
from toolweave.schema.record_file import Kind, parsed
from toolweave.schema.types import json_bytes


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("dialogues", "beside"),
    [
        ("runs/q/dialogues.jsonl", "runs/q/by_hand.jsonl"),
        ("theirs.jsonl", "theirs.by_hand.jsonl"),
        ("a/b.c.json", "a/b.c.by_hand.jsonl"),
    ],
)
def test_the_side_file_lies_beside_the_dialogues(dialogues: str, beside: str) -> None:
    assert by_hand_beside(dialogues) == Path(beside)


def test_a_digest_is_of_the_line_as_we_write_it_and_of_nothing_less() -> None:
    dialogue = simulate("ecommerce_return", seed=1)
    line = json_bytes(dialogue.dump())
    assert record_digest(dialogue) == record_digest(b"\xef\xbb\xbf" + line + b"\r\n")
    other = dialogue.model_copy(update={"seed": 2})
    assert record_digest(other) != record_digest(dialogue)


def test_the_latest_verdict_on_a_record_wins_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.jsonl"
    file = HandFile(path)
    assert file.all() == {} and not file.set("a", "1", "").decision
    assert not path.exists()
    file.set("b", "1", "drop", "rude")
    file.set("a", "1", "keep")
    file.set("a", "2", "drop")
    file.set("a", "1", "drop", "on second thought")
    found = file.on("a", "1")
    assert found is not None and (found.decision, found.note) == ("drop", "on second thought")
    file.set("b", "1", "")
    assert file.on("b", "1") is None and file.on("c", "1") is None
    assert [(one.record, one.digest) for one in load_by_hand(path)] == [("a", "1"), ("a", "2")]
    assert len(lines(path)) == 5
    file.set("a", "2", "drop")
    assert len(lines(path)) == 5
    assert list(json.loads(lines(path)[0])) == ["version", "record", "digest", "decision", "note"]


def test_a_note_is_bounded_and_harmless(tmp_path: Path) -> None:
    file = HandFile(tmp_path / "by_hand.jsonl")
    made = file.set("a", "1", "", "<b>\x1b[2Jso\u202e\nso\x00\ud800 ")
    assert made.note == "<b>[2Jso\nso"
    assert file.set("a", "1", "", "x" * LONGEST_NOTE).note == "x" * LONGEST_NOTE
    for record, digest, decision, note in (
        ("a", "1", "", "x" * (LONGEST_NOTE + 1)),
        ("a", "1", "maybe", ""),
        ("a", "", "keep", ""),
        ("a", "1" * 65, "keep", ""),
        ("\ud800", "1", "keep", ""),
    ):
        with pytest.raises(InputError):
            file.set(record, digest, decision, note)  # type: ignore[arg-type]
    assert len(lines(file.path)) == 2
    held = '{"version":1,"record":"a","digest":"1","note":"\\u001b]0;x\\u0007y"}\n'
    file.path.write_text(held)
    (read,) = load_by_hand(file.path)
    assert read.note == "]0;xy"


def test_a_torn_last_line_is_left_out_and_cut_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.jsonl"
    HandFile(path).set("a", "1", "drop")
    for torn in (b"{", b'{"version":1,"record":"b","dig'):
        with path.open("ab") as out:
            out.write(torn)
        assert [one.record for one in load_by_hand(path)] == ["a"]
        file = HandFile(path)
        file.set("a", "1", "keep" if torn == b"{" else "drop")
        assert all(json.loads(line)["record"] == "a" for line in lines(path))
    assert len(lines(path)) == 3


@pytest.mark.parametrize("held", [b"my own notes", b"my own notes\n", b"\xff\n", b'{"a": NaN}\n'])
def test_somebody_elses_file_is_never_touched(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "by_hand.jsonl"
    path.write_bytes(held)
    with pytest.raises(InputError, match="is no verdict by hand"):
        HandFile(path).set("a", "1", "drop")
    assert path.read_bytes() == held


def test_what_others_set_is_seen_at_once(tmp_path: Path) -> None:
    one, other = (HandFile(tmp_path / "by_hand.jsonl") for _ in range(2))
    for number in range(30):
        one.set("a", "1", "keep", str(number))
        found = other.on("a", "1")
        assert found is not None and found.note == str(number)
        other.set("a", "1", "drop", str(number))
        found = one.on("a", "1")
        assert found is not None and found.decision == "drop"
    one.path.unlink()
    assert one.all() == other.all() == {}
    assert other.set("a", "1", "drop") and one.on("a", "1")


def test_a_file_that_grew_by_changes_of_mind_is_written_anew_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.jsonl"
    file, other = HandFile(path), HandFile(path)
    for number in range(400):
        writer = (file, other)[number % 2]
        writer.set(f"r{number % 3}", "1", "keep", str(number))
        assert len(lines(path)) <= 107
    assert {at.record: one.note for at, one in file.all().items()} == {
        "r0": "399", "r1": "397", "r2": "398",
    }  # fmt: skip
    assert other.all() == file.all()
    assert [one.name for one in tmp_path.iterdir()] == ["by_hand.jsonl"]


def test_a_verdict_is_kept_where_the_file_cannot_be_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("toolweave.checks.by_hand.replace", full)
    file = HandFile(tmp_path / "by_hand.jsonl")
    for number in range(120):
        file.set("a", "1", "keep", str(number))
    assert [one.note for one in load_by_hand(file.path)] == ["119"]
    monkeypatch.undo()
    file.set("a", "1", "drop")
    assert len(lines(file.path)) == 1


def test_threads_and_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.jsonl"
    shared = HandFile(path)

    def work(name: str, file: HandFile) -> None:
        for number in range(60):
            # The first of them change their mind so often that the file is written anew.
            file.set(f"{name}{number % 20 if name < 'c' else number}", "1", "keep", str(number))

    threads = [
        threading.Thread(target=work, args=(name, shared if name < "c" else HandFile(path)))
        for name in "abcd"
    ]
    children = [subprocess.Popen([sys.executable, "-c", CHILD, str(path), str(n)]) for n in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [child.wait() for child in children] == [0, 0]
    held = {one.record: one.note for one in load_by_hand(path)}
    wanted = {f"{name}{n}": str(n + 40) for name in "ab" for n in range(20)}
    wanted |= {f"{name}{n}": str(n) for name in "cd" for n in range(60)}
    wanted |= {f"{name}-{n}": str(n) for name in "78" for n in range(200)}
    assert held == wanted
    assert {at.record for at in shared.all()} == set(wanted)


CHILD = """
import sys
from toolweave.checks.by_hand import HandFile

file = HandFile(sys.argv[1])
for number in range(int(sys.argv[3]) if len(sys.argv) > 3 else 200):
    file.set(f"{sys.argv[2]}-{number}", "1", "drop", str(number))
    print(number, flush=True) if len(sys.argv) > 3 else None
"""


def test_a_kill_loses_no_verdict_that_was_set(tmp_path: Path) -> None:
    path = tmp_path / "by_hand.jsonl"
    for more in (3, 20, 50):
        command = [sys.executable, "-c", CHILD, str(path), str(more), "100000"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(more)]
        child.send_signal(signal.SIGKILL)
        told += child.stdout.readlines()
        child.wait()
        done = [int(line) for line in told if line.endswith(b"\n")]
        held = {one.record for one in load_by_hand(path)}
        assert {f"{more}-{number}" for number in done} <= held and len(done) >= more
    HandFile(path).set("last", "1", "keep")
    assert all(json.loads(line) for line in lines(path))


def test_a_writer_that_holds_on_does_not_stop_the_others_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "by_hand.jsonl"
    file = HandFile(path)
    file.set("a", "1", "keep")
    monkeypatch.setattr(by_hand, "_PATIENCE", 0.1)
    with path.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RunFolderError, match="another process does not let go of it"):
            file.set("a", "1", "drop")
        assert [one.decision for one in file.all().values()] == ["keep"]
    assert file.set("a", "1", "drop").decision == "drop"


def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="No such file or directory"):
        HandFile(tmp_path / "none" / "by_hand.jsonl").set("a", "1", "drop")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        HandFile(tmp_path).set("a", "1", "drop")


def test_a_hundred_thousand_verdicts_are_read_once_however_many_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "by_hand.jsonl"
    many = (f'{{"version":1,"record":"r{n}","digest":"{n:016x}"' for n in range(100_000))
    path.write_text("".join(f'{line},"decision":"drop"}}\n' for line in many))
    read: list[str] = []

    def counted(kind: Kind[HandVerdict], raw: bytes, file: str) -> list[HandVerdict]:
        read.append(file)
        return parsed(kind, raw, file)

    monkeypatch.setattr(by_hand, "parsed", counted)
    file = HandFile(path)
    assert len(file.all()) == 100_000
    for number in range(20):
        file.set(f"r{number}", f"{number:016x}", "keep")
    assert sum(one.decision == "keep" for one in file.all().values()) == 20
    assert read == [str(path)]
