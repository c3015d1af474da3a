"""The folder of a pipeline: held by one process, of one configuration, whole files only."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from toolweave.configs.pipeline import PipelineConfig
from toolweave.core.errors import RunFolderError
from toolweave.runs.folder import DIALOGUES
from toolweave.schema.documents import read_document

SETTINGS: Final = "pipeline.yaml"
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
            write_whole(settings, f"digest: {config.digest()}\n{config.text()}".encode())
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a whole file or nothing.

    Raises:
        RunFolderError: the disk is full or the folder cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as error:
        raise RunFolderError(f"{path}: {error.strerror or error}") from error
