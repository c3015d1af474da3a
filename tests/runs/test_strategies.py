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
from toolweave.runs.made import Told
from toolweave.runs.pipeline import generate

# Tables 8 and 13 of the paper; its full pipeline goes on after them.
ABLATIONS = {
    "no_postprocessing": ("toolweave", "own"),
    "random_walk": ("toolweave", "random_walk"),
    "motifs_toolflow": ("toolflow", "motifs"),
    "toolflow": ("toolflow", "own"),
}
RUNS = ("digit", "tooldial", *ABLATIONS)


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
    failed = [record["kind"] for record in lines(tmp_path / "run" / "failures.jsonl")]
    assert set(failed) <= {"audit"} and len(failed) == made.tally.failures
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
    assert len(lines(tmp_path / "one" / "plans.jsonl")) == 30


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
    assert loaded.name == name


def test_the_ablations_differ_in_sampler_and_planner_alone() -> None:
    loaded = {name: load_pipeline(name)[0] for name in ABLATIONS}
    chosen = {name: (one.strategy, one.goals.sampler) for name, one in loaded.items()}
    assert chosen == ABLATIONS
    plain = loaded["no_postprocessing"]
    assert len(loaded) == 4
    for one in loaded.values():
        same = one.model_copy(
            update={
                "name": plain.name,
                "strategy": plain.strategy,
                "goals": one.goals.model_copy(update={"sampler": plain.goals.sampler}),
            }
        )
        assert same == plain


@pytest.mark.parametrize(
    ("sampler", "named"), [("motifs", "motifs"), ("random_walk", "random walks")]
)
def test_toolflow_plans_over_the_workflows_of_another_sampler(
    sampler: str, named: str, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    changed = config("toolflow", goals={"sampler": sampler}, sources=[{"domain": "logistics"}])
    made = generate(changed, tmp_path, run)
    assert made.tally is not None and made.tally.dialogues >= 27
    assert made.label == f"toolflow over {named} (offline imitation)"
    workflows = {goal["id"]: goal["workflow"] for goal in lines(run / "goals.jsonl")}
    motifs = set()
    for plan in lines(run / "plans.jsonl"):
        workflow = workflows[plan["id"].rpartition("-")[0]]
        motifs.add(workflow["motif"])
        kinds = {segment.get("kind", "task") for segment in plan["segments"]}
        requests = [
            [call["tool"] for step in segment["steps"] for call in step.get("calls", ())]
            for segment in plan["segments"]
            if segment.get("kind", "task") == "task"
        ]
        assert requests == [[name] for name in workflow["tools"]]
        assert kinds <= {"task", "chat"} and plan.get("motif", "linear") == "linear"
    assert (len(motifs) > 2) == (sampler == "motifs")


@pytest.mark.parametrize("strategy", ["digit", "tooldial"])
def test_a_sampler_that_would_serve_nobody_is_refused(strategy: str) -> None:
    with pytest.raises(ValueError, match="draws its own tools"):
        config(strategy, goals={"sampler": "motifs"})


def test_a_model_rates_toolflows_goals_but_parts_none(tmp_path: Path) -> None:
    asked: set[str] = set()
    offline = OfflineGenerator()

    def answer(task: Task[Any, Any]) -> Any:
        asked.add(task.name)
        if task.name == "goal_text":
            return {"goal": "Plan a quiet week by the sea for the two of us."}
        if task.name == "goal_rating":
            return {"coherence": 2, "relevance": 2}
        return {"act": task.context.acts[0]} if task.name == "next_act" else offline.answer(task)

    told: list[Told] = []
    changed = config("toolflow", goals={"sampler": "motifs"}, plans={"count": 4})
    made = generate(
        changed, tmp_path, tmp_path / "run", generator=ScriptedGenerator(answer),
        telling=told.append,
    )  # fmt: skip
    assert made.tally is not None and made.tally.dialogues == 4
    assert {"goal_text", "goal_rating"} <= asked and "partition" not in asked
    assert made.asked_first == 2 * made.goals
    assert made.label == "toolflow over motifs"
    first = told[0]
    assert first.stage == "model" and "links and inferred results are made offline" in first.text


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


@pytest.mark.parametrize(
    ("sampler", "label"),
    [
        ("own", "toolweave"),
        ("motifs", "toolweave"),
        ("random_walk", "toolweave over random walks"),
    ],
)
def test_a_label_says_which_workflows_stand_in_for_ones_own(
    sampler: str, label: str, tmp_path: Path
) -> None:
    changed = config("toolweave", goals={"sampler": sampler}, plans={"count": 4})
    assert generate(changed, tmp_path, tmp_path / "run", dry=True).label == label
