"""Why a dialogue is not in an export: a stable name of the reason, and a sentence."""

from typing import NamedTuple


class Refused(NamedTuple):
    """A dialogue that was left out. ``reason`` is a name to count by, such as ``tool_name``."""

    reason: str
    problem: str
