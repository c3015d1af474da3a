"""The proof is proved: whatever is changed in a good dialogue is named, at the right message."""

import copy
import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from toolweave.checks.claims import claims
from toolweave.configs.shipping import shipped_names
from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove
from toolweave.evaluation.transcript import clock_in
from toolweave.graph.preparing import prepare
from toolweave.runs.simulation import simulate

Data = dict[str, Any]
Places = int | set[int] | None
Mutator = Callable[[Data, random.Random], Places]
NUMBERS = {"number", "amount", "percent", "count", "id", "duration"}
MOMENTS = {"date", "datetime", "month"}
VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxz"


def mutated(data: Data, mutator: Mutator, stream: random.Random) -> tuple[Data, set[int]] | None:
    """A changed copy and the messages that depart, or None where there is nothing to change."""
    changed = copy.deepcopy(data)
    place = mutator(changed, stream)
    if place is None:
        return None
    return changed, place if isinstance(place, set) else {place}


def called(data: Data) -> list[tuple[int, Data]]:
    return [
        (index, call)
        for index, message in enumerate(data["messages"])
        for call in message.get("tool_calls", ())
    ]


def acts(data: Data) -> list[str]:
    return [step["act"] for segment in data["plan"]["segments"] for step in segment["steps"]]


def by_act(data: Data, act: str) -> list[int]:
    """Indices of the messages that realise steps of this act, their first message each."""
    planned = acts(data)
    found: dict[int, int] = {}
    for index, message in enumerate(data["messages"]):
        step = message.get("step")
        if step and planned[step - 1] == act:
            found.setdefault(step, index)
    return list(found.values())


def blocks(data: Data) -> list[tuple[int, int]]:
    """Start and end of each unit: a message with the answers behind it."""
    starts = [i for i, m in enumerate(data["messages"]) if m["role"] not in ("system", "tool")]
    return list(zip(starts, [*starts[1:], len(data["messages"])], strict=True))


def other_value(value: Any, schema: Data, stream: random.Random) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + stream.choice((1, 2, 7))
    if isinstance(value, list):
        return [*value[:-1], other_value(value[-1], schema, stream)] if value else ["extra"]
    if isinstance(value, dict):
        key = stream.choice(sorted(value))
        return {**value, key: other_value(value[key], {}, stream)}
    choices = [choice for choice in schema.get("enum", ()) if choice != value]
    if choices:
        return stream.choice(choices)
    try:
        return (date.fromisoformat(value) + timedelta(days=stream.choice((1, 3, 30)))).isoformat()
    except ValueError:
        return respelt(value, stream) if value else "something"


def respelt(text: str, stream: random.Random) -> str:
    """The text with every letter and digit run made another one, length and case kept."""
    out = ""
    for char in text:
        low = char.lower()
        if low in VOWELS:
            new = stream.choice([c for c in VOWELS if c != low])
        elif low in CONSONANTS:
            new = stream.choice([c for c in CONSONANTS if c != low])
        elif char.isdigit():
            new = stream.choice([c for c in "123456789" if c != char])
        else:
            new = char
        out += new.upper() if char.isupper() else new
    return out


def parameters(data: Data, tool: str) -> Data:
    shown = next(item["tool"] for item in data["tools"] if item["tool"]["name"] == tool)
    found: Data = shown["parameters"].get("properties", {})
    return found


def argument_value(data: Data, stream: random.Random) -> int | None:
    places = [(index, call, name) for index, call in called(data) for name in call["arguments"]]
    if not places:
        return None
    index, call, name = stream.choice(places)
    schema = parameters(data, call["name"]).get(name, {})
    call["arguments"][name] = other_value(call["arguments"][name], schema, stream)
    return index


def shortened(value: Any, stream: random.Random) -> Any:
    """Less than the value, or a part of it twice; itself where there is nothing to take."""
    if isinstance(value, list) and value:
        changed = [value[1:], value[:-1], [*value, value[-1]]]
        return stream.choice([*changed, [*value[:-1], shortened(value[-1], stream)]])
    if isinstance(value, dict) and value:
        key = stream.choice(sorted(value))
        return {**value, key: shortened(value[key], stream)}
    if isinstance(value, str) and " " in value:
        return stream.choice(["", value.rpartition(" ")[0], value.partition(" ")[2]])
    return value


def argument_shortened(data: Data, stream: random.Random) -> int | None:
    places = [
        (index, call, name)
        for index, call in called(data)
        for name, value in call["arguments"].items()
        if isinstance(value, list | dict) or (isinstance(value, str) and " " in value)
    ]
    stream.shuffle(places)
    for index, call, name in places:
        less = shortened(call["arguments"][name], stream)
        if less != call["arguments"][name]:
            call["arguments"][name] = less
            return index
    return None


def vanished_question(data: Data, stream: random.Random) -> int | None:
    asking = by_act(data, "assistant_clarification")
    if not asking:
        return None
    index = stream.choice(asking)
    words = stream.choice(["One moment please.", "Let me have a look.", "Okay, thank you."])
    data["messages"][index]["content"] = words
    return index


def empty_answer(data: Data, stream: random.Random) -> int | None:
    answers = by_act(data, "assistant_response")
    answers = [index for index in answers if data["messages"][index].get("states")]
    if not answers:
        return None
    index = stream.choice(answers)
    data["messages"][index].update(content=stream.choice(["OK.", "Okay."]), states=[])
    return index


def argument_source(data: Data, stream: random.Random) -> int | None:
    places = [
        (index, source) for index, call in called(data) for source in call["sources"].values()
    ]
    if not places:
        return None
    index, source = stream.choice(places)
    binding = source["binding"]
    if binding["source"] == "user":
        source["binding"] = {"source": "user", "slot": "c0.other"}
    elif binding["source"] == "tool_output":
        change = stream.choice(
            [{"path": binding["path"] + "x"}, {"call": "c0"}, {"select": {"kind": "last"}}]
        )
        source["binding"] = {**binding, **change}
    else:
        source["binding"] = {"source": "user", "slot": "c0.other"}
    return index


def summary_spans(data: Data, kinds: set[str]) -> Iterator[tuple[int, int, int]]:
    now = clock_in(data["messages"][0]["content"])
    assert now is not None
    for index in by_act(data, "assistant_response"):
        for claim in claims(data["messages"][index]["content"], now):
            if claim.kind in kinds:
                yield index, claim.start, claim.end


def respell_span(
    data: Data, spans: list[tuple[int, int, int]], stream: random.Random, change: str
) -> int | None:
    if not spans:
        return None
    index, start, end = stream.choice(spans)
    message = data["messages"][index]
    text = message["content"]
    said = "".join(
        respelt(char, stream) if change == "all" or char in string.digits else char
        for char in text[start:end]
    )
    message["content"] = text[:start] + said + text[end:]
    return index


def with_digits(data: Data, kinds: set[str]) -> list[tuple[int, int, int]]:
    return [
        (index, start, end)
        for index, start, end in summary_spans(data, kinds)
        if any(char.isdigit() for char in data["messages"][index]["content"][start:end])
    ]


def summary_number(data: Data, stream: random.Random) -> int | None:
    return respell_span(data, with_digits(data, NUMBERS), stream, "digits")


def summary_date(data: Data, stream: random.Random) -> int | None:
    return respell_span(data, with_digits(data, MOMENTS), stream, "digits")


def summary_name(data: Data, stream: random.Random) -> int | None:
    return respell_span(data, list(summary_spans(data, {"name"})), stream, "all")


def call_order(data: Data, stream: random.Random) -> int | None:
    messages = data["messages"]
    found = [
        (one, two)
        for one, two in zip(blocks(data), blocks(data)[1:], strict=False)
        if messages[one[0]].get("tool_calls") and messages[two[0]].get("tool_calls")
    ]
    parallel = [i for i, m in enumerate(messages) if len(m.get("tool_calls", ())) > 1]
    if parallel and (not found or stream.random() < 0.5):
        index = stream.choice(parallel)
        calls = list(messages[index]["tool_calls"])
        messages[index]["tool_calls"] = [*calls[1:], calls[0]]
        return index
    return exchange(messages, stream.choice(found)) if found else None


def exchange(messages: list[Data], pair: tuple[tuple[int, int], tuple[int, int]]) -> int:
    (start, middle), (_, end) = pair
    messages[start:end] = [*messages[middle:end], *messages[start:middle]]
    return start


def dropped_call(data: Data, stream: random.Random) -> int | None:
    messages = data["messages"]
    calling = [block for block in blocks(data) if messages[block[0]].get("tool_calls")]
    if not calling:
        return None
    start, end = stream.choice(calling)
    calls = messages[start]["tool_calls"]
    if len(calls) == 1:
        del messages[start:end]
        return min(start, len(messages) - 1)
    gone = stream.choice(calls)
    messages[start]["tool_calls"] = [call for call in calls if call is not gone]
    answer = next(i for i in range(start, end) if messages[i].get("tool_call_id") == gone["id"])
    del messages[answer]
    return start


def added_call(data: Data, stream: random.Random) -> int | None:
    messages = data["messages"]
    calling = [block for block in blocks(data) if messages[block[0]].get("tool_calls")]
    if not calling:
        return None
    start, end = stream.choice(calling)
    again = copy.deepcopy(messages[start:end])
    for message in again:
        if message["role"] == "tool":
            message["tool_call_id"] += "x"
        for call in message.get("tool_calls", ()):
            call["id"] += "x"
    later = [block[1] for block in blocks(data) if block[1] >= end]
    place = stream.choice(later)
    messages[place:place] = again
    for message in messages:
        shift_mentions(message, place, len(again))
    return place


def shift_mentions(message: Data, place: int, by: int) -> None:
    """Mentions behind an insertion move with the messages they name."""
    for call in message.get("tool_calls", ()):
        for source in call["sources"].values():
            mention = source.get("mention")
            if mention and mention["message"] >= place:
                mention["message"] += by


def broken_id(data: Data, stream: random.Random) -> int | None:
    found = called(data)
    if not found:
        return None
    index, call = stream.choice(found)
    if stream.random() < 0.5:
        call["id"] += "x"
        return index
    for place, message in enumerate(data["messages"]):
        if message.get("tool_call_id") == call["id"]:
            message["tool_call_id"] += "x"
            return place
    return None


def unasked_argument(data: Data, stream: random.Random) -> int | None:
    found = called(data)
    if not found:
        return None
    index, call = stream.choice(found)
    free = {
        name: schema
        for name, schema in parameters(data, call["name"]).items()
        if name not in call["arguments"]
    }
    name = stream.choice(sorted(free)) if free else "note"
    schema = free.get(name, {})
    samples = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
    drawn = (schema.get("enum") or [samples.get(str(schema.get("type")), "something")])[0]
    call["arguments"][name] = schema.get("default", drawn)
    return index


def unstated_value(data: Data, stream: random.Random) -> int | None:
    found = [
        (source["mention"]["message"], source["mention"])
        for _, call in called(data)
        for source in call["sources"].values()
        if source.get("mention") and source["mention"]["end"] > source["mention"]["start"]
    ]
    if not found:
        return None
    index, mention = stream.choice(found)
    assert isinstance(index, int)
    message = data["messages"][index]
    text, start, end = message["content"], mention["start"], mention["end"]
    instead = stream.choice(["", "something", respelt(text[start:end], stream)])
    message["content"] = text[:start] + instead + text[end:]
    return index


def swapped_acts(data: Data, stream: random.Random) -> Places:
    messages = data["messages"]
    asking = by_act(data, "assistant_clarification")
    telling = by_act(data, "assistant_response")
    if asking and telling and stream.random() < 0.4:
        one, two = stream.choice(asking), stream.choice(telling)
        for key in ("content", "states"):
            first, second = messages[one].pop(key, []), messages[two].pop(key, [])
            messages[one][key], messages[two][key] = second, first
        return {one, two}
    found = [
        (one, two)
        for one, two in zip(blocks(data), blocks(data)[1:], strict=False)
        if kind(messages[one[0]]) != kind(messages[two[0]])
    ]
    return exchange(messages, stream.choice(found)) if found else None


def kind(message: Data) -> tuple[str, bool]:
    return message["role"], bool(message.get("tool_calls"))


MUTATORS: dict[str, Mutator] = {
    "argument_value": argument_value,
    "argument_shortened": argument_shortened,
    "argument_source": argument_source,
    "summary_number": summary_number,
    "summary_date": summary_date,
    "summary_name": summary_name,
    "call_order": call_order,
    "dropped_call": dropped_call,
    "added_call": added_call,
    "broken_id": broken_id,
    "unasked_argument": unasked_argument,
    "unstated_value": unstated_value,
    "swapped_acts": swapped_acts,
    "vanished_question": vanished_question,
    "empty_answer": empty_answer,
}


AT_LEAST = 500
SHARE = 0.98


def dialogues() -> Iterator[Dialogue]:
    plans = [prepare(name) for name in shipped_names("plans")]
    for seed in range(-(-AT_LEAST // len(plans))):
        for plan in plans:
            yield simulate(plan, seed=seed, proof=False)


@pytest.fixture(scope="module")
def proved() -> list[dict[str, Any]]:
    """At least 500 dialogues of all shipped plans, each proved, as data."""
    made = list(dialogues())
    objections = [(dialogue.id, finding.line()) for dialogue in made for finding in prove(dialogue)]
    assert objections == []
    return [dialogue.model_dump(mode="json") for dialogue in made]


@pytest.mark.parametrize("kind", MUTATORS)
def test_a_change_is_named_at_the_right_message(kind: str, proved: list[dict[str, Any]]) -> None:
    tally: Counter[str] = Counter()
    missed = []
    for number, data in enumerate(proved):
        changed = mutated(data, MUTATORS[kind], random.Random(f"{kind} {number}"))
        if changed is None:
            continue
        tally["changed"] += 1
        named = {finding.message for finding in prove(Dialogue.model_validate(changed[0]))}
        if named & changed[1]:
            tally["named"] += 1
        else:
            missed.append((data["id"], changed[1]))
    assert tally["changed"] >= 100
    assert tally["named"] >= SHARE * tally["changed"], missed[:10]
