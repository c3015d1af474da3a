"""Text that matches a regular expression: a small reader of patterns that writes instead."""

import random
import string
from dataclasses import dataclass, field

from toolweave.core.errors import SchemaError

MAX_NESTING = 40
MAX_LENGTH = 2_000
MAX_STEPS = 20_000
_WORD = string.ascii_lowercase + string.digits
_CLASSES = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_",
    "s": " ",
}
_PRINTABLE = "".join(chr(code) for code in range(32, 127))
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_PROPERTIES = {"L": string.ascii_letters, "Lu": string.ascii_uppercase, "N": string.digits}
_PROPERTIES |= {"Ll": string.ascii_lowercase, "Nd": string.digits, "P": "-.,!?", "Z": " "}


def write(pattern: str, rng: random.Random, spread: int = 4) -> str:
    """Text likely to match the pattern; look-around is not honoured.

    What may repeat does so at most ``spread`` times more often than it must.

    Raises SchemaError for a pattern that is malformed or nested too deeply to be read.
    """
    writer = _Writer(pattern, rng, spread)
    text = writer.alternatives(0)
    if writer.at < len(pattern):
        raise SchemaError(f"pattern {pattern[:80]!r}: unbalanced ) at {writer.at}")
    return text


@dataclass
class _Writer:
    """Reads a pattern from left to right; every production returns text for what it has read."""

    pattern: str
    rng: random.Random
    spread: int
    at: int = 0
    steps: int = 0
    groups: list[str] = field(default_factory=list)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self, token: str) -> bool:
        if self.pattern.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def fail(self, problem: str) -> SchemaError:
        return SchemaError(f"pattern {self.pattern[:80]!r}: {problem} at {self.at}")

    def alternatives(self, depth: int) -> str:
        if depth > MAX_NESTING:
            raise self.fail("nested too deeply")
        branches = [self.sequence(depth)]
        while self.take("|"):
            branches.append(self.sequence(depth))
        return self.rng.choice(branches)

    def sequence(self, depth: int) -> str:
        text = ""
        while self.peek() not in ("", "|", ")"):
            text += self.repeated(depth)
        return text

    def repeated(self, depth: int) -> str:
        start = self.at
        first = self.atom(depth)
        end = self.at
        low, high = self.quantifier()
        after = self.at
        count = self.rng.randint(low, max(low, min(high, low + self.spread)))
        text = first if count else ""
        for _ in range(count - 1):
            if len(text) > MAX_LENGTH:
                raise self.fail("text grows too long")
            self.at = start
            text += self.atom(depth)
        self.at = max(end, after)
        return text

    def quantifier(self) -> tuple[int, int]:
        low, high = 1, 1
        if self.take("*"):
            low, high = 0, MAX_LENGTH
        elif self.take("+"):
            high = MAX_LENGTH
        elif self.take("?"):
            low = 0
        elif self.peek() == "{":
            bounds = self.bounds()
            if bounds is None:
                return 1, 1
            low, high = bounds
        if self.peek() in ("?", "+"):
            self.at += 1
        return low, high

    def bounds(self) -> tuple[int, int] | None:
        close = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(close, 0)].partition(",")
        if close < 0 or not (low or high) or not all(_number(n) for n in (low, high) if n):
            return None
        self.at = close + 1
        least = int(low or 0)
        if least > MAX_LENGTH:
            raise self.fail("text grows too long")
        return least, int(high) if high else (MAX_LENGTH if comma else least)

    def atom(self, depth: int) -> str:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise self.fail("too much repetition")
        char = self.peek()
        self.at += 1
        if char == "(":
            return self.group(depth)
        if char == "[":
            return self.rng.choice(self.bracket())
        if char == "\\":
            return self.escape()
        if char in "^$":
            return ""
        return self.rng.choice(_WORD) if char == "." else char

    def group(self, depth: int) -> str:
        hidden = False
        if self.take("?"):
            hidden = any(self.take(mark) for mark in ("=", "!", "<=", "<!"))
            if not hidden and not self.take(":"):
                self.named()
        text = self.alternatives(depth + 1)
        if not self.take(")"):
            raise self.fail("a ) is missing")
        if not hidden:
            self.groups.append(text)
        return "" if hidden else text

    def named(self) -> None:
        """Skip ``P<name>``, ``<name>`` or flags such as ``i:``."""
        stops = {"<": ">", "P": ">"}
        stop = stops.get(self.peek(), ":")
        close = self.pattern.find(stop, self.at)
        bracket = self.pattern.find(")", self.at)
        if stop == ":" and bracket >= 0 and (close < 0 or bracket < close):
            self.at = bracket
            return
        if close < 0:
            raise self.fail("a group is not closed")
        self.at = close + 1

    def escape(self) -> str:
        char = self.peek()
        if not char:
            raise self.fail("a character is missing after \\")
        if char in "bB":
            self.at += 1
            return ""
        if char.isdigit() and char != "0":
            self.at += 1
            number = int(char)
            return self.groups[number - 1] if number <= len(self.groups) else ""
        return self.rng.choice(self.escaped())

    def escaped(self) -> str:
        """The characters an escape stands for."""
        char = self.peek()
        self.at += 1
        if char.lower() in _CLASSES:
            inside = _CLASSES[char.lower()]
            return inside if char.islower() else _without(inside)
        if char in "pP":
            name = self.property_name()
            inside = _PROPERTIES.get(name, _PROPERTIES.get(name[:1], string.ascii_letters))
            return inside if char == "p" else _without(inside)
        if char in "ux":
            size = 4 if char == "u" else 2
            code = self.pattern[self.at : self.at + size]
            if len(code) == size and all(c in string.hexdigits for c in code):
                self.at += size
                return chr(int(code, 16))
        return _CONTROLS.get(char, char)

    def property_name(self) -> str:
        if not self.take("{"):
            self.at += 1
            return self.pattern[self.at - 1 : self.at]
        close = self.pattern.find("}", self.at)
        if close < 0:
            raise self.fail("a } is missing")
        name = self.pattern[self.at : close]
        self.at = close + 1
        return {"Letter": "L", "Alphabetic": "L", "Number": "N"}.get(name, name)

    def bracket(self) -> str:
        """The characters a class such as ``[a-z_]`` stands for."""
        negated = self.take("^")
        found: list[str] = []
        first = True
        while first or self.peek() != "]":
            if not self.peek():
                raise self.fail("a ] is missing")
            first = False
            found.append(self.span())
        self.at += 1
        inside = "".join(found)
        chosen = _without(inside) if negated else inside
        if not chosen:
            raise self.fail("an empty class")
        return chosen

    def span(self) -> str:
        low = self.member()
        here = self.pattern[self.at : self.at + 2]
        if len(low) != 1 or not here.startswith("-") or here in ("-", "-]"):
            return low
        self.at += 1
        high = self.member()
        if len(high) != 1 or ord(high) < ord(low):
            raise self.fail("a class runs backwards")
        return "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 500) + 1)))

    def member(self) -> str:
        if self.take("\\"):
            return "\b" if self.take("b") else self.escaped()
        self.at += 1
        return self.pattern[self.at - 1]


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def _without(inside: str) -> str:
    pleasant = [c for c in _WORD if c not in inside]
    return "".join(pleasant or [c for c in _PRINTABLE if c not in inside])
