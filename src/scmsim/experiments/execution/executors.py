"""Where work is done: in this process, on the cores of this machine, on a Dask cluster, or where an executor takes it.

All of them are used through one seam, ``submit(function, argument)`` of `concurrent.futures.Executor`.
"""

import atexit
import os
import re
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from scmsim.errors import MissingExtra, ScmsimError, UsageError
from scmsim.experiments.execution.workers import WorkerDied, Workers

KNOWN = "here, local, local:N, dask or dask:tcp://HOST:PORT"
_AHEAD = 2
"""So many tasks are sent per worker, so that none waits for this process."""
_UNKNOWN = 64
"""So many tasks are under way where nobody knows how many workers there are."""


class Submits(Protocol):
    """Anything that does work somewhere else: all that is asked of an executor."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Have a function called, and return the future of what it returns."""
        ...


Where = str | Submits | None


class Place(NamedTuple):
    """What the name of a place says: its kind, and as the case may be how many workers or which address."""

    kind: str
    workers: int | None = None
    address: str = ""


def place(text: str) -> Place:
    """Read the name of a place.

    Parameters
    ----------
    text : str
        ``here`` (this process), ``local`` (all cores of this machine), ``local:N``, ``dask`` (a cluster of this
        machine, made for the occasion) or ``dask:ADDRESS`` (one that exists).

    Raises
    ------
    UsageError
        There is no such place.

    Examples
    --------
    >>> place("local:4")
    Place(kind='local', workers=4, address='')
    >>> place("dask:tcp://10.0.0.5:8786").address
    'tcp://10.0.0.5:8786'
    """
    kind, colon, rest = text.strip().partition(":")
    if kind in ("here", "local", "dask") and not colon:
        return Place(kind)
    if kind == "local" and rest.isascii() and rest.isdigit() and int(rest) > 0:
        return Place(kind, workers=int(rest))
    if kind == "dask" and re.fullmatch(r"(\w+://)?\S+:\d+", rest):
        return Place(kind, address=rest if "://" in rest else f"tcp://{rest}")
    raise UsageError(f"no place {text!r} to work at: expected {KNOWN}")


class Site(Protocol):
    """A place that is open for work."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Have a function called."""
        ...

    def room(self) -> int:
        """Return how many tasks it should have at any time."""
        ...

    def deaths(self, error: BaseException) -> int:
        """Return how many workers died of a task that failed with an error."""
        ...

    def lost(self, error: BaseException | None = None) -> ScmsimError | None:
        """Say that the place is gone, after an error or by itself; None where it is not."""
        ...

    def stop(self) -> None:
        """Stop at once what is under way."""
        ...

    def close(self) -> None:
        """Close the place."""
        ...


class Local:
    """The cores of this machine."""

    def __init__(self, count: int) -> None:
        self._workers = Workers(count)
        self.submit = self._workers.submit

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes that run now."""
        return self._workers.pids

    def room(self) -> int:
        """Return how many tasks it should have at any time."""
        return _AHEAD * self._workers.count

    def deaths(self, error: BaseException) -> int:
        """Return 1 where the worker died."""
        return int(isinstance(error, WorkerDied))

    def lost(self, error: BaseException | None = None) -> ScmsimError | None:
        """Return None: workers are replaced."""
        return None

    def stop(self) -> None:
        """End the processes; others take their places when there is work."""
        self._workers.kill()

    def close(self) -> None:
        """End the processes for good."""
        if self._workers.owner == os.getpid():
            self._workers.shutdown(cancel_futures=True)


class Given:
    """An executor that somebody else opened, and will close."""

    def __init__(self, executor: Submits, workers: int | None) -> None:
        self._executor = executor
        self._workers = workers or getattr(executor, "_max_workers", None)
        self.submit = executor.submit

    def room(self) -> int:
        """Return how many tasks it should have at any time."""
        return _AHEAD * self._workers if self._workers else _UNKNOWN

    def deaths(self, error: BaseException) -> int:
        """Return 0: who died of what is not known here."""
        return 0

    def lost(self, error: BaseException | None = None) -> ScmsimError | None:
        """Say that the executor failed."""
        if error is None:
            return None
        said = " ".join(str(error).split()) or type(error).__name__
        return ScmsimError(f"the executor {type(self._executor).__name__} failed ({said}); what was done is kept")

    def stop(self) -> None:
        """Leave it to its owner."""

    def close(self) -> None:
        """Leave it to its owner."""


_open: dict[Place, tuple[int, Site]] = {}


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def resolved(where: Where, workers: int | None) -> Place | Submits:
    """Put together what two options say of one place.

    Parameters
    ----------
    where : str, executor or None
        The name of a place, as for `place`; all cores where nothing is said.
    workers : int, optional
        How many processes there.

    Raises
    ------
    UsageError
        There is no such place, or it cannot have so many workers.
    """
    if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
        raise UsageError(f"workers must be a whole number of at least 1, not {workers!r}")
    if where is not None and not isinstance(where, str):
        if not callable(getattr(where, "submit", None)):
            raise UsageError(f"where must be {KNOWN}, or an object with submit, not {type(where).__name__}")
        return where
    said = place("local" if where is None else where)
    if workers is not None and (said.address or said.kind == "here" or said.workers not in (None, workers)):
        raise UsageError(f"{where} and {workers} workers cannot both be had: say where, or how many")
    if said.kind == "here" or said.address:
        return said
    count = workers or said.workers or cores()
    return Place("here") if said.kind == "local" and count == 1 else said._replace(workers=count)


def is_open(wanted: Place) -> bool:
    """Whether a place is open already."""
    process, site = _open.get(wanted, (0, None))
    return process == os.getpid() and site is not None and site.lost() is None


def opened(wanted: Place | Submits, workers: int | None = None) -> Site:
    """Open a place, or return it where it is open already; it stays open until this process ends.

    Raises
    ------
    UsageError
        There is no cluster at that address.
    MissingExtra
        Dask is not installed.
    """
    if not isinstance(wanted, Place):
        return Given(wanted, workers)
    if not is_open(wanted):
        _open[wanted] = (os.getpid(), _new(wanted))
    return _open[wanted][1]


def check_place(where: Where, workers: int | None = None) -> None:
    """Make sure that there is a place to work at, before anything is begun or written for the work.

    Parameters
    ----------
    where : str, executor or None
        The name of a place, as for `place`; all cores where nothing is said.
    workers : int, optional
        How many processes there.

    Raises
    ------
    UsageError
        There is no such place, it cannot have so many workers, or nobody answers at its address.
    MissingExtra
        Dask is not installed.
    """
    wanted = resolved(where, workers)
    if not isinstance(wanted, Place) or wanted.kind != "dask":
        return
    if wanted.address:
        opened(wanted)
    elif find_spec("distributed") is None:
        raise MissingExtra("A Dask cluster", "dask")


def _new(wanted: Place) -> Site:
    if wanted.kind == "local":
        return Local(wanted.workers or cores())
    from scmsim.experiments.execution.cluster import Cluster

    return Cluster(wanted.address, wanted.workers or cores())


def close() -> None:
    """Close every place that this process opened."""
    for process, site in list(_open.values()):
        if process == os.getpid():
            with suppress(Exception):
                site.close()
    _open.clear()


atexit.register(close)
