"""Measure what was promised: ``python scripts/benchmark.py NAME [--help]``, by the names below."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
# Each module has a ``main(arguments) -> exit code``; imported on demand: some need heavy clients.
MEASUREMENTS: Final = {
    "engine": "scripts.benchmarks.engine",
    "export": "scripts.benchmarks.export",
    "link": "scripts.benchmarks.link",
    "plan": "scripts.benchmarks.plan",
    "refine": "scripts.benchmarks.refine",
    "seam": "scripts.benchmarks.seam",
    "service": "scripts.benchmarks.service",
}


def main(arguments: list[str]) -> int:
    """Run one measurement: 0 when its targets are met, 1 when not, 2 when there is none such."""
    if not arguments or arguments[0] not in MEASUREMENTS:
        print(f"usage: benchmark.py {{{','.join(MEASUREMENTS)}}} [--help]", file=sys.stderr)
        return 2
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    measured: int = import_module(MEASUREMENTS[arguments[0]]).main(arguments[1:])
    return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
