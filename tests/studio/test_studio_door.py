"""Who gets into a studio, and what a page from elsewhere cannot do."""

from pathlib import Path

import pytest

from tests.studio.conftest import HTML, Studio
from toolweave.core.errors import InputError
from toolweave.service.settings import Secrets
from toolweave.studio.serving import serve
from toolweave.studio.settings import StudioSettings

KEY = "a-key-of-sufficient-length"


def test_beyond_this_machine_a_key_is_needed() -> None:
    told: list[int] = []
    with pytest.raises(InputError, match="TOOLWEAVE_API_KEY"):
        serve(StudioSettings(host="0.0.0.0"), Secrets(), told.append)
    assert not told


def test_the_key_is_asked_for_once_and_a_cookie_is_enough_then(
    studio: Studio, run_folder: Path
) -> None:
    client = studio(run_folder, key=KEY)
    asked = client.get("/runs/run", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/enter")
    assert client.get("/runs/run", headers={"accept": "application/json"}).status_code == 401
    wrong = client.post("/enter", data={"key": "wrong"})
    assert wrong.status_code == 401
    assert "not the key" in wrong.text
    assert "set-cookie" not in wrong.headers
    right = client.post("/enter", data={"key": KEY}, follow_redirects=False)
    cookie = right.headers["set-cookie"]
    assert KEY not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/runs/run").status_code == 200


def test_a_cookie_of_another_key_is_none(studio: Studio, run_folder: Path) -> None:
    other = studio(run_folder, key="another-key-of-some-length")
    other.post("/enter", data={"key": "another-key-of-some-length"})
    client = studio(run_folder, key=KEY)
    client.cookies = other.cookies
    assert client.get("/runs/run", follow_redirects=False).status_code == 303
    client.cookies.set("toolweave_studio", "in.forged.thing")
    assert client.get("/runs/run", follow_redirects=False).status_code == 303


def test_programs_may_bring_the_key_itself(studio: Studio, run_folder: Path) -> None:
    client = studio(run_folder, key=KEY)
    assert client.get("/", headers={"authorization": f"Bearer {KEY}"}).status_code == 200


def test_styles_are_served_before_the_key(studio: Studio) -> None:
    client = studio(key=KEY)
    assert client.get("/static/style.css").status_code == 200
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
    ],
)
def test_pages_from_elsewhere_change_nothing(
    studio: Studio, run_folder: Path, headers: dict[str, str], status: int
) -> None:
    client = studio(run_folder)
    text = client.get("/runs/run/dialogues/1").text
    wish = {"digest": text.partition('data-digest="')[2].partition('"')[0], "decision": "drop"}
    address = "/runs/run/dialogues/1/verdict"
    answer = client.post(address, json=wish, headers={**HTML, **headers})
    assert answer.status_code == status
    assert not (run_folder / "by_hand.jsonl").exists()
    ours = {**HTML, "origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}
    assert client.post(address, json=wish, headers=ours).status_code == 200


def test_over_plain_http_a_page_is_known_by_its_origin(studio: Studio, run_folder: Path) -> None:
    client = studio(run_folder, key=KEY)
    client.post("/enter", data={"key": KEY})
    for origin, status in (
        ("http://127.0.0.1:3000", 403),
        ("http://evil.example", 403),
        ("http://127.0.0.1", 303),
    ):
        answer = client.post(
            "/runs/run/figures", headers={"origin": origin}, follow_redirects=False
        )
        assert answer.status_code == status, origin


def test_a_form_of_a_million_fields_is_refused_before_the_key_is_known(studio: Studio) -> None:
    client = studio(key=KEY)
    assert client.post("/enter", content=b"a=1&" * 400_000).status_code == 400


def test_nothing_may_be_put_into_a_page_from_elsewhere(studio: Studio, run_folder: Path) -> None:
    client = studio(run_folder)
    for address in ("/", "/runs/run/dialogues/1/record", "/runs/run/progress", "/measuring"):
        held = client.get(address).headers
        assert held["cross-origin-resource-policy"] == "same-origin"
        assert held["x-content-type-options"] == "nosniff"
