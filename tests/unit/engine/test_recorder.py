"""Facts in blocks."""

import numpy as np

from scmsim.engine.clock import Clock
from scmsim.engine.recorder import Keeper, Recorder


class _Log:
    reads = frozenset({"orders"})

    def __init__(self):
        self.chunks = []

    def update(self, chunk):
        self.chunks.append(chunk)


def _run(sinks, bucket=10, end=95, rows_per_tick=1):
    clock = Clock()
    recorder = Recorder(clock, sinks, bucket)
    write = recorder.writer("orders")
    for tick in range(end):
        for number in range(rows_per_tick):
            clock.at(tick, 3, lambda row: write(row), (tick, 0, number, 1.0))
    recorder.begin(0)
    clock.run(end)
    recorder.end(end)
    return recorder


def test_blocks_follow_each_other_and_end_on_buckets():
    """Tests that blocks cover the run without gap or overlap, and that all but the last end on whole buckets."""
    log = _Log()
    _run([log])
    starts = [chunk.start for chunk in log.chunks]
    ends = [chunk.end for chunk in log.chunks]
    assert starts == [0, *ends[:-1]]
    assert ends[-1] == 95
    assert all(end % 10 == 0 for end in ends[:-1])


def test_every_row_lies_in_its_own_block():
    """Tests that a fact at the instant of a boundary belongs to the block that begins there."""
    log = _Log()
    _run([log])
    for chunk in log.chunks:
        times = chunk.tables["orders"][:, 0]
        assert ((times >= chunk.start) & (times < chunk.end)).all()
    assert sum(len(chunk.tables["orders"]) for chunk in log.chunks) == 95


def test_a_keeper_returns_everything_in_order():
    """Tests that a keeper puts the blocks together again, and gives an empty table its columns."""
    keeper = Keeper()
    _run([keeper])
    tables = keeper.tables()
    assert np.array_equal(tables["orders"][:, 0], np.arange(95))
    assert tables["shipments"].shape == (0, 6)


def test_what_nobody_reads_is_not_written():
    """Tests that a table without a reader is reported as unread and swallows its rows."""
    recorder = Recorder(Clock(), [_Log()], 10)
    assert recorder.reads("orders")
    assert not recorder.reads("stock")
    recorder.writer("stock")((1.0,))
