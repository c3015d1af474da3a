"""What generators tell while they work: happenings for people, and the dialogue they work on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple, Protocol

log = logging.getLogger(__name__)


class Happening(NamedTuple):
    """Something that whoever watches a run should hear of at once, in a line without secrets."""

    kind: Literal["paused", "resumed", "busy", "budget"]
    text: str


class Watcher(Protocol):
    """Whoever is told."""

    def __call__(self, happening: Happening, /) -> None: ...


def silent(_: Happening) -> None:
    """Nobody is told."""


def logged(happening: Happening) -> None:
    """The log is told, as a warning."""
    log.warning("%s", happening.text, extra={"facts": {"event": happening.kind}})


_dialogue: ContextVar[str] = ContextVar("dialogue", default="")


@contextmanager
def working_on(dialogue: str) -> Iterator[None]:
    """Logs and spans of what happens inside the ``with`` block carry this dialogue id."""
    before = _dialogue.set(dialogue)
    try:
        yield
    finally:
        _dialogue.reset(before)


def dialogue_id() -> str:
    """The id of the dialogue that is being made, or "" outside of any."""
    return _dialogue.get()
