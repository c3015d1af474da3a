"""Judging a file of dialogues by a model: a sample drawn, each verdict kept as it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from toolweave.core.errors import GenerationError, InputError, ServerError
from toolweave.core.finding import Finding
from toolweave.core.tool import Tool
from toolweave.evaluation.judge_task import PROMPTS, Judged, digest_of, judge_task, judged, verdict
from toolweave.evaluation.loading import load_dialogues
from toolweave.evaluation.sampling import Strata
from toolweave.evaluation.verdict_file import VerdictFile
from toolweave.llm.generator import Generator, close
from toolweave.llm.together import together

# The paper drew as many of each data set.
SAMPLE: Final = 200
# So many server failures without one success mean that the server is gone, not that it stumbles.
_HOPELESS: Final = 5
# Records that cannot be read are named up to here, and counted beyond.
_NAMED: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dialogues are judged how often: ``sample`` of them, all for 0.

    ``tools`` are those of dialogues from elsewhere that bring none.
    """

    sample: int = SAMPLE
    passes: int = 1
    seed: int = 0
    concurrency: int = 16
    tools: Sequence[Tool] = ()


@dataclass(slots=True)
class Judging:
    """How it stands: of ``total`` verdicts wanted, ``before`` were there and ``given`` are new.

    ``refused`` says of which dialogue no acceptable verdict was given, and why.
    """

    total: int
    before: int = 0
    given: int = 0
    refused: list[str] = field(default_factory=list)
    unreadable: list[Finding] = field(default_factory=list)
    left_out: int = 0

    @property
    def left(self) -> int:
        """How many verdicts are still to be given."""
        return self.total - self.before - self.given - len(self.refused)


Listener = Callable[[Judging], None]


class _Question(NamedTuple):
    """One dialogue for one pass."""

    subject: Judged
    pass_number: int


async def judge(
    path: str,
    generator: Generator,
    file: VerdictFile,
    wanted: Wanted | None = None,
    listener: Listener | None = None,
) -> Judging:
    """Ask for every verdict that the file does not hold yet, and close the generator.

    The dialogues are those of a ``.json`` or JSON-lines file of ours or of OpenAI messages, drawn
    by seed and evenly over the domains. A dialogue without an acceptable verdict is named in
    ``refused`` and asked about again by the next session.

    Raises:
        InputError: the dialogues cannot be read, or the verdicts are on others, by another model
            or with another prompt.
        ServerError: the model server cannot be reached; what was given is kept.
        RunFolderError: a verdict could not be written.
    """
    how = wanted or Wanted()
    try:
        standing, chosen = _survey(path, how, generator.name, file)
        work = _Work(generator, file, standing, listener)
        await work.through(_questions(path, how, chosen, file), how.concurrency)
    finally:
        await close(generator)
    return standing


def _survey(
    path: str, how: Wanted, judge_name: str, file: VerdictFile
) -> tuple[Judging, frozenset[int]]:
    """What there is to judge, and the numbers drawn, after a look at every record."""
    held = {(one.record, one.pass_number) for one in file.held}
    for one in file.held:
        _see_same_judge(judge_name, one.judge, one.prompts, file)
    digests = {one.record: one.digest for one in file.held}
    strata = Strata(how.seed, how.sample)
    standing = Judging(0)
    readable: list[int] = []
    for number, loaded in enumerate(load_dialogues(path), 1):
        if number in digests and digest_of(loaded) != digests.pop(number):
            raise _others(file, path, f"record {number} is another text")
        if loaded.problem is not None:
            standing.left_out += 1
            if len(standing.unreadable) < _NAMED:
                standing.unreadable.append(loaded.problem)
            continue
        readable.append(number)
        if how.sample:
            strata.add(loaded.domain, number)
    if digests:
        raise _others(file, path, f"there is no record {min(digests)}")
    chosen = strata.drawn() if how.sample else frozenset(readable)
    standing.total = how.passes * len(chosen)
    standing.before = sum(number in chosen and done <= how.passes for number, done in held)
    return standing, chosen


def _others(file: VerdictFile, path: str, why: str) -> InputError:
    return InputError(
        f"holds verdicts on other dialogues than those of {path}: {why}",
        file=str(file.path),
        mend="name another file with --out",
    )


def _see_same_judge(name: str, judge_name: str, prompts: str, file: VerdictFile) -> None:
    if judge_name != name:
        raise InputError(
            f"holds verdicts of the model {judge_name!r}, not {name!r}",
            file=str(file.path),
            mend="name another file with --out",
        )
    if prompts != PROMPTS.version:
        raise InputError(
            "holds verdicts given to another prompt",
            file=str(file.path),
            mend="name another file with --out",
        )


def _questions(
    path: str, how: Wanted, chosen: frozenset[int], file: VerdictFile
) -> Iterator[_Question]:
    """What is still to be asked, read as it is needed."""
    held = {(one.record, one.pass_number) for one in file.held}
    passes = range(1, how.passes + 1)
    todo = sorted(n for n in chosen if any((n, p) not in held for p in passes))
    if not todo:
        return
    for number, loaded in zip(todo, load_dialogues(path, frozenset(todo)), strict=False):
        subject = judged(loaded, number, how.tools)
        if subject is not None:
            missing = (p for p in passes if (number, p) not in held)
            yield from (_Question(subject, pass_number) for pass_number in missing)


class _Work:
    """The asking itself; each worker takes the next question when it is free."""

    def __init__(
        self, generator: Generator, file: VerdictFile, standing: Judging, listener: Listener | None
    ) -> None:
        self.generator, self.file, self.standing, self.listener = (
            generator, file, standing, listener,
        )  # fmt: skip
        self.last: ServerError | None = None
        self.row = 0

    async def through(self, questions: Iterator[_Question], concurrency: int) -> None:
        """Every question, unless the server is gone."""

        async def work() -> None:
            for question in questions:
                if self.row >= _HOPELESS:
                    return
                await self.one(question)

        async with together() as group:
            for _ in range(concurrency):
                group.create_task(work())
        if self.last is not None:
            raise ServerError(
                f"{self.last}; {self.standing.left} verdicts are not given yet, go on with --resume"
            )

    async def one(self, question: _Question) -> None:
        """One verdict, kept at once; or the reason why there is none."""
        subject, pass_number = question
        try:
            answer = await self.generator.generate(judge_task(subject, pass_number))
        except ServerError as error:
            # Not this dialogue's fault: it is left for --resume.
            self.last, self.row = error, self.row + 1
            return
        except GenerationError as error:
            named = f"record {subject.record}" + (f" ({subject.id})" if subject.id else "")
            self.standing.refused.append(f"{named}: {error}")
        else:
            self.file.add(verdict(subject, answer, self.generator.name, pass_number))
            self.standing.given += 1
        self.row = 0
        if self.listener is not None:
            self.listener(self.standing)
