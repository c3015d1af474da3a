"""An export as a whole: what is read, split, left out, told, and what a folder ends up with."""

import copy
import io
import json
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolweave.core.errors import InputError
from toolweave.export import exporters
from toolweave.export.conversation import Conversation
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.exporting import Wish, export
from toolweave.export.openai import OpenAI
from toolweave.export.refusal import Refused
from toolweave.export.splitting import Split

Records = list[dict[str, Any]]
Writer = Callable[[Any], str]


def _rows(file: Path) -> Records:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_every_record_is_kept_or_left_out_with_its_line(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    asked = next(at for at, m in enumerate(records[1]["messages"]) if m.get("tool_calls"))
    unanswered = dict(records[1], messages=records[1]["messages"][: asked + 1])
    failed = dict(records[2], checks={"proof": "failed"})
    context = [m | {"train": False} for m in records[3]["messages"]]
    shapeless = copy.deepcopy(records[5])
    shapeless["tools"][0]["tool"]["parameters"]["required"] = "all"
    endless = json.dumps(records[0]).replace('"seed": 0', '"seed": NaN').encode()
    lines = [
        records[0],
        b"{torn",
        b"",
        b"\xff\xfe",
        {"messages": [{"role": "user", "content": "Hello."}]},
        dict(records[0], colour="red"),
        unanswered,
        failed,
        dict(records[3], messages=context),
        endless,
        shapeless,
        records[4],
    ]
    tally = export(Wish(run=write(lines), to="openai", out=tmp_path / "out"))
    assert (tally.read, tally.kept, tally.skipped) == (11, 2, 9)
    assert len(_rows(tmp_path / "out" / "train.jsonl")) == 2
    left = _rows(tmp_path / "out" / "skipped.jsonl")
    assert [(entry["line"], entry["reason"]) for entry in left] == [
        (2, "unreadable"), (4, "unreadable"), (5, "no_plan"), (6, "unreadable"),
        (7, "unanswered_call"), (8, "proof_failed"), (9, "nothing_to_train"), (10, "unreadable"),
        (11, "tool_schema"),
    ]  # fmt: skip
    assert "colour" in left[3]["problem"]


@pytest.mark.parametrize("to", ["openai", "trl", "llamafactory", "axolotl", "bfcl"])
def test_an_export_is_the_same_bytes_again(
    records: Records, write: Writer, tmp_path: Path, to: str
) -> None:
    file = write(records)
    for name in ("a", "b"):
        export(Wish(run=file, to=to, out=tmp_path / name, split=Split(0.5, seed=1)))
    first, second = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")}
        for n in ("a", "b")
    )
    assert first == second and len(first) > 3


def test_no_plan_is_in_both_parts_whatever_the_order(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    copies = [record | {"id": f"{record['id']}-{copy}"} for copy in range(3) for record in records]
    split = Split(0.5, seed=1)
    parts: list[dict[str, set[str]]] = []
    for name, given in (("a", copies), ("b", copies[::-1])):
        out = tmp_path / name
        tally = export(Wish(run=write(given), to="trl", out=out, split=split))
        assert tally.kept == len(copies)
        parts.append(
            {
                part: {row["messages"][1]["content"] for row in _rows(out / f"{part}.jsonl")}
                for part in BOTH
            }
        )
    assert parts[0] == parts[1]
    assert parts[0]["train"] and parts[0]["validation"]
    assert parts[0]["train"].isdisjoint(parts[0]["validation"])


def test_a_split_that_leaves_nothing_says_so_and_makes_nothing(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    file = write(records[:1])
    for share, part in ((0.999999, "validation"), (0.000001, "train")):
        with pytest.raises(InputError, match=f"leaves nothing for {part}.*more plans"):
            export(Wish(run=file, to="openai", out=tmp_path / "out", split=Split(share)))
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="no share between 0 and 1"):
        Split(share)


def test_nothing_to_write_names_the_reasons(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    for record in records:
        record["tools"][0]["tool"]["name"] = "a.b"
    with pytest.raises(InputError, match=r"6 of 6 left out \(tool_name 6\)"):
        export(Wish(run=write(records), to="openai", out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_not_touched(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds files already"):
        export(Wish(run=write(records), to="openai", out=out))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_run_folder_brings_its_recipe_without_addresses(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    Path(write(records)).rename(run / "dialogues.jsonl")
    plans = "version: 1\nname: mine\nplans: [/home/me/a.yaml, b/*.yaml]\n"
    recipe = f"{plans}model:\n  base_url: http://10.0.0.7/v1\n  name: m\n# ```\n"
    (run / "run.yaml").write_text(recipe)
    export(Wish(run=str(run), to="openai", out=tmp_path / "out", licence="cc-by-4.0"))
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    assert (front["license"], front["pretty_name"]) == ("cc-by-4.0", "run")
    assert front["configs"][0]["data_files"] == [{"split": "train", "path": "train.jsonl"}]
    assert "10.0.0.7" not in text
    kept = "version: 1\nname: mine\nplans: [a.yaml, b/*.yaml]\nmodel:\n  name: m\n# ```\n"
    assert f"\n````yaml\n{kept}````\n" in text


def test_figures_on_the_card_are_the_files(records: Records, write: Writer, tmp_path: Path) -> None:
    export(Wish(run=write(records), to="openai", out=tmp_path / "out"))
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| train |")]
    rows = _rows(tmp_path / "out" / "train.jsonl")
    messages = [message for row in rows for message in row["messages"]]
    users = sum(message["role"] == "user" for message in messages)
    calls = sum(len(message.get("tool_calls", [])) for message in messages)
    learnt = sum(message.get("weight", 0) for message in messages)
    wanted = [len(rows), len(rows), users, calls, learnt, 0]
    assert [int(cell) for cell in row.split("|")[2:8]] == wanted


def test_hostile_names_cannot_act_on_the_card(
    records: Records, write: Writer, tmp_path: Path
) -> None:
    for record in records:
        record["domain"] = "a|b\n# <img src=x onerror=y> [x](http://evil)\x1b[31m"
    export(Wish(run=write(records), to="openai", out=tmp_path / "out"))
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "<img" not in text and "\x1b" not in text and "](http" not in text
    assert "\n# <" not in text and "\n# &lt;" not in text


def test_dialogues_come_from_standard_input(
    records: Records, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Path(write(records)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
    assert export(Wish(run="-", to="openai", out=tmp_path / "out")).kept == len(records)


def test_an_exporter_of_another_package_is_found_by_name(
    records: Records, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("ids", f"{__name__}:Ids", exporters.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: Ids)
    monkeypatch.setattr(exporters, "entry_points", lambda **_: EntryPoints([entry]))
    export(Wish(run=write(records), to="ids", out=tmp_path / "out"))
    kept = (tmp_path / "out" / "ids.txt").read_text().split()
    assert kept == [record["id"] for record in records]
    with pytest.raises(InputError, match=r"no exporter 'trll' \(did you mean 'trl'\?\)"):
        export(Wish(run="x", to="trll", out=tmp_path / "other"))


class Ids:
    """Writes nothing but the ids."""

    def __init__(self, order: Order) -> None:
        self.files: dict[str, dict[Part, str]] = {"": {"train": "ids.txt"}}
        self.usage = "Read it.\n"
        self.parts = BOTH
        self.file = (order.folder / "ids.txt").open("w")

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        self.file.write(f"{conversation.dialogue.id}\n")
        return Taken()

    def finish(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def test_ours_are_found_first(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("openai", f"{__name__}:Ids", exporters.GROUP)
    monkeypatch.setattr(exporters, "entry_points", lambda **_: EntryPoints([entry]))
    assert exporters.exporter("openai") is OpenAI
