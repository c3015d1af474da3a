"""``toolweave tools words``: a drafted lexicon that can be edited and used."""

import json
from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.configs.wording import load_lexicon

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "cancel_booking",
            "description": "Cancel a booking.",
            "parameters": {
                "type": "object",
                "properties": {"booking_id": {"type": "string"}},
                "required": ["booking_id"],
            },
        },
    }
]


def test_a_draft_is_a_lexicon_that_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools, out = tmp_path / "tools.json", tmp_path / "words.yaml"
    tools.write_text(json.dumps(TOOLS))
    assert run(["tools", "words", str(tools), "--out", str(out)]) == 0
    assert "1 tool worded" in capsys.readouterr().err
    drafted = load_lexicon(str(out))
    assert "cancel booking {booking_id}" in drafted.tools["cancel_booking"].wishes
    assert drafted.situations


def test_what_is_no_tools_file_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plan.yaml").write_text("- nothing\n")
    assert run(["tools", "words", str(tmp_path / "plan.yaml")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
