"""Context tokens: a few signed bytes that name one immutable checkpoint of a dialogue."""

import hashlib
import re
import secrets
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from toolweave.core.errors import ToolweaveError

VERSION: Final = 1
LONGEST: Final = 200
# The dialogue, the moment, and when the token ends (0: never).
_FORM: Final = struct.Struct(">16s16sI")
_HEAD: Final = re.compile(r"tw(\d{1,4})\.")
_NEVER: Final = 0
_SALT: Final = b"toolweave.context-token"

Reason = Literal["invalid", "version", "expired"]


class TokenError(ToolweaveError):
    """A context token cannot be used. ``reason`` says which of the three ways it is wrong."""

    def __init__(self, reason: Reason, problem: str) -> None:
        self.reason = reason
        super().__init__(problem)


class Place(NamedTuple):
    """A checkpoint: its dialogue and the moment in it, both 32 hexadecimal digits."""

    dialogue: str
    moment: str


class Tokens:
    """Signs and reads tokens with a secret that all workers share.

    Args:
        keys: the secrets, oldest first; the last one signs, all of them are accepted.
        lifetime: seconds after which a token ends; None for never.
        now: the clock, in seconds of the epoch.
    """

    def __init__(
        self,
        keys: Sequence[str],
        lifetime: float | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        # Only the service signs: the base install does not have this library.
        from itsdangerous import Signer

        self._signer = Signer(
            list(keys), salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha256
        )
        self.lifetime, self._now = lifetime, now

    def write(self, place: Place) -> str:
        """The token of a checkpoint, at most 200 characters of URL-safe text."""
        end = _NEVER if self.lifetime is None else int(self._now() + self.lifetime)
        packed = _FORM.pack(bytes.fromhex(place.dialogue), bytes.fromhex(place.moment), end)
        body = urlsafe_b64encode(packed).decode().rstrip("=")
        return self._signer.sign(f"tw{VERSION}.{body}").decode()

    def read(self, token: str) -> Place:
        """The checkpoint that a token names.

        Raises:
            TokenError: it is forged, damaged, expired or of another version.
        """
        from itsdangerous import BadSignature

        head = _HEAD.match(token) if len(token) <= LONGEST and token.isascii() else None
        if head is None:
            raise TokenError("invalid", "this is no context token of this service")
        if int(head[1]) != VERSION:
            problem = f"the context token has version {int(head[1])}, not {VERSION}"
            raise TokenError("version", problem)
        try:
            signed = self._signer.unsign(token).decode()
            body = signed[head.end() :]
            dialogue, moment, end = _FORM.unpack(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (BadSignature, ValueError, struct.error) as error:
            raise TokenError("invalid", "the context token is damaged or not ours") from error
        if end != _NEVER and self._now() >= end:
            raise TokenError("expired", "the context token has expired")
        return Place(dialogue.hex(), moment.hex())


def fresh_id(now: Callable[[], float] = time.time) -> str:
    """A new id of 32 hexadecimal digits; later ids sort behind earlier ones, as indexes like it."""
    return f"{int(now() * 1000):012x}{secrets.token_hex(10)}"


def fresh_secret() -> str:
    """A secret to sign with."""
    return secrets.token_urlsafe(32)
