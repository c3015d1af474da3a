"""Jobs: work that would hold up the pages, each in a process of its own that ends with ours."""

import atexit
import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Generic, TypeVar, cast

from toolweave.core.errors import InputError, ToolweaveError

T = TypeVar("T")
Tell = Callable[[int], None]
# A job tells how far it is so often, in seconds.
_EVERY: Final = 0.2
# A process that has to end is given so long to put away what it used.
_GRACE: Final = 2.0
_CLOSING: Final = "the studio is closing"


class Job(Generic[T]):
    """One piece of work, and what became of it.

    Attributes:
        begun: whether it left the queue.
        count: how far it is, in records or whatever it counts.
        problem: why it came to nothing; empty while it has not.
        finished: set when it has a result or a problem.

    Args:
        work: what is done, with what it tells its count to; both travel to another process.
        seconds: how long it may take.
    """

    def __init__(self, work: Callable[[Tell], T], seconds: float | None = None) -> None:
        self.work, self.seconds = work, seconds
        self.begun, self.count, self.problem = False, 0, ""
        self.finished = threading.Event()
        self._result: T | None = None

    @property
    def result(self) -> T:
        """What came of it. Raises InputError where nothing did."""
        if self.problem or not self.finished.is_set():
            raise InputError(self.problem or "is not done yet")
        return cast("T", self._result)

    def end(self, result: T | None = None, problem: str = "") -> None:
        """It is over."""
        if not self.finished.is_set():
            self._result, self.problem = result, problem
            self.finished.set()


class Queue:
    """Does jobs one after another.

    Args:
        name: what its thread is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: deque[Job[Any]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        # What is said at one end interrupts whoever waits at the other.
        self._stop, self._stopped = get_context("spawn").Pipe()
        # Without this the interpreter would wait for the job when it exits in haste.
        atexit.register(self.close)

    def put(self, job: Job[T]) -> Job[T]:
        """Have a job done; returns it at once."""
        with self._lock:
            if self._closed:
                job.end(problem=_CLOSING)
                return job
            self._waiting.append(job)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name=self._name)
                self._thread.start()
        return job

    def close(self) -> None:
        """End the job under way, and forget the others."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            for job in self._waiting:
                job.end(problem=_CLOSING)
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            self._stop.send(None)
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._closed or not self._waiting:
                    self._thread = None
                    return
                job = self._waiting.popleft()
            job.begun = True
            try:
                _do(job, self._stopped)
            except OSError as error:
                job.end(problem=f"no process can be started: {error.strerror or error}")
            finally:
                job.end(problem="the work broke off without a result; the log may say why")


def _do(job: Job[Any], stopped: Connection) -> None:
    """Have a job done by a process of its own, and see that nothing of it stays."""
    receive, process = _started(job)
    with receive:
        told = _follow(job, receive, stopped)
        _end(process, at_once=not told)


def _started(job: Job[Any]) -> tuple[Connection, SpawnProcess]:
    context = get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(send, job.work))
    process.start()
    send.close()
    return receive, process


def _follow(job: Job[Any], receive: Connection, stopped: Connection) -> bool:
    """Hear a process until it has told what came of the job (true), breaks off or has to stop."""
    due = None if job.seconds is None else time.monotonic() + job.seconds
    while not job.finished.is_set():
        left = None if due is None else max(0.0, due - time.monotonic())
        heard = wait([receive, stopped], left)
        if not heard:
            job.end(problem=f"it takes longer than {job.seconds:g} seconds")
            return False
        if stopped in heard:
            job.end(problem=_CLOSING)
            return False
        try:
            kind, told = receive.recv()
        except (EOFError, OSError):
            # It was killed, perhaps in the middle of a word.
            return False
        if kind == "count":
            job.count = told
        elif kind == "result":
            job.end(result=told)
        else:
            job.end(problem=told)
    return True


def _end(process: SpawnProcess, *, at_once: bool) -> None:
    """See that a process is over, with all that it started; it may put away what it used."""
    assert process.pid is not None
    if not at_once:
        process.join(_GRACE)
    for last in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, last)
        process.join(_GRACE)
    process.kill()
    process.join()


def _work(send: Connection, work: Callable[[Tell], object]) -> None:
    """What the other process does."""
    # A group of its own: it ends as one, and Ctrl-C is the business of the studio.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    counted = _Counted(send)
    try:
        answer: tuple[str, object] = ("result", work(counted.tell))
    except ToolweaveError as error:
        answer = ("problem", str(error))
    except OSError as error:
        answer = ("problem", f"{error.filename or 'a file'}: {error.strerror or error}")
    counted.end(answer)


class _Counted:
    """Sends on now and then what a job tells; the job itself waits for nobody."""

    def __init__(self, send: Connection) -> None:
        self._send, self._count, self._over = send, 0, threading.Event()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def tell(self, count: int) -> None:
        """How far the job is."""
        self._count = count

    def end(self, answer: tuple[str, object]) -> None:
        """What came of it."""
        self._over.set()
        self._thread.join()
        self._send.send(answer)

    def _pass_on(self) -> None:
        sent, over = 0, False
        while not over:
            over = self._over.wait(_EVERY)
            if self._count != sent:
                sent = self._count
                self._send.send(("count", sent))


def _leave(*_: object) -> None:
    raise SystemExit


def _end_with_parent() -> None:
    above = parent_process()
    if above is not None:
        above.join()
        os.killpg(0, signal.SIGTERM)
        time.sleep(_GRACE)
        os.killpg(0, signal.SIGKILL)
