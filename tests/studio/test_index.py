"""The index: every record a row, whatever the line holds, and never the whole file in memory."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.studio.conftest import foreign, write
from toolweave.core.errors import InputError
from toolweave.evaluation.loading import load_dialogues
from toolweave.studio.choosing import Chosen
from toolweave.studio.index import TORN, Index
from toolweave.studio.rows import TOO_LARGE, row_from, row_of

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["id", "goal", "domain", "messages", "plan", "segments", "steps", "calls", "fault", "expect",
     "kind", "checks", "findings", "code", "modifications", "motif", "role", "tool_calls"]
)  # fmt: skip


def indexed(path: Path) -> Index:
    made = Index(path)
    made.refresh()
    made.wait()
    return made


def test_a_row_says_what_its_record_says(records: Sequence[Any], tmp_path: Path) -> None:
    path = tmp_path / "dialogues.jsonl"
    write(path, records)
    index = indexed(path)
    assert [row.id for row in index.rows] == [one["id"] for one in records]
    for row, held in zip(index.rows, records, strict=True):
        assert row.turns == sum(one["role"] == "user" for one in held["messages"])
        assert row.calls == sum(len(one.get("tool_calls", ())) for one in held["messages"])
        assert row.goal == held["goal"][:200]
        assert row.motif == held["plan"].get("motif", "linear")
        assert row.findings == ()
    for number in range(1, len(records) + 1):
        found = index.record(number)
        assert found.dialogue is not None
        assert found.id == records[number - 1]["id"]


def test_a_file_that_grows_is_read_on_and_a_torn_line_waits(
    records: Sequence[Any], tmp_path: Path
) -> None:
    path = tmp_path / "dialogues.jsonl"
    whole = [json.dumps(one).encode() + b"\n" for one in records]
    path.write_bytes(whole[0] + whole[1][:-40])
    index = indexed(path)
    assert len(index.rows) == 1
    with path.open("ab") as out:
        out.write(whole[1][-40:] + whole[2].rstrip())
    index.refresh()
    index.wait()
    # The last line is whole, though nothing ends it.
    assert [row.id for row in index.rows] == [one["id"] for one in records[:3]]
    assert index.record(3).id == records[2]["id"]


def test_a_file_written_anew_is_indexed_anew(records: Sequence[Any], tmp_path: Path) -> None:
    path, fresh = tmp_path / "dialogues.jsonl", tmp_path / "fresh"
    write(path, records)
    index = indexed(path)
    write(fresh, records[::-1])
    fresh.replace(path)
    with pytest.raises(InputError, match="has changed"):
        index.record(1)
    index.refresh()
    index.wait()
    assert [row.id for row in index.rows] == [one["id"] for one in records[::-1]]
    assert index.facets["domain"].total() == len(records)


def test_a_file_written_anew_in_its_place_is_indexed_anew(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    write(path, [foreign("a", "Hello."), foreign("b", "Hello.")])
    index = indexed(path)
    write(path, [foreign(name, "Hello, and more.") for name in "cde"])
    index.refresh()
    index.wait()
    assert [row.id for row in index.rows] == ["c", "d", "e"]
    assert index.facets["finding"]["none"] == 3


def test_one_record_changed_in_its_place_is_seen_when_it_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    write(path, [foreign("a", "Hello."), foreign("b", "Hello.")])
    index = indexed(path)
    write(path, [foreign("c", "Hello."), foreign("b", "Hello.")])
    with pytest.raises(InputError, match="has changed"):
        index.record(1)
    index.refresh()
    index.wait()
    assert [row.id for row in index.rows] == ["c", "b"]
    assert index.record(1).id == "c"


def test_a_document_written_anew_holds_every_record_once(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps([foreign("a", "Hello.")]))
    index = indexed(path)
    row = index.row(1)
    path.write_text(json.dumps([foreign("a", "It is $731.50."), foreign("b", "Hello.")]))
    with pytest.raises(InputError, match="has changed"):
        index.record(1, row)
    index.refresh()
    index.wait()
    assert [row.id for row in index.rows] == ["a", "b"]
    assert [row.findings for row in index.rows] == [("unsupported_claim",), ()]


def test_a_document_is_read_once_however_many_records_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps([foreign(str(number), "Hello.") for number in range(50)]))
    read: list[Path] = []

    def counted(file: Path, *numbers: Any) -> Any:
        read.append(file)
        return load_dialogues(file, *numbers)

    monkeypatch.setattr("toolweave.studio.index.load_dialogues", counted)
    index = indexed(path)
    assert index.progress() == (1.0, 50, 0, "")
    index.refresh()
    index.wait()
    assert read == [path]


def test_a_document_that_cannot_be_read_says_why_and_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"messages": [}]')
    index = indexed(path)
    share, rows, unproved, problem = index.progress()
    assert (share, rows, unproved) == (1.0, 0, 0)
    assert "not valid JSON" in problem
    path.write_text(json.dumps([foreign("a", "Hello.")]))
    index.refresh()
    index.wait()
    assert index.progress() == (1.0, 1, 0, "")


def test_a_last_line_that_is_not_whole_is_said_so_and_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_bytes(b'{"messages": [')
    index = indexed(path)
    assert index.progress() == (1.0, 0, 0, TORN)
    write(path, [foreign("a", "Hello.")])
    index.refresh()
    index.wait()
    assert index.progress() == (1.0, 1, 0, "")


def test_lines_that_are_no_records_keep_their_place_and_say_why(
    records: Sequence[Any], tmp_path: Path
) -> None:
    path = tmp_path / "mixed.jsonl"
    held = json.dumps(records[0]).encode()
    path.write_bytes(
        b"not json\n\n" + held + b"\n[]\n\xff\xfe\n" + b"[" * 5000 + b"\n" + held + b"\n"
    )
    index = indexed(path)
    assert [bool(row.problem) for row in index.rows] == [True, False, True, True, True, False]
    assert index.record(2).id == index.record(6).id == records[0]["id"]
    assert not index.progress().problem


def test_a_line_too_long_is_passed_over(
    records: Sequence[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolweave.studio.index.LARGEST", 100_000)
    monkeypatch.setattr("toolweave.studio.rows.LARGEST", 100_000)
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"x" * 350_000 + b"\n" + json.dumps(records[0]).encode())
    index = indexed(path)
    assert [row.id for row in index.rows] == ["", records[0]["id"]]
    assert "larger" in index.rows[0].problem
    found = index.record(1).problem
    assert found is not None
    assert found.problem == TOO_LARGE
    with pytest.raises(InputError, match="the record is larger than"):
        index.raw(index.rows[0])
    document = tmp_path / "long.json"
    document.write_text(json.dumps([foreign("a", "x" * 350_000), records[0]]))
    whole = indexed(document)
    assert [bool(row.problem) for row in whole.rows] == [True, False]
    assert whole.record(1).problem == found


def test_records_from_elsewhere_are_proved_beside_the_pages(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    write(path, [foreign("a", "It is $731.50."), foreign("b", "I do not know.")])
    index = indexed(path)
    assert [row.findings for row in index.rows] == [("unsupported_claim",), ()]
    assert index.facets["finding"] == {"unsupported_claim": 1, "none": 1}
    chosen = Chosen.of({"finding": "unsupported_claim"})
    assert chosen.numbers(index.rows, {}) == [1]
    assert Chosen.of({"finding": "none"}).numbers(index.rows, {}) == [2]


def test_a_json_document_is_a_list_of_records_too(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps([foreign("a", "Hello."), foreign("b", "Hello."), {"x": 1}]))
    index = indexed(path)
    assert [row.id for row in index.rows[:2]] == ["a", "b"]
    assert index.rows[2].problem
    assert index.record(2).id == "b"


def test_a_file_that_vanishes_is_said_so(records: Sequence[Any], tmp_path: Path) -> None:
    path = tmp_path / "gone.jsonl"
    write(path, records)
    index = indexed(path)
    path.unlink()
    index.refresh()
    assert "No such file" in index.progress().problem
    assert len(index.rows) == len(records)
    with pytest.raises(InputError, match="No such file"):
        index.record(1)
    write(path, records)
    index.refresh()
    index.wait()
    assert not index.progress().problem
    assert index.record(1).id == records[0]["id"]


@given(
    st.recursive(PLAIN, lambda inner: st.dictionaries(KEYS, inner | st.lists(inner)), max_leaves=40)
)
def test_no_data_whatever_breaks_a_row(data: Any) -> None:
    row = row_from(data, 0, "")
    assert isinstance(row.id, str)
    assert all(isinstance(one, str) for one in (*row.patterns, *row.failures, *row.edits))
    if not isinstance(data, dict | list):
        assert row.problem


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_a_row(raw: bytes) -> None:
    assert row_of(raw, 0).digest
