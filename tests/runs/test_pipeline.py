"""The pipeline: a domain's name in, proven dialogues out; resumed, repeated, refused in a line."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.configs.pipeline import PipelineConfig, load_pipeline
from toolweave.configs.shipping import shipped_names
from toolweave.core.errors import GenerationError, InputError, RunFolderError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task
from toolweave.runs.made import Told
from toolweave.runs.pipeline import generate
from toolweave.schema.records import build

TOOLS = Path(__file__).parents[2] / "configs" / "tools"


def config(**changed: Any) -> PipelineConfig:
    data: dict[str, Any] = {
        "version": 1,
        "kind": "pipeline",
        "name": "small",
        "sources": [{"domain": "logistics"}],
        "stages": "3/3/2/3/2",
        "links": {"embedder": "lexical"},
        "plans": {"count": 12},
    }
    return build(PipelineConfig, data | changed)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".json", ".jsonl", ".yaml")
    }


def test_a_domains_name_becomes_proven_dialogues(tmp_path: Path) -> None:
    told: list[Told] = []
    made = generate(config(), tmp_path, tmp_path / "run", telling=told.append)
    assert made.tally is not None
    assert made.tally.dialogues == made.plans == 12
    assert made.tally.failures == 0
    assert [one.stage for one in told][:3] == ["tools", "links", "goals"]
    lines = (tmp_path / "run" / "dialogues.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 12
    assert all(json.loads(line)["checks"]["proof"] == "passed" for line in lines)


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        generate(config(), tmp_path, tmp_path / name)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    generate(config(), tmp_path, whole)
    generate(config(), tmp_path, cut)
    kept = (cut / "dialogues.jsonl").read_bytes()
    (cut / "dialogues.jsonl").write_bytes(kept[: len(kept) // 2])
    for name in ("plans.jsonl", "goals.jsonl"):
        (cut / name).unlink()
    made = generate(config(), tmp_path, cut, resume=True)
    assert made.tally is not None and made.tally.before > 0
    assert files(whole) == files(cut)


def test_a_folder_with_a_run_is_not_written_over(tmp_path: Path) -> None:
    generate(config(), tmp_path, tmp_path / "run")
    with pytest.raises(RunFolderError, match="--resume"):
        generate(config(), tmp_path, tmp_path / "run")
    with pytest.raises(RunFolderError, match="another configuration"):
        generate(config(seed=1), tmp_path, tmp_path / "run", resume=True)


def test_a_dry_run_counts_and_makes_no_dialogue(tmp_path: Path) -> None:
    made = generate(config(), tmp_path, tmp_path / "run", dry=True)
    assert made.plans == 12 and made.asked > 24
    assert not (tmp_path / "run" / "dialogues.jsonl").exists()


def test_tools_of_ones_own_work_like_a_domain(tmp_path: Path) -> None:
    made = generate(
        config(sources=[{"tools": str(TOOLS / "tourism.yaml"), "name": "trips"}]),
        tmp_path,
        tmp_path / "run",
    )
    assert made.tally is not None and made.tally.failures == 0
    assert (tmp_path / "run" / "graphs" / "trips.json").is_file()


def test_foreign_functions_become_dialogues(tmp_path: Path) -> None:
    def function(name: str, **properties: Any) -> dict[str, Any]:
        held = {key: {"type": kind, "description": key} for key, kind in properties.items()}
        parameters = {"type": "object", "properties": held, "required": list(held)}
        told = {"name": name, "description": name.replace("_", " "), "parameters": parameters}
        return {"type": "function", "function": told}

    source = tmp_path / "tools.json"
    source.write_text(
        json.dumps(
            [
                function("find_customer_by_email", email="string"),
                function("get_orders_of_customer", customer_id="string"),
                function("cancel_order", order_id="string", reason="string"),
            ]
        )
    )
    made = generate(config(sources=[{"tools": "tools.json"}]), tmp_path, tmp_path / "run")
    assert made.tally is not None and made.tally.failures == 0 and made.tally.dialogues == 12


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sources": [{"domain": "logistik"}]}, "logistics"),
        ({"sources": [{"tools": "nowhere.json"}]}, "nowhere.json"),
        ({"sources": [{"domain": "logistics"}, {"domain": "logistics"}]}, "two sources"),
        ({"links": {"embedder": "lexical", "require": True}}, "embeddings"),
        ({"goals": {"threshold": 99}}, "no plan"),
    ],
)
def test_what_cannot_be_made_is_one_clear_line(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told) as refused:
        generate(config(**changed), tmp_path, tmp_path / "run")
    assert "\n" not in str(refused.value)


class Mute:
    """A model that never gives an acceptable answer."""

    name = "mute"

    async def generate(self, task: Task[C, R]) -> R:
        raise GenerationError(f"no words for {task.name}")


def test_goals_that_a_model_gives_no_words_for_are_told_and_not_taken_for_made(
    tmp_path: Path,
) -> None:
    settings = config(model={"name": "mute"})
    with pytest.raises(
        GenerationError, match=r"none of \d+ goals is left, see .*no words for goal"
    ):
        generate(settings, tmp_path, tmp_path / "run", generator=Mute())
    assert not (tmp_path / "run" / "goals.jsonl").exists()
    spoken = OfflineGenerator()
    made = generate(settings, tmp_path, tmp_path / "run", resume=True, generator=spoken)
    assert made.tally is not None and made.tally.dialogues == 12


def test_an_executor_that_cannot_be_is_known_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="executor local is one worker"):
        generate(config(executor="local", workers=2), tmp_path, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"plans": {"knobs": {"clarify": 1.5}}},
        {"plans": {"shares": {"linear": -1}}},
        {"plans": {"shares": {"linear": 0}}},
        {"sources": []},
        {"sources": [{"domain": "a", "tools": "b"}]},
        {"strategy": "magic"},
    ],
)
def test_configurations_that_make_no_sense_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        config(**changed)


def test_shipped_pipelines_load() -> None:
    others = ("quickstart", "model", "refine_all", "refine_paper")
    loaded = [name for name in shipped_names("runs") if name not in others]
    assert {"smoke", "paper"} <= set(loaded)
    for name in loaded:
        assert load_pipeline(name)[0].name == name


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def test_schemas_that_refer_to_definitions_are_planned_and_played(tmp_path: Path) -> None:
    tag = {"type": "object", "properties": {"label": {"type": "string"}}, "required": ["label"]}
    held = {
        "type": "object",
        "properties": {"pet_name": {"type": "string"}, "tag": reference("Tag")},
        "required": ["pet_name", "tag"],
        "$defs": {"Tag": tag},
    }
    made = {"type": "object", "properties": {"pet_id": {"type": "integer", "format": "int64"}}}
    taken = {**made, "required": ["pet_id"]}
    tools = [
        {"name": "add_pet", "parameters": held, "results": {**made, "required": ["pet_id"]}},
        {"name": "update_pet", "parameters": held, "results": made},
        {"name": "get_pet", "parameters": taken, "results": held},
    ]
    (tmp_path / "pets.json").write_text(json.dumps(tools))
    run = tmp_path / "run"
    result = generate(config(sources=[{"tools": "pets.json"}]), tmp_path, run)
    assert result.tally is not None and result.tally.failures == 0
    read_back = 0
    for line in (run / "dialogues.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        sent: dict[str, Any] = {}
        names: dict[int, str] = {}
        for message in record["messages"]:
            for call in message.get("tool_calls", []):
                sent[call["id"]] = call
            if message["role"] != "tool":
                continue
            call, answer = sent[message["tool_call_id"]], json.loads(message["content"])
            if call["name"] == "add_pet":
                names[answer["pet_id"]] = call["arguments"]["pet_name"]
            elif call["name"] == "get_pet" and call["arguments"]["pet_id"] in names:
                assert answer["pet_name"] == names[call["arguments"]["pet_id"]]
                read_back += 1
    assert read_back


def test_tools_that_were_dropped_are_told(tmp_path: Path) -> None:
    good = {"name": "get_news", "parameters": {"type": "object", "properties": {}}}
    (tmp_path / "tools.json").write_text(json.dumps([good, {"name": "bad", "parameters": 7}]))
    told: list[Told] = []
    generate(
        config(sources=[{"tools": "tools.json"}]),
        tmp_path,
        tmp_path / "run",
        dry=True,
        telling=told.append,
    )
    assert any("bad" in one.text for one in told if one.stage == "tools")


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("plans.jsonl", b'{"torn', "plans.jsonl"),
        ("pipeline.yaml", b"digest: [", "pipeline.yaml"),
        ("pipeline.yaml", b"\xff", "pipeline.yaml"),
        ("pipeline.yaml", None, "pipeline.yaml"),
        ("stages.json", b"{", "stages.json"),
        ("stages.json", b'{"version": 1, "files": 3}', "stages.json"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(
    tmp_path: Path, file: str, content: bytes | None, told: str
) -> None:
    generate(config(), tmp_path, tmp_path / "run")
    path = tmp_path / "run" / file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises((InputError, RunFolderError), match=told) as refused:
        generate(config(), tmp_path, tmp_path / "run", resume=True)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("file", ["goals.jsonl", "plans.jsonl"])
@pytest.mark.parametrize(
    ("damage", "told"),
    [("whole", "holds 3 of the"), ("torn", "lines that were"), ("edited", "is not")],
)
def test_a_stage_file_that_was_cut_or_changed_is_refused_in_one_line(
    tmp_path: Path, file: str, damage: str, told: str
) -> None:
    run = tmp_path / "run"
    generate(config(), tmp_path, run)
    written = (run / file).read_bytes()
    damaged = {
        "whole": b"".join(written.splitlines(keepends=True)[:3]),
        "torn": written[: len(written) // 2],
        "edited": written.replace(b"a", b"b", 1),
    }
    (run / file).write_bytes(damaged[damage])
    with pytest.raises(RunFolderError, match=told) as refused:
        generate(config(), tmp_path, run, resume=True)
    assert file in str(refused.value) and "\n" not in str(refused.value)
    (run / file).unlink()
    generate(config(), tmp_path, run, resume=True)
    assert (run / file).read_bytes() == written


def test_a_torn_graph_is_refused_in_one_line(tmp_path: Path) -> None:
    run = tmp_path / "run"
    generate(config(), tmp_path, run)
    graph = run / "graphs" / "logistics.json"
    graph.write_bytes(graph.read_bytes()[:100])
    with pytest.raises(RunFolderError, match=r"logistics\.json holds .* delete it") as refused:
        generate(config(), tmp_path, run, resume=True)
    assert "\n" not in str(refused.value)


def test_a_stage_that_was_killed_before_its_record_is_made_again(tmp_path: Path) -> None:
    whole, run = tmp_path / "whole", tmp_path / "run"
    generate(config(), tmp_path, whole)
    generate(config(), tmp_path, run, dry=True)
    record = json.loads((run / "stages.json").read_bytes())
    del record["files"]["plans.jsonl"]
    (run / "stages.json").write_text(json.dumps(record))
    (run / "plans.jsonl").write_bytes(b"left over\n")
    generate(config(), tmp_path, run, resume=True)
    assert files(whole) == files(run)


def test_all_sources_are_looked_at_before_any_is_worked_on(tmp_path: Path) -> None:
    wrong = (
        {"domain": "gardning"},
        {"tools": "gone.json"},
        {"domain": "energy", "lexicon": "gone"},
    )
    for place, last in enumerate(wrong):
        run = tmp_path / str(place)
        with pytest.raises(InputError, match=r"gardning|gone"):
            generate(config(sources=[{"domain": "logistics"}, last]), tmp_path, run)
        assert not (run / "tools").exists()


@pytest.mark.parametrize("file", ["dropped.jsonl", "tools/logistics.json"])
def test_what_can_be_made_again_is(tmp_path: Path, file: str) -> None:
    generate(config(), tmp_path, tmp_path / "run")
    before = (tmp_path / "run" / "dialogues.jsonl").read_bytes()
    (tmp_path / "run" / file).unlink()
    generate(config(), tmp_path, tmp_path / "run", resume=True)
    assert (tmp_path / "run" / "dialogues.jsonl").read_bytes() == before
