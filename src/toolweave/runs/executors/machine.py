"""The machine that a run is on: its cores, and the collector of garbage that finds none."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


@contextmanager
def settled() -> Iterator[None]:
    """Inside the ``with`` block what is loaded already is not searched for garbage.

    Lexicons, schemas and modules are hundreds of thousands of objects that stay; looking through
    them again and again takes a seventh of the time of a dialogue.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
