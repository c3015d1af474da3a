"""Each strategy's pipeline runs from tools to proven dialogues, and its summary says what it is."""

from pathlib import Path
from typing import Any, get_args

import orjson
import pytest

from toolweave.configs.pipeline import PipelineConfig, Strategy, load_pipeline
from toolweave.core.errors import GenerationError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task
from toolweave.planners.strategies import STRATEGIES
from toolweave.runs.pipeline import Told, generate

RUNS = ("digit", "toolflow", "tooldial", "random_walk")


def config(strategy: str, **changed: Any) -> PipelineConfig:
    return PipelineConfig.model_validate(
        {
            "version": 1,
            "kind": "pipeline",
            "name": "small",
            "sources": [{"tools": "tourism"}, {"tools": "insurance"}],
            "seed": 5,
            "strategy": strategy,
            "links": {"embedder": "lexical"},
            "plans": {"count": 30},
            "checks": {"max_failures": 0.1},
            **changed,
        }
    )


def lines(path: Path) -> list[Any]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("strategy", ["digit", "toolflow", "tooldial"])
def test_a_rival_runs_offline_and_says_that_it_is_an_imitation(
    strategy: str, tmp_path: Path
) -> None:
    told: list[Told] = []
    made = generate(config(strategy), tmp_path, tmp_path / "run", telling=told.append)
    assert made.tally is not None
    assert made.tally.dialogues >= 27 and made.tally.dialogues + made.tally.failures == 30
    assert {record["kind"] for record in lines(tmp_path / "run" / "failures.jsonl")} <= {"audit"}
    said = [one.text for one in told if one.stage == "strategy"]
    assert said[0] == made.label == f"{strategy} (offline imitation)"
    assert said[1:] == [f"{part}: not run: needs a model" for part in made.not_run]
    assert not (tmp_path / "run" / "goals.jsonl").exists()


@pytest.mark.parametrize("strategy", ["digit", "toolflow", "tooldial"])
def test_the_same_seed_writes_the_same_files(strategy: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(config(strategy), tmp_path, tmp_path / name)
    for file in ("plans.jsonl", "dialogues.jsonl", "failures.jsonl"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("name", RUNS)
def test_the_shipped_run_file_plans(name: str, tmp_path: Path) -> None:
    loaded, base = load_pipeline(name)
    small = loaded.model_copy(
        update={
            "sources": loaded.sources[:1],
            "plans": loaded.plans.model_copy(update={"count": 10}),
            "links": loaded.links.model_copy(update={"embedder": "lexical"}),
        }
    )
    made = generate(small, base, tmp_path / "run", dry=True)
    assert made.plans == 10
    assert loaded.strategy == ("toolweave" if name == "random_walk" else name)


def test_every_strategy_of_a_pipeline_file_is_built() -> None:
    assert set(STRATEGIES) == set(get_args(Strategy))


def test_with_a_model_toolflow_decides_at_run_time(tmp_path: Path) -> None:
    offline, asked = OfflineGenerator(), []

    def answer(task: Task[Any, Any]) -> Any:
        if task.name != "next_act":
            return offline.answer(task)
        asked.append(task.context.acts)
        return {"act": task.context.acts[-1]}

    generator = ScriptedGenerator(answer)
    made = generate(config("toolflow"), tmp_path, tmp_path / "run", generator=generator)
    assert made.tally is not None and made.tally.dialogues == 30
    assert asked and made.not_run == () and made.label == "toolflow"


def test_with_a_model_digit_reads_requests_back(tmp_path: Path) -> None:
    offline = OfflineGenerator()

    def answer(task: Task[Any, Any]) -> Any:
        if task.name == "back_translation":
            raise GenerationError("the reader is silent")
        return offline.answer(task)

    generator = ScriptedGenerator(answer)
    made = generate(config("digit"), tmp_path, tmp_path / "run", generator=generator)
    assert made.tally is not None and made.tally.dialogues == 0
    reasons = {record["reason"] for record in lines(tmp_path / "run" / "failures.jsonl")}
    assert "the reader is silent" in reasons
