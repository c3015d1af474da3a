"""The paper's tables over again: every strategy, with and without refinement, HTML and Markdown."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from toolweave.configs.pipeline import PipelineConfig, Source, load_pipeline
from toolweave.configs.refining import load_refining
from toolweave.configs.run import ModelSettings
from toolweave.core.errors import ToolweaveError
from toolweave.evaluation.figures import Measuring, figures
from toolweave.evaluation.judge_figures import JudgeFigures, judge_figures
from toolweave.evaluation.judging import Wanted, judge
from toolweave.evaluation.verdict_file import VerdictFile, load_verdicts
from toolweave.reporting.comparison import (
    Compared,
    Comparison,
    ToolsMeasured,
    comparisons,
    diversity,
    not_reproduced,
)
from toolweave.reporting.markdown import markdown
from toolweave.reporting.report import comparison_page
from toolweave.runs.folder import REFINED
from toolweave.runs.generators import make_generator
from toolweave.runs.opened import opened, sources_of, verdicts_beside
from toolweave.runs.pipeline import generate
from toolweave.runs.refining import refine

# The shipped run of every strategy; the first is the paper's own, before its post-processing.
RUNS: Final = ("no_postprocessing", "digit", "toolflow", "tooldial", "random_walk")
REFINEMENT: Final = "refine_paper"
TITLE: Final = "The paper's tables"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    out: Path
    runs: tuple[str, ...]
    domains: tuple[str, ...]
    count: int
    seed: int
    workers: int
    model: ModelSettings
    judge: ModelSettings | None
    sample: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every run that is not there yet, measure them all, write the tables."""
    order = _order(arguments)
    order.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    try:
        _make(order)
        names = [str(place) for run in order.runs for place in _folders(order, run)]
        tables = _tables(order, names)
    except ToolweaveError as error:
        print(f"reproduce_tables: {error}", file=sys.stderr)
        return 2
    minutes = (time.monotonic() - started) / 60
    worded = "offline" if order.model.name == "offline" else f"with {order.model.name}"
    lead = (
        f"{order.count:,} plans a strategy, seed {order.seed}, worded {worded}, in "
        f"{minutes:.1f} minutes. Refined: the same dialogues and modified copies ({REFINEMENT})."
    )
    (order.out / "tables.html").write_text(comparison_page(TITLE, lead, tables), encoding="utf-8")
    (order.out / "tables.md").write_text(markdown(TITLE, lead, tables), encoding="utf-8")
    _say(f"{order.out / 'tables.html'} and tables.md after {minutes:.1f} minutes")
    return 0


def _order(arguments: Sequence[str] | None) -> Order:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", default="runs/tables", help="the folder of it all")
    parser.add_argument("--runs", nargs="+", default=RUNS, metavar="RUN", help="pipelines to make")
    parser.add_argument("--domains", nargs="+", default=(), help="else the paper's twenty")
    parser.add_argument("--count", type=int, default=800, help="plans a strategy")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2, help="runs made at a time")
    parser.add_argument("--model", default="offline", help="words the dialogues")
    parser.add_argument("--base-url", default="", help="where that model is")
    parser.add_argument("--judge", default="", metavar="MODEL", help="Table 4 by this model")
    parser.add_argument("--judge-url", default="", help="where the judge is, if elsewhere")
    parser.add_argument("--sample", type=int, default=200, help="dialogues judged of each")
    given = parser.parse_args(arguments)
    url = given.judge_url or given.base_url
    return Order(
        out=Path(given.out),
        runs=tuple(given.runs),
        domains=tuple(given.domains),
        count=given.count,
        seed=given.seed,
        workers=given.workers,
        model=ModelSettings(name=given.model, base_url=given.base_url),
        judge=ModelSettings(name=given.judge, base_url=url, temperature=0.0, timeout=120.0)
        if given.judge
        else None,
        sample=given.sample,
    )


def _folders(order: Order, run: str) -> tuple[Path, Path]:
    folder = order.out / run
    return folder, folder / REFINED


def _make(order: Order) -> None:
    """Every run and its refinement, several at a time; what is there already is kept."""
    if order.workers < 2:
        for run in order.runs:
            _say(_made(order, run))
        return
    with ProcessPoolExecutor(order.workers, mp_context=get_context("spawn")) as pool:
        for told in pool.map(_made, [order] * len(order.runs), order.runs):
            _say(told)


def _made(order: Order, run: str) -> str:
    started = time.monotonic()
    config, base = load_pipeline(run)
    folder, refined = _folders(order, run)
    made = generate(_like_the_paper(config, order), base, folder, resume=True)
    settings = load_refining(REFINEMENT).model_copy(
        update={"seed": order.seed, "model": order.model}
    )
    tally = refine(settings, folder, refined, resume=True)
    dialogues = made.tally.dialogues if made.tally else 0
    seconds = time.monotonic() - started
    return f"{run}: {dialogues} dialogues, {tally.copies} copies, {seconds:.0f} s"


def _like_the_paper(config: PipelineConfig, order: Order) -> PipelineConfig:
    """The run over the paper's domains, or those that are named."""
    paper, _ = load_pipeline("paper")
    named = tuple(Source(domain=name) for name in order.domains)
    return config.model_copy(
        update={
            "sources": named or paper.sources,
            "seed": order.seed,
            "plans": config.plans.model_copy(update={"count": order.count}),
            "model": order.model,
            # Rivals drop dialogues by design; the tables say how many are left.
            "checks": config.checks.model_copy(update={"max_failures": 1.0}),
        }
    )


def _tables(order: Order, names: Sequence[str]) -> list[Comparison]:
    sources = sources_of(names)
    labels = [opened(name).label or name for name in names]
    sources = [one._replace(name=label) for one, label in zip(sources, labels, strict=True)]
    table = figures(sources, how=Measuring(order.seed, workers=order.workers))
    tools = ToolsMeasured()
    compared = [
        Compared(file, tools.average(source.graphs.values()), _judged(order, name, file.name))
        for name, source, file in zip(names, sources, table.files, strict=True)
    ]
    return [*comparisons(compared), *not_reproduced(), *diversity(table.equal)]


def _judged(order: Order, name: str, label: str) -> JudgeFigures | None:
    """What the judge says of a run; None where none is named."""
    if order.judge is None:
        return None
    path = opened(name).path
    verdicts = verdicts_beside(path)
    generator = make_generator(order.judge, 16)
    with VerdictFile(verdicts, resume=True) as held:
        asyncio.run(judge(path, generator, held, Wanted(sample=order.sample, seed=order.seed)))
    return judge_figures(label, load_verdicts(verdicts))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
