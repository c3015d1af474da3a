"""The paper's tables side by side with ours, as data and as Markdown."""

import pytest

from toolweave.configs.shipping import shipped
from toolweave.core.dialogue import Dialogue
from toolweave.core.graph import ToolGraph
from toolweave.core.verdict import Rating, Verdict
from toolweave.evaluation.figures import FiguresTable, Source, figures
from toolweave.evaluation.judge_figures import judge_figures
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.reporting.comparison import (
    Compared,
    Comparison,
    ToolsMeasured,
    comparisons,
    diversity,
    not_reproduced,
)
from toolweave.reporting.markdown import cell, markdown
from toolweave.toolgraph.readers import load_tools

EVIL = "a|b <script>x</script> [y](http://z) `c` \x1b[31m\u202e\nnext"


@pytest.fixture(scope="module")
def table(made: list[Dialogue]) -> FiguresTable:
    loaded = [LoadedDialogue("", id=one.id, dialogue=one) for one in made]
    return figures([Source("ours", loaded), Source(EVIL, loaded[:3])])


def columns(table: Comparison) -> dict[str, list[str]]:
    return {name: [row[at] for row in table.rows] for at, name in enumerate(table.head) if at}


def test_the_papers_figures_are_columns_beside_ours(table: FiguresTable) -> None:
    _, structure, hallucination, _ = comparisons([Compared(one) for one in table.files])
    assert list(columns(structure))[:2] == ["ours", EVIL]
    assert columns(structure)["ToolWeave (paper)"] == [
        "about 3,200", "1/8/2.71", "1/5/3.22", "44.87%", "40.67%",
    ]  # fmt: skip
    assert columns(hallucination)["ToolFlow (paper)"] == [
        "200", "5.00%", "0.00%", "46.50%", "75.50%", "16.50%",
    ]  # fmt: skip
    assert columns(hallucination)["ours"][-1] == "100.00%"
    assert not structure.missing
    assert structure.published == 3


def test_what_is_not_known_is_the_papers_and_says_so(table: FiguresTable) -> None:
    tools, _, _, judged = comparisons([Compared(one) for one in table.files])
    for one in (tools, judged):
        assert one.missing.startswith("not reproduced")
        assert len(one.head) == 1 + one.published
    assert columns(tools)["GPT-OSS (paper)"] == ["25.25", "3.60", "23.6%", "65.6%", "1.08", "5.5"]
    assert columns(judged)["ToolWeave (paper)"] == ["4.38", "4.12", "3.89", "4.38"]


def test_the_same_tools_are_one_column(table: FiguresTable) -> None:
    graph = ToolGraph(version=1, toolset=load_tools(shipped("tools", "tourism") or ""))
    measured = ToolsMeasured().average([graph])
    held = [Compared(one, measured) for one in table.files]
    assert next(iter(columns(comparisons(held)[0]))) == "all of them"
    assert next(iter(columns(comparisons(held[:1])[0]))) == "ours"
    apart = comparisons([held[0], Compared(table.files[1])])[0]
    assert next(iter(columns(apart))) == "ours"
    assert apart.notes


def test_marks_of_a_judge_stand_in_table_4(table: FiguresTable) -> None:
    five, four = Rating(score=5), Rating(score=4)
    verdicts = [
        Verdict(
            version=1, record=number, digest=str(number), judge="j", naturalness=five,
            coherence=four, helpfulness=five if number % 2 else four, accuracy=five, turns=1,
        )
        for number in (1, 2)
    ]  # fmt: skip
    judged = judge_figures("ours", verdicts)
    held = [Compared(table.files[0], judged=judged), Compared(table.files[1])]
    marks = comparisons(held)[3]
    assert columns(marks)["ours"] == ["5.00", "4.00", "4.50", "5.00"]
    assert EVIL not in marks.head
    assert "nobody judged it" in marks.notes[0]
    assert not marks.missing


def test_tables_that_need_training_are_marked() -> None:
    numbers = [one.number for one in not_reproduced()]
    assert numbers == [5, 6, 7, 8, 11, 12, 13]
    for one in not_reproduced():
        assert one.missing.startswith("not reproduced: needs models")
        assert all(len(row) == len(one.head) for row in one.rows)


def test_several_sets_are_compared_at_equal_tokens(table: FiguresTable) -> None:
    found = diversity(table.equal)
    assert len(found) == 3
    assert all(len(one.head) == 3 for one in found)


def test_no_name_ends_a_cell_or_acts_in_markdown(table: FiguresTable) -> None:
    text = markdown(EVIL, "lead", comparisons([Compared(one) for one in table.files]))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith(" |")
    structure = text.split("## Table 2")[1].split("## Table 3")[0]
    bars = {line.replace("\\|", "").count("|") for line in structure.splitlines() if "|" in line}
    assert bars == {7}


def test_a_cell_keeps_its_words() -> None:
    assert cell("a|b\nc_d") == "a\\|b c\\_d"
    assert cell("plain (paper) 1/8/2.71") == "plain (paper) 1/8/2.71"
