"""A Dask cluster as a place to work at: one that exists, or one of this machine that is made for the occasion."""

import logging
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from multiprocessing.spawn import get_executable
from typing import Any

from scmsim.errors import MissingExtra, ScmsimError, UsageError
from scmsim.experiments.execution.workers import ONE_THREAD

PATIENCE = 8.0
"""So many seconds a scheduler has to answer."""
_LOOPBACK = "127.0.0.1"
_AHEAD, _LEAST, _COUNT_AGAIN = 3, 4, 5.0


class Cluster:
    """A scheduler and its workers.

    Parameters
    ----------
    address : str
        Of the scheduler; empty for a cluster of this machine, on 127.0.0.1 and without a dashboard.
    workers : int
        How many processes such a cluster of this machine has.

    Raises
    ------
    UsageError
        No scheduler answers.
    MissingExtra
        Dask is not installed.
    """

    def __init__(self, address: str, workers: int) -> None:
        try:
            import distributed
        except ImportError:
            raise MissingExtra("A Dask cluster", "dask") from None
        self.address = address
        self._own = None if address else _Own(distributed, workers)
        self._client = self._connected(distributed, self._own.scheduler if self._own else address)
        self._killed: type[BaseException] = distributed.KilledWorker
        self._executor = self._client.get_executor(pure=False)
        self._size, self._counted = 0, 0.0

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Have a worker call a function; only that worker reads what it is given."""
        future: Future[Any] = self._executor.submit(called, pickle.dumps((fn, args)))
        return future

    def _connected(self, distributed: Any, scheduler: Any) -> Any:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            return distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError, ImportError) as error:
            said = " ".join(str(error).split())
            raise UsageError(f"no Dask scheduler answers at {self.address}: {said}") from None

    def room(self) -> int:
        """Return how many tasks it should have at any time; workers may come and go."""
        now = time.monotonic()
        if self._counted == 0 or now - self._counted > _COUNT_AGAIN:
            with suppress(Exception):
                self._size = sum(self._client.nthreads().values())
            self._counted = now
        return max(_LEAST, _AHEAD * self._size)

    def deaths(self, error: BaseException) -> int:
        """Return after how many deaths of workers Dask gave a task up."""
        if not isinstance(error, self._killed):
            return 0
        return int(getattr(error, "allowed_failures", 3)) + 1

    def lost(self, error: BaseException | None = None) -> ScmsimError | None:
        """Say that the cluster is gone."""
        if isinstance(error, ImportError):
            return ScmsimError(
                f"the workers of the cluster at {self._at} lack what is installed here ({error}): "
                "install the same version of scmsim there"
            )
        if self._own is not None and not self._own.alive:
            return ScmsimError("all workers of the cluster on 127.0.0.1 have ended; what was done is kept")
        if self._client.status == "running" and not isinstance(error, CancelledError | OSError):
            return None
        return ScmsimError(f"the cluster at {self._at} was lost; the same command takes up where it stopped")

    @property
    def _at(self) -> str:
        return self.address or "127.0.0.1"

    def stop(self) -> None:
        """Have the scheduler forget what is under way."""
        with suppress(Exception):
            self._executor.shutdown(wait=False)
        self._executor = self._client.get_executor(pure=False)

    def close(self) -> None:
        """Take leave of the cluster, and end it where it was made for the occasion."""
        for each in (self._client, self._own):
            if each is not None:
                with suppress(Exception):
                    each.close(timeout=2)


def called(message: bytes) -> Any:
    """Call the function that a message tells, with what it is given."""
    function, arguments = pickle.loads(message)
    return function(*arguments)


class _Own:
    """A scheduler in this process, and workers of this machine."""

    def __init__(self, distributed: Any, workers: int) -> None:
        self.scheduler = distributed.LocalCluster(
            n_workers=0,
            host=_LOOPBACK,
            dashboard_address=f"{_LOOPBACK}:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
        )
        self.workers = [self._worker() for _ in range(workers)]

    def _worker(self) -> "subprocess.Popen[bytes]":
        told = ["--nthreads", "1", "--host", _LOOPBACK, "--dashboard-address", f"{_LOOPBACK}:0", "--no-dashboard"]
        told += ["--death-timeout", "20"]
        return subprocess.Popen(
            [get_executable(), "-m", "distributed.cli.dask_worker", self.scheduler.scheduler_address, *told],
            env={**ONE_THREAD, **os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONSAFEPATH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def alive(self) -> bool:
        """Whether there is a worker, or will be: each has a process that starts it again when it dies."""
        return any(worker.poll() is None for worker in self.workers)

    def close(self, timeout: float) -> None:
        """End the workers, then the scheduler."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(timeout)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self.scheduler.close(timeout)
