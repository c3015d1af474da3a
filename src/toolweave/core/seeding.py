"""Derived random streams and ids: the same seed and names always give the same stream."""

import hashlib
import random


def digest(*names: object) -> int:
    """A 64-bit number that depends on nothing but the names, each taken in its ``str`` form."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def rng(seed: int, *names: object) -> random.Random:
    """A random stream of its own for this seed and these names: ``rng(7, "user", "step", 3)``."""
    return random.Random(digest(seed, *names))


def token(seed: int, *names: object, length: int = 12) -> str:
    """A lower-case hexadecimal id of ``length`` (at most 64) characters, derived like a stream."""
    text = "\x1f".join(str(name) for name in (seed, *names))
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()[:length]
