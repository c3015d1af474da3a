"""A real server with a model of random weights is an assistant that gets a verdict."""

from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.evaluation.verdict_file import load_trials

pytestmark = pytest.mark.external


def test_a_real_server_that_speaks_gibberish_gets_a_verdict(
    real_server: str, tmp_path: Path
) -> None:
    out = tmp_path / "trials.jsonl"
    command = ["evaluate", "ecommerce_return", "--assistant", real_server, "--out", str(out)]
    assert run([*command, "--turns", "4", "--retries", "1", "--max-tokens", "60"]) == 1
    (one,) = load_trials(out)
    assert one.turns >= 1
    assert one.outcome != "failed", one.problem
    assert one.score is not None
    assert not one.score.passed
