"""Figures in the studio: those of the report, measured once beside the pages, and runs compared."""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.studio.conftest import Studio, foreign, write
from toolweave.evaluation.figures import Measuring, Source, figures
from toolweave.reporting.comparison import Compared, comparisons, diversity
from toolweave.reporting.report import Subject, report
from toolweave.runs.opened import Opened
from toolweave.studio.jobs import Job, Tell
from toolweave.studio.measuring import Measured, measure_run

Json = dict[str, Any]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202egpj.exe\x1b[31m\"'"


def stage_of(client: TestClient, *runs: str) -> str:
    told = client.get("/measuring", params={"run": list(runs)}).json()
    return str(told["stage"])


def measured(client: TestClient, *runs: str) -> None:
    """Waits as the page's script does."""
    for _ in range(600):
        if stage_of(client, *runs) == "done":
            return
        time.sleep(0.1)
    raise AssertionError("the measurement does not end")


def between(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


def cells(text: str) -> list[str]:
    """What stands in the cells and tiles of a page, in order."""
    return re.findall(r"<(?:td|b|th)[^>]*>([^<]*)</", text)


def test_the_page_shows_what_the_report_shows(studio: Studio, run_folder: Path) -> None:
    client = studio(run_folder)
    first = client.get("/runs/run/figures")
    assert first.status_code == 200
    assert "The run is being measured" in first.text
    assert 'data-wait="/measuring?run=run"' in first.text
    measured(client, "run")
    text = client.get("/runs/run/figures").text
    path = run_folder / "dialogues.jsonl"
    subject = Subject("run", str(path), {}, rejections=(run_folder / "failures.jsonl",))
    html = report(subject, Measuring(), 0).html
    for begin, end in (
        ('<ul class="tiles">', "</ul>"),
        ('<h2 id="paper">', '<h2 id="plots">'),
        ('<div class="plots">', "<h2"),
        ('<h2 id="figures">', "</main>"),
    ):
        ours, theirs = between(text, begin, end), between(html, begin, end)
        assert len(ours) > 500
        assert ours.strip() == theirs.strip()
    assert "6 dialogues" in text
    assert ">1</b><span>not among the dialogues" in text


def test_a_run_is_measured_once_however_often_it_is_looked_at(
    studio: Studio, run_folder: Path, begun: list[str]
) -> None:
    client = studio(run_folder)
    for _ in range(3):
        client.get("/runs/run/figures")
        client.get("/")
        client.get("/compare?run=run")
    measured(client, "run")
    client.get("/runs/run/figures")
    client.get("/compare?run=run")
    assert begun == ["run"]


def test_a_run_that_changed_says_so_and_is_measured_again_when_asked(
    studio: Studio, run_folder: Path, records: Sequence[Json], begun: list[str]
) -> None:
    client = studio(run_folder)
    client.get("/runs/run/figures")
    measured(client, "run")
    assert "Measure again" not in client.get("/runs/run/figures").text
    write(run_folder / "dialogues.jsonl", records[:2])
    text = client.get("/runs/run/figures").text
    assert "The run has changed since it was measured" in text
    assert "6 dialogues" in text
    assert "has changed since" in client.get("/compare?run=run").text
    answer = client.post("/runs/run/figures", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs/run/figures")
    # Whoever asks twice gets one measurement.
    client.post("/runs/run/figures")
    measured(client, "run")
    assert "2 dialogues" in client.get("/runs/run/figures").text
    assert begun == ["run", "run"]


def test_progress_is_told_in_records(
    studio: Studio, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolweave.studio.measurements.measure_run", slowly)
    client = studio(run_folder)
    client.get("/runs/run/figures")
    seen = set()
    for _ in range(1200):
        (told,) = client.get("/measuring?run=run").json()["runs"]
        seen.add((told["told"], told["share"]))
        if told["share"] == 0.5:
            (run_folder / "seen").touch()
        if told["share"] == 1.0:
            break
        time.sleep(0.05)
    assert ("3 of 6 records read", 0.5) in seen
    assert ("all 6 records read, adding up", 1.0) in seen
    text = client.get("/runs/run/figures").text
    assert re.search(r'<progress max="1" data-share="run" value="1.0"></progress>', text)


def test_a_file_that_vanished_is_said_and_tried_again(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    client = studio(run_folder)
    (run_folder / "dialogues.jsonl").unlink()
    assert client.get("/runs/run/figures").status_code == 200
    measured(client, "run")
    text = client.get("/runs/run/figures").text
    assert "The figures could not be made" in text
    assert "dialogues.jsonl" in text
    assert "could not be measured" in client.get("/compare?run=run").text
    write(run_folder / "dialogues.jsonl", records)
    client.post("/runs/run/figures")
    measured(client, "run")
    assert "6 dialogues" in client.get("/runs/run/figures").text


def test_a_graph_that_cannot_be_read_is_said(studio: Studio, run_folder: Path) -> None:
    (run_folder / "graphs").mkdir()
    (run_folder / "graphs" / "a.json").write_text("{")
    client = studio(run_folder)
    client.get("/runs/run/figures")
    measured(client, "run")
    text = client.get("/runs/run/figures").text
    assert "The figures could not be made" in text
    assert "a.json" in text


def test_runs_stand_side_by_side_with_their_texts(
    studio: Studio, run_folder: Path, records: Sequence[Json], tmp_path: Path, begun: list[str]
) -> None:
    other = tmp_path / "other.jsonl"
    write(other, records[2:])
    client = studio(run_folder, other)
    text = client.get("/compare").text
    assert 'name="run" value="run">' in text
    assert 'name="run" value="other.jsonl">' in text
    assert begun == []
    asked = client.get("/compare?run=run&run=other.jsonl&run=nowhere").text
    assert "The runs are being measured" in asked
    assert 'value="run" checked>' in asked
    measured(client, "run", "other.jsonl")
    text = client.get("/compare?run=run&run=other.jsonl").text
    sources = [
        Source("run", path=str(run_folder / "dialogues.jsonl")),
        Source("other.jsonl", path=str(other)),
    ]
    table = figures(sources, how=Measuring())
    wanted = [*comparisons([Compared(one) for one in table.files]), *diversity(table.equal)]
    assert len(wanted) == 7
    found = re.findall(r'<table class="compare">(.*?)</table>', text, re.DOTALL)
    assert len(found) == len(wanted)
    for one, told in zip(wanted, found, strict=True):
        assert [cell for cell in cells(told) if cell] == [
            cell.replace("'", "&#39;") for row in (one.head, *one.rows) for cell in row if cell
        ]
    assert sorted(begun) == ["other.jsonl", "run"]


def test_hostile_names_are_text_in_figures_and_comparisons(studio: Studio, tmp_path: Path) -> None:
    held = foreign(EVIL, EVIL)
    held["domain"] = EVIL
    called = {"id": "1", "type": "function", "function": {"name": EVIL, "arguments": "{}"}}
    held["messages"][1]["tool_calls"] = [called]
    paths = [tmp_path / f"<script>alert(1)<{n}>\u202e.jsonl" for n in range(2)]
    for path in paths:
        write(path, [held, held, {"messages": 1, "id": EVIL}])
    client = studio(*paths)
    slugs = [one.slug for one in client.app.holdings.all()]  # type: ignore[attr-defined]
    asked = client.get("/compare", params={"run": slugs})
    measured(client, *slugs)
    pages = [f"/runs/{slugs[0]}/figures", f"/compare?run={slugs[0]}&run={slugs[1]}"]
    for answer in (asked, *map(client.get, pages)):
        assert answer.status_code == 200
        assert "&lt;script&gt;alert(1)" in answer.text
        for bad in ("<script>alert", "<img", "\u202e", "\x1b", " style=", "<style"):
            assert bad not in answer.text
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of runs whose measurement began, in order."""
    found: list[str] = []
    real: Callable[..., Job[Measured]] = Job

    def noted(work: Any, *more: Any) -> Job[Measured]:
        if work.func is measure_run:
            found.append(work.args[1])
        return real(work, *more)

    monkeypatch.setattr("toolweave.studio.measurements.Job", noted)
    return found


def slowly(source: Opened, _name: str, tell: Tell) -> None:
    """Stands in for a large file: it goes on when somebody has seen how far it is."""
    tell(3)
    while not Path(source.path).with_name("seen").exists():
        time.sleep(0.02)
    tell(6)
    time.sleep(300)
