"""Tests of the processes of this machine that work for another."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait

import pytest

from scmsim.experiments.execution.workers import WorkerDied, Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Two workers, sent home afterwards."""
    with Workers(2) as found:
        yield found


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and was not collected does not)."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_calls_are_answered(workers: Workers) -> None:
    """Tests that every call gets its own answer, and that the work is spread over processes that are not this one."""
    assert [future.result() for future in [workers.submit(pow, 2, power) for power in range(20)]] == [
        2**power for power in range(20)
    ]
    pids = {workers.submit(os.getpid).result() for _ in range(4)}
    assert os.getpid() not in pids
    assert pids <= set(workers.pids)


def test_errors_come_back(workers: Workers) -> None:
    """Tests that an error raised by a call is the error of its future, and that the worker goes on."""
    with pytest.raises(ValueError, match="math domain error|nonnegative"):
        workers.submit(math.sqrt, -1).result()
    assert workers.submit(math.sqrt, 4).result() == 2


def test_what_cannot_travel_is_said(workers: Workers) -> None:
    """Tests that what cannot be pickled, on the way out or on the way back, fails in its place."""
    with pytest.raises(Exception, match="pickle"):
        workers.submit(lambda: 1).result()
    with pytest.raises(TypeError, match="cannot be sent back"):
        workers.submit(eval, "lambda: 1").result()
    assert workers.submit(len, b"x" * 3_000_000).result() == 3_000_000


def test_prints_do_not_disturb(workers: Workers) -> None:
    """Tests that a call may print, also past Python, without spoiling the answers."""
    assert workers.submit(os.write, 1, b"noise\n").result() == 6
    assert workers.submit(print, "noise").result() is None
    assert workers.submit(abs, -1).result() == 1


def test_a_dead_worker_takes_its_own_task_alone(workers: Workers) -> None:
    """Tests that the death of a worker fails the one task it had, and that all others are done."""
    futures = [workers.submit(os._exit, 3) if at == 5 else workers.submit(abs, -at) for at in range(10)]
    wait(futures)
    with pytest.raises(WorkerDied, match="it ended with exit code 3"):
        futures[5].result()
    assert [future.result() for at, future in enumerate(futures) if at != 5] == [0, 1, 2, 3, 4, 6, 7, 8, 9]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_killed_worker_is_named_by_its_signal(workers: Workers) -> None:
    """Tests that a worker killed from outside is replaced."""
    pid = workers.submit(os.getpid).result()
    sleeping = [workers.submit(time.sleep, 30) for _ in range(2)]
    while len(workers.pids) < 2 or not all(future.running() for future in sleeping):
        time.sleep(0.01)
    for each in workers.pids:
        os.kill(each, signal.SIGKILL)
    for future in sleeping:
        with pytest.raises(WorkerDied, match="SIGKILL"):
            future.result(timeout=10)
    assert workers.submit(os.getpid).result() != pid


def test_going_home(workers: Workers) -> None:
    """Tests that those sent home at once end their processes, drop what waits, and take nothing more."""
    futures = [workers.submit(time.sleep, 30) for _ in range(6)]
    while len(workers.pids) < 2:
        time.sleep(0.01)
    pids, begun = workers.pids, time.monotonic()
    workers.shutdown(cancel_futures=True)
    assert time.monotonic() - begun < 10
    assert all(future.done() for future in futures)
    assert sum(future.cancelled() for future in futures) >= 4
    assert not any(is_alive(pid) for pid in pids)
    with pytest.raises(RuntimeError, match="sent home"):
        workers.submit(abs, 1)


SCRIPT = """
import os, time
from scmsim.experiments.execution.workers import Workers
workers = Workers(2)
for _ in range(2):
    workers.submit(time.sleep, 60)
while len(workers.pids) < 2:
    time.sleep(0.01)
time.sleep(0.5)
print(*workers.pids, flush=True)
{then}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_workers_end_with_the_process_that_started_them() -> None:
    """Tests that a script needs no guard, and that its workers do not outlive it when it is killed in the middle."""
    script = SCRIPT.format(then="os.kill(os.getpid(), 9)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    pids = [int(pid) for pid in done.stdout.split()]
    assert (done.returncode, len(pids)) == (-9, 2), done.stderr
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_alive(pid) for pid in pids)
