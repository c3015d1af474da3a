"""Harmless text, samples, rejections, plots and bands, each on its own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.core.errors import InputError
from toolweave.core.seeding import digest
from toolweave.evaluation.conversation import Conversation, Turn
from toolweave.evaluation.observing import Observed
from toolweave.evaluation.origins import Flow
from toolweave.evaluation.transcript import NO_CLOCK
from toolweave.reporting.harmless import harmless, shortened
from toolweave.reporting.pieces import Span, cut, result_pieces
from toolweave.reporting.plots import Bar, bars, columns
from toolweave.reporting.rejections import rejected
from toolweave.reporting.sampling import Sample, drawn
from toolweave.reporting.sankey import bands_of, sankey
from toolweave.reporting.ties import Tie
from toolweave.schema.paths import parse

Write = Callable[[Path, list[dict[str, Any]]], Path]


@given(st.text())
def test_what_is_harmless_stays_so_and_hides_nothing(text: str) -> None:
    shown = harmless(text)
    assert harmless(shown) == shown
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown
    )
    if text.isascii() and text.isprintable():
        assert shown == text


def test_marks_do_not_pile_up() -> None:
    assert len(harmless("a" + "\u0301" * 500)) < 10
    assert harmless("e\u0301") == "e\u0301"


def test_a_long_text_says_what_is_left_out() -> None:
    assert shortened("x" * 1_200, 200).endswith("(1,000 more characters)")


@given(st.text(min_size=1), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40))))
def test_pieces_make_the_text_again(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(start, end, f"t{n}") for n, (start, end) in enumerate(places)]
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for span in spans:
        over = "".join(piece.text for piece in pieces if span.tie in piece.ties)
        start, end = max(span.start, 0), max(span.end, 0)
        assert over == text[start:end]


def test_of_several_places_the_one_with_the_value_is_tied() -> None:
    held = {"rooms": [{"id": "r_1"}, {"id": "r_2"}], "id": "r_2"}
    tie = Tie("t0", 4, 2, 0, "room", output=parse("rooms[].id"), values=("r_2",))
    pieces = result_pieces(held, [tie])
    assert [piece.text for piece in pieces if piece.ties] == ['"r_2"']
    unknown = tie._replace(values=("worked out",))
    assert [p.text for p in result_pieces(held, [unknown]) if p.ties] == ['"r_1"', '"r_2"']
    whole = tie._replace(output=parse("rooms"), values=())
    assert [p.text for p in result_pieces(held, [whole]) if p.ties] == [
        '[{"id": "r_1"}, {"id": "r_2"}]'
    ]


def _seen(number: int, motif: str, *failures: str) -> Observed:
    held = Conversation(
        turns=(Turn((), False, "task"),), calls=0, tools=frozenset(), failures=failures, said=(),
        sent=(), returned=(), now=NO_CLOCK, motif=motif,
    )  # fmt: skip
    return Observed(number, str(number), held)


def test_what_is_seldom_is_in_the_sample() -> None:
    sample = Sample(7, 20)
    for number in range(1, 5_001):
        rare = ("timeout",) if number == 4_321 else ()
        sample.see(_seen(number, "fan" if number == 17 else "linear", *rare))
    numbers = sample.numbers()
    assert len(numbers) == len(set(numbers)) == 20
    assert {17, 4_321} <= set(numbers)
    lots = sorted(range(1, 5_001), key=lambda n: digest(7, "report", n))
    assert set(lots[:15]) <= set(numbers)


def test_a_file_of_few_dialogues_is_shown_whole(tmp_path: Path, write: Write) -> None:
    sample = Sample(1, 20)
    for number in range(1, 4):
        sample.see(_seen(number, "linear"))
    assert sample.numbers() == (1, 2, 3)
    records = [{"messages": [{"role": "user", "content": str(n)}], "id": str(n)} for n in range(9)]
    file = write(tmp_path / "x.jsonl", [*records])
    assert [one.id for one in drawn(str(file), (2, 5, 9))] == ["1", "4", "8"]


def test_reasons_are_told_apart_by_words_not_by_values(tmp_path: Path, write: Write) -> None:
    file = write(
        tmp_path / "failures.jsonl",
        [{"id": f"d{n}", "kind": "A", "reason": f"no value '{n}' in {n}"} for n in range(40)]
        + [{"id": "e", "kind": "B", "reason": "other"}],
    )
    file.write_bytes(file.read_bytes() + b"{torn\n[1]\n")
    found = rejected([file])
    assert found.total == 43
    assert [(one.kind, one.number) for one in found.listed] == [("A", 40), ("", 2), ("B", 1)]
    assert found.listed[0].examples == ("d0", "d1", "d2")


def test_reasons_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"failures\.jsonl: cannot be read"):
        rejected([tmp_path / "failures.jsonl"])


def test_every_edit_that_fits_nowhere_tells_its_reason(tmp_path: Path, write: Write) -> None:
    lacking, words = {"kind": "noise", "reason": "no field"}, {"kind": "words", "reason": "none"}
    file = write(
        tmp_path / "unfit.jsonl",
        [{"id": "a", "edits": [lacking, words]}, {"id": "b", "edits": [lacking]}, {"edits": "?"}],
    )
    found = rejected([file])
    assert found.total == 3
    told = [(one.kind, one.reason, one.number) for one in found.listed]
    assert told == [("noise", "no field", 2), ("", "", 1), ("words", "none", 1)]


def test_reasons_without_end_are_counted_together(tmp_path: Path, write: Write) -> None:
    words = ["".join(chr(97 + (n // 26**k) % 26) for k in range(3)) for n in range(2_000)]
    file = write(tmp_path / "failures.jsonl", [{"id": w, "reason": w} for w in words])
    found = rejected([file])
    assert found.total == 2_000
    assert found.listed[0].number == 1_500


def test_bars_keep_their_proportions_and_their_places() -> None:
    drawing = bars("x", [Bar("<a>", 10, "10"), Bar("b" * 90, 5, "5")]).drawing
    widths = [float(w) for w in re.findall(r'width="([\d.]+)" height="14"', drawing)]
    assert widths[0] == 2 * widths[1]
    assert "<a>" not in drawing
    assert "b" * 40 not in re.sub(r"<title>.*?</title>", "", drawing)


def test_the_last_column_holds_the_rest() -> None:
    drawing = columns("x", [Bar(str(n), 1, "1") for n in range(40)]).drawing
    assert drawing.count("<rect") == 12
    assert ">11+</text>" in drawing
    assert ">29</text>" in drawing


def test_bands_are_as_thick_as_there_are_arguments() -> None:
    flows = [
        Flow(origin="request", domain="a", tool="find", arguments=30),
        Flow(origin="result", domain="a", tool="find", arguments=10),
        Flow(origin="result", domain="b", tool="book", arguments=20),
    ]
    drawing = sankey(flows).drawing
    thick = [float(width) for width in re.findall(r'stroke-width="([\d.]+)"', drawing)]
    assert sorted(width / min(thick) for width in thick) == [1, 2, 3]
    assert "user: in the request → find: 30" in drawing


def test_many_takers_are_shown_by_domain_or_together() -> None:
    many = [
        Flow(origin="default", domain=f"d{n % 3}", tool=f"t{n}", arguments=n + 1) for n in range(90)
    ]
    bands = bands_of(many)
    assert bands.takers == "domains"
    assert sum(bands.counts.values()) == sum(one.arguments for one in many)
    alone = bands_of([one.model_copy(update={"domain": ""}) for one in many])
    assert alone.takers == "tools"
    assert len(alone.counts) == 19
