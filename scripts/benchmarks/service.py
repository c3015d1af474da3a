"""The service: what rebuilding and storing a dialogue add to a turn, and the turns it takes."""

import argparse
import asyncio
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp

from scripts.benchmarks.long_plan import long_plan
from toolweave.graph.checkpoints import SQLITE, Checkpoint, Kept, Store, open_store
from toolweave.graph.plays import frame_of
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.usage import Usage
from toolweave.memory.tokens import Place, Tokens, fresh_id, fresh_secret
from toolweave.service.bodies import Opening, TurnRequest
from toolweave.service.emulator import Emulator
from toolweave.service.modes import Engine, walk
from toolweave.service.opening import asked_frame

TURNS: Final = 20
STORED: Final = 100_000
CLIENTS: Final = 64
MEDIAN_MS: Final = 3.0
P99_MS: Final = 12.0
# How much longer a full store may take than an empty one.
MOST_GROWTH: Final = 1.25
LEAST_RATE: Final = 120.0
# Memory that the allocator and the caches take for themselves while the load lasts.
MOST_GROWN_MB: Final = 64.0
_CHUNK: Final = 2_000


class Figure(NamedTuple):
    """One line: what was measured, and what was promised, if anything."""

    name: str
    measured: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Whether what was promised holds."""
        low = self.least is None or self.measured >= self.least
        return low and (self.most is None or self.measured <= self.most)

    def line(self) -> str:
        """The figure as text."""
        target = f"<= {self.most:g}" if self.most is not None else ""
        target = f">= {self.least:g}" if self.least is not None else target
        verdict = ("met" if self.met else "MISSED") if target else ""
        return (
            f"  {self.name:54} {self.measured:10.2f} {self.unit:8} {target:>8} {verdict}".rstrip()
        )


def main(arguments: list[str]) -> int:
    """Print the table: 0 when everything promised holds, 1 when not."""
    given = _parser().parse_args(arguments)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="toolweave-bench-") as folder:
        url = given.store or f"{SQLITE}{folder}/store.db"
        added = asyncio.run(_added(url, given)) if given.only != "served" else []
        for figure in chain(added, _served(url, given) if given.only != "added" else ()):
            print(figure.line(), flush=True)
            figures.append(figure)
    return 0 if all(figure.met for figure in figures) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmark.py service", description=__doc__)
    parser.add_argument("--store", default="", help="another one than a new SQLite file")
    parser.add_argument("--dialogues", type=int, default=40, help="dialogues that are timed")
    parser.add_argument("--stored", type=int, default=STORED, help="dialogues in the full store")
    parser.add_argument("--seconds", type=float, default=30, help="how long clients come")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("added", "served"), help="one half of the table")
    return parser


async def _added(url: str, given: argparse.Namespace) -> list[Figure]:
    """What is added to a turn, in an empty and in a full store."""
    store = await open_store(url)
    try:
        emulator = Emulator(store, Tokens([fresh_secret()]), Engine(OfflineGenerator()))
        await _timed(emulator, 2, seed=10_000)
        empty = await _timed(emulator, given.dialogues, seed=0)
        figures = [
            Figure("turn itself, median", _median(empty.turns), "ms"),
            Figure("rebuilding, median", _median(empty.rebuilding), "ms"),
            Figure("storing, median", _median(empty.storing), "ms"),
            Figure("added to a turn, median", _median(empty.added), "ms", MEDIAN_MS),
            Figure("added to a turn, p99", _p99(empty.added), "ms", P99_MS),
            Figure("added to a dialogue's last turn, median", _median(empty.last), "ms"),
            Figure("CPU added to a turn, median", _median(empty.cpu), "ms"),
            Figure("CPU added to a turn, p99", _p99(empty.cpu), "ms"),
            Figure("a checkpoint, median", statistics.median(empty.sizes) / 1000, "kB"),
        ]
        if given.stored:
            await _fill(store, emulator, given.stored)
            full = await _timed(emulator, given.dialogues, seed=20_000)
            growth = _median(full.added) / _median(empty.added)
            many = f"with {given.stored} dialogues stored"
            figures += [
                Figure(f"added, median, {many}", _median(full.added), "ms", MEDIAN_MS),
                Figure(f"added, p99, {many}", _p99(full.added), "ms", P99_MS),
                Figure("full against empty", growth, "x", MOST_GROWTH),
                Figure("full against empty, CPU", _median(full.cpu) / _median(empty.cpu), "x"),
            ]
        return figures
    finally:
        await store.aclose()


class Timed(NamedTuple):
    """Seconds of every turn, by what they went into; ``last`` is what a last turn was added."""

    turns: list[float]
    rebuilding: list[float]
    storing: list[float]
    added: list[float]
    last: list[float]
    cpu: list[float]
    sizes: list[int]


async def _timed(emulator: Emulator, dialogues: int, seed: int) -> Timed:
    """Dialogues played turn by turn, each rebuilt from its token and stored again."""
    found = Timed([], [], [], [], [], [], [])
    asked = TurnRequest(mode="plan")
    for number in range(dialogues):
        opening = Opening(plan=long_plan(TURNS), seed=seed + number)
        for turn in range(TURNS):
            start, cpu = time.perf_counter(), time.process_time()
            play = await emulator.opened(opening)
            rebuilt, cpu = time.perf_counter(), time.process_time() - cpu
            made = await walk(emulator.engine, play, asked)
            played, stored = time.perf_counter(), time.process_time()
            outcome = await emulator.stored(play, "plan", made, Usage())
            end, cpu = time.perf_counter(), cpu + time.process_time() - stored
            opening = Opening(token=outcome.token)
            if turn == 0:
                # Nothing is rebuilt there, but a plan is read.
                continue
            found.turns.append(played - rebuilt)
            found.rebuilding.append(rebuilt - start)
            found.storing.append(end - played)
            found.added.append(rebuilt - start + end - played)
            found.cpu.append(cpu)
            if turn == TURNS - 1:
                found.last.append(found.added[-1])
    line = await emulator.store.line(outcome.play.place)
    assert line is not None
    found.sizes.extend(len(change) for change in line.changes)
    return found


async def _fill(store: Store, emulator: Emulator, count: int) -> None:
    """Many dialogues of one moment each, as they would lie there."""
    frame = asked_frame(Opening(plan=long_plan(TURNS)), None, emulator.frames)
    assert frame is not None
    again = frame_of(frame.stage, planned=True)
    change = secrets.token_hex(1_000).encode()
    for start in range(0, count, _CHUNK):
        for _ in range(min(_CHUNK, count - start)):
            place = Place(fresh_id(), fresh_id())
            await store.keep(Checkpoint(place, (), again.digest, change), Kept())


def _served(url: str, given: argparse.Namespace) -> Iterator[Figure]:
    """The service under many clients at once."""
    with _service(url, given.workers) as (base, process):
        load = asyncio.run(_load(base, given.clients, given.seconds, process))
    yield Figure(f"turns a second, {given.clients} clients", load.rate, "/s", least=LEAST_RATE)
    yield Figure("  a turn takes, median", 1000 * statistics.median(load.latencies), "ms")
    yield Figure("  a turn takes, p99", _p99(load.latencies), "ms")
    yield Figure("  the service's CPU for a turn", load.cpu_ms, "ms")
    yield Figure("  the clients' CPU for a turn", load.client_ms, "ms")
    yield Figure(
        "  of two cores, ours", 50 * (load.cpu_ms + load.client_ms) * load.rate / 1000, "%"
    )
    yield Figure("  turns", len(load.latencies), "")
    yield Figure("  failures", load.failures, "", most=0)
    yield Figure("  memory grown since the first third", load.grown_mb, "MB", MOST_GROWN_MB)
    yield Figure("  memory of all workers", load.megabytes, "MB")


class Load(NamedTuple):
    """What a load of clients came to."""

    rate: float
    latencies: list[float]
    cpu_ms: float
    client_ms: float
    failures: int
    grown_mb: float
    megabytes: float


async def _load(base: str, clients: int, seconds: float, process: int) -> Load:
    latencies: list[float] = []
    failures: list[str] = []
    seeds = iter(range(10**9))
    async with aiohttp.ClientSession(
        base, connector=aiohttp.TCPConnector(limit=0), json_serialize=_text
    ) as session:
        start, before, own = time.perf_counter(), _cpu(process), time.process_time()
        until = start + seconds

        async def client() -> None:
            while time.perf_counter() < until:
                body: dict[str, Any] = {"plan": long_plan(TURNS), "seed": next(seeds)}
                for _ in range(TURNS):
                    if time.perf_counter() >= until:
                        return
                    begun = time.perf_counter()
                    async with session.post("/v1/turns", json={"mode": "plan", **body}) as answer:
                        told = await answer.json()
                    if answer.status != 200:
                        failures.append(str(told))
                        break
                    latencies.append(time.perf_counter() - begun)
                    body = {"token": told["token"]}

        async def grown() -> float:
            await asyncio.sleep(seconds / 3)
            early = _memory(process)
            await asyncio.sleep(seconds * 2 / 3 - 1)
            return _memory(process) - early

        growing = asyncio.create_task(grown())
        await asyncio.gather(*(client() for _ in range(clients)))
        growth = await growing
        spent = time.perf_counter() - start
        cpu, memory = _cpu(process) - before, _memory(process)
        own = time.process_time() - own
    for failure in failures[:3]:
        print(f"  failed: {failure[:300]}", file=sys.stderr)
    rate, each = len(latencies) / spent, 1000 / max(1, len(latencies))
    return Load(rate, latencies, cpu * each, own * each, len(failures), growth, memory)


@contextmanager
def _service(url: str, workers: int) -> Iterator[tuple[str, int]]:
    """A service on loopback, stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = trial.getsockname()[1]
    command = [
        sys.executable, "-m", "toolweave.cli.main", "serve", "--store", url,
        "--port", str(port), "--workers", str(workers),
    ]  # fmt: skip
    path = os.pathsep.join(
        filter(None, (str(Path(__file__).parents[2] / "src"), os.getenv("PYTHONPATH")))
    )
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path})
    try:
        base = f"http://127.0.0.1:{port}"
        asyncio.run(_answering(base))
        yield base, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


async def _answering(base: str) -> None:
    async with _session(base) as session:
        for _ in range(300):
            try:
                async with session.get("/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise SystemExit("the service does not answer")


@asynccontextmanager
async def _session(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base) as session:
        yield session


def _family(process: int) -> list[int]:
    """The process and everything it started."""
    found = [process]
    for one in found:
        children = Path(f"/proc/{one}/task/{one}/children")
        if children.exists():
            found += [int(child) for child in children.read_text().split()]
    return found


def _cpu(process: int) -> float:
    """CPU seconds of a process and all it started."""
    ticks = 0
    for one in _family(process):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> float:
    """Megabytes that a process and all it started hold."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(process))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _text(value: Any) -> str:
    import orjson

    return orjson.dumps(value).decode()


def _median(seconds: Sequence[float]) -> float:
    return 1000 * statistics.median(seconds)


def _p99(seconds: Sequence[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=100)[98]
