"""Live simulations through their pages: stepping, playing the user, editing, going back."""

import asyncio
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from starlette.testclient import TestClient

import toolweave.studio.lives
from tests.studio.conftest import Studio
from toolweave.cli.main import run
from toolweave.configs.run import ModelSettings
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import ServerError
from toolweave.evaluation.proof import prove
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.service.settings import Secrets
from toolweave.studio.app import application
from toolweave.studio.lives import Lives
from toolweave.studio.settings import StudioSettings

PLAN = "tourism_city_break"
PART = {"accept": "application/x-fragment, application/problem+json"}


class Moves(NamedTuple):
    """Where a simulation stands, as the page's own script reads it."""

    version: str
    passed: str
    rest: str
    next: str
    yours: str


class Sent(NamedTuple):
    """An answer to a step or another change."""

    status: int
    html: str

    @property
    def moves(self) -> Moves:
        found = re.search(r'<div id="moves"([^>]*)>', self.html)
        assert found is not None, self.html
        return Moves(**dict(re.findall(r'data-(\w+)="([^"]*)"', found[1])))

    @property
    def status_line(self) -> str:
        found = re.search(r'<output id="status"[^>]*>(.*?)</output>', self.html)
        assert found is not None
        return found[1]

    @property
    def objections(self) -> str:
        texts = re.findall(r'class="objection"[^>]*>(.*?)</(?:p|ul)>', self.html, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", " ".join(texts)).split())

    @property
    def fields(self) -> dict[str, str]:
        """The names of the user's form by what they ask for."""
        return {
            text.strip(): name
            for name, text in re.findall(r'<label for="(v\d+)">(.*?)<', self.html)
        }


class Player:
    """Somebody in front of a simulation's page."""

    def __init__(self, client: TestClient, plan: str = PLAN, **form: Any) -> None:
        self.client = client
        begun = client.post("/live", data={"plan": plan, **form}, follow_redirects=False)
        assert begun.status_code == 303, begun.text
        self.address = begun.headers["location"]

    def do(self, what: str, **form: str) -> Sent:
        answer = self.client.post(f"{self.address}/{what}", data=form, headers=PART)
        return Sent(answer.status_code, answer.text)

    def page(self) -> Sent:
        answer = self.client.get(self.address)
        return Sent(answer.status_code, answer.text)

    def through(self) -> Sent:
        sent = self.page()
        while sent.moves.next:
            sent = self.do("step", at=sent.moves.version)
            assert sent.status == 200
        return sent

    def record(self) -> Dialogue:
        answer = self.client.get(f"{self.address}/record")
        assert answer.status_code == 200, answer.text
        return Dialogue.model_validate_json(answer.content)


class Trouble:
    """A generator that waits for a server, which is away for the first so many questions."""

    name = "model"

    def __init__(self, away: int = 0) -> None:
        self.away = away

    async def generate(self, task: Any) -> Any:
        await asyncio.sleep(0.01)
        if self.away:
            self.away -= 1
            raise ServerError("http://127.0.0.1:9: no answer")
        return OfflineGenerator().answer(task)


def with_model(patch: pytest.MonkeyPatch, generator: Trouble) -> ModelSettings:
    patch.setattr(toolweave.studio.lives, "make_generator", lambda _: generator)
    return ModelSettings(name="model", base_url="http://127.0.0.1:9/v1")


def simulated(folder: Path, *options: str) -> bytes:
    out = folder / "simulated.json"
    assert run(["simulate", *options, "-q", "--out", str(out)]) == 0
    return out.read_bytes()


@pytest.mark.parametrize("plan", [PLAN, "customer_support_refund", "logistics_customs"])
def test_a_plan_is_walked_to_the_record_that_simulate_writes(
    studio: Studio, tmp_path: Path, plan: str
) -> None:
    player = Player(studio(), plan, seed="7")
    ended = player.through()
    assert ended.status_line.startswith("All ")
    assert "proof passed" in ended.html
    record = player.client.get(f"{player.address}/record")
    assert record.content == simulated(tmp_path, plan, "--seed", "7")
    assert "attachment" in record.headers["content-disposition"]


def test_every_step_tells_its_way_through_the_agents(studio: Studio) -> None:
    player = Player(studio(), seed="7")
    first = player.page()
    assert first.moves == ("0", "", "router", "user", "")
    assert first.html.count('class="step later"') == 15
    sent = player.do("step")
    assert sent.moves == ("1", "user memory", "router", "clarification", "")
    assert sent.status_line == (
        "Step 1 of 16 is played; memory learnt 3 facts. Next: the assistant asks."
    )
    assert sent.html.count('<tr class="new">') == 3
    assert 'href="#dp' not in sent.html
    player.do("step")
    player.do("step")
    called = player.do("step")
    assert called.moves.passed == "tool memory"
    # What the user said, the argument made of it and the plan's line of it are lit together.
    tie = re.search(r'data-t="([^"]+)">Seville<', called.html)
    assert tie is not None
    first_tie = tie[1].split()[0]
    assert len(re.findall(rf'data-t="(?:[^"]* )?{first_tie}(?: [^"]*)?"', called.html)) >= 3
    ended = player.through()
    assert ended.moves.passed == "summary memory"
    assert ended.moves.rest == "__end__"


def test_a_page_holds_the_drawing_and_the_names_of_its_boxes(studio: Studio) -> None:
    client = studio()
    page = client.get(Player(client).address)
    spots = dict(
        one.split(":") for one in re.findall(r'data-spots="([^"]*)"', page.text)[0].split()
    )
    assert set(spots) == {"router", "user", "clarification", "tool", "summary", "memory", "__end__"}
    for name, place in spots.items():
        label = "end" if name == "__end__" else name
        drawn = re.search(rf'<g id="{place}" class="node [^>]*>(.*?)</g>', page.text)
        assert drawn is not None and f">{label}</text>" in drawn[1]
    for agent in ("user", "clarification", "tool", "summary"):
        for source, target in (("router", agent), (agent, "memory"), ("memory", "router")):
            assert f'data-from="{spots[source]}" data-to="{spots[target]}"' in page.text
    assert "'sha256-" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_a_person_plays_the_user_and_is_told_what_cannot_be_taken(studio: Studio) -> None:
    player = Player(studio(), seed="7", human="yes")
    page = player.page()
    assert page.moves == ("0", "", "user", "user", "yes")
    assert page.status_line == "Step 1 of 16 is yours."
    assert "check the weather and find a hotel" in page.html
    names = page.fields
    assert set(names) == {"city", "day of arrival", "day of departure"}
    assert "a date (3 August, next Friday, 2025-08-03)" in page.html

    city, arrival, departure = (
        names[one] for one in ("city", "day of arrival", "day of departure")
    )
    typed = {city: "Porto", arrival: "3 August", departure: "some day", "words": "A week away"}
    refused = player.do("play", **typed)
    assert refused.status == 422
    assert "&#39;some day&#39; is not a date" in refused.html
    for kept in (
        'value="Porto"',
        'value="3 August"',
        'value="some day"',
        ">A week away</textarea>",
    ):
        assert kept in refused.html
    assert refused.moves == page.moves

    typed[departure] = "Aug 5"
    unspoken = player.do("play", **{**typed, "words": 'Call {"city": "Porto"}'})
    assert unspoken.status == 422
    assert "no person would say" in unspoken.objections
    assert "Call {&#34;city&#34;: &#34;Porto&#34;}</textarea>" in unspoken.html

    taken = player.do("play", **typed)
    assert taken.status == 200
    assert taken.moves[1:] == ("user memory", "router", "clarification", "")
    assert "A week away" in taken.html
    asked = player.do("step")
    assert asked.moves.yours == "yes"
    assert "You are asked:" in asked.html
    # Left empty, the words are made; the number may be said in words.
    (guests,) = asked.fields.values()
    said = player.do("play", **{guests: "three"})
    assert said.status == 200
    called = player.do("step")
    assert re.search(r'<th scope="row">guest_count</th><td><a [^>]*>3<', called.html)


def test_what_is_nobody_elses_turn_is_not_played(studio: Studio) -> None:
    player = Player(studio())
    refused = player.do("play", words="Hello")
    assert refused.status == 422
    assert "it is not the user&#39;s turn" in refused.html
    assert player.client.get(f"{player.address}/record").status_code == 422


def choices_of(html: str) -> dict[str, str]:
    """A choice for every list and every box to tick of a form, and a word for everything else."""
    form = re.search(r'<form class="play".*?</form>', html, re.DOTALL)
    assert form is not None
    held = {
        name: options[-1]
        for name, inner in re.findall(r'<select id="(v[\d.]+)"[^>]*>(.*?)</select>', form[0], re.S)
        if (options := re.findall(r'value="([^"]+)"', inner))
    }
    return held | {name: "yes" for name in re.findall(r'type="checkbox" id="(v[\d.]+)"', form[0])}


def cells_of(html: str) -> dict[str, str]:
    """The inputs of a value of several parts, by what stands before them."""
    found = re.findall(r'<label>([^<]+?)(?: <span[^>]*>if any</span>)?<input id="(v[\d.]+)"', html)
    return {name: label.strip() for label, name in found}


def test_values_of_several_parts_have_a_field_for_each(studio: Studio) -> None:
    player = Player(studio(), "ecommerce_reorder", human="yes")
    sent = player.page()
    parts = cells_of(sent.html)
    rows = [name for name in parts if name.startswith("v0.0.")]
    assert len(rows) == 2
    refused = player.do("play", **{rows[0]: "tea towels", rows[1]: "many"})
    assert refused.status == 422
    assert "&#39;many&#39; is not a whole number" in refused.html
    assert 'value="tea towels"' in refused.html


@pytest.mark.parametrize("plan", ["insurance_damage", "telecommunications_sim", "ecommerce_gift"])
def test_a_person_comes_to_a_proven_end(studio: Studio, plan: str) -> None:
    player = Player(studio(), plan, seed="3", human="yes")
    sent = player.page()
    for _ in range(40):
        if not sent.moves.next:
            break
        if sent.moves.yours:
            sent = player.do("play", **answers(sent.html))
            assert sent.status == 200, sent.objections
        else:
            sent = player.do("step")
    record = player.record()
    assert record.checks.proof == "passed"
    assert prove(record) == []
    assert "proof passed" in sent.html


def answers(html: str) -> dict[str, str]:
    """Something for every field of the user's form."""
    form = re.search(r'<form class="play".*?</form>', html, re.DOTALL)
    assert form is not None
    typed = choices_of(html)
    inputs = re.findall(r'<(?:input|textarea) id="(v[\d.]+)" name=[^>]*>', form[0])
    boxes = cells_of(form[0])
    for name in inputs:
        if name in typed or (name in boxes and name.split(".")[1] != "0"):
            continue
        hint = re.search(rf'id="{name.split(".")[0]}-hint">(.*?)<', form[0])
        typed[name] = something(boxes.get(name, ""), hint[1] if hint else "", form[0], name)
    return typed


def something(label: str, hint: str, form: str, name: str) -> str:
    labelled = re.search(rf'<label for="{re.escape(name)}">(.*?)<', form)
    label = label or (labelled[1] if labelled else "")
    by_hint = (
        ("a date", "next Friday"), ("number from", "2"), ("whole number", "2"),
        ("a time", "3 pm"), ("e-mail", "ada@example.com"),
    )  # fmt: skip
    by_label = (
        ("street", "4 Mill Lane"), ("city", "Porto"), ("ZIP", "94107"), ("postcode", "94107"),
        ("what happened", "A deer ran into the side of my car on the way home"),
        ("mobile", "+1 415 555 0132"), ("after", "oak bookcase"), ("number", "A40218"),
        ("name", "Ada Lovelace"),
    )  # fmt: skip
    return next(
        (text for words, texts in ((hint, by_hint), (label, by_label)) for cue, text in texts
         if cue in words), "A40218",
    )  # fmt: skip


def test_other_words_for_the_users_last_step_must_state_its_values(studio: Studio) -> None:
    player = Player(studio(), seed="7")
    for _ in range(3):
        stood = player.do("step")
    refused = player.do("edit", words="A few of us.", at=stood.moves.version)
    assert refused.status == 422
    assert "must state 2" in refused.objections
    assert ">A few of us.</textarea>" in refused.html
    assert refused.moves == stood.moves
    taken = player.do("edit", words="There will be 2 of us, if that's fine.")
    assert taken.status == 200
    assert taken.moves.passed == "user memory"
    assert "There will be 2 of us, if that&#39;s fine." in taken.html
    called = player.do("step")
    assert 'id="edit"' not in called.html
    late = player.do("edit", words="There were 2 of us.")
    assert late.status == 422
    assert "the last step is not the user&#39;s" in late.html
    player.through()
    assert player.record().checks.proof == "passed"


def test_going_back_and_on_gives_the_same_record(studio: Studio, tmp_path: Path) -> None:
    player = Player(studio(), seed="7")
    assert player.do("back").moves.version == "0"
    player.through()
    back = player.do("back")
    assert back.moves[1:] == ("", "router", "summary", "")
    assert "Step 15 of 16" in back.status_line
    for _ in range(11):
        back = player.do("back")
    assert "Step 4 of 16" in back.status_line
    player.through()
    record = player.client.get(f"{player.address}/record").content
    assert record == simulated(tmp_path, PLAN, "--seed", "7")


def test_whoever_plays_goes_back_to_their_own_turn(studio: Studio) -> None:
    player = Player(studio(), human="yes", seed="7")
    names = player.page().fields
    typed = dict(zip(names.values(), ("Porto", "3 August", "5 August"), strict=True))
    player.do("play", **typed)
    asked = player.do("step")
    assert asked.moves.yours
    player.do("back")
    back = player.do("back")
    assert back.moves.yours
    assert back.fields == names
    typed[names["city"]] = "Lyon"
    again = player.do("play", **typed)
    assert again.status == 200
    assert "Lyon" in again.html and "Porto" not in again.html


def test_two_pages_of_one_simulation_make_a_step_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_model(monkeypatch, Trouble())
    app = application(StudioSettings(model=model), Secrets())

    async def at_once() -> Sequence[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            begun = await client.post("/live", data={"plan": PLAN, "by": "model"})
            step = f"{begun.headers['location']}/step"
            wished = [client.post(step, data={"at": "0"}, headers=PART) for _ in range(4)]
            return await asyncio.gather(*wished)

    answers = [Sent(one.status_code, one.text) for one in asyncio.run(at_once())]
    assert sorted(one.status for one in answers) == [200, 409, 409, 409]
    assert {one.moves.version for one in answers} == {"1"}
    assert all("changed on another page" in one.html for one in answers if one.status == 409)


def test_a_server_that_is_away_is_told_and_the_step_can_be_tried_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_model(monkeypatch, Trouble(away=1))
    player = Player(studio(model=model), by="model", seed="7")
    failed = player.do("step")
    assert failed.status == 502
    assert "no answer" in failed.objections
    assert failed.moves == ("0", "", "router", "user", "")
    assert player.do("step").status == 200
    player.through()
    record = player.record()
    assert record.checks.proof == "passed"
    assert record.provenance.model == "model"


def test_a_studio_without_a_model_says_so(studio: Studio) -> None:
    client = studio()
    assert 'name="by"' not in client.get("/live").text
    answer = client.post("/live", data={"plan": PLAN, "by": "model"})
    assert answer.status_code == 422
    assert "started without a model" in answer.text


class Elements(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> set[str]:
    parser = Elements()
    parser.feed(html)
    assert not any(name.startswith("on") for _, held in parser.found for name in held)
    return {tag for tag, _ in parser.found}


HOSTILE = "Lost<img src=x onerror=alert(1)> \x1b[31m\u202eevil\u2066 \x00 & 'this' {{ 7*7 }}"


def test_what_a_person_types_comes_back_as_text_alone(studio: Studio) -> None:
    player = Player(studio(), "customer_support_case", human="yes")
    page = player.page()
    name = page.fields["description of the problem"]
    typed = {**answers(page.html), name: f"It shows {HOSTILE} on my screen every single day"}
    script = f'<script>alert(1)</script>"><svg onload=alert(1)> {HOSTILE}'
    refused = player.do("play", **{**typed, "words": script})
    taken = player.do("play", **typed)
    assert (refused.status, taken.status) == (422, 200)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&gt;&lt;svg onload" in refused.html
    assert "It shows Lost&lt;img src=x onerror=alert(1)&gt; [31mevil" in taken.html
    for sent in (refused, taken, player.do("step"), player.page()):
        assert not tags(sent.html) & {"img", "iframe", "object"}
        assert "<script>" not in sent.html and "<svg onload" not in sent.html
        for dangerous in ("\x1b", "\u202e", "\u2066", "\x00", ">49<"):
            assert dangerous not in sent.html


def test_hostile_forms_are_refused_in_words(studio: Studio) -> None:
    player = Player(studio(), human="yes")
    many = "&".join(f"v{number}=x" for number in range(2_000))
    held = {"content-type": "application/x-www-form-urlencoded"}
    play = f"{player.address}/play"
    assert player.client.post(play, content=many, headers=held).status_code == 400
    for body in (b"\xff\xfe=%ff&v0=%00", b"{}", b"v0=" + b"9" * 500_000):
        answer = player.client.post(play, content=body, headers={**held, **PART})
        assert answer.status_code == 422
        assert "Some of it cannot be taken yet." in answer.text
    for seed in ("-1", "1.5", "٣", "9" * 13, "x"):
        wrong = player.client.post("/live", data={"plan": PLAN, "seed": seed})
        assert wrong.status_code == 422, seed
        assert "whole number" in wrong.text


@pytest.mark.parametrize(
    "plan", ["", "nothing", "../plans/tourism_city_break", "/etc/passwd", "run/0", "run/x", "x/1"]
)
def test_only_plans_that_are_offered_are_played(
    studio: Studio, run_folder: Path, plan: str
) -> None:
    answer = studio(run_folder).post("/live", data={"plan": plan})
    assert answer.status_code == 422
    assert "root:" not in answer.text


def test_what_is_no_simulation_is_not_found(studio: Studio) -> None:
    client = studio()
    for path in ("/live/nothing", "/live/nothing/record"):
        assert client.get(path).status_code == 404
    for what in ("step", "back", "edit", "play"):
        answer = client.post(f"/live/nothing/{what}", headers=PART)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_idlest_of_too_many_makes_room_and_says_so(studio: Studio) -> None:
    client = studio()
    player = Player(client, seed="5", human="yes")
    busy = Player(client)
    lives: Lives = client.app.app.app.state.lives  # type: ignore[attr-defined]
    for _ in range(32):
        busy.page()
        Player(client)
    assert len(lives._held) == 32
    assert busy.page().status == 200
    gone = client.get(player.address)
    assert gone.status_code == 410
    assert "had to make room" in gone.text
    assert player.do("step").status == 410
    begin = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', gone.text))
    assert begin == {"plan": PLAN, "seed": "5", "human": "yes"}
    assert Player(client, **begin).page().moves.yours


def test_the_plan_of_a_record_is_played_with_its_own_tools_and_words(
    studio: Studio, run_folder: Path, records: Sequence[dict[str, Any]]
) -> None:
    client = studio(run_folder)
    shown = client.get("/runs/run/dialogues/2")
    assert '<a href="/live?run=run&amp;record=2">Play this plan</a>' in shown.text
    offered = client.get("/live?run=run&record=2").text
    assert 'value="run/2" checked' in offered
    player = Player(client, "run/2", seed="1")
    player.through()
    made, held = player.record(), Dialogue.model_validate(records[1])
    assert made.messages == held.messages
    assert made.tools == held.tools
    assert made.provenance.lexicon == held.provenance.lexicon


def test_a_record_from_elsewhere_has_no_plan_to_play(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text(json.dumps({"messages": [{"role": "user", "content": "Hi"}]}) + "\n")
    client = studio(file)
    slug = "other.jsonl"
    assert "Play this plan" not in client.get(f"/runs/{slug}/dialogues/1").text
    answer = client.get(f"/live?run={slug}&record=1")
    assert answer.status_code == 422
    assert "comes from elsewhere" in answer.text


def test_a_record_may_not_name_a_file_as_its_words(
    studio: Studio, tmp_path: Path, records: Sequence[dict[str, Any]]
) -> None:
    file = tmp_path / "r.jsonl"
    named = {**records[0], "provenance": {**records[0]["provenance"], "lexicon": "/etc/passwd"}}
    file.write_text(json.dumps(named) + "\n")
    player = Player(studio(file), "r.jsonl/1")
    player.through()
    assert player.record().provenance.lexicon == "tourism"


def test_forms_work_without_a_script(studio: Studio) -> None:
    client = studio()
    player = Player(client, seed="7")
    stepped = client.post(f"{player.address}/step", data={"at": "0"}, follow_redirects=False)
    assert stepped.status_code == 303
    assert stepped.headers["location"] == player.address
    late = client.post(f"{player.address}/step", data={"at": "0"})
    assert late.status_code == 409
    assert "changed on another page" in late.text
    assert '<nav class="top"' in late.text
    wrong = client.post(f"{player.address}/edit", data={"words": "Nothing at all"})
    assert wrong.status_code == 422
    assert ">Nothing at all</textarea>" in wrong.text


def test_pages_elsewhere_cannot_step(studio: Studio) -> None:
    player = Player(studio())
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        answer = player.client.post(f"{player.address}/step", headers=headers)
        assert answer.status_code == 403
    assert player.page().moves.version == "0"


def test_again_begins_with_the_next_seed(studio: Studio) -> None:
    player = Player(studio(), "ecommerce_gift", seed="41")
    ended = player.through()
    again = dict(re.findall(r'<input type="hidden" name="(plan|seed)" value="(\w+)">', ended.html))
    assert again == {"plan": "ecommerce_gift", "seed": "42"}


def test_the_agents_are_drawn_and_told(studio: Studio) -> None:
    page = studio().get("/agents")
    assert page.status_code == 200
    for agent in ("router", "user", "clarification", "tool", "summary", "memory"):
        assert f"<dt>{agent}</dt>" in page.text
        assert f">{agent}</text>" in page.text
    assert 'href="/live"' in page.text
