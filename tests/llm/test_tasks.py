"""Tasks, the scripted generator and the collection of usage."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from toolweave.core.errors import GenerationError
from toolweave.llm.generator import Generator, close
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Unacceptable, admit
from toolweave.llm.usage import Spent, Usage, collect_usage

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer, Person


def refuse(person: "Person") -> "Person":
    raise Unacceptable("too young", "too old")


def test_an_answer_is_validated_and_accepted(server: "LyingServer") -> None:
    ada = server.person(name="Ada", age=36)
    assert admit(server.task(), {"name": "Ada", "age": 36}) == ada
    assert admit(server.task(), ada) is ada


def test_a_refusal_names_the_members_in_words(server: "LyingServer") -> None:
    with pytest.raises(Unacceptable) as caught:
        admit(server.task(), {"name": "A" * 21, "age": -1, "x": 1})
    names = [problem.partition(":")[0] for problem in caught.value.problems]
    assert names == ["name", "age", "x"]
    with pytest.raises(Unacceptable, match="the answer: "):
        admit(server.task(), "Ada")


def test_long_lists_of_problems_are_shortened(server: "LyingServer") -> None:
    with pytest.raises(Unacceptable) as caught:
        admit(server.task(), {"name": "A", "age": 1, **{f"x{number}": 1 for number in range(9)}})
    assert caught.value.problems[-1] == "and 4 more"


def test_the_key_wins_over_the_name(server: "LyingServer") -> None:
    script = {"person": {"name": "Bob", "age": 1}, (7, "person"): {"name": "Ada", "age": 36}}
    generator: Generator = ScriptedGenerator(script)
    assert asyncio.run(generator.generate(server.task())).name == "Ada"
    assert asyncio.run(generator.generate(server.task(key=(8,)))).name == "Bob"


def test_a_script_may_be_a_function(server: "LyingServer") -> None:
    generator = ScriptedGenerator(lambda task: {"name": task.name, "age": task.key[0]})
    assert asyncio.run(generator.generate(server.task(name="Cy"))).name == "Cy"
    assert generator.calls == {"Cy": 1}


def test_a_missing_answer_is_named(server: "LyingServer") -> None:
    with pytest.raises(GenerationError, match=r"no scripted answer to 'person' .*'person'\)"):
        asyncio.run(ScriptedGenerator({}).generate(server.task()))


def test_a_scripted_answer_is_checked_unless_told_not_to(server: "LyingServer") -> None:
    script = {"person": {"name": "Ada", "age": 36}}
    task = server.task(accept=refuse)
    with pytest.raises(GenerationError, match="is refused: too young; too old"):
        asyncio.run(ScriptedGenerator(script).generate(task))
    unchecked = ScriptedGenerator(script, accepting=False)
    assert asyncio.run(unchecked.generate(task)).name == "Ada"


def test_usage_is_collected_per_block_and_task_name(server: "LyingServer") -> None:
    generator = ScriptedGenerator({"a": {"name": "A", "age": 1}, "b": {"name": "B", "age": 2}})

    async def dialogue(*names: str) -> Usage:
        with collect_usage() as usage:
            for name in names:
                await generator.generate(server.task(name=name))
        return usage

    async def both() -> tuple[Usage, Usage]:
        return await asyncio.gather(dialogue("a", "b", "a"), dialogue("b"))

    with collect_usage() as all_of_it:
        first, second = asyncio.run(both())
    assert (first.by_task["a"].calls, first.by_task["b"].calls) == (2, 1)
    assert second.as_record()["b"]["calls"] == 1
    assert set(second.by_task) == {"b"}
    assert all_of_it.total().calls == 4


def test_spending_adds_up() -> None:
    usage = Usage()
    usage.add("a", Spent(1, 2, 3, 4, 5, 6, 0.5))
    usage.add("a", Spent(1, 2, 3, 4, 5, 6, 0.5))
    assert usage.total() == Spent(2, 4, 6, 8, 10, 12, 1.0)


def test_closing_leaves_alone_what_holds_nothing() -> None:
    asyncio.run(close(ScriptedGenerator({})))
