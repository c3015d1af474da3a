"""Run files: what a batch makes, of which plans, with which model."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from toolweave.configs.settled import Settled
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.schema.documents import read_document
from toolweave.schema.records import build


class Prices(Record):
    """What a model costs per million tokens, in whatever currency ``max_cost`` is meant."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class Budget(Record):
    """What one session of a run may take of a model; a session that goes on has it anew."""

    max_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    max_cost: float | None = Field(default=None, ge=0)

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return self != Budget()

    def less(self, calls: int, tokens: int, cost: float) -> "Budget":
        """What is left of it when so much is spent."""
        return Budget(
            max_calls=None if self.max_calls is None else max(0, self.max_calls - calls),
            max_tokens=None if self.max_tokens is None else max(0, self.max_tokens - tokens),
            max_cost=None if self.max_cost is None else max(0.0, self.max_cost - cost),
        )

    @property
    def needs_worst_cases(self) -> bool:
        """Whether the longest answer of a call has to be known before it starts."""
        return self.max_tokens is not None or self.max_cost is not None


class ModelSettings(Record):
    """Who words the dialogues: ``offline``, or a model on an OpenAI-compatible server.

    ``max_tokens`` bounds one answer. ``patience`` is for how many seconds a run waits for a server
    that went away. ``cache`` names a file of answers to be shared by runs; without one a run keeps
    its own in its folder.
    """

    name: str = "offline"
    base_url: str = ""
    temperature: float = Field(default=0.8, ge=0, le=2)
    timeout: float = Field(default=60.0, gt=0)
    max_retries: int = Field(default=4, ge=0)
    max_tokens: int | None = Field(default=None, ge=1)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    patience: float = Field(default=600.0, ge=0)
    prices: Prices | None = None
    cache: str = ""

    @property
    def pace(self) -> set[str]:
        """The settings that decide nothing about the answers."""
        # An answer without bounds is what all runs had before there were any.
        return _PACE if self.max_tokens else _PACE | {"max_tokens"}


_PACE: Final = {
    "timeout", "max_retries", "requests_per_minute", "tokens_per_minute", "patience", "prices",
    "cache",
}  # fmt: skip


Executors = Literal["auto", "local", "processes", "ray"]


class CheckSettings(Record):
    """What a dialogue must pass, and which share of failures still counts as a success."""

    proof: bool = True
    max_failures: float = Field(default=0.005, ge=0, le=1)


class RunConfig(Settled):
    """A batch of plans in format version 1.

    ``plans`` are files or globs, relative to the run file, or names of shipped plans (globs too).
    Each plan is played ``repeats`` times, every time with a seed derived from ``seed``.
    ``executor`` and ``workers`` say who does the work; the records are the same.
    """

    version: Literal[1]
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    plans: tuple[str, ...] = Field(min_length=1)
    repeats: int = Field(default=1, ge=1)
    seed: int = 0
    limit: int | None = Field(default=None, ge=1)
    lexicon: str = ""
    model: ModelSettings = ModelSettings()
    concurrency: int = Field(default=16, ge=1, le=4096)
    executor: Executors = "auto"
    workers: int | None = Field(default=None, ge=1, le=1024)
    checks: CheckSettings = CheckSettings()
    budget: Budget = Budget()

    def digest(self) -> str:
        """A digest of all that decides the records; pace, patience and limits do not."""
        return self._digest_without("limit", "budget", pace=self.model.pace)


def load_run(path: Path | str) -> tuple[RunConfig, Path]:
    """A run by file or shipped name, with the folder its plans are relative to.

    Raises:
        InputError: there is no such file, or it is not a run in format version 1.
    """
    file = Path(path)
    if not file.is_file():
        file = shipped("runs", str(path)) or file
    if not file.is_file():
        known = ", ".join(shipped_names("runs"))
        raise InputError(
            f"no run file {str(path)!r}", mend=f"shipped ones: {known}; or give a path"
        )
    return read_run(read_document(file), str(file)), file.parent


def read_run(data: object, file: str = "") -> RunConfig:
    """A run configuration from plain data."""
    if isinstance(data, dict) and data.get("kind") == "pipeline":
        raise InputError(
            "this is a pipeline, no run of plans", file=file, mend="run it with toolweave generate"
        )
    if isinstance(data, dict) and data.get("version") != 1:
        raise InputError(
            f"format version {data.get('version')!r} is not 1", file=file, place="version",
            mend="write version: 1, or use the release that wrote the file",
        )  # fmt: skip
    return build(RunConfig, data, file=file)
