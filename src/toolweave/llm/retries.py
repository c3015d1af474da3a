"""What goes wrong between us and a model server, and how long to wait before asking again."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_QUOTE = 200  # characters of a server's own words in a message of ours

_KEY = re.compile(r"\b(?:sk|key|pk|hf|gsk|xai)[-_][A-Za-z0-9_*-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_CONTEXT = re.compile(
    r"context[ _](?:length|size|window)|maximum context|too many (?:input )?tokens"
    r"|(?:prompt|input) is too long|reduce the length",
    re.IGNORECASE,
)
_CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error", "string_above_max_length")


class Fault(StrEnum):
    """Why a call failed, as far as it decides what to do next."""

    UNREACHABLE = "unreachable"  # no connection, or it broke
    TIMEOUT = "timeout"
    BUSY = "busy"  # 429 and 503 with a wish to wait
    BROKEN = "broken"  # 5xx, or an answer that is no chat completion
    FAILED = "failed"  # 500: broken, or its way of saying that it cannot do the format
    REQUEST = "request"  # 400 and the like: this request is not understood
    CONTEXT = "context"  # the prompt is too long for the model
    DENIED = "denied"  # 401, 403, 404, no money left: asking again is of no use


PASSING = frozenset({Fault.UNREACHABLE, Fault.TIMEOUT, Fault.BUSY, Fault.BROKEN, Fault.FAILED})


class Trouble(Exception):
    """A call that failed.

    Args:
        fault: the kind.
        reason: in words fit for a person; holds no key.
        wait: seconds the server asked to wait, if it did.
        mend: what the user can do about it.
    """

    def __init__(
        self, fault: Fault, reason: str, *, wait: float | None = None, mend: str = ""
    ) -> None:
        self.fault, self.reason, self.wait, self.mend = fault, reason, wait, mend
        super().__init__(f"{reason} ({mend})" if mend else reason)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times in seconds: ``first``, doubled each time, at most ``longest``."""

    first: float = 0.5
    longest: float = 60.0

    def pause(self, attempt: int, wished: float | None, jitter: random.Random) -> float:
        """Seconds to wait after the failed ``attempt`` (1 for the first).

        The server's wish is honoured up to ``longest``; a little is added so that callers who
        were told the same do not come back together.
        """
        if wished is not None:
            return min(wished, self.longest) + self.first * jitter.random()
        whole: float = min(self.longest, self.first * 2.0 ** min(attempt - 1, 30))
        return whole * (0.5 + 0.5 * jitter.random())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds a server wants us to wait: ``Retry-After`` in seconds or as an HTTP date."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        try:
            seconds = float(text) * scale
        except ValueError:
            continue
        return seconds if 0 <= seconds < float("inf") else None
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def quoted(text: str, secret: str = "") -> str:
    """A server's words, on one line, short, and without anything that looks like a key."""
    if secret:
        text = text.replace(secret, "***")
    line = " ".join(_KEY.sub("***", text[: 10 * LONGEST_QUOTE]).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"


def trouble_of(status: int, words: str, code: str, wait: float | None, where: str) -> Trouble:
    """What an HTTP status from the server at ``where`` means.

    Args:
        status: the HTTP status, or the code in an error body.
        words: the server's message, already quoted.
        code: the server's machine-readable code or type, if any.
        wait: seconds it asked to wait.
        where: the address in words.
    """
    said = f"{where} answered {status}" + (f": {words}" if words else "")
    if status == 413 or code in _CONTEXT_CODES or (status < 500 and _CONTEXT.search(words)):
        return Trouble(
            Fault.CONTEXT,
            f"the prompt is too long for the model: {said}",
            mend="use a model with a longer context, or a shorter plan",
        )
    if status in _DENIALS or code == "insufficient_quota":
        mend = _DENIALS.get(status, "check the account's balance")
        return Trouble(Fault.DENIED, said, mend=mend)
    if status == 429 or (status == 503 and wait is not None):
        return Trouble(Fault.BUSY, said, wait=wait, mend="lower --concurrency, or try later")
    if status == 500:
        return Trouble(Fault.FAILED, said, wait=wait)
    if status in (408, 409, 425) or (status > 500 and status != 501):
        return Trouble(Fault.BROKEN, said, wait=wait)
    return Trouble(Fault.REQUEST, said)


_DENIALS = {
    401: "check the key in OPENAI_API_KEY",
    402: "check the account's balance",
    403: "the key may not use this model; check its rights",
    404: "check the model's name and the base URL, which usually ends in /v1",
    405: "check the base URL, which usually ends in /v1",
}
