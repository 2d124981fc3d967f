"""Tests of how places of work are named and kept open."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from scmsim.errors import MissingExtra, UsageError
from scmsim.experiments.execution import executors
from scmsim.experiments.execution.executors import Place, place, resolved


@pytest.mark.parametrize(
    "text", ["", "moon", "local:", "local:0", "local:-1", "local:two", "here:1", "dask:", "dask:a"]
)
def test_unknown_places_are_refused(text: str) -> None:
    """Tests that a place that is none is refused, with those there are."""
    with pytest.raises(UsageError, match=r"no place '.*' to work at: expected here, local, local:N, dask or dask:tcp"):
        place(text)


def test_places_are_read() -> None:
    """Tests that a place is read with its workers or its address."""
    assert place("here") == Place("here")
    assert place(" local:12 ") == Place("local", workers=12)
    assert place("dask") == Place("dask")
    assert place("dask:node7:8786") == Place("dask", address="tcp://node7:8786")
    assert place("dask:tls://[::1]:8786") == Place("dask", address="tls://[::1]:8786")


def test_options_are_put_together() -> None:
    """Tests that one core means this process, and that nothing said means all cores."""
    assert resolved("local:1", None) == resolved(None, 1) == Place("here")
    assert resolved("local", 3) == resolved(None, 3) == resolved("local:3", 3) == Place("local", workers=3)
    assert resolved("dask", 2) == Place("dask", workers=2)
    everything = resolved(None, None)
    assert everything == (Place("local", workers=executors.cores()) if executors.cores() > 1 else Place("here"))


@pytest.mark.parametrize("where", ["here", "local:3", "dask:tcp://h:1"])
def test_contradictions_are_refused(where: str) -> None:
    """Tests that two numbers of workers, or a number where none can be chosen, are refused."""
    with pytest.raises(UsageError, match="and 2 workers cannot both be had: say where, or how many"):
        resolved(where, 2)


def test_nonsense_is_refused() -> None:
    """Tests that no workers, and things that take no work, are refused."""
    with pytest.raises(UsageError, match="workers must be a whole number of at least 1, not 0"):
        resolved(None, 0)
    with pytest.raises(UsageError, match="where must be here, .* or an object with submit, not int"):
        resolved(4, None)  # type: ignore[arg-type]


def test_a_given_executor_is_filled_by_its_size() -> None:
    """Tests that an executor's own number of workers, or the one said, decides how much is sent ahead."""
    with ThreadPoolExecutor(3) as threads:
        assert executors.opened(threads).room() == 6
        assert executors.opened(threads, 5).room() == 10


def test_places_stay_open() -> None:
    """Tests that a place is opened once, that its processes end when it is closed, and that it then opens anew."""
    wanted = Place("local", workers=2)
    site = executors.opened(wanted)
    assert executors.opened(wanted) is site
    assert site.submit(os.getpid).result() != os.getpid()
    executors.close()
    assert site.pids == []  # type: ignore[attr-defined]
    assert executors.opened(wanted) is not site
    executors.close()


def test_dask_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that without Dask, asking for it names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"A Dask cluster needs an optional package: pip install 'scmsim\[dask\]'"):
        executors.opened(Place("dask", workers=1))


def test_workers_import_little() -> None:
    """Tests that the module which workers import brings neither pandas nor plotly, scipy.stats or the command line."""
    code = (
        "import sys, scmsim.experiments.execution.work, scmsim.experiments.execution.dispatch; "
        "print({'pandas', 'plotly', 'scipy.stats', 'typer', 'distributed'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
