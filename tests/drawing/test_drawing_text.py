"""Cleaning, measuring and wrapping of texts."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from toolweave.drawing.model import Diagram, Node
from toolweave.drawing.text import cells, clean, cleaned, runs, text_width, wrap, wrap_cells


def test_escape_sequences_and_controls_vanish() -> None:
    assert clean("a\x1b[31mb\x1b[0m\x1b]0;title\x07c\x00\u202ed\u200b\ufeff") == "abcd"


def test_an_unfinished_escape_sequence_vanishes_too() -> None:
    assert clean("a\x1b") == "a"
    assert clean("a\x1b]0;never closed") == "a"


def test_line_breaks_become_spaces() -> None:
    assert clean(" a\r\n\tb\u2028c ") == "a b c"


def test_long_texts_are_elided() -> None:
    assert clean("x" * 10_000) == "x" * 159 + "…"
    assert clean("\x00" * 10_000 + "x").endswith("…")


def test_piled_up_marks_are_thinned() -> None:
    assert clean("a" + "\u0301" * 50) == "a" + "\u0301" * 3


def test_harmless_text_stays() -> None:
    assert clean("naïve ← 日本 \U0001f600 <b>") == "naïve ← 日本 \U0001f600 <b>"


def test_a_node_without_a_visible_name_gets_one() -> None:
    assert cleaned(Diagram("", (Node("a", "\x00"),))).nodes[0].label == "(unnamed)"


@given(st.text(max_size=400))
def test_clean_text_holds_nothing_that_acts(text: str) -> None:
    result = clean(text)
    assert len(result) <= 160
    assert not {unicodedata.category(c) for c in result} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(result) == result


@given(st.text(alphabet="ab _.-…日é", max_size=120), st.integers(4, 40), st.integers(1, 4))
def test_wrapped_text_fits_and_loses_only_what_is_elided(text: str, width: int, rows: int) -> None:
    text = clean(text)
    parts = wrap_cells(text, width, rows)
    assert len(parts) <= rows
    assert all(cells(part) <= width for part in parts)
    whole = "".join(parts).replace(" ", "")
    assert whole == text.replace(" ", "") or whole.endswith("…")


def test_long_names_break_after_an_underscore() -> None:
    assert wrap_cells("support_ticket_identifier", 18, 2) == ("support_ticket_", "identifier")


def test_pixel_wrapping_keeps_within_the_width() -> None:
    parts = wrap("a long label with words " * 4, 14.0, 100.0, 3)
    assert len(parts) == 3 and parts[-1].endswith("…")
    assert all(text_width(part, 14.0) <= 100.0 for part in parts)


def test_characters_the_font_lacks_are_told_apart() -> None:
    assert [(run.text, run.known) for run in runs("a ← é日")] == [
        ("a ", True),
        ("←", False),
        (" e", True),
        ("日", False),
    ]
    assert text_width("日", 14.0) == 14.0
    assert text_width("Zoë", 14.0) == text_width("Zoe", 14.0) == text_width("Zoe\u0308", 14.0)


def test_wide_characters_take_two_columns() -> None:
    assert cells("a日e\u0301") == 4
