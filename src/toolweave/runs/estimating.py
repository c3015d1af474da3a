"""What a run will take of its model, estimated from a few dialogues that are rehearsed offline."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.configs.run import RunConfig
from toolweave.core.errors import ToolweaveError
from toolweave.llm.demand import demand_of
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task
from toolweave.llm.usage import BYTES_PER_TOKEN, Price
from toolweave.runs.jobs import jobs, total
from toolweave.runs.repertoire import Place, Repertoire, Shelf
from toolweave.runs.simulation import simulate

REHEARSED: Final = 12
_LOOKED_AT: Final = 4096  # jobs among which those to rehearse are taken


class Estimate(NamedTuple):
    """What a run takes, about: without retries, without what the cache holds."""

    dialogues: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None

    def line(self) -> str:
        """The estimate in words."""
        priced = f", cost about {self.cost:.2f}" if self.cost is not None else ""
        return (
            f"{self.dialogues} dialogues, about {self.calls} calls, {short(self.prompt_tokens)} "
            f"tokens read and {short(self.completion_tokens)} written{priced}"
        )


@dataclass
class Rehearsal:
    """The offline generator, counting what its tasks would take of a model."""

    name: str = "offline"
    calls: int = 0
    read: int = 0
    written: int = 0
    offline: OfflineGenerator = field(default_factory=OfflineGenerator)

    async def generate(self, task: Task[C, R]) -> R:
        """The offline generator's answer."""
        answer = self.offline.answer(task)
        prompt = task.render(task.context)
        texts = (prompt.system, prompt.user, demand_of(task).text)
        self.calls += 1
        self.read += sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN
        self.written += len(answer.model_dump_json().encode()) // BYTES_PER_TOKEN
        return answer


def estimate(config: RunConfig, folder: Path, *, asked: int | None = None) -> Estimate:
    """What the run would take.

    Args:
        config: the run.
        folder: what its plans are relative to.
        asked: how many calls it makes, where that is known better than by rehearsing.

    Raises:
        InputError: one of its plans cannot be used.
    """
    repertoire = Repertoire(config.plans, folder, config.lexicon)
    shelf = Shelf(config.lexicon)
    whole = total(config, repertoire)
    step = max(1, min(whole, _LOOKED_AT) // REHEARSED)
    rehearsal = Rehearsal()
    played = 0
    for job in islice(jobs(config, repertoire), 0, step * REHEARSED, step):
        stage = shelf.stage(job.data["plan"], Place(job.data["file"], job.data["start"]))
        try:
            simulate(stage, seed=job.data["seed"], generator=rehearsal, proof=False)
        except ToolweaveError:
            continue  # what it took until it failed would be taken by a model, too
        finally:
            played += 1
    calls = asked if asked is not None else round(rehearsal.calls * whole / max(1, played))
    share = calls / max(1, rehearsal.calls)
    read, written = round(rehearsal.read * share), round(rehearsal.written * share)
    prices = config.model.prices
    cost = Price(prices.prompt, prices.completion).of(read, written) if prices else None
    return Estimate(whole, calls, read, written, cost)


def short(number: float) -> str:
    """A large number of tokens in few characters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:.0f}"
