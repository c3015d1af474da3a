"""A batch leaves whole, sorted records, the same ones whoever makes them and in whatever order."""

import asyncio
import gc
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.configs.shipping import shipped
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError, RunFolderError, ServerError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import C, R, Task
from toolweave.runs.batch import batch
from toolweave.runs.folder import RunFolder
from toolweave.runs.tally import Tally

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
NONSENSE = {
    "utterance": "Blah.", "values": {}, "question": "Blah.", "answer": "Blah.", "result": 7,
}  # fmt: skip


class Slow:
    """The offline generator behind a wait of varying length, as a server's answers come."""

    name = "offline"

    def __init__(self, seed: int) -> None:
        self._stream, self._inner = random.Random(seed), OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        for _ in range(self._stream.randrange(4)):
            await asyncio.sleep(0)
        return self._inner.answer(task)


class Gone:
    """A model on a server that cannot be reached, after ``good`` answers."""

    name = "offline"

    def __init__(self, good: int = 0) -> None:
        self.good, self._inner = good, OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        await asyncio.sleep(0)
        self.good -= 1
        if self.good < 0:
            raise ServerError("http://127.0.0.1:9/v1 cannot be reached")
        return self._inner.answer(task)


def lines(path: Path) -> list[Data]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def made(small_run: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an undisturbed run."""
    folder = tmp_path_factory.mktemp("made") / "run"
    batch(small_run, folder)
    return folder


def test_every_dialogue_is_one_whole_record_sorted_by_a_unique_id(made: Path) -> None:
    found = lines(made / "dialogues.jsonl")
    ids = [record["id"] for record in found]
    assert len(found) == 16
    assert ids == sorted(set(ids))
    for record in found:
        assert Dialogue.model_validate(record).checks.proof == "passed"
    assert (made / "failures.jsonl").read_bytes() == b""


def test_records_name_the_configuration_that_made_them(made: Path) -> None:
    named = {record["provenance"]["config"] for record in lines(made / "dialogues.jsonl")}
    assert len(named) == 1
    assert f"digest: '{named.pop()}'" in (made / "run.yaml").read_text("utf-8")


def test_a_second_run_into_another_folder_gives_the_same_bytes(
    made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    batch(small_run, tmp_path / "again")
    assert records(tmp_path / "again") == records(made)


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_neither_waiting_nor_concurrency_changes_a_byte(
    concurrency: int, made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    batch(small_run, tmp_path / "out", generator=Slow(concurrency), concurrency=concurrency)
    assert records(tmp_path / "out") == records(made)


def test_a_limit_makes_the_first_dialogues_and_the_rest_can_follow(
    made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    first = batch(small_run, tmp_path / "out", limit=5)
    assert (first.dialogues, first.left) == (5, 0)
    rest = batch(small_run, tmp_path / "out", resume=True)
    assert (rest.before, rest.dialogues) == (5, 11)
    assert records(tmp_path / "out") == records(made)


def test_a_finished_run_resumed_makes_nothing(
    made: Path, small_run: Data, records: Records
) -> None:
    before = records(made)
    tally = batch(small_run, made, resume=True)
    assert (tally.before, tally.dialogues, tally.left) == (16, 0, 0)
    assert records(made) == before


def test_a_folder_that_holds_records_is_not_written_into_unless_resumed(
    made: Path, small_run: Data
) -> None:
    with pytest.raises(RunFolderError, match=r"already holds records.*--resume"):
        batch(small_run, made)


def test_a_changed_configuration_is_refused(made: Path, small_run: Data, records: Records) -> None:
    before = records(made)
    with pytest.raises(RunFolderError, match=r"another configuration.*--out"):
        batch({**small_run, "seed": 6}, made, resume=True)
    assert records(made) == before


def test_pace_patience_and_limits_are_no_other_configuration(made: Path, small_run: Data) -> None:
    patient = {**small_run, "model": {"timeout": 5, "max_retries": 9, "requests_per_minute": 60}}
    batch(
        {**patient, "concurrency": 2, "limit": 3, "checks": {"max_failures": 1}}, made, resume=True
    )


def test_a_plan_edited_before_resuming_is_refused(tmp_path: Path) -> None:
    plan = shipped("plans", "tourism_city_break")
    assert plan is not None
    copied = tmp_path / plan.name
    text = plan.read_text("utf-8").replace("../tools/tourism.yaml", "tourism")
    copied.write_text(text, "utf-8")
    run = {"version": 1, "name": "edited", "plans": [str(copied)], "repeats": 3}
    batch(run, tmp_path / "out", limit=1)
    copied.write_text(text.replace("goal: ", "goal: Please ", 1), "utf-8")
    with pytest.raises(RunFolderError, match=r"other plans.*--out"):
        batch(run, tmp_path / "out", resume=True)
    assert len(lines(tmp_path / "out" / "dialogues.jsonl")) == 1


@pytest.mark.parametrize(("concurrency", "limit"), [(0, 1), (1, 0), (1, -1)])
def test_overrides_keep_the_bounds_of_the_run_file(
    concurrency: int, limit: int, small_run: Data, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="greater than or equal to 1"):
        batch(small_run, tmp_path / "out", limit=limit, concurrency=concurrency)
    assert not (tmp_path / "out").exists()


def test_a_batch_that_waits_inside_an_event_loop_says_how_to_call_it(
    small_run: Data, tmp_path: Path
) -> None:
    async def inside() -> None:
        batch(small_run, tmp_path / "out", generator=Slow(1))

    with pytest.raises(InputError, match="to_thread"):
        asyncio.run(inside())
    assert not (tmp_path / "out").exists()


def test_a_pattern_that_is_none_is_one_line(small_run: Data, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no pattern"):
        batch({**small_run, "plans": ["plans/**x"]}, tmp_path / "out")


def test_failures_of_an_earlier_session_count_in_the_share(small_run: Data, tmp_path: Path) -> None:
    first = batch(small_run, tmp_path / "out", limit=6, generator=ScriptedGenerator({}))
    rest = batch(small_run, tmp_path / "out", resume=True)
    assert (first.failures, first.share_failed) == (6, 1.0)
    assert (rest.failures, rest.failed_before, rest.before) == (0, 6, 6)
    assert rest.share_failed == 6 / 16


def test_progress_is_told_after_every_record(small_run: Data, tmp_path: Path) -> None:
    told: list[int] = []
    batch(small_run, tmp_path, limit=4, progress=lambda tally: told.append(tally.dialogues))
    assert told == [1, 2, 3, 4]


def test_finished_dialogues_are_let_go(small_run: Data, tmp_path: Path) -> None:
    alive: list[int] = []

    def count(tally: Tally) -> None:
        if tally.dialogues in (2, 12):
            alive.append(sum(isinstance(thing, Dialogue) for thing in gc.get_objects()))

    batch(small_run, tmp_path, progress=count)
    assert alive[0] == alive[1]


def test_answers_that_never_do_become_failure_records_with_reasons(
    small_run: Data, tmp_path: Path
) -> None:
    tally = batch(small_run, tmp_path, generator=ScriptedGenerator(lambda task: NONSENSE))
    found = lines(tmp_path / "failures.jsonl")
    assert (tally.dialogues, tally.failures, tally.share_failed) == (0, 16, 1.0)
    assert tally.reasons == {"GenerationError": 16}
    assert [record["id"] for record in found] == sorted(record["id"] for record in found)
    assert {record["plan"] for record in found} == set(small_run["plans"])
    for record in found:
        assert record["kind"] == "GenerationError"
        assert "lacks" in record["reason"] or "must state" in record["reason"]
    assert (tmp_path / "dialogues.jsonl").read_bytes() == b""


def test_a_dialogue_that_fails_its_proof_is_a_failure_record_that_holds_it(
    small_run: Data, tmp_path: Path
) -> None:
    offline = OfflineGenerator()

    def lying(task: Task[Any, Any]) -> Any:
        answer = offline.answer(task)
        if task.name != "assistant_response":
            return answer
        return answer.model_copy(update={"answer": answer.answer + " It costs $98,765."})

    generator = ScriptedGenerator(lying, accepting=False)
    batch({**small_run, "repeats": 1}, tmp_path, generator=generator)
    found = lines(tmp_path / "failures.jsonl")
    assert [record["kind"] for record in found] == ["proof", "proof"]
    for record in found:
        assert "98,765" in record["reason"]
        assert record["findings"]
        assert Dialogue.model_validate(record["dialogue"]).checks.proof == "failed"


def test_failures_are_not_made_again_on_resume(small_run: Data, tmp_path: Path) -> None:
    batch(small_run, tmp_path, generator=ScriptedGenerator(lambda task: NONSENSE))
    tally = batch(small_run, tmp_path, resume=True)
    assert (tally.before, tally.dialogues) == (16, 0)


@pytest.mark.parametrize("good", [0, 60])
def test_a_server_that_cannot_be_reached_stops_the_run_and_resuming_completes_it(
    good: int, made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    with pytest.raises(ServerError, match=r"cannot be reached.*--resume"):
        batch(small_run, tmp_path / "out", generator=Gone(good))
    assert (tmp_path / "out" / "failures.jsonl").read_bytes() == b""
    batch(small_run, tmp_path / "out", resume=True, generator=Slow(1))
    assert records(tmp_path / "out") == records(made)


def test_a_small_run_whose_server_is_gone_does_not_end_as_if_it_were_done(
    small_run: Data, tmp_path: Path
) -> None:
    with pytest.raises(ServerError, match="--resume"):
        batch(small_run, tmp_path, generator=Gone(), limit=2)


def test_a_model_at_a_closed_port_is_one_server_error(small_run: Data, tmp_path: Path) -> None:
    model = {
        "name": "any", "base_url": "http://127.0.0.1:9/v1", "max_retries": 0, "timeout": 2,
    }  # fmt: skip
    with pytest.raises(ServerError, match=r"127\.0\.0\.1:9"):
        batch({**small_run, "model": model}, tmp_path, limit=6)


def write(folder: Path, **changes: Any) -> Path:
    path = folder / "run.yaml"
    data = {"version": 1, "name": "r", "plans": ["customer_support_refund"], **changes}
    path.write_bytes(orjson.dumps(data))
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, ["run.yaml", "colour"]),
        ({"model": {"nome": "x"}}, ["run.yaml", "model.nome", "name"]),
        ({"version": 2}, ["run.yaml", "version", "write version: 1"]),
        ({"repeats": 0}, ["run.yaml", "repeats"]),
        ({"name": "../up"}, ["run.yaml", "name"]),
        ({"plans": []}, ["run.yaml", "plans"]),
        ({"plans": ["no_such_plan.yaml"]}, ["plans", "no_such_plan.yaml", "shipped plan"]),
        ({"plans": ["nowhere/*.yaml"]}, ["plans", "nowhere/*.yaml", "relative to"]),
        ({"lexicon": "klingon"}, ["klingon", "shipped ones"]),
    ],
)
def test_a_run_that_cannot_be_used_is_one_line_with_place_and_mend(
    changes: Data, said: list[str], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        batch(write(tmp_path, **changes), tmp_path / "out")
    text = str(caught.value)
    assert "\n" not in text
    assert [word for word in said if word not in text] == []
    assert not (tmp_path / "out" / "dialogues.jsonl").exists()


def test_two_plans_of_one_id_are_refused(tmp_path: Path) -> None:
    plan = {
        "version": 1, "id": "twice", "goal": "g", "tools": "customer_support",
        "segments": [{"kind": "chat", "steps": [{"act": "user_request"},
                                                {"act": "assistant_response"}]}],
    }  # fmt: skip
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(orjson.dumps(plan))
    with pytest.raises(InputError, match=r"b\.json: plan id 'twice' occurs in .*a\.json too"):
        batch(write(tmp_path, plans=["?.json"]), tmp_path / "out")


def test_a_plan_that_fails_its_check_is_named_with_its_step(tmp_path: Path) -> None:
    plan = {
        "version": 1, "id": "bad", "goal": "g", "tools": "customer_support",
        "segments": [{"steps": [{"act": "user_request"}, {"act": "assistant_response"}]}],
    }  # fmt: skip
    (tmp_path / "bad.json").write_bytes(orjson.dumps(plan))
    with pytest.raises(InputError, match=r"bad\.json.*calls no tool"):
        batch(write(tmp_path, plans=["bad.json"]), tmp_path / "out")


def test_no_such_run_names_the_shipped_ones() -> None:
    with pytest.raises(InputError, match=r"no run file 'nothing'.*quickstart"):
        batch("nothing")


def test_a_second_process_on_the_folder_is_refused(small_run: Data, tmp_path: Path) -> None:
    from toolweave.configs.run import read_run

    with (
        RunFolder(tmp_path, read_run(small_run), resume=False),
        pytest.raises(RunFolderError, match="another process is writing this run"),
    ):
        batch(small_run, tmp_path)
