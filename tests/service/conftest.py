"""Services for tests: in this process over ASGI, or as processes on loopback."""

import asyncio
import multiprocessing
import os
import random
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from toolweave.core.tool import Toolset
from toolweave.service.app import application
from toolweave.service.settings import Secrets, ServiceSettings

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


class Served:
    """A service in this process, reached without a network; closed by ``close``."""

    def __init__(self, settings: ServiceSettings, secrets: Secrets, **given: Any) -> None:
        self._runner = asyncio.Runner()
        self.app = application(settings, secrets, **given)
        self._inbox: asyncio.Queue[Json] = asyncio.Queue()
        self._told: asyncio.Queue[Json] = asyncio.Queue()
        self._life = self._runner.run(self._begin())

    async def _begin(self) -> "asyncio.Task[None]":
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        life: asyncio.Task[None] = asyncio.ensure_future(
            self.app(scope, self._inbox.get, self._told.put)  # type: ignore[arg-type]
        )
        await self._inbox.put({"type": "lifespan.startup"})
        told = await self._told.get()
        assert told["type"] == "lifespan.startup.complete", told
        return life

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self.several([(method, path, given)])[0]

    def several(self, asked: list[tuple[str, str, Json]]) -> list[httpx.Response]:
        """The answers to requests that are made at once."""

        async def made() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1"
            ) as client:
                return await asyncio.gather(
                    *(client.request(method, path, **given) for method, path, given in asked)
                )

        return self._runner.run(made())

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.ask("POST", path, json=body, headers=headers)

    def turn(self, **body: Any) -> Json:
        answer = self.post("/v1/turns", body)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    def run(self, work: Any) -> Any:
        """The result of a coroutine on the service's own loop."""
        return self._runner.run(work)

    def close(self) -> None:
        async def end() -> None:
            await self._inbox.put({"type": "lifespan.shutdown"})
            await self._life

        self._runner.run(end())
        self._runner.close()


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts services on one store: ``serve(tools=…, secrets={…})``."""
    started: list[Served] = []
    store = f"sqlite:///{tmp_path}/store.db"

    def begin(
        secrets: Mapping[str, Any] | None = None, given: Json | None = None, **s: Any
    ) -> Served:
        held = Secrets(**{"store": store, **(secrets or {})})
        started.append(Served(ServiceSettings(**s), held, **(given or {})))
        return started[-1]

    yield begin
    for one in started:
        one.close()


@pytest.fixture
def service(serve: Serve) -> Served:
    """A service with the tools of the shipped support desk."""
    return serve(tools=str(ROOT / "configs" / "tools" / "customer_support.yaml"))


class Process:
    """``toolweave serve`` as processes on loopback."""

    def __init__(self, store: str, arguments: list[str], environment: Mapping[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as trial:
            self.port = trial.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
        self._command = [
            sys.executable, "-m", "toolweave.cli.main", "serve", "--store", store,
            "--port", str(self.port), *arguments,
        ]  # fmt: skip
        self._environment = {**os.environ, "PYTHONPATH": path, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        self._process = subprocess.Popen(
            self._command, env=self._environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.base}/ready", trust_env=False).status_code == 200:
                    return self
            assert self._process.poll() is None, "the service did not start"
            time.sleep(0.1)
        raise AssertionError("the service does not answer")

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def kill_a_worker(self) -> None:
        """End one of its workers, and no other process of its own."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for child in children.read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
                return
        raise AssertionError("there is no worker")

    def ended(self) -> int:
        """The exit code with which it ends by itself."""
        assert self._process is not None
        return self._process.wait(60)

    def stop(self) -> int:
        """Let it finish what it is doing; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)


def _work(listening: socket.socket, store: str) -> None:
    """One worker, on a socket that others serve as well."""
    app = application(ServiceSettings(), Secrets(store=store))
    config = uvicorn.Config(app, log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


class Workers:
    """Worker processes on one socket and one store, to be killed and replaced at any moment.

    They are forked from a process that has imported everything, so they start at once.
    """

    def __init__(self, store: str, count: int = 2) -> None:
        self.store, self.count = store, count
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            ["toolweave.service.app", "sqlite3", "uvicorn", __name__]
        )
        self._running: list[Any] = []

    def start(self) -> "Workers":
        while len(self._running) < self.count:
            process = self._context.Process(target=_work, args=(self._socket, self.store))
            process.start()
            self._running.append(process)
        return self

    def kill(self, count: int = 0) -> None:
        """End as many as asked for, or all, as a power cut would."""
        for process in self._running[: count or None]:
            process.kill()
            process.join(30)
        del self._running[: count or len(self._running)]

    def close(self) -> None:
        self.kill()
        self._socket.close()


Launch = Callable[..., Workers]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Starts workers on one store: ``launch(store=…)``."""
    started: list[Workers] = []

    def begin(store: str = "", count: int = 2) -> Workers:
        workers = Workers(store or f"sqlite:///{tmp_path}/store.db", count)
        started.append(workers)
        return workers.start()

    yield begin
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """``toolweave serve`` with the tools of the support desk and two workers."""
    store = f"sqlite:///{tmp_path_factory.mktemp('served')}/store.db"
    process = Process(store, ["--tools", "customer_support", "--workers", "2"], {})
    yield process.start()
    process.kill()


@pytest.fixture(scope="session")
def long_plan() -> Json:
    """Twenty turns of three steps each."""
    made = runpy.run_path(str(ROOT / "scripts" / "benchmarks" / "long_plan.py"))
    plan: Json = made["long_plan"](20)
    return plan


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a throw-away PostgreSQL cluster on loopback."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    pytest.importorskip("langgraph.checkpoint.postgres", reason="the checkpointer is missing")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    folder = Path("/tmp") / f"toolweave-pg-{os.getpid()}"
    folder.mkdir()
    data, log = folder / "data", folder / "log"
    as_other: list[str] = []
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root.
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no runuser")
        shutil.chown(folder, "postgres")
        as_other = ["runuser", "-u", "postgres", "--"]
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = trial.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [*as_other, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    try:
        run("initdb", "-U", "weaver", "--auth=trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-w", "-l", str(log), "-o", options, "start")
        try:
            yield f"postgres://weaver@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Where the server's own programs lie; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@pytest.fixture(scope="session")
def draw_tools() -> Callable[[random.Random], Toolset]:
    """Draws a toolset from a stream."""
    maker = runpy.run_path(str(ROOT / "tests" / "graph" / "conftest.py"))["ToolMaker"]

    def draw(stream: random.Random) -> Toolset:
        made: Toolset = maker(stream).toolset()
        return made

    return draw
