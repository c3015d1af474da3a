"""The run engine's whole table, each scenario beside the bare client and bare LangGraph."""

import argparse
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from scripts.benchmarks.timing import table

# Each has ``arguments(parser)``, ``rows(given) -> rows`` and a ``title(given)``.
SCENARIOS: Final = (
    "waiting", "throughput", "refusing", "seam", "machine", "executors", "memory",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print every scenario's table: 0 when all targets are met, 1 when not."""
    names = [name for name in SCENARIOS if find_spec(f"scripts.benchmarks.{name}")]
    modules = {name: import_module(f"scripts.benchmarks.{name}") for name in names}
    given = _parser(names).parse_args(arguments)
    met = True
    for name in given.only or names:
        made = list(modules[name].rows(given))
        print(table(modules[name].TITLE, made), flush=True)
        met = met and all(row.met for row in made)
    return 0 if met else 1


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmark.py engine", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=names, help="scenarios; all unless given")
    parser.add_argument("--times", type=int, default=5, help="times that everything is measured")
    return parser
