"""The studio in a real browser: every page walked, a dialogue played, and nothing foreign run."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.studio.conftest import started
from toolweave.cli.main import run

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(CHROMIUM is None, reason="no browser is installed"),
    pytest.mark.xdist_group("studio"),
]
ROOT = Path(__file__).parents[2]
EVIL = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
REFUSED = "the server responded with a status of 422"
# What a person types where the plan asks for it.
TYPED = {
    re.compile("account", re.I): "A-4471-20",
    re.compile("phone", re.I): "747-555-0295",
    re.compile("note|access", re.I): "ring twice, please",
}
# Where screenshots are put, for whoever wants to look at them.
SHOTS = os.environ.get("TOOLWEAVE_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run over tools whose descriptions hold markup."""
    folder = tmp_path_factory.mktemp("studio")
    tools = yaml.safe_load((ROOT / "configs/tools/telecommunications.yaml").read_text())
    for tool in tools["tools"]:
        tool["description"] = f"{tool['description']} {EVIL}"
    (folder / "tools.yaml").write_text(yaml.safe_dump(tools, sort_keys=False))
    recipe = {
        "version": 1, "kind": "pipeline", "name": "hostile", "seed": 3,
        "sources": [{"tools": "tools.yaml", "lexicon": "telecommunications"}],
        "links": {"embedder": "lexical"}, "plans": {"count": 12},
    }  # fmt: skip
    (folder / "run.yaml").write_text(yaml.safe_dump(recipe))
    assert run(["generate", str(folder / "run.yaml"), "--out", str(folder / "hostile")]) == 0
    return folder / "hostile"


@pytest.fixture(scope="module")
def address(hostile_run: Path) -> Iterator[str]:
    """A studio as a process on loopback."""
    process, said = started(hostile_run)
    try:
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


class Watched:
    """A page, and everything that must not happen on it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda one: self.asked.append(one.url))
        page.on("console", lambda one: self._heard(one))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        # A browser complains of every refusal, also of one that is shown.
        if message.type in ("error", "warning") and REFUSED not in message.text:
            self.complaints.append(message.text)

    def shot(self, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def fine(self) -> None:
        """Nothing was asked of anybody else, nothing was complained of, nothing foreign ran."""
        elsewhere = [one for one in self.asked if not one.startswith(f"{self.address}/")]
        assert not elsewhere
        assert not self.complaints
        assert "ran" not in self.page.title().split()
        for frame in self.page.frames:
            assert frame.evaluate("document.title") != "ran"
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) <= 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=["wide", "phone"])
def watched(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Watched]:
    phone = request.param == "phone"
    context = browser.new_context(
        viewport={"width": 390, "height": 800} if phone else {"width": 1280, "height": 900},
        has_touch=phone,
        color_scheme="dark" if phone else "light",
    )
    held = Watched(context.new_page(), address)
    yield held
    held.fine()
    context.close()


def test_a_run_is_opened_filtered_and_a_value_traced(
    watched: Watched, request: pytest.FixtureRequest
) -> None:
    page, name = watched.page, request.node.callspec.id
    page.goto(watched.address)
    watched.shot(f"home-{name}")
    page.get_by_role("link", name=re.compile("hostile")).click()
    rows = page.locator("[data-row]")
    assert rows.count() == 12
    watched.shot(f"list-{name}")
    page.get_by_label("Pattern").select_option(index=2)
    pattern = page.get_by_label("Pattern").input_value()
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url(f"**?pattern={pattern}")
    assert 0 < rows.count() < 12
    rows.first.click()
    argument = page.locator("td a.tie").first
    source = page.locator(argument.get_attribute("href"))
    argument.hover()
    watched.shot(f"dialogue-{name}")
    assert page.locator(".lit").count() >= 2
    assert "lit" in source.get_attribute("class")
    argument.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith(argument.get_attribute("href"))
    page.keyboard.press("Escape")
    assert page.locator(".lit").count() == 0


def test_keys_go_through_a_list_and_decide(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.address}/runs/hostile")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dialogues/2")
    page.keyboard.press("j")
    page.wait_for_url("**/dialogues/3")
    page.keyboard.press("2")
    playwright.expect(page.get_by_role("status").first).to_contain_text("Dropped")
    page.get_by_label("Note").fill(EVIL)
    page.get_by_role("button", name="Save").click()
    playwright.expect(page.get_by_role("status").first).to_contain_text("Dropped")
    page.reload()
    assert page.get_by_label("Drop").is_checked()
    assert page.get_by_label("Note").input_value() == EVIL
    page.locator("body").press("m")
    assert page.locator("details.memory[open]").count() > 0
    page.get_by_label("Note").fill("typed, and gone on at once")
    page.get_by_role("link", name="Next").first.click()
    page.wait_for_url("**/dialogues/4")
    page.keyboard.press("k")
    page.wait_for_url("**/dialogues/3")
    assert page.get_by_label("Note").input_value() == "typed, and gone on at once"
    page.keyboard.press("u")
    page.wait_for_url("**/runs/hostile#r3")
    assert page.evaluate("document.activeElement.id") == "r3"
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.keyboard.press("Enter")
    page.wait_for_url("**words=zzz**")
    assert "No dialogue is of that kind." in page.content()


def test_the_tool_graph_is_searched_and_a_tool_chosen(
    watched: Watched, request: pytest.FixtureRequest
) -> None:
    page = watched.page
    page.goto(f"{watched.address}/runs/hostile/tools")
    frame = page.frame_locator("iframe")
    frame.locator("#search").fill("run_line_test")
    frame.locator("#search").press("Enter")
    card = frame.locator("aside section:not([hidden]) h2")
    playwright.expect(card).to_have_text("run_line_test")
    assert "<script>" in frame.locator("aside section:not([hidden])").inner_text()
    watched.shot(f"tools-{request.node.callspec.id}")


def test_figures_come_when_they_are_measured_and_runs_are_compared(
    watched: Watched, request: pytest.FixtureRequest
) -> None:
    page, name = watched.page, request.node.callspec.id
    page.set_default_timeout(120_000)
    page.goto(f"{watched.address}/runs/hostile/figures")
    page.get_by_text("Turns per dialogue").first.wait_for()
    watched.shot(f"figures-{name}")
    page.goto(f"{watched.address}/compare")
    page.get_by_label("hostile").check()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("heading", name=re.compile("Table 2")).first.wait_for()
    watched.shot(f"compare-{name}")


def test_a_person_plays_the_user_and_the_dialogue_is_proved(
    watched: Watched, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page, name = watched.page, request.node.callspec.id
    page.goto(f"{watched.address}/live")
    page.get_by_text("telecommunications fault").click()
    page.get_by_label("Play the user yourself").check()
    watched.shot(f"live-choose-{name}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/live/*")
    while (moves := page.locator("#moves").evaluate("one => ({...one.dataset})"))["next"]:
        if moves["yours"]:
            _say(page, name, watched)
        else:
            page.locator("#step").dispatch_event("click")
        page.locator(f"#moves:not([data-version='{moves['version']}'])").wait_for(state="attached")
    page.locator("#ending").get_by_text("The proof passed").wait_for()
    watched.shot(f"live-{name}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download the record").click()
    record = tmp_path / kept.value.suggested_filename
    kept.value.save_as(record)
    assert run(["check", str(record)]) == 0


def _say(page: Any, name: str, watched: Watched) -> None:
    """Type what is asked for: first as nobody would say it, then so that it is taken."""
    for label, value in TYPED.items():
        field = page.locator("#play").get_by_label(label)
        if field.count():
            field.fill(value)
    page.get_by_label("Your words").fill(EVIL)
    page.get_by_role("button", name="Say it").click()
    page.get_by_text("no person would say").first.wait_for()
    watched.shot(f"live-refused-{name}")
    page.get_by_label("Your words").fill("")
    page.get_by_role("button", name="Say it").click()


def test_the_agents_are_drawn(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.address}/agents")
    for agent in ("router", "user", "clarification", "tool", "summary", "memory"):
        assert page.locator("svg .node", has_text=agent).count() == 1
