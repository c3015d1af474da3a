"""What a service writes back is its own wording, never the caller's."""

import random
from typing import Any

import pytest

from toolweave.core.tool import Tool
from toolweave.llm.offline.answering import answered

TEXT = {"type": "string"}


def _answer(name: str, path: str, schema: Any = TEXT, **arguments: Any) -> str | None:
    return answered(Tool(name=name), arguments, path, schema, random.Random(1))


def test_a_desk_answers_in_words_of_its_own() -> None:
    told = _answer("contact_customer_support", "customer_support_message", message="It broke.")
    assert told is not None
    assert "It broke." not in told
    assert told.endswith(".")


def test_a_deed_is_confirmed_by_what_it_was_done_to() -> None:
    assert _answer("create_directory", "content", folder="reports") == "Directory created: reports"
    assert _answer("move_file", "content") == "File moved."


def test_a_folder_s_content_are_names() -> None:
    told = _answer("list_directory", "content", folder="reports")
    assert told is not None
    assert 2 <= len(told.split(", ")) <= 4


@pytest.mark.parametrize(
    ("name", "path", "schema"),
    [
        ("read_file", "content", TEXT),
        ("get_review", "review_text", TEXT),
        ("create_note", "notes[0].text", TEXT),
        ("create_ticket", "title", TEXT),
        ("create_directory", "content", {"type": "string", "maxLength": 3}),
        ("create_directory", "content", {"type": "string", "const": "as told"}),
    ],
)
def test_other_texts_are_left_alone(name: str, path: str, schema: Any) -> None:
    assert _answer(name, path, schema) is None
