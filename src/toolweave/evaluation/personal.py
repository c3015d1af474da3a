"""Where texts hold personal data: known shapes, checked by their own rules, and named patterns."""

import re
from collections.abc import Callable, Iterator, Mapping

from toolweave.configs.policy import PersonalData, Shape, linear

# Every repetition is bounded and starts where a word starts, so that time stays linear.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<![\w+.-])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}"
    r"|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"|(?<!\d )0\d{2,5}[ /]\d{4,9}(?! \d))(?![\w-])"
)
_CARD = re.compile(r"(?<![\w.-])[3-6](?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = re.compile(rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?!\w|\.\d)")
_EDGE = re.compile(r"(?<!\w)(?=\w)|(?<=\w)(?!\w)|(?<=\W)(?=\W)|\A|\Z")
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15
_IBAN_SHORTEST = 15
# How many word edges a pattern's match may be lengthened by, and how much of a line is read.
_LONGER_BY = 24
_LINE = 10_000
_AT_MOST = 50


def occurrences(rule: PersonalData, text: str) -> Iterator[str]:
    """Every piece of the text that has the shape and breaks the rule, each once."""
    found = _SHAPES[rule.shape](text) if rule.shape else _matches(rule.pattern, text)
    for piece in dict.fromkeys(found):
        if any(_whole(pattern, piece) for pattern in rule.allowed):
            continue
        if not (rule.must_match and _whole(rule.must_match, piece)):
            yield piece


def masked(piece: str) -> str:
    """The piece with its middle hidden: findings are no place to spread what must not occur."""
    shown = 2 if len(piece) > 7 else 1
    return f"{piece[:shown]}…{piece[-shown:]}"


def _whole(pattern: str, piece: str) -> bool:
    return linear(f"^(?:{pattern})$").is_valid(piece)


def _matches(pattern: str, text: str) -> Iterator[str]:
    """What the pattern finds, line by line, widened to whole words."""
    engine = linear(pattern)
    for line in text.splitlines():
        rest = line[:_LINE]
        for _ in range(_AT_MOST):
            if not rest or not engine.is_valid(rest):
                break
            start, end = _match(pattern, rest)
            yield rest[start:end].strip()
            rest = rest[max(end, 1) :]


def _match(pattern: str, text: str) -> tuple[int, int]:
    """The range of the match that ends first, cut at edges of words; the engine only says whether.

    Cut inside a word, a text could match what it does not match as a whole.
    """
    engine = linear(pattern)
    edges = [match.start() for match in _EDGE.finditer(text)]
    last = _first(len(edges), lambda at: engine.is_valid(text[: edges[at]]))
    late = _first(last + 1, lambda at: not engine.is_valid(text[edges[at] : edges[last]]))
    start = edges[max(late - 1, 0)]
    longer = reversed(edges[last : last + _LONGER_BY])
    end = next((edge for edge in longer if _whole(pattern, text[start:edge])), edges[last])
    return start, end


def _first(length: int, holds: Callable[[int], bool]) -> int:
    """The first index at which something holds that goes on to hold; ``length - 1`` if none."""
    low, high = 0, length - 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _emails(text: str) -> Iterator[str]:
    return (match.group() for match in _EMAIL.finditer(text))


def _phones(text: str) -> Iterator[str]:
    for match in _PHONE.finditer(text):
        if _FEWEST_DIGITS <= len(_digits(match.group())) <= _MOST_DIGITS:
            yield match.group()


def _cards(text: str) -> Iterator[str]:
    return (match.group() for match in _CARD.finditer(text) if _luhn(_digits(match.group())))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _ibans(text: str) -> Iterator[str]:
    for match in _IBAN.finditer(text):
        for end in range(match.end(), match.start() + _IBAN_SHORTEST - 1, -1):
            piece = text[match.start() : end]
            if not text[end : end + 1].isalnum() and not piece.endswith(" ") and _mod97(piece):
                yield piece
                break


def _mod97(piece: str) -> bool:
    code = piece.replace(" ", "")
    turned = "".join(str(int(char, 36)) for char in code[4:] + code[:4])
    return len(code) >= _IBAN_SHORTEST and int(turned) % 97 == 1


def _ssns(text: str) -> Iterator[str]:
    return (match.group() for match in _SSN.finditer(text))


def _addresses(text: str) -> Iterator[str]:
    return (match.group() for match in _IPV4.finditer(text))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


_SHAPES: Mapping[Shape, Callable[[str], Iterator[str]]] = {
    "email": _emails,
    "phone": _phones,
    "card": _cards,
    "iban": _ibans,
    "ssn": _ssns,
    "ipv4": _addresses,
}
