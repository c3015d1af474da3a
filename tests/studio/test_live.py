"""Live simulations through their pages: stepping, editing, going back, making room."""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

import toolweave.studio.lives
from tests.studio.conftest import Studio
from tests.studio.live_player import PART, PLAN, Player, Sent
from toolweave.cli.main import run
from toolweave.configs.run import ModelSettings
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import ServerError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.service.settings import Secrets
from toolweave.studio.app import application
from toolweave.studio.lives import Lives
from toolweave.studio.settings import StudioSettings


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
