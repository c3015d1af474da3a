"""Fault profiles: how often a simulated call fails, and in which of four ways."""

import random
from typing import Final, Literal

from pydantic import Field, model_validator

from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.core.tool import Tool

FaultName = Literal["errors", "timeout", "rate_limit", "malformed"]
_NAMES: Final[tuple[FaultName, ...]] = ("errors", "timeout", "rate_limit", "malformed")
_STANDARD: Final = {"timeout": "timeout", "rate_limit": "rate_limited"}
# Declared errors that speak of what was sent, which was in order.
_OF_ARGUMENTS: Final = ("invalid", "validation", "missing", "bad_", "malformed")


class FaultProfile(Record):
    """The share of calls that fail, by the way they do; at most all of them.

    ``errors`` are those that the tool declares, ``malformed`` results are cut off.
    """

    errors: float = Field(default=0, ge=0, le=1)
    timeout: float = Field(default=0, ge=0, le=1)
    rate_limit: float = Field(default=0, ge=0, le=1)
    malformed: float = Field(default=0, ge=0, le=1)

    @model_validator(mode="after")
    def _at_most_all(self) -> "FaultProfile":
        if sum(getattr(self, name) for name in _NAMES) > 1 + 1e-9:
            raise ValueError("the shares add up to more than 1")
        return self

    def draw(self, stream: random.Random) -> FaultName | None:
        """What goes wrong with one call, if anything."""
        drawn = stream.random()
        for name in _NAMES:
            share: float = getattr(self, name)
            if drawn < share:
                return name
            drawn -= share
        return None


NO_FAULTS: Final = FaultProfile()


def error_code(fault: FaultName, tool: Tool, stream: random.Random) -> str:
    """The code that a failing call answers with."""
    if fault != "errors":
        return _STANDARD.get(fault, "malformed")
    codes = [one.code for one in tool.errors]
    own = [code for code in codes if not any(word in code.casefold() for word in _OF_ARGUMENTS)]
    return stream.choice(own or codes or ["not_found"])


def read_faults(text: str) -> FaultProfile:
    """The profile in ``timeout=0.1,errors=0.05``.

    Raises:
        InputError: a name or a share is none.
    """
    shares: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, share = part.partition("=")
        try:
            shares[name.strip().replace("-", "_")] = float(share)
        except ValueError as error:
            mend = "write timeout=0.1,errors=0.05"
            raise InputError(f"no share of calls: {part!r:.60}", mend=mend) from error
    try:
        return FaultProfile(**shares)
    except ValueError as error:
        mend = f"give shares from 0 to 1, at most 1 in all, of {', '.join(_NAMES)}"
        raise InputError(f"no fault profile: {text!r:.80}", mend=mend) from error
