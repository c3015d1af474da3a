"""What a calculator answers: arithmetic on the numbers and formulas of a call, done by hand.

Nothing is evaluated: a formula is digits, brackets and six signs, read by a small parser.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from toolweave.checks.words import split_name

_TOKEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?|\*\*|[-+*/%^()])")
_LONGEST: Final = 200
_DEEPEST: Final = 30
_HIGHEST: Final = 1e15
_FORMULAS: Final = frozenset({"expression", "formula", "equation", "calculation"})


def _product(numbers: Sequence[float]) -> float:
    return math.prod(numbers)


def _quotient(numbers: Sequence[float]) -> float:
    return numbers[0] / numbers[1]


_DEEDS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    **dict.fromkeys(("sum", "add", "addition", "plus"), math.fsum),
    **dict.fromkeys(("subtract", "difference", "minus"), lambda n: n[0] - math.fsum(n[1:])),
    **dict.fromkeys(("multiply", "product", "times"), _product),
    **dict.fromkeys(("divide", "quotient", "division"), _quotient),
    **dict.fromkeys(("mean", "average", "avg"), lambda n: math.fsum(n) / len(n)),
    **dict.fromkeys(("maximum", "max"), max),
    **dict.fromkeys(("minimum", "min"), min),
}


def worked_out(tool: str, arguments: Mapping[str, Any]) -> float | None:
    """The answer to a call that only calculates; None where it does more, or cannot be done.

    Args:
        tool: its name, which says what is done with the numbers.
        arguments: one formula, or numbers and nothing else.
    """
    formulas = [v for k, v in arguments.items() if k.lower() in _FORMULAS and isinstance(v, str)]
    try:
        if formulas:
            return _bounded(_Formula(formulas[0]).value())
        deed = next((_DEEDS[word] for word in split_name(tool) if word in _DEEDS), None)
        numbers = _numbers(arguments)
        return _bounded(deed(numbers)) if deed is not None and len(numbers) > 1 else None
    except (ArithmeticError, ValueError, IndexError):
        return None


def _numbers(arguments: Mapping[str, Any]) -> list[float]:
    """The numbers of a call; none where it holds anything else."""
    found: list[float] = []
    for value in arguments.values():
        each = value if isinstance(value, list) else [value]
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in each):
            return []
        found.extend(float(one) for one in each)
    return found


def _bounded(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) and abs(value) < _HIGHEST else None


class _Formula:
    """A formula being read from left to right.

    Raises:
        ValueError: it holds a sign that no formula has, or is nested too deeply.
    """

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        text = text[: _LONGEST + 1].rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or at > _LONGEST:
                raise ValueError("no formula")
            self.tokens.append(match[1])
            at = match.end()

    def value(self) -> float:
        """What it comes to."""
        found = self._sum(0)
        if self.tokens:
            raise ValueError("no formula")
        return found

    def _sum(self, depth: int) -> float:
        found = self._term(depth)
        while self.tokens and self.tokens[0] in "+-":
            sign = self.tokens.pop(0)
            right = self._term(depth)
            found = found + right if sign == "+" else found - right
        return found

    def _term(self, depth: int) -> float:
        found = self._power(depth)
        while self.tokens and self.tokens[0] in ("*", "/", "%"):
            sign = self.tokens.pop(0)
            right = self._power(depth)
            found = (
                found * right if sign == "*" else found / right if sign == "/" else found % right
            )
        return found

    def _power(self, depth: int) -> float:
        found = self._atom(depth)
        if self.tokens and self.tokens[0] in ("^", "**"):
            self.tokens.pop(0)
            return math.pow(found, self._power(depth + 1))
        return found

    def _atom(self, depth: int) -> float:
        if depth > _DEEPEST or not self.tokens:
            raise ValueError("no formula")
        token = self.tokens.pop(0)
        if token == "-":
            return -self._atom(depth + 1)
        if token == "(":
            found = self._sum(depth + 1)
            if not self.tokens or self.tokens.pop(0) != ")":
                raise ValueError("no formula")
            return found
        return float(token)
