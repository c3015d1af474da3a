"""Somebody in front of a simulation's page, for tests."""

import re
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from toolweave.core.dialogue import Dialogue

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
