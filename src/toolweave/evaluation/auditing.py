"""The policy audit: every rule of a policy held against one dialogue, whoever made it."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from toolweave.checks.effects import effect_of
from toolweave.checks.naming import words
from toolweave.configs.policy import (
    Act,
    Ban,
    Condition,
    Confirmation,
    Limit,
    Names,
    Order,
    PersonalData,
    Policy,
    SignIn,
)
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.evaluation.agreeing import unagreed
from toolweave.evaluation.heard import Heard, HeardCall, hear
from toolweave.evaluation.personal import masked, occurrences
from toolweave.evaluation.transcript import error_code, parsed, result_of
from toolweave.schema.paths import leaf_values, values_at
from toolweave.schema.types import json_bytes, properties_of, same

_PAYING = frozenset({"pay", "charge", "purchase", "buy", "checkout", "donate", "invest", "remit"})
# These move money only where they are told how much.
_MOVING = frozenset({"transfer", "refund", "send", "withdraw", "deposit", "wire"})
_SUMS = frozenset({"amount", "sum", "price", "total", "currency"})


class Done(NamedTuple):
    """A call that has succeeded, and its result."""

    call: HeardCall
    result: JsonValue


class Made(NamedTuple):
    """A call as it is made: in which message and turn, and how much had happened by then.

    ``heard`` and ``succeeded`` are those of the whole dialogue, of which the first ``place`` and
    ``many`` come before the call.
    """

    message: int
    turn: int
    call: HeardCall
    heard: Sequence[Heard]
    place: int
    succeeded: Sequence[Done]
    many: int

    def done(self) -> Iterator[Done]:
        """The calls that had succeeded before this one."""
        return islice(self.succeeded, self.many)

    def object(self, code: str, rule: str, problem: str) -> Finding:
        return Finding(
            code=code, problem=problem, message=self.message, at=rule, value=self.call.name
        )


def audit(messages: Sequence[JsonObject], policy: Policy, tools: Sequence[Tool]) -> list[Finding]:
    """Where a dialogue in OpenAI message form breaks the policy, in the order of its messages.

    ``at`` of a finding is the rule's name. A tool that ``tools`` does not hold is judged by name.
    """
    heard = hear(messages).messages
    made = list(_calls(heard))
    acts = _Acts(tools)
    found: list[Finding] = []
    for each in made:
        found += (finding for rule in policy.order for finding in _order(rule, each))
        found += (finding for rule in policy.sign_in for finding in _sign_in(rule, each))
        found += (finding for rule in policy.forbid for finding in _ban(rule, each, acts))
        found += (finding for rule in policy.confirm for finding in _confirm(rule, each, acts))
    found += (finding for rule in policy.limits for finding in _limit(rule, made, acts))
    found += (finding for rule in policy.personal_data for finding in _personal(rule, heard))
    return sorted(found, key=lambda finding: finding.message or 0)


def messages_of(dialogue: Dialogue) -> list[JsonObject]:
    """The messages of one of our dialogues in OpenAI form."""
    return [
        {
            "role": message.role,
            "content": _content(message),
            "name": message.name,
            "tool_call_id": message.tool_call_id,
            "tool_calls": [
                {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
                for call in message.tool_calls
            ],
        }
        for message in dialogue.messages
    ]


def _content(message: Message) -> str:
    """The text of a message; a result in another form as JSON, which is what is read here."""
    if message.form == "json":
        return message.content
    return json_bytes(result_of(message)).decode()


def _calls(heard: Sequence[Heard]) -> Iterator[Made]:
    done: list[Done] = []
    turn = 0
    for place, message in enumerate(heard):
        if message.role == "user":
            turn += 1
        if message.role == "tool" and message.called is not None:
            result = parsed(message.text)
            if not error_code(message.text, result):
                done.append(Done(message.called, result))
        for call in message.calls:
            yield Made(message.index, turn, call, heard, place, done, len(done))


class _Acts:
    """What tools do, by their documents or, where there is none, by their names."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def named(self, names: Names, tool: str) -> bool:
        """Whether the rule is about the tool."""
        return _matches(names.tools, tool) or any(self._does(act, tool) for act in names.acts)

    def _does(self, act: Act, name: str) -> bool:
        tool = self._tools.get(name) or Tool(name=name)
        kind = effect_of(tool).kind
        if act == "delete":
            return kind == "delete"
        said = set(words(name))
        if kind == "read":
            return False
        sent = {word for path in properties_of(tool.parameters) for word in words(path)}
        return bool(said & _PAYING) or bool(said & _MOVING and sent & _SUMS)


@lru_cache(maxsize=4096)
def _matches(patterns: tuple[str, ...], tool: str) -> bool:
    return any(fnmatchcase(tool, pattern) for pattern in patterns)


def _order(rule: Order, made: Made) -> Iterator[Finding]:
    if not _matches(rule.then, made.call.name):
        return
    earlier = [done for done in made.done() if _matches(rule.first, done.call.name)]
    first = " or ".join(rule.first)
    if not earlier:
        problem = f"{made.call.name} is called before any call of {first} has succeeded"
        yield made.object("policy_order", rule.name, problem)
        return
    if rule.same is None:
        return
    known = [
        value
        for done in earlier
        for where in (done.call.arguments, done.result)
        for value in values_at(where, rule.same[0])
    ]
    for value in values_at(made.call.arguments, rule.same[1]):
        if not any(same(value, other) for other in known):
            problem = f"{made.call.name} is called for {value!r:.80}, but {first} was for another"
            yield made.object("policy_order", rule.name, problem)


def _sign_in(rule: SignIn, made: Made) -> Iterator[Finding]:
    name = made.call.name
    if not _matches(rule.tools, name) or _matches((*rule.by, *rule.free), name):
        return
    if not any(_matches(rule.by, done.call.name) for done in made.done()):
        problem = f"{name} is called before {' or '.join(rule.by)} has succeeded"
        yield made.object("policy_sign_in", rule.name, problem)


def _ban(rule: Ban, made: Made, acts: _Acts) -> Iterator[Finding]:
    if not acts.named(rule, made.call.name):
        return
    broken = [condition for condition in rule.unless if not _holds(condition, made)]
    if broken or not rule.unless:
        problem = f"{made.call.name} must not be called"
        if broken:
            problem += f" unless {_spelt(broken[0])}"
        yield made.object("policy_forbidden", rule.name, problem)


def _spelt(condition: Condition) -> str:
    place = f"{condition.result_of}'s {condition.at}" if condition.result_of else condition.at
    if condition.operator == "exists":
        return f"{place} is there"
    return f"{place} {condition.operator} {condition.value!r:.80}"


def _holds(condition: Condition, made: Made) -> bool:
    roots: list[JsonValue] = [made.call.arguments]
    if condition.result_of:
        named = (condition.result_of,)
        roots = [done.result for done in made.done() if _matches(named, done.call.name)]
    values = [value for root in roots for value in values_at(root, condition.at)]
    if condition.operator == "exists":
        return bool(values)
    return any(_compared(value, condition.operator, condition.value) for value in values)


def _compared(value: JsonValue, operator: str, wanted: JsonValue) -> bool:
    if operator in ("==", "!="):
        return same(value, wanted) == (operator == "==")
    if not isinstance(value, int | float) or not isinstance(wanted, int | float):
        return False
    return {
        "<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted,
    }[operator]  # fmt: skip


def _confirm(rule: Confirmation, made: Made, acts: _Acts) -> Iterator[Finding]:
    if not acts.named(rule, made.call.name):
        return
    if rule.parameter:
        sent = values_at(made.call.arguments, rule.parameter)
        if any(same(value, rule.equals) for value in sent):
            return
    problem = unagreed(made.call, made.heard, made.place)
    if problem:
        problem = f"{made.call.name} is called without the user's consent: {problem}"
        yield made.object("policy_confirmation", rule.name, problem)


def _limit(rule: Limit, made: Sequence[Made], acts: _Acts) -> Iterator[Finding]:
    counts: dict[int, int] = {}
    for each in made:
        if not acts.named(rule, each.call.name):
            continue
        part = each.turn if rule.per == "turn" else 0
        counts[part] = counts.get(part, 0) + 1
        if counts[part] > rule.at_most:
            problem = (
                f"call number {counts[part]} in one {rule.per}, at most {rule.at_most} allowed"
            )
            yield each.object("policy_limit", rule.name, f"{each.call.name}: {problem}")


def _personal(rule: PersonalData, heard: Sequence[Heard]) -> Iterator[Finding]:
    what = rule.shape or "text of this pattern"
    problem = f"{what} of another shape than it must have" if rule.must_match else f"{what}"
    for message in heard:
        for where, text in _texts(rule, message):
            for piece in occurrences(rule, text):
                yield Finding(
                    code="policy_personal_data",
                    problem=f"{where} holds {masked(piece)!r}: {problem}",
                    message=message.index,
                    at=rule.name,
                )


def _texts(rule: PersonalData, message: Heard) -> Iterator[tuple[str, str]]:
    if message.role in rule.places:
        yield f"{message.role} text", message.text
    if "arguments" in rule.places:
        for call in message.calls:
            for path, value in leaf_values(call.arguments or {}):
                if isinstance(value, str):
                    yield f"argument {call.name}.{path}", value
