"""The folder of a pipeline: held by one process, of one configuration, whole files only."""

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from toolweave.configs.pipeline import PipelineConfig
from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.model import FORMAT_VERSION, Record
from toolweave.runs.folder import DIALOGUES
from toolweave.schema.documents import read_document
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes
from toolweave.schema.whole import write_whole

SETTINGS: Final = "pipeline.yaml"
STAGES: Final = "stages.json"
GOALS: Final = "goals.jsonl"
PLANS: Final = "plans.jsonl"
DROPPED: Final = "dropped.jsonl"


@contextmanager
def held(out: Path, config: PipelineConfig, resume: bool) -> Iterator[None]:
    """Hold the folder, and see that it belongs to this configuration."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".pipeline.lock").open("wb")
    except OSError as error:
        raise RunFolderError(f"{out}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunFolderError(
                f"{out}: another process is writing this run (wait for it, or name another folder)"
            ) from error
        settings = out / SETTINGS
        if settings.is_file():
            there = read_document(settings)
            digest = there.get("digest") if isinstance(there, dict) else None
            if digest != config.digest():
                raise RunFolderError(
                    f"{out} belongs to another configuration: name another folder with --out"
                )
            if not resume:
                raise RunFolderError(
                    f"{out} holds a run already: go on with --resume, or name another folder"
                )
        elif any((out / name).exists() for name in (GOALS, PLANS, DIALOGUES)):
            raise RunFolderError(
                f"{out} holds a run but no {SETTINGS}, so nobody knows of which: put it back, or "
                "name another folder"
            )
        else:
            _write(settings, f"digest: '{config.digest()}'\n{config.text()}".encode())
        yield


class Kept(Record):
    """A stage's file as it was written."""

    lines: int
    digest: str


class StageRecord(Record):
    """What the stages of a run wrote, and what the figures of its strategy are called."""

    version: Literal[1] = FORMAT_VERSION
    label: str = ""
    files: dict[str, Kept] = Field(default_factory=dict)


class StageFiles:
    """The files that the stages of a run leave in its folder, and a record of each of them.

    A file counts as made when the record names it, so that a kill between the two costs one stage.

    Raises:
        RunFolderError: the record cannot be read.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.record = stage_record(out) or StageRecord()

    def has(self, *names: str) -> bool:
        """Whether these files were made and are there as they were written.

        Raises:
            RunFolderError: one of them was cut, torn or changed since.
        """
        known = [name for name in names if name in self.record.files]
        there = [name for name in known if (self.out / name).is_file()]
        for name in there:
            self._check(name)
        return len(there) == len(names)

    def write(self, files: Mapping[str, bytes], label: str = "") -> None:
        """Write whole files, and the record that they were made.

        Raises:
            RunFolderError: the disk is full or the folder cannot be written.
        """
        others = {name: kept for name, kept in self.record.files.items() if name not in files}
        if len(others) < len(self.record.files):
            self._save(others, label)
        for name, data in files.items():
            _write(self.out / name, data)
        self._save(others | {name: _kept(data) for name, data in files.items()}, label)

    def _save(self, files: Mapping[str, Kept], label: str) -> None:
        self.record = StageRecord(label=label or self.record.label, files=dict(files))
        data = {"version": FORMAT_VERSION, **self.record.dump()}
        _write(self.out / STAGES, json_bytes(data, indent=True))

    def _check(self, name: str) -> None:
        path, written = self.out / name, self.record.files[name]
        try:
            found = _kept(path.read_bytes())
        except OSError as error:
            raise RunFolderError(f"{path}: {error.strerror or error}") from error
        if found.digest == written.digest:
            return
        told = f"{path} is not as it was written"
        if found.lines != written.lines:
            told = f"{path} holds {found.lines} of the {written.lines} lines that were written"
        raise RunFolderError(f"{told}: put it back, or delete it to have it made again")


def stage_record(out: Path) -> StageRecord | None:
    """What the stages of the run in a folder wrote; None where no pipeline wrote there.

    Raises:
        RunFolderError: the record cannot be read.
    """
    path = out / STAGES
    if not path.is_file():
        return None
    try:
        return build(StageRecord, read_document(path), file=str(path))
    except InputError as error:
        raise RunFolderError(f"{error}; delete it to have the stages made again") from error


def _kept(data: bytes) -> Kept:
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return Kept(lines=data.count(b"\n"), digest=digest)


def _write(path: Path, data: bytes) -> None:
    """Write a whole file or nothing.

    Raises:
        RunFolderError: the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise RunFolderError(f"{path}: {error.strerror or error}") from error
