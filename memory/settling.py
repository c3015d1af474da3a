"""Amounts that add up, counts that count, ends that come after their beginnings."""

from collections.abc import Iterator, Mapping
from typing import Any

from toolweave.checks.inflection import singular
from toolweave.checks.naming import words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.memory.clock import moment_of
from toolweave.memory.packed import lore_of
from toolweave.memory.pairing import mended
from toolweave.memory.reckoning import reckoned
from toolweave.schema.types import Schema, as_mapping
from toolweave.schema.validators import Validator, validator

_UNIT = ("unit_price", "price_per_unit", "price_each", "item_price", "unit_cost", "price", "rate")
_LINE = ("line_total", "total_price", "total", "subtotal", "amount", "total_amount", "total_cost")
_SUBTOTAL = ("subtotal", "sub_total", "items_total", "net_amount", "net_total")
_TOTAL = (
    "total", "total_price", "total_amount", "total_cost", "grand_total", "order_total",
    "amount_due", "gross_amount", "cart_total", "estimated_total", "total_due", "final_price",
    "total_fare", "total_charge",
)  # fmt: skip
_ADDED = frozenset(
    {
        *("tax", "taxes", "tax_amount", "shipping", "shipping_cost", "shipping_fee", "fee", "fees"),
        *("service_fee", "delivery_fee", "booking_fee", "tip", "surcharge", "vat", "cleaning_fee"),
    }
)
_TAKEN = frozenset({"discount", "discount_amount", "savings", "coupon_amount", "rebate"})
_COUNTS = frozenset(
    {
        *("count", "total_count", "total_results", "result_count", "num_results", "total_items"),
        *("number_of_results", "results_count", "total_found", "total_matches", "item_count"),
    }
)
_PAIRS = (
    ("start", "end"), ("departure", "arrival"), ("check_in", "check_out"), ("from", "to"),
    ("checkin", "checkout"), ("pickup", "dropoff"), ("begin", "finish"), ("created", "updated"),
)  # fmt: skip


def settle(
    result: JsonValue, tool: Tool, arguments: JsonObject, schema: Schema | None = None
) -> JsonValue:
    """The result with its counts, totals and spans set right where ``schema`` lets them.

    Give the narrowed schema, so that what is known stays; without it the tool's own one decides.
    ``result`` itself is not changed.
    """
    if not isinstance(result, dict):
        return result
    check = validator(tool.results if schema is None else schema)
    for key, value in _mended(result, arguments):
        changed = {**result, key: value}
        if check.valid(changed):
            result = changed
    return _match(_reckon(result, tool, arguments, check), tool, arguments, check)


def _match(result: JsonObject, tool: Tool, arguments: JsonObject, check: Validator) -> JsonObject:
    """The result with values that go together, as a pack says."""
    lore = lore_of(tool)
    if lore is None or not lore.matches:
        return result
    for key, value in result.items():
        rows = value if isinstance(value, list) else []
        for at, row in enumerate(rows):
            if not isinstance(row, dict):
                continue
            better = {**row, **dict(mended({**arguments, **row}, lore.matches))}
            changed = {**result, key: [*rows[:at], {k: better[k] for k in row}, *rows[at + 1 :]]}
            if better != row and check.valid(changed):
                result, rows = changed, changed[key]
    better = dict(mended({**arguments, **result}, lore.matches))
    changed = {**result, **{key: value for key, value in better.items() if key in result}}
    return changed if check.valid(changed) else result


def _reckon(result: JsonObject, tool: Tool, arguments: JsonObject, check: Validator) -> JsonObject:
    """The result with the amounts that follow, as a pack says, from what else it holds."""
    lore = lore_of(tool)
    for name in result if lore is not None else ():
        how = lore.sums.get(name) if lore is not None else None
        if how is None:
            continue
        held = {**arguments, **result}
        schema = as_mapping(tool.results).get("properties", {}).get(name, True)
        amount = reckoned(how, held.get, schema)
        changed = {**result, name: amount}
        if amount is not None and check.valid(changed):
            result = changed
    return result


def _mended(result: JsonObject, arguments: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Better values for keys of the result, each reckoned from the values before it."""
    lists = {k: v for k, v in result.items() if isinstance(v, list)}
    for key, elements in lists.items():
        mended = [_line(element) for element in elements]
        if mended != elements:
            yield key, mended
            lists[key] = mended
    for key, value in result.items():
        if isinstance(value, int) and not isinstance(value, bool) and len(lists) == 1:
            ((name, elements),) = lists.items()
            if _counts(key, name):
                yield key, len(elements)
        if isinstance(value, dict):
            inner = dict(value)
            for name, better in _mended(value, arguments):
                inner[name] = better
            if inner != value:
                yield key, inner
    yield from _sums(result, lists, arguments)
    yield from _spans(result)


def _counts(key: str, name: str) -> bool:
    found = words(key)
    said = "_".join(found)
    thing = singular(words(name)[-1]) if words(name) else ""
    return said in _COUNTS or said in (f"{thing}_count", f"total_{name}", f"number_of_{name}")


def _line(element: JsonValue) -> JsonValue:
    """An element whose total is its unit price times its quantity."""
    if not isinstance(element, dict):
        return element
    spans = dict(_spans(element))
    element = {**element, **spans} if spans else element
    price, quantity = _first(element, _UNIT), _number(element, "quantity")
    name = next((name for name in _LINE if _number(element, name) is not None), None)
    if price is None or quantity is None or name is None:
        return element
    return {**element, name: _rounded(price * quantity, element[name])}


def _sums(
    result: JsonObject, lists: Mapping[str, list[Any]], arguments: JsonObject
) -> Iterator[tuple[str, JsonValue]]:
    """Subtotal and total of the lines, or of a unit price and how many were asked for."""
    base = _lines_sum(lists)
    if base is None:
        base = _multiplied(result, arguments)
    sub = next((name for name in _SUBTOTAL if _number(result, name) is not None), None)
    if sub is not None and base is not None:
        base = _rounded(base, result[sub])
        yield sub, base
    elif sub is not None:
        base = _number(result, sub)
    total = next((name for name in _TOTAL if _number(result, name) is not None), None)
    if base is None or total is None:
        return
    for name in result:
        amount = _number(result, name)
        if amount is not None and name in _ADDED:
            base += amount
        elif amount is not None and name in _TAKEN:
            base -= min(amount, base)
    yield total, _rounded(base, result[total])


def _lines_sum(lists: Mapping[str, list[Any]]) -> float | None:
    """The sum over the one list whose elements have a price and a quantity, or a line total."""
    for elements in lists.values():
        amounts = [_line_amount(element) for element in elements]
        known = [amount for amount in amounts if amount is not None]
        if known and len(known) == len(amounts):
            return sum(known)
    return None


def _line_amount(element: Any) -> float | None:
    if not isinstance(element, dict):
        return None
    quantity = _number(element, "quantity")
    price = _first(element, _UNIT)
    if price is not None and quantity is not None:
        return price * quantity
    return _first(element, ("line_total", "subtotal"))


def _multiplied(result: JsonObject, arguments: JsonObject) -> float | None:
    """``unit_price × quantity``, or ``price_per_night × nights``."""
    for name in result:
        said = words(name)
        amount = _number(result, name)
        if amount is None or "per" not in said[:-1]:
            continue
        unit = singular(said[-1])
        for source in (result, arguments):
            for other in source:
                plural = words(other)
                held = _number(source, other)
                if held is not None and plural and singular(plural[-1]) == unit and other != name:
                    return amount * held
    price = _first(result, ("unit_price", "price_each", "unit_cost", "price_per_unit"))
    quantity = _number(result, "quantity")
    quantity = _number(arguments, "quantity") if quantity is None else quantity
    return price * quantity if price is not None and quantity is not None else None


def _spans(held: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Two moments of which the later should come second, exchanged where it does not."""
    for key, value in held.items():
        for first, second in _PAIRS:
            other = key.replace(first, second, 1) if key.startswith(first) else ""
            if not other or other not in held:
                continue
            begin, end = moment_of(value), moment_of(held[other])
            if begin is not None and end is not None and end < begin:
                yield key, held[other]
                yield other, value


def _first(held: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    return next((n for name in names if (n := _number(held, name)) is not None), None)


def _number(held: Mapping[str, Any], name: str) -> float | None:
    value = held.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rounded(amount: float, like: JsonValue) -> float:
    """To the cent; whole where it was whole and still is."""
    rounded = round(amount, 2)
    return int(rounded) if isinstance(like, int) and float(rounded).is_integer() else rounded
