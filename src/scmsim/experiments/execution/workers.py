"""Processes of this machine that work for this one, and survive each other's death.

They differ from `concurrent.futures.ProcessPoolExecutor` in three ways. A worker that dies takes only its own task with
it, and that task alone is told so: another worker takes its place. A worker never imports the user's main script, so
that a script needs no ``if __name__ == "__main__"``. A worker ends as soon as the process that started it does, however
that came about.
"""

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from multiprocessing.spawn import get_executable
from typing import IO, Any, NamedTuple

_BEGIN = (
    "import signal, pickle, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "sys.path[:] = pickle.load(sys.stdin.buffer); from scmsim.experiments.execution.workers import serve; serve()"
)

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
"""What keeps the linear algebra of a process from using the cores that the others work on."""
_LENGTH = struct.Struct("<Q")


class WorkerDied(Exception):  # noqa: N818
    """The process that did a task ended before the task did; ``args`` is how it ended."""


class _GoneError(Exception):
    """There is nobody at the other end."""


class _Task(NamedTuple):
    future: "Future[Any]"
    call: tuple[Callable[..., Any], tuple[Any, ...]]


class Workers(Executor):
    """Processes that do what is submitted, each one thing at a time.

    Parameters
    ----------
    count : int
        How many.

    Examples
    --------
    >>> with Workers(1) as workers:
    ...     workers.submit(sum, [1, 2, 3]).result()
    6
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.owner = os.getpid()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._threads = [threading.Thread(target=self._tend, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":
        """Have a worker call a function.

        Its name, what it is given and what it returns travel by pickle. The future fails with `WorkerDied` where the
        worker did not live to answer.
        """
        if named:
            raise TypeError("functions are called by position only")
        if self._closed.is_set():
            raise RuntimeError("these workers have been sent home")
        future: Future[Any] = Future()
        self._tasks.put(_Task(future, (fn, args)))
        return future

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes that run now."""
        with self._lock:
            return sorted(process.pid for process in self._processes)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: after what was submitted is done, or at once where ``cancel_futures`` is set."""
        self._closed.set()
        if cancel_futures:
            self._drop()
            self.kill()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """End all processes at once; what they were doing fails, and others take their places when there is work."""
        with self._lock:
            for process in self._processes:
                process.kill()

    def _drop(self) -> None:
        with suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    task.future.cancel()

    def _tend(self) -> None:
        """Keep one worker busy, and replace it when it dies."""
        worker: _Worker | None = None
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None:
                    worker = self._hired()
                done, answer = worker.ask(task.call)
            except _GoneError:
                done, answer = False, self._buried(worker)
                worker = None
            except Exception as error:  # what cannot be pickled is the fault of the task
                done, answer = False, error
            (task.future.set_result if done else task.future.set_exception)(answer)
        if worker is not None:
            self._buried(worker)

    def _hired(self) -> "_Worker":
        with self._lock:
            worker = _Worker()
            self._processes.add(worker.process)
        return worker

    def _buried(self, worker: "_Worker | None") -> WorkerDied:
        if worker is None:
            return WorkerDied("it could not be started")
        code = worker.end()
        with self._lock:
            self._processes.discard(worker.process)
        return WorkerDied(f"it ended with {_ending(code)}")


class _Worker:
    """One process, at the other end of two pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [get_executable(), "-P", "-c", _BEGIN],
            env=ONE_THREAD | os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._to: IO[bytes] = self.process.stdin  # type: ignore[assignment]
        self._from: IO[bytes] = self.process.stdout  # type: ignore[assignment]
        with suppress(OSError):
            self._to.write(pickle.dumps(sys.path))

    def ask(self, call: tuple[Callable[..., Any], tuple[Any, ...]]) -> tuple[bool, Any]:
        """Have the process call a function; return whether it returned, and what it returned or raised."""
        _send(self._to, pickle.dumps(call))
        said = _receive(self._from)
        answer: tuple[bool, Any] = pickle.loads(said)
        return answer

    def end(self) -> int:
        """End the process where it has not ended, and return its exit code."""
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
        try:
            return self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _send(pipe: IO[bytes], message: bytes) -> None:
    try:
        pipe.write(_LENGTH.pack(len(message)))
        pipe.write(message)
        pipe.flush()
    except (OSError, ValueError):
        raise _GoneError from None


def _receive(pipe: IO[bytes]) -> bytes:
    try:
        head = pipe.read(_LENGTH.size)
        if len(head) == _LENGTH.size:
            (length,) = _LENGTH.unpack(head)
            message = pipe.read(length)
            if len(message) == length:
                return message
    except (OSError, ValueError):
        pass
    raise _GoneError


def _ending(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def serve() -> None:
    """Do in this process what another asks through stdin, and answer through stdout, until it is gone.

    What is printed meanwhile goes to stderr.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    calls: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, calls), daemon=True).start()
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    while True:
        _send(answers, _packed(_answer(calls.get())))


def _listen(pipe: IO[bytes], calls: "queue.SimpleQueue[bytes]") -> None:
    """Take in calls, and end this process, whatever it does, when nobody is there to call any more."""
    while True:
        try:
            calls.put(_receive(pipe))
        except _GoneError:
            os._exit(0)


def _answer(message: bytes) -> tuple[bool, Any]:
    try:
        function, arguments = pickle.loads(message)
        return True, function(*arguments)
    except Exception as error:
        return False, error


def _packed(answer: tuple[bool, Any]) -> bytes:
    try:
        return pickle.dumps(answer)
    except Exception as error:
        return pickle.dumps((False, TypeError(f"what was found cannot be sent back: {error}")))
