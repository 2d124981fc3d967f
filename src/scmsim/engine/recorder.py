"""Facts: written down once as they happen, handed on in blocks to whoever reads them.

A table that nobody reads is not written. Blocks end on whole buckets of time, and their size follows the number of
rows, so that the memory of a run whose readers only add up does not grow with the horizon.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from struct import pack
from typing import NamedTuple, Protocol

import numpy as np

from scmsim.engine.clock import Clock, Phases

COLUMNS: dict[str, tuple[str, ...]] = {
    "demand": ("time", "point", "buyer", "order", "quantity", "served", "lost"),
    "orders": ("time", "point", "order", "quantity"),
    "deliveries": ("time", "seller", "buyer", "order", "placed", "promised", "quantity", "complete"),
    "stock": ("time", "point", "on_hand", "backorders", "on_order", "in_transit"),
    "shipments": ("time", "seller", "buyer", "order", "quantity", "arrives"),
    "production": ("time", "point", "order", "quantity", "finishes"),
    "messages": ("time", "kind", "sender", "receiver", "order", "quantity", "received"),
    "operations": (
        "time",
        "resource",
        "machine",
        "kind",
        "point",
        "stage",
        "order",
        "job",
        "quantity",
        "waiting",
        "resumed",
        "overtime",
    ),
    "events": ("time", "kind", "point", "partner", "order", "quantity", "value"),
    "freight": ("time", "lane", "load", "mode", "buyer", "order", "quantity", "cost", "co2"),
    "forecasts": ("time", "point", "quantity", "demand"),
    "invoices": ("time", "invoice", "order", "seller", "buyer", "amount", "due"),
    "payments": ("time", "payment", "invoice", "order", "payer", "payee", "amount", "received"),
    "ledger": ("time", "posting", "node", "account", "amount", "event", "order", "partner"),
    "journal": ("time", "kind", "node", "partner", "order", "a", "b", "c"),
}
"""The columns of every table of facts: times in ticks, points and nodes by index, quantities in units."""

NUMBERS_PER_BLOCK = 100_000

Row = tuple[float, ...]
Write = Callable[[Row], None]


class Chunk(NamedTuple):
    """The facts of [start, end): for each table an array with one row per fact, in the order of time."""

    start: int
    end: int
    tables: dict[str, np.ndarray]


WorkOut = Callable[[Container[str], Chunk], dict[str, np.ndarray]]
"""Gives tables of those wanted, from the other tables of a block."""


class Sink(Protocol):
    """A reader of facts."""

    @property
    def reads(self) -> frozenset[str]:
        """The tables it wants."""

    def update(self, chunk: Chunk) -> None:
        """Take in the next block."""


class Keeper:
    """A sink that keeps everything.

    Parameters
    ----------
    reads : collection of str, optional
        The tables to keep; all of them unless given.
    """

    def __init__(self, reads: Sequence[str] = tuple(COLUMNS)) -> None:
        self.reads = frozenset(reads)
        self._kept: dict[str, list[np.ndarray]] = {name: [] for name in self.reads}

    def update(self, chunk: Chunk) -> None:
        """Keep a block."""
        for name, kept in self._kept.items():
            if len(chunk.tables[name]):
                kept.append(chunk.tables[name])

    def tables(self) -> dict[str, np.ndarray]:
        """Return every table whole."""
        return {
            name: np.concatenate(kept) if kept else np.empty((0, len(COLUMNS[name])))
            for name, kept in self._kept.items()
        }


def _all_of(readers: tuple[Write, ...]) -> Write:
    """Return the function that hands a row to every reader, of which there may be none."""

    def write(row: Row) -> None:
        for read in readers:
            read(row)

    def write_both(row: Row) -> None:
        first(row)
        second(row)

    if len(readers) != 2:
        return write
    first, second = readers
    return write_both


class Recorder:
    """Collects rows and hands them on; between two blocks they lie in one flat list per table.

    Parameters
    ----------
    clock : Clock
        Whose time the blocks follow.
    sinks : sequence of Sink
        The readers.
    bucket : int
        Blocks end on start + k × bucket, in ticks.
    """

    def __init__(self, clock: Clock, sinks: Sequence[Sink], bucket: int) -> None:
        self._clock = clock
        self._sinks = sinks
        self._bucket = bucket
        self._wanted = frozenset[str]().union(*(sink.reads for sink in sinks))
        self._facts: dict[str, list[float]] = {name: [] for name in sorted(self._wanted)}
        self._subscribers: defaultdict[str, list[Write]] = defaultdict(list)
        self._derived: list[tuple[list[float], WorkOut]] = []
        self._start = 0
        self._buckets = 1

    def reads(self, table: str) -> bool:
        """Whether anyone reads this table."""
        return table in self._facts or table in self._subscribers

    def subscribe(self, table: str, reader: Write) -> None:
        """Hand every row of a table to ``reader`` as it is written, by every writer that is asked for after this."""
        self._subscribers[table].append(reader)

    def writer(self, table: str) -> Write:
        """Return the function that writes one row of a table."""
        readers = tuple(self._subscribers.get(table, ()))
        facts = self._facts.get(table)
        if facts is not None:
            readers = (facts.extend, *readers)
        return readers[0] if len(readers) == 1 else _all_of(readers)

    def derive(self, notes: list[float], work_out: WorkOut, needs: Sequence[str] = ()) -> None:
        """Have tables worked out whenever a block is handed on, from notes, which are cleared then, and from its facts.

        ``work_out`` is told which tables are read, and returns those of them that it knows. The tables it ``needs`` are
        written, by every writer that is asked for after this, whether anyone else reads them or not.
        """
        self._derived.append((notes, work_out))
        for name in needs:
            self._facts.setdefault(name, [])

    def begin(self, start: int) -> None:
        """Begin the first block."""
        self._start = start
        self._book()

    def end(self, tick: int) -> None:
        """Hand on what is left when the run has ended."""
        self._hand_on(tick)

    def _book(self) -> None:
        self._clock.at(self._start + self._buckets * self._bucket, Phases.prepare, self._flush)

    def _flush(self, _argument: None) -> None:
        numbers = sum(map(len, self._facts.values())) + sum(len(notes) for notes, _ in self._derived)
        self._hand_on(self._clock.now)
        self._buckets = max(1, min(100 * self._buckets, self._buckets * NUMBERS_PER_BLOCK // max(numbers, 1)))
        self._book()

    def _hand_on(self, end: int) -> None:
        tables = {name: packed(facts, len(COLUMNS[name])) for name, facts in self._facts.items()}
        block = Chunk(self._start, end, tables)
        for notes, work_out in self._derived:
            tables |= work_out(self._wanted, block)
            notes.clear()
        chunk = Chunk(self._start, end, {name: tables[name] for name in sorted(self._wanted)})
        for sink in self._sinks:
            sink.update(chunk)
        for facts in self._facts.values():
            facts.clear()
        self._start = end


def packed(facts: list[float], width: int) -> np.ndarray:
    """Return numbers as rows of an array; packing is several times faster than numpy's own conversion of a list."""
    return np.frombuffer(pack(f"{len(facts)}d", *facts)).reshape(-1, width)
