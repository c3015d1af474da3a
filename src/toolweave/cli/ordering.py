"""The order for a run: what the command line says of it, whatever the run makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolweave.cli.watching import Watching


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What was asked for on the command line.

    ``changes`` take the place of the run file's own settings; what is None does not.
    """

    config: str
    out: str | None = None
    resume: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)
    watching: Watching = field(default_factory=Watching)
    dry: bool = False
