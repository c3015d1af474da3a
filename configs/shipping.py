"""The files that ship: tool sets, plans, lexicons and runs, found by name."""

from pathlib import Path
from typing import Literal, get_args

Kind = Literal["tools", "plans", "lexicons", "runs", "domains", "finetune", "policies"]
ROOT = Path(__file__).parent
_SUFFIXES = (".yaml", ".yml", ".json")


def shipped(kind: Kind, name: str) -> Path | None:
    """The shipped file of that kind and bare name (``support``), or None."""
    if kind not in get_args(Kind) or not name or Path(name).name != name:
        return None
    candidates = (ROOT / kind / f"{name}{suffix}" for suffix in _SUFFIXES)
    return next((path for path in candidates if path.is_file()), None)


def shipped_names(kind: Kind) -> list[str]:
    """The names of every shipped file of that kind, sorted."""
    folder = ROOT / kind
    return sorted(path.stem for path in folder.glob("*.*") if path.suffix in _SUFFIXES)
