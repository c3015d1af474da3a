"""Documents are read as written, and hostile ones end in one clear line."""

import io
import sys
from pathlib import Path

import pytest
import yaml

from toolweave.core.errors import InputError
from toolweave.schema import documents, yaml_text
from toolweave.schema.documents import parse_document, read_document, read_records

_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefghijk", "bcdefghijkl", strict=True)
)


def test_yaml_values_keep_the_form_they_were_written_in() -> None:
    text = (
        "day: 2024-05-01\nwhen: 2024-05-01T10:00:00Z\ntime: 12:30\ncountry: no\n"
        "zip: 00501\nphone: +15551234567\nquoted: '5'\ncount: 5\nprice: -1.50\nbig: 1e3\n"
        "flag: true\nnothing:\n"
    )
    assert parse_document(text) == {
        "day": "2024-05-01",
        "when": "2024-05-01T10:00:00Z",
        "time": "12:30",
        "country": "no",
        "zip": "00501",
        "phone": "+15551234567",
        "quoted": "5",
        "count": 5,
        "price": -1.5,
        "big": 1000.0,
        "flag": True,
        "nothing": None,
    }


def test_yaml_keys_are_text_even_where_they_look_like_values() -> None:
    assert parse_document("true: [on]\n1: x\n") == {"true": ["on"], "1": "x"}


def test_yaml_aliases_repeat_their_anchor() -> None:
    assert parse_document("a: &x {b: [1]}\nc: *x\n") == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_json_and_yaml_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": "\\ud83d\\ude00"}', encoding="utf-8-sig")
    (tmp_path / "a.yml").write_text("{a: 1}", encoding="utf-8")
    assert read_document(tmp_path / "a.json") == {"a": "\U0001f600"}
    assert read_document(str(tmp_path / "a.yml")) == {"a": 1}


def test_text_without_a_file_name_is_json_when_it_begins_with_a_bracket() -> None:
    assert parse_document(' {"a": 1}') == {"a": 1}
    assert parse_document("a: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: !!python/object:os.system x", "line 2: the tag"),
        ("a: 1\nb: !thing x", "line 2: the tag"),
        ("a: 1\na: 2", "line 2: the key 'a' stands twice"),
        ("a: &x [*x]", "line 1: the alias 'x' has no finished anchor"),
        ("a: *x", "line 1"),
        (_BOMB, "aliases stand for more than"),
        ("a: &a " + "x" * 90_000 + "\nb: [" + "*a, " * 9_000 + "]", "aliases stand for more than"),
        ("[" * 500 + "]" * 500, "nested more than 100 levels deep"),
        ("a: [", "not valid YAML"),
        ("a: 'b", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("? [a]\n: b", "a key is not plain text"),
        ("a: 1\n---\nb: 2", "a second document begins"),
        ("# nothing\n", "the file is empty"),
        ('a: "\\uD800"', ""),
    ],
)
def test_hostile_yaml_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_document(text, file="x.yaml")
    assert str(caught.value).startswith("x.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[NaN]", "NaN is not JSON"),
        ("[1e999]", "too large"),
        ("[" + "9" * 5000 + "]", "too large"),
        ('["\\ud800"]', "surrogate"),
        ('{"\\udc00": 1}', "surrogate"),
        ("[" * 150 + "]" * 150, "nested more than 100 levels deep"),
        ("[" * 200_000, "nested more than 100 levels deep"),
        ('{"a":\n}', "line 2, column 1"),
        ("", "the file is empty"),
        ("{'a': 1}", "not valid JSON"),
    ],
)
def test_hostile_json_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_document(text, file="x.json")
    assert str(caught.value).startswith("x.json")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_cannot_be_read_is_named_with_the_mend(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_document(tmp_path / name)
    assert str(tmp_path) in str(caught.value)
    assert caught.value.mend


def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError, match=r"line 2.*UTF-8"):
        read_document(path)


def test_a_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LIMIT", 1024)
    path = tmp_path / "a.json"
    path.write_text("[" + " " * 2000 + "]", encoding="utf-8")
    with pytest.raises(InputError, match="larger than"):
        read_document(path)
    with pytest.raises(InputError, match=r"line 1.*larger than"):
        list(read_records(path))


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: [1, 2]\n")))
    assert read_document("-") == {"a": [1, 2]}
    assert not sys.stdin.closed
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: [1\n")))
    with pytest.raises(InputError, match="standard input"):
        read_document("-")


def test_records_come_with_their_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n[2]\r\n"x"')
    assert list(read_records(path)) == [(1, {"a": 1}), (3, [2]), (4, "x")]


def test_a_torn_record_is_named_by_line_after_the_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": ', encoding="utf-8")
    records = read_records(path)
    assert next(records).data == {"a": 1}
    with pytest.raises(InputError, match="line 2"):
        next(records)


def test_the_yaml_reader_without_its_compiled_part_reads_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "a: [1, '2', no, 2024-05-01]\nb: |\n  x\n  y\n"
    fast = parse_document(text)
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    assert parse_document(text) == fast == {"a": [1, "2", "no", "2024-05-01"], "b": "x\ny\n"}
