"""Answers on disk: found again by the exact request, by several processes, whatever the ladder."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import InputError
from toolweave.llm.answers import Reply
from toolweave.llm.cache import AnswerCache, request_key

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer


def test_a_kept_answer_needs_no_call(server: "LyingServer", tmp_path: Path) -> None:
    settings = {"cache": tmp_path / "new" / "answers.sqlite"}
    first = server.talk([server.says(server.good)], **settings)
    second = server.talk([server.fails(500)], **settings)
    assert second.result == first.result
    assert (len(second.requests), second.spent.calls, second.spent.cached) == (0, 0, 1)


def test_a_replay_needs_no_server_although_formats_were_refused(
    server: "LyingServer", tmp_path: Path
) -> None:
    settings = {"cache": tmp_path / "answers.sqlite"}
    refusals = [server.fails(400, "unsupported")] * 3
    bad_then_good = [*refusals, server.says("no JSON"), server.says(server.good)]
    assert server.talk(bad_then_good, **settings).result.name == "Ada"
    replay = server.talk([server.fails(500)], **settings)
    assert replay.result.name == "Ada"
    assert replay.requests == []
    assert replay.spent.repairs == 1


@pytest.mark.parametrize(
    "changed",
    [{"temperature": 0.9}, {"max_tokens": 9}, {"extra_body": {"top_k": 1}}],
    ids=["temperature", "max_tokens", "extra_body"],
)
def test_another_request_is_another_answer(
    server: "LyingServer", tmp_path: Path, changed: dict[str, Any]
) -> None:
    cache = tmp_path / "answers.sqlite"
    server.talk([server.says(server.good)], cache=cache)
    assert len(server.talk([server.says(server.good)], cache=cache, **changed).requests) == 1


def test_tasks_that_ask_the_same_words_have_answers_of_their_own(
    server: "LyingServer", tmp_path: Path
) -> None:
    cache = tmp_path / "answers.sqlite"
    ages = iter(range(100))

    def script(_: dict[str, Any]) -> Any:
        return server.says(f'{{"name": "Ada", "age": {next(ages)}}}')

    tasks = [server.task(key=(seed, "person")) for seed in range(3)]
    first = server.talk(script, *tasks, cache=cache)
    second = server.talk([server.fails(500)], *reversed(tasks), cache=cache)
    assert second.results[::-1] == first.results
    assert len(set(map(str, first.results))) == 3


def test_a_model_that_repeats_itself_is_really_asked_again(
    server: "LyingServer", tmp_path: Path
) -> None:
    script = [server.says("no"), server.says("no"), server.says(server.good)]
    outcome = server.talk(script, cache=tmp_path / "answers.sqlite")
    assert outcome.result.name == "Ada"
    assert len(outcome.requests) == 3


def test_the_first_writer_wins(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite")
    assert cache.put("k", Reply("one", prompt_tokens=3)).text == "one"
    assert cache.put("k", Reply("two")) == Reply("one", prompt_tokens=3)
    cache.close()


def test_the_key_depends_on_content_not_on_order() -> None:
    assert request_key({"a": 1, "b": 2}, (7,)) == request_key({"b": 2, "a": 1}, (7,))
    assert request_key({"a": 1}, (7,)) != request_key({"a": 1}, (8,))
    assert request_key({"a": 1}, (7,)) != request_key({"a": 2}, (7,))


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from toolweave.llm.answers import Reply
from toolweave.llm.cache import AnswerCache
cache = AnswerCache(Path(sys.argv[1]))
for number in range(50):
    cache.put(str(number), Reply("of " + sys.argv[2]))
"""


def test_processes_may_write_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number), *sys.path])
        for number in range(3)
    ]
    assert [writer.wait(20) for writer in writers] == [0, 0, 0]
    cache = AnswerCache(path)
    kept = [cache.get(str(number)) for number in range(50)]
    assert all(reply is not None and reply.text.startswith("of ") for reply in kept)


def test_a_file_that_is_no_cache_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary " * 100)
    with pytest.raises(InputError, match=r"notes\.txt: the answer cache cannot be opened"):
        AnswerCache(path)


def test_a_cache_that_breaks_in_the_run_is_left_aside(
    server: "LyingServer", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite")
    with sqlite3.connect(tmp_path / "answers.sqlite") as connection:
        connection.execute("DROP TABLE answers")
    outcome = server.talk([server.says(server.good)], cache=cache)
    assert outcome.result.name == "Ada"
    assert "is not used any more" in caplog.text


def test_no_key_is_written(server: "LyingServer", tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    server.talk([server.says(server.good)], cache=path, api_key="tw-secret-value")
    assert b"tw-secret-value" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "spoilt",
    [
        "no JSON",
        "[1, 2]",
        '{"text": 7}',
        '{"text": "x", "more": 1}',
        '{"text": "x", "prompt_tokens": -5}',
        '{"text": "x", "prompt_tokens": true}',
        '{"text": "x", "cut": "yes"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_reply_is_asked_for_again_and_mended(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCache(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO answers VALUES ('k', ?)", (spoilt,))
    cache = AnswerCache(path)
    assert cache.get("k") is None
    assert cache.put("k", Reply("fresh")).text == "fresh"
    assert cache.get("k") == Reply("fresh")


def test_a_kept_answer_meets_the_checks_like_any_other(
    server: "LyingServer", tmp_path: Path
) -> None:
    path = tmp_path / "answers.sqlite"
    server.talk([server.says(server.good)], cache=path)
    with sqlite3.connect(path) as connection:
        connection.execute("""UPDATE answers SET reply = '{"text": "{\\"name\\": 5}"}'""")
    outcome = server.talk([server.says(server.good)], cache=path)
    assert outcome.result.name == "Ada"
    assert outcome.spent.repairs == 1


def test_the_file_is_bounded_and_the_oldest_answers_go(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite", most_bytes=400_000)
    for number in range(2_000):
        cache.put(str(number), Reply("x" * 1_000))
    assert cache.get("0") is None
    assert cache.get("1999") is not None
    assert (tmp_path / "answers.sqlite").stat().st_size < 1_000_000
