"""A refinement keeps every dialogue, adds proved copies, resumes, and names what it cannot use."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.configs.pipeline import PipelineConfig
from toolweave.configs.refining import RefineConfig, load_refining, read_refining
from toolweave.configs.shipping import shipped
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError, RunFolderError, ServerError
from toolweave.evaluation.checking import check
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task
from toolweave.llm.watching import dialogue_id
from toolweave.runs.batch import batch
from toolweave.runs.job import Outcome
from toolweave.runs.keeping import Keeper
from toolweave.runs.made import Told
from toolweave.runs.pipeline import generate
from toolweave.runs.refining import refine
from toolweave.runs.stopping import Stopped, Stopping
from toolweave.runs.tally import Tally

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
ELSEWHERE = b'{"messages": [{"role": "user", "content": "Hi"}]}'


class Slow:
    """The offline generator behind a wait of varying length, as a server's answers come."""

    name = "offline"

    def __init__(self, good: int = 1 << 30) -> None:
        self.good, self._stream, self._inner = good, random.Random(1), OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        for _ in range(self._stream.randrange(4)):
            await asyncio.sleep(0)
        self.good -= 1
        if self.good < 0:
            raise ServerError("http://127.0.0.1:9/v1 cannot be reached")
        return self._inner.answer(task)


class Deadly(OfflineGenerator):
    """Ends its process at one dialogue, as what runs out of memory does."""

    def answer(self, task: Task[C, R]) -> R:
        if dialogue_id() == "customer_support_refund-000003":
            os._exit(9)
        return super().answer(task)


class Model:
    """Stands in for a model: it words the same otherwise, with other values, and counts."""

    name = "model"

    def __init__(self) -> None:
        self.asked, self._inner = 0, OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        self.asked += 1
        task.key = ("model", *task.key)
        return self._inner.answer(task)


def config(probability: float = 1.0, **more: Any) -> RefineConfig:
    failures = {"probability": probability, "embedder": "lexical"}
    return read_refining(
        {"version": 1, "kind": "refine", "name": "r", "seed": 3, "failures": failures, **more}
    )


def lines(path: Path) -> list[Data]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def copied(found: list[Data]) -> list[Data]:
    return [record for record in found if record.get("modifications")]


@pytest.fixture(scope="module")
def run(small_run: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of sixteen dialogues."""
    folder = tmp_path_factory.mktemp("run") / "run"
    batch(small_run, folder)
    return folder


@pytest.fixture(scope="module")
def refined(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run refined, a copy of every dialogue."""
    folder = tmp_path_factory.mktemp("refined") / "out"
    refine(config(), run, folder)
    return folder


def test_every_original_is_kept_as_it_was_and_followed_by_its_copy(
    run: Path, refined: Path
) -> None:
    found = (refined / "dialogues.jsonl").read_bytes().splitlines()
    originals = (run / "dialogues.jsonl").read_bytes().splitlines()
    assert found[::2] == originals
    for original, copy in zip(found[::2], found[1::2], strict=True):
        before, after = orjson.loads(original), orjson.loads(copy)
        assert after["id"] == f"{before['id']}-r1"
        assert after["plan"]["id"] == before["plan"]["id"]
        assert after["seed"] == before["seed"]
        assert len(after["modifications"]) == 1
    assert (refined / "failures.jsonl").read_bytes() == b""


def test_copies_pass_their_proof_when_they_are_read_again(refined: Path) -> None:
    found = list(check(refined / "dialogues.jsonl"))
    assert len(found) == 32
    assert all(record.findings == () for record in found)


def test_no_message_of_a_failed_call_is_trained_on(refined: Path) -> None:
    for record in copied(lines(refined / "dialogues.jsonl")):
        copy = Dialogue.model_validate(record)
        wrong = {(call.id, call.attempt) for call in copy.plan.calls() if not call.succeeds}
        assert wrong
        for message in copy.messages:
            if any((call.call, call.attempt) in wrong for call in message.tool_calls):
                assert not message.train


def test_how_many_get_a_copy_follows_the_probability(run: Path, tmp_path: Path) -> None:
    tally = refine(config(0.3), run, tmp_path / "some")
    assert 0 < tally.copies < 12
    assert tally.copies == len(copied(lines(tmp_path / "some" / "dialogues.jsonl")))
    assert sum(tally.edits.values()) == tally.copies
    assert refine(config(0.0), run, tmp_path / "none").copies == 0


def test_the_same_refinement_gives_the_same_bytes_whoever_waits(
    run: Path, refined: Path, records: Records, tmp_path: Path
) -> None:
    refine(config(), run, tmp_path / "again")
    refine(config(concurrency=7), run, tmp_path / "slow", generator=Slow())
    first, again = (records(folder)["dialogues.jsonl"] for folder in (refined, tmp_path / "again"))
    assert first == again
    slow = lines(tmp_path / "slow" / "dialogues.jsonl")
    assert [one["id"] for one in slow] == [one["id"] for one in lines(refined / "dialogues.jsonl")]
    refine(config(concurrency=2), run, tmp_path / "other", generator=Slow())
    assert slow == lines(tmp_path / "other" / "dialogues.jsonl")


def test_a_refinement_that_was_stopped_goes_on_to_the_same_records(
    run: Path, refined: Path, records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, written = tmp_path / "out", Keeper.take
    left = iter(range(5))

    def stopping(keeper: Keeper, outcome: Outcome) -> bool:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return written(keeper, outcome)

    monkeypatch.setattr(Keeper, "take", stopping)
    with pytest.raises(KeyboardInterrupt):
        refine(config(), run, out)
    monkeypatch.undo()
    assert 0 < len(lines(out / "dialogues.jsonl")) < 32
    with (out / "dialogues.jsonl").open("ab") as file:
        file.write(b'{"id": "torn')
    with pytest.raises(RunFolderError, match="--resume"):
        refine(config(), run, out)
    tally = refine(config(), run, out, resume=True)
    assert records(out) == records(refined)
    assert (tally.originals, tally.copies) == (16, 16)
    assert sum(tally.edits.values()) == 16


def test_what_a_kill_left_of_a_line_is_not_doubled(
    run: Path, refined: Path, records: Records, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refine(config(), run, out)
    whole = (out / "dialogues.jsonl").read_bytes().splitlines(keepends=True)
    # Of the second line the copy is there and the original is not, of the third neither is.
    (out / "dialogues.jsonl").write_bytes(b"".join([*whole[:2], whole[3], *whole[6:]]))
    tally = refine(config(), run, out, resume=True)
    assert records(out) == records(refined)
    assert (tally.originals, tally.copies, tally.lines.left) == (16, 16, 0)


def test_worker_processes_give_the_same_bytes(
    run: Path, refined: Path, records: Records, tmp_path: Path
) -> None:
    given = broken(run, tmp_path)
    alone = refine(config(executor="local"), given, tmp_path / "local")
    both = refine(config(executor="processes", workers=2), given, tmp_path / "processes")
    assert records(tmp_path / "local") == records(tmp_path / "processes")
    assert (alone.reasons, alone.edits, alone.lines.left) == (both.reasons, both.edits, 0)
    refine(config(executor="processes", workers=2), run, tmp_path / "run")
    assert records(tmp_path / "run") == records(refined)
    with pytest.raises(InputError, match="stays in this process"):
        refine(config(executor="processes"), run, tmp_path / "no", generator=OfflineGenerator())


def test_a_worker_that_dies_of_a_line_costs_that_line_alone(run: Path, tmp_path: Path) -> None:
    maker = f"{__name__}:Deadly"
    given = config(executor="processes", workers=2)
    tally = refine(given, run, tmp_path / "out", generator=maker)
    assert tally.reasons == {"WorkerLost": 1}
    assert tally.originals == 16
    assert tally.copies == 15
    (record,) = lines(tmp_path / "out" / "failures.jsonl")
    assert record["id"] == "customer_support_refund-000003-r1"


def test_asked_to_stop_it_finishes_what_is_under_way_and_goes_on_later(
    run: Path, refined: Path, records: Records, tmp_path: Path
) -> None:
    stopping = Stopping()

    def after_four(tally: Tally) -> None:
        if tally.dialogues == 4:
            signal.raise_signal(signal.SIGINT)

    out = tmp_path / "out"
    with pytest.raises(Stopped):
        refine(config(), run, out, progress=after_four, stopping=stopping)
    assert len(lines(out / "dialogues.jsonl")) == 8
    refine(config(), run, out, resume=True)
    assert records(out) == records(refined)


def test_a_model_is_asked_for_what_is_new_alone(run: Path, tmp_path: Path) -> None:
    model = Model()
    tally = refine(config(), run, tmp_path / "out", generator=model)
    assert (tally.originals, tally.failures) == (16, 0)
    assert tally.copies > 12
    found = lines(tmp_path / "out" / "dialogues.jsonl")
    steps = sum(len(record["messages"]) for record in copied(found))
    assert model.asked < steps / 8
    originals = {record["id"]: record for record in found if not record.get("modifications")}
    alike = [one for one in copied(found) if one["modifications"][0]["kind"] != "tool_error"]
    assert len(alike) > 8
    for copy in alike:
        said = {message["content"] for message in originals[copy["id"][:-3]]["messages"]}
        told = [m["content"] for m in copy["messages"] if m["role"] == "user"]
        assert said.issuperset(told)


def test_a_copy_takes_no_id_that_another_line_has(run: Path, tmp_path: Path) -> None:
    first, second, *_ = (run / "dialogues.jsonl").read_bytes().splitlines()
    name = orjson.loads(first)["id"]
    other = {**orjson.loads(second), "id": f"{name}-r1"}
    broken_first = orjson.dumps({"id": name, "messages": [], "plan": {}})
    file = tmp_path / "clash.jsonl"
    file.write_bytes(b"\n".join([broken_first, first, orjson.dumps(other), first]) + b"\n")
    for resume in (False, True):
        tally = refine(config(), file, tmp_path / "out", resume=resume)
        assert (tally.originals, tally.copies, tally.lines.left) == (2, 1, 0)
        assert tally.reasons == {"unreadable": 1, "duplicate_id": 1}
    found = [record["id"] for record in lines(tmp_path / "out" / "dialogues.jsonl")]
    assert found == [name, f"{name}-r1", f"{name}-r1-r1"]


def test_other_settings_or_another_source_do_not_go_on_in_the_folder(
    run: Path, refined: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunFolderError, match="another configuration"):
        refine(config(0.5), run, refined, resume=True)
    fewer = tmp_path / "fewer.jsonl"
    fewer.write_bytes(b"".join((run / "dialogues.jsonl").read_bytes().splitlines(True)[:3]))
    with pytest.raises(RunFolderError, match="put them back"):
        refine(config(), fewer, refined, resume=True)


def test_a_refinement_goes_on_with_another_pace_and_cache(run: Path, tmp_path: Path) -> None:
    refine(config(0.5), run, tmp_path / "out")
    pace = {"tokens_per_minute": 9_000, "patience": 5.0, "cache": str(tmp_path / "answers.sqlite")}
    prices = {"prompt": 1.0, "completion": 2.0}
    tally = refine(
        config(0.5, model={**pace, "prices": prices}), run, tmp_path / "out", resume=True
    )
    assert tally.lines.before == tally.lines.total
    with pytest.raises(RunFolderError, match="another configuration"):
        refine(config(0.5, model={"temperature": 0.1}), run, tmp_path / "out", resume=True)


def test_a_server_that_is_gone_leaves_the_rest_for_resume(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ServerError, match="--resume"):
        refine(config(concurrency=2), run, out, generator=Slow(good=8))
    assert (out / "failures.jsonl").read_bytes() == b""
    tally = refine(config(concurrency=2), run, out, generator=Slow(), resume=True)
    assert (tally.originals, tally.failures) == (16, 0)


def broken(run: Path, folder: Path) -> Path:
    """Good lines among a broken one, one from elsewhere, one twice, and one that lies."""
    good = (run / "dialogues.jsonl").read_bytes().splitlines()
    lying = orjson.loads(good[3])
    lying["messages"][1]["content"] = "Hello."
    lying["checks"] = {"proof": "off"}
    file = folder / "broken.jsonl"
    kept = [good[0], b'{"id": 3', ELSEWHERE, b"", good[1], good[0], orjson.dumps(lying), b"\xff{}"]
    file.write_bytes(b"\n".join([*kept, good[2]]) + b"\n")
    return file


def test_lines_that_cannot_be_used_are_named_and_the_rest_goes_on(
    run: Path, tmp_path: Path
) -> None:
    tally = refine(config(), broken(run, tmp_path), tmp_path / "out")
    assert tally.originals == tally.copies == 3
    assert tally.reasons == {"unreadable": 2, "no_plan": 1, "duplicate_id": 1, "proof": 1}
    found = {record["line"]: record for record in lines(tmp_path / "out" / "failures.jsonl")}
    assert {line: record["kind"] for line, record in found.items()} == {
        2: "unreadable", 3: "no_plan", 6: "duplicate_id", 7: "proof", 8: "unreadable",
    }  # fmt: skip
    assert "line 2" in found[2]["reason"]
    assert "no plan" in found[3]["reason"]
    again = refine(config(), broken(run, tmp_path), tmp_path / "out", resume=True)
    assert again.reasons == tally.reasons
    assert (again.originals, again.copies, again.share_failed) == (3, 3, tally.share_failed)


def test_dialogues_that_no_failure_fits_are_counted_with_the_reason(
    run: Path, tmp_path: Path
) -> None:
    only = {"probability": 1.0, "complex": 0.0, "embedder": "lexical"}
    rare = config(failures={**only, "simple": {"tool_error": 1.0}})
    tally = refine(rare, run, tmp_path / "out")
    missed = sum(tally.unfit.values())
    assert missed
    assert tally.originals == 16 == tally.copies + missed
    ((kind, reason),) = tally.unfit
    assert kind == "failures"
    assert reason.startswith("tool_error: no tool declares")
    assert len(lines(tmp_path / "out" / "unfit.jsonl")) == missed
    again = refine(rare, run, tmp_path / "out", resume=True)
    assert again.unfit == tally.unfit


def test_copies_are_not_copied_again(refined: Path, tmp_path: Path) -> None:
    tally = refine(config(seed=4), refined, tmp_path / "twice")
    assert (tally.refined, tally.copies) == (16, 0)
    before, after = (folder / "dialogues.jsonl" for folder in (refined, tmp_path / "twice"))
    assert after.read_bytes() == before.read_bytes()


def test_a_source_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        refine(config(), tmp_path / "none.jsonl", tmp_path / "out")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(InputError, match="holds no dialogue"):
        refine(config(), tmp_path / "empty.jsonl", tmp_path / "out")
    with pytest.raises(InputError, match="executor local is one worker"):
        refine(config(executor="local", workers=2), tmp_path / "empty.jsonl", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "failures",
    [
        {"probability": 1.5},
        {"probability": -0.1},
        {"complex": 2},
        {"probability": float("nan")},
        {"simple": {"timeout": -1}},
        {"simple": {"boredom": 1}},
        {"probability": 0.3, "simple": {}},
        {"probabilty": 0.3},
    ],
)
def test_settings_that_make_no_sense_are_refused(failures: Data) -> None:
    with pytest.raises(InputError):
        config(failures=failures)


def test_shipped_refinements_load_and_keep_to_the_papers_shares() -> None:
    paper = load_refining("refine_paper")
    assert (paper.failures.probability, paper.failures.complex) == (0.3, 0.3)
    assert load_refining("refine_all").failures.probability == 1.0
    with pytest.raises(InputError, match="refine_all"):
        load_refining("nothing")
    path = shipped("runs", "smoke")
    assert path is not None
    with pytest.raises(InputError, match="kind: refine"):
        load_refining(path)


def test_a_pipeline_refines_its_dialogues_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data: Data = {
        "version": 1, "kind": "pipeline", "name": "p", "sources": [{"domain": "logistics"}],
        "stages": "4/0/2/2/0", "links": {"embedder": "lexical"}, "plans": {"count": 8},
    }  # fmt: skip
    plain = PipelineConfig.model_validate(data)
    section = {"failures": {"probability": 1.0, "embedder": "lexical"}}
    refining = PipelineConfig.model_validate({**data, "refine": section})
    told: list[Told] = []
    assert generate(plain, tmp_path, tmp_path / "run").refined is None
    made = generate(refining, tmp_path, tmp_path / "run", resume=True, telling=told.append)
    assert made.refined is not None
    assert made.refined.copies == 8
    assert any(one.stage == "refine" and "8 modified copies" in one.text for one in told)
    before = (tmp_path / "run" / "refined" / "dialogues.jsonl").read_bytes()
    assert len(before.splitlines()) == 16
    generate(refining, tmp_path, tmp_path / "run", resume=True)
    assert (tmp_path / "run" / "refined" / "dialogues.jsonl").read_bytes() == before
