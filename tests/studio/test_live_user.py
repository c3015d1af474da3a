"""Live simulations with a person in the user's place: what they may type, and what comes of it."""

import asyncio
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.studio.conftest import Studio
from tests.studio.live_player import PART, PLAN, Player, answers, cells_of
from toolweave.configs.run import ModelSettings
from toolweave.evaluation.proof import prove
from toolweave.graph.preparing import prepare
from toolweave.studio.lives import Choice, Lives
from toolweave.studio.userform import fields


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
    taken = player.do(
        "play", **{rows[0]: "tea towels", rows[1]: "four", "v0.1.0": "bath mat", "v1": "express"}
    )
    assert taken.status == 200, taken.objections
    for told in ("tea towels", "bath mat", "express"):
        assert told in taken.html


def test_a_schema_may_write_a_bound_with_a_point() -> None:
    stage = prepare("ecommerce_reorder")
    live = asyncio.run(Lives(ModelSettings()).begin(Choice(stage.plan.id, human=True), stage))
    part = live.pending
    assert part is not None
    items = next(slot for slot in part.slots if slot.schema.get("type") == "array")
    bounded = replace(items, schema={**items.schema, "maxItems": 2.0})
    (field,) = fields(replace(part, slots=(bounded,)), stage.words)
    assert "at most 2" in field.expected
    assert "2.0" not in field.expected
    assert len(field.rows) == 2


def test_several_of_a_list_are_ticked_but_no_more_than_may_be(studio: Studio) -> None:
    player = Player(studio(), seed="2", human="yes")
    sent = player.page()
    while 'type="checkbox"' not in sent.html:
        sent = player.do("play", **answers(sent.html)) if sent.moves.yours else player.do("step")
        assert sent.status == 200, sent.objections
    assert "What people like; at most 3" in sent.html
    every = answers(sent.html)
    refused = player.do("play", **every)
    assert refused.status == 422
    assert "more than 3 items" in refused.objections
    assert refused.html.count('value="yes" checked') == len(every)
    nothing = player.do("play")
    assert "nothing was chosen" in nothing.objections
    taken = player.do("play", **{"v0.0": "yes", "v0.3": "yes"})
    assert taken.status == 200, taken.objections
    assert "boat trips" in taken.html


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


def test_what_is_nobody_elses_turn_is_not_played(studio: Studio) -> None:
    player = Player(studio())
    refused = player.do("play", words="Hello")
    assert refused.status == 422
    assert "it is not the user&#39;s turn" in refused.html
    assert player.client.get(f"{player.address}/record").status_code == 422
