"""Every row of the documented table of accepted forms holds, for and against."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolweave.checks import matching
from toolweave.checks.matching import find, find_all

NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001 - the wall clock of a dialogue
TABLE = Path(matching.__file__).with_name("forms.md")


class Row(NamedTuple):
    """One line of the table: what it shows, schema, value, extra words, texts for and against."""

    name: str
    schema: dict[str, Any]
    value: Any
    words: dict[str, list[str]]
    said: list[str]
    unsaid: list[str]


def _rows() -> list[Row]:
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 6 or not cells[1].startswith("`"):
            continue
        name, schema, value, words, said, unsaid = cells
        data = [json.loads(cell.strip("`")) for cell in (schema, value, words or "{}")]
        texts = [[part for part in cell.split(" · ") if part] for cell in (said, unsaid)]
        rows.append(Row(name, *data, *texts))
    return rows


ROWS = _rows()
SAID = [pytest.param(row, text, id=f"{row.name}: {text}") for row in ROWS for text in row.said]
UNSAID = [pytest.param(row, text, id=f"{row.name}: {text}") for row in ROWS for text in row.unsaid]


def test_the_table_covers_every_json_type() -> None:
    assert {type(row.value) for row in ROWS} == {int, float, bool, str, list, dict, type(None)}
    assert len(ROWS) > 40


@pytest.mark.parametrize(("row", "text"), SAID)
@pytest.mark.parametrize("frame", ["{}", "Well, {} - if that works?"])
def test_an_accepted_form_states_the_value(row: Row, text: str, frame: str) -> None:
    spoken = frame.format(text)
    found = find(spoken, row.value, row.schema, now=NOW, words=row.words)
    assert found is not None
    assert 0 <= found.start <= found.end <= len(spoken)
    assert find_all(spoken, row.value, row.schema, now=NOW, words=row.words)


@pytest.mark.parametrize(("row", "text"), UNSAID)
@pytest.mark.parametrize("frame", ["{}", "Well, {} - if that works?"])
def test_another_text_does_not_state_the_value(row: Row, text: str, frame: str) -> None:
    spoken = frame.format(text)
    assert find(spoken, row.value, row.schema, now=NOW, words=row.words) is None
    assert find_all(spoken, row.value, row.schema, now=NOW, words=row.words) == []
