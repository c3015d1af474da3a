"""Lists and dialogues: what a filter lets through, and what is shown of one record."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.studio.conftest import HTML, Studio, foreign, write
from toolweave.export.exporting import Wish, export

EVIL = "<script>document.title='ran'</script>"


def test_the_first_page_names_what_is_open(
    studio: Studio, run_folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.jsonl"
    write(other, [foreign("a", "Hello.")])
    answer = studio(run_folder, other).get("/")
    assert answer.status_code == 200
    assert 'href="/runs/run"' in answer.text
    assert "6 dialogues" in answer.text
    assert 'href="/runs/other.jsonl"' in answer.text


def test_without_runs_it_says_how_to_make_one(studio: Studio) -> None:
    assert "toolweave generate smoke" in studio().get("/").text


def test_filters_let_through_what_they_say(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    client = studio(run_folder)
    for query, wanted in (
        ({"domain": "tourism"}, lambda one: one["plan"]["domain"] == "tourism"),
        ({"motif": "linear"}, lambda one: one["plan"].get("motif", "linear") == "linear"),
        ({"words": records[3]["id"]}, lambda one: one["id"] == records[3]["id"]),
        ({"finding": "none"}, lambda one: True),
        ({"domain": "nowhere"}, lambda one: False),
        ({"domain": "tourism", "words": "zzz"}, lambda one: False),
    ):
        text = client.get("/runs/run", params=query).text
        shown = {one["id"] for one in records if f"<b>{one['id']}</b>" in text}
        assert shown == {one["id"] for one in records if wanted(one)}, query


def test_pages_of_a_long_list_hold_fifty_each(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    write(path, [foreign(f"d{number}", "Hello.") for number in range(120)])
    client = studio(path)
    for page, first, count in (
        ("1", "d0", 50),
        ("3", "d100", 20),
        ("99", "d100", 20),
        ("x", "d0", 50),
    ):
        text = client.get("/runs/many.jsonl", params={"page": page}).text
        assert text.count("data-row") == count
        assert f"<b>{first}</b>" in text


def test_from_a_dialogue_the_way_back_leads_to_its_row(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    write(path, [foreign(f"d{n}", "Nothing.") | {"domain": f"d{n % 2}"} for n in range(120)])
    client = studio(path)
    assert 'href="/runs/long.jsonl#r7"' in client.get("/runs/long.jsonl/dialogues/7").text
    back = client.get("/runs/long.jsonl/dialogues/103?domain=d0").text
    assert 'href="/runs/long.jsonl?domain=d0&amp;page=2#r103"' in back
    there = client.get("/runs/long.jsonl?domain=d0&page=2").text
    assert 'id="r103"' in there
    assert "60 of 120 dialogues, 51 to 60 shown" in there


def test_among_dialogues_one_that_cannot_be_read_is_passed(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    write(path, [foreign("a", "Nothing."), foreign("b", "Nothing.")])
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + b"{torn\n" + second)
    answer = studio(path).get("/runs/torn.jsonl/dialogues/2")
    assert answer.status_code == 422
    assert "It cannot be shown" in answer.text
    assert 'href="/runs/torn.jsonl/dialogues/1"' in answer.text
    assert 'href="/runs/torn.jsonl/dialogues/3"' in answer.text


def test_neighbours_are_those_of_the_filter(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    client = studio(run_folder)
    numbers = [n for n, one in enumerate(records, 1) if one["plan"]["domain"] == "tourism"]
    text = client.get(f"/runs/run/dialogues/{numbers[0]}", params={"domain": "tourism"}).text
    assert f'href="/runs/run/dialogues/{numbers[1]}?domain=tourism"' in text
    assert "1 of 2 filtered" in text.replace("</span>", "")


def test_a_dialogue_stands_beside_its_plan_with_its_ties(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    text = studio(run_folder).get("/runs/run/dialogues/1").text
    assert records[0]["id"] in text
    assert "proof passed" in text
    assert 'class="tie"' in text
    assert "user request" in text


def test_the_record_is_given_as_it_stands(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    answer = studio(run_folder).get("/runs/run/dialogues/2/record")
    assert answer.json() == records[1]
    assert "attachment" in answer.headers["content-disposition"]


def test_failures_are_listed_with_their_reasons(studio: Studio, run_folder: Path) -> None:
    assert "no wording was accepted" in studio(run_folder).get("/runs/run/failures").text


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(
    studio: Studio, run_folder: Path
) -> None:
    client = studio(run_folder)
    for path in (
        "/nope",
        "/runs/x",
        "/runs/run/dialogues/0",
        "/runs/run/dialogues/77",
        "/static/x",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "<h1>Not Found</h1>" in answer.text
        told = client.get(path, headers={"accept": "application/json"})
        assert told.headers["content-type"] == "application/problem+json"
    for number in ("9" * 21, "9" * 5000, "1.0", "-1", "x"):
        assert client.get(f"/runs/run/dialogues/{number}").status_code == 404
    wrong = client.post("/runs/run")
    assert (wrong.status_code, set(wrong.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


def test_a_file_that_is_gone_is_a_page_that_says_so(studio: Studio, run_folder: Path) -> None:
    client = studio(run_folder)
    (run_folder / "dialogues.jsonl").unlink()
    for page in ("/runs/run/dialogues/1", "/runs/run/dialogues/1/record"):
        answer = client.get(page)
        assert answer.status_code == 422
        assert "No such file" in answer.text
    listed = client.get("/runs/run")
    assert listed.status_code == 200
    assert "No such file" in listed.text


def test_a_file_whose_name_is_no_text_has_pages_and_answers(studio: Studio, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.jsonl"))
    write(path, [foreign("a", "Hello.")])
    client = studio(path)
    assert client.get("/measuring?run=bad-.jsonl").json()["runs"][0]["slug"] == "bad-.jsonl"
    assert client.get("/runs/bad-.jsonl").status_code == 200
    told = client.get("/runs/bad-.jsonl/tools?domain=x", headers={"accept": "application/json"})
    assert (told.status_code, "no domain 'x'" in told.json()["detail"]) == (404, True)


def test_a_defect_is_a_page_that_says_nothing_of_it(
    studio: Studio, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the value of a secret")

    client = studio(run_folder)
    monkeypatch.setattr("toolweave.studio.dialogues.memories_of", broken)
    answer = client.get("/runs/run/dialogues/1")
    assert answer.status_code == 500
    assert "<h1>Internal Server Error</h1>" in answer.text
    assert "secret" not in answer.text


def test_a_verdict_that_cannot_be_written_says_why(
    studio: Studio, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = studio(run_folder)
    text = client.get("/runs/run/dialogues/1").text
    wish = {"digest": text.partition('data-digest="')[2].partition('"')[0], "decision": "drop"}
    monkeypatch.setattr("toolweave.checks.by_hand._PATIENCE", 0.01)
    with (run_folder / "by_hand.jsonl").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = client.post("/runs/run/dialogues/1/verdict", json=wish)
    assert answer.status_code == 503
    assert "another process does not let go of it" in answer.text
    assert client.post("/runs/run/dialogues/1/verdict", json=wish).status_code == 200


def test_foreign_text_is_text(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "<b>evil.jsonl"
    held = foreign(EVIL, f"{EVIL}\x1b[31m\u202etxet")
    write(path, [held | {"domain": EVIL, "goal": EVIL}])
    client = studio(path)
    slug = client.get("/").text.partition('href="/runs/')[2].partition('"')[0]
    for page in ("/", f"/runs/{slug}", f"/runs/{slug}/dialogues/1", f"/runs/{slug}?words={EVIL}"):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "<script>document" not in answer.text
        assert "\x1b" not in answer.text
        assert "\u202e" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


def test_every_page_names_only_what_the_studio_itself_serves(
    studio: Studio, run_folder: Path
) -> None:
    client = studio(run_folder)
    for page in (
        "/",
        "/runs/run",
        "/runs/run/dialogues/1",
        "/runs/run/failures",
        "/enter",
        "/nope",
    ):
        text = client.get(page, headers=HTML).text
        assert "http://" not in text
        assert "https://" not in text
        for part in text.split('src="')[1:] + text.split('rel="stylesheet" href="')[1:]:
            asked = part.partition('"')[0]
            assert asked.startswith("/static/")
            assert client.get(asked).status_code == 200


def test_a_verdict_by_hand_is_kept_shown_filtered_and_respected_by_export(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    client = studio(run_folder)
    for number, decision in ((1, "drop"), (2, "keep"), (3, "")):
        text = client.get(f"/runs/run/dialogues/{number}").text
        digest = text.partition('data-digest="')[2].partition('"')[0]
        told = client.post(
            f"/runs/run/dialogues/{number}/verdict",
            json={"digest": digest, "decision": decision, "note": f"{EVIL} {number}"},
        )
        assert told.status_code == 200, told.text
    again = studio(run_folder)
    text = again.get("/runs/run/dialogues/1").text
    assert 'value="drop" checked' in text
    assert "&lt;script&gt;document" in text
    for hand, numbers in (("drop", [1]), ("keep", [2]), ("noted", [3]), ("undecided", [4, 5, 6])):
        text = again.get("/runs/run", params={"hand": hand}).text
        shown = [n for n, one in enumerate(records, 1) if f"<b>{one['id']}</b>" in text]
        assert shown == numbers
    tally = export(Wish(run=str(run_folder), to="openai", out=run_folder.parent / "out"))
    assert tally.kept == len(records) - 1


def test_a_verdict_on_what_has_changed_is_refused(
    studio: Studio, run_folder: Path, records: Sequence[Any]
) -> None:
    client = studio(run_folder)
    wish = {"digest": "0" * 16, "decision": "drop", "note": ""}
    answer = client.post("/runs/run/dialogues/1/verdict", json=wish)
    assert (answer.status_code, "has changed" in answer.text) == (409, True)
    for body in (b"{", b"[]", b'{"decision": "burn", "digest": "x"}', b'{"digest": 3}', b"\xff"):
        answer = client.post("/runs/run/dialogues/1/verdict", content=body)
        assert answer.status_code == 422, body
    assert client.post("/runs/run/dialogues/99/verdict", json=wish).status_code == 404
    assert not (run_folder / "by_hand.jsonl").exists()


def test_memory_stands_under_every_step(studio: Studio, run_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    told = [
        {"role": "user", "content": "How much?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": '{"price": 7}'},
        {"role": "assistant", "content": "7."},
    ]
    write(other, [{"messages": told}])
    client = studio(run_folder, other)
    text = client.get("/runs/run/dialogues/1").text
    assert text.count('class="memory"') == text.count('class="plan"') > 3
    assert "the user said, message 1" in text
    elsewhere = client.get("/runs/other.jsonl/dialogues/1").text
    assert elsewhere.count('class="memory"') == 1
    assert "look returned, message 2" in elsewhere
