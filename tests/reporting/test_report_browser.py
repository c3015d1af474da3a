"""The page in a real browser: it runs its own script and nothing else, and lights both ends."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(CHROMIUM is None, reason="no browser is installed"),
]
# Goes to the first argument, then back to its source, and writes down what was lit.
PROBE = """
<script>
const said = [];
document.getElementById("all").click();
const argument = document.querySelector("td a.tie");
const source = document.getElementById(argument.getAttribute("href").slice(1));
for (const one of [argument, source]) {
  one.focus();
  said.push([argument, source].every((end) => end.classList.contains("lit")));
}
source.blur();
said.push(document.querySelectorAll(".lit").length === 0);
document.title = "lit " + said.join(" ");
</script></body>
"""


def dom(path: Path, profile: Path) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    return subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            f"--user-data-dir={profile}", "--dump-dom", path.as_uri(),
        ],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def test_an_argument_and_its_source_light_each_other(
    run_folder: Path, html_of: Callable[..., str], tmp_path: Path
) -> None:
    html = html_of(run_folder / "dialogues.jsonl")
    before, _, after = html.partition('<meta http-equiv="Content-Security-Policy"')
    probed = tmp_path / "probed.html"
    probed.write_text(before + after.partition(">")[2].replace("</body>", PROBE))
    assert "<title>lit true true true</title>" in dom(probed, tmp_path / "p").stdout


def test_the_policy_lets_the_page_work_and_stops_anything_else(
    run_folder: Path, html_of: Callable[..., str], tmp_path: Path
) -> None:
    html = html_of(run_folder / "dialogues.jsonl")
    page, stopped = tmp_path / "page.html", tmp_path / "stopped.html"
    page.write_text(html)
    stopped.write_text(html.replace("</body>", PROBE))
    assert "Content Security Policy" not in dom(page, tmp_path / "p").stderr
    found = dom(stopped, tmp_path / "p")
    assert "<title>lit" not in found.stdout
