"""Tolerant reading of what a model answered: from a server's message to JSON values to try."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from toolweave.llm.task import C, R, Task, Unacceptable, validated

LONGEST_ANSWER = 1_000_000  # characters; more is not an answer
LONGEST_MENDED = 16_000  # characters; mending is quadratic on hostile text
DEEPEST = 100  # levels of nesting
MOST_STARTS = 40  # places in prose where a JSON value is looked for

_FENCE = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\r?\n?(.*?)```", re.DOTALL)
_REASONING = re.compile(
    r"<(think|thinking|reasoning|thought)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
_REASONING_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_START = re.compile(r"[{\[]")


class Reply(NamedTuple):
    """What a server said, whatever form it chose.

    ``cut`` tells that the answer ended because the token limit was reached.
    """

    text: str
    cut: bool = False
    refusal: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


def reply_of(body: Any) -> Reply | None:
    """The reply inside a chat completion, or None where ``body`` is no chat completion."""
    if not isinstance(body, dict) or not isinstance(body.get("choices"), list):
        return None
    choice = next(iter(body["choices"]), None)
    choice = choice if isinstance(choice, dict) else {}
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    finish = choice.get("finish_reason")
    usage = body.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    refusal = message.get("refusal")
    if finish == "content_filter" and not refusal:
        refusal = "the server's content filter withheld the answer"
    return Reply(
        text=writable(text_of(message.get("content")) or _call_arguments(message)),
        cut=finish in ("length", "max_tokens"),
        refusal=writable(refusal) if isinstance(refusal, str) else "",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def text_of(content: object) -> str:
    """The text of a message's content: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return json.dumps(content)
    if not isinstance(content, list):
        return ""
    parts = (part.get("text") if isinstance(part, dict) else part for part in content)
    return "".join(part for part in parts if isinstance(part, str))


def _call_arguments(message: dict[str, Any]) -> str:
    """Some servers force the answer into a tool call; its arguments are the answer then."""
    calls = message.get("tool_calls")
    call = next(iter(calls), None) if isinstance(calls, list) else None
    function = call.get("function") if isinstance(call, dict) else message.get("function_call")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    return arguments if isinstance(arguments, str) else text_of(arguments)


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def read(task: Task[C, R], reply: Reply) -> R:
    """The accepted result of ``task`` in ``reply``.

    The first JSON value of the text that validates is the answer; the others are prose.

    Raises:
        Unacceptable: refused, empty, cut off, without JSON, invalid, or not accepted.
    """
    if reply.refusal and not whole(reply.text):
        raise Unacceptable(f"the model refused to answer: {reply.refusal[:200]}")
    problems: tuple[str, ...] = ()
    for value in candidates(reply.text, mending=not reply.cut):
        try:
            found = validated(task, tidied(value))
        except Unacceptable as refusal:
            problems = problems or refusal.problems
        else:
            return task.accept(found)
    raise Unacceptable(*(problems or (_why_nothing(reply),)))


def _why_nothing(reply: Reply) -> str:
    if not reply.text.strip():
        return "the answer is empty"
    if reply.cut:
        return "the answer was cut off before its end: answer in fewer words"
    return "there is no JSON object in the answer"


def whole(text: str) -> bool:
    """Whether ``text`` holds a complete JSON object or array, in prose or by itself."""
    return next(candidates(text, mending=False), None) is not None


def candidates(text: str, *, mending: bool = True) -> Iterator[Any]:
    """JSON objects and arrays that ``text`` may mean, the likeliest first.

    With ``mending``, broken JSON is mended as the last resort; never invents members.
    """
    if len(text) > LONGEST_ANSWER:
        return
    straight = _loaded(text)
    if straight is not None:
        yield from _unwrapped(straight)
        return
    plain = _without_reasoning(text)
    for block in _FENCE.findall(plain):
        value = _loaded(block)
        if value is not None:
            yield from _unwrapped(value)
    for value in _in_prose(plain):
        yield from _unwrapped(value)
    if mending:
        mended = _mended(plain)
        if mended is not None:
            yield from _unwrapped(mended)


def _without_reasoning(text: str) -> str:
    plain = _REASONING.sub("", text)
    # Templates that open the tag in the prompt leave only its end in the answer.
    return _REASONING_END.split(plain)[-1]


def _loaded(text: str) -> dict[str, Any] | list[Any] | None:
    text = text.strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _in_prose(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    position = 0
    for _ in range(MOST_STARTS):
        start = _START.search(text, position)
        if start is None:
            return
        position = start.end()
        try:
            value, position = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        yield value


def _mended(text: str) -> Any:
    blocks = _FENCE.findall(text)
    text = next((block for block in blocks if "{" in block), text)
    start = text.find("{")
    if start < 0 or len(text) - start > LONGEST_MENDED:
        return None
    import json_repair

    try:
        value = json_repair.loads(text[start:], skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) and value else None


def _unwrapped(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        yield value[0]


def tidied(value: Any, depth: int = 0) -> Any:
    """``value`` with lone surrogates replaced, so that it can be written as UTF-8.

    Raises:
        Unacceptable: a number is not finite, which JSON cannot say, or the nesting has no end.
    """
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise Unacceptable("a number in the answer is not finite")
    if depth > DEEPEST:
        raise Unacceptable("the answer is nested too deeply")
    if isinstance(value, list):
        return [tidied(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {tidied(name): tidied(item, depth + 1) for name, item in value.items()}
    return value


def writable(text: str) -> str:
    """``text`` with lone surrogates replaced; they cannot be written as UTF-8."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
