"""Progress on a terminal; silence in a pipe."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str) -> Iterator[Callable[[float, int], None] | None]:
    """Show how far long work has come, on stderr and only when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many runs of how many are done, how fast and how long yet, on stderr and only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    parts = [
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    ]
    begun: list[tuple[TaskID, int, float]] = []
    with Progress(*parts, console=Console(stderr=True), transient=True) as bars:

        def shown(done: int, total: int) -> None:
            if not begun:
                begun.append((bars.add_task(what, total=total, completed=done, rate=""), done, time.monotonic()))
            task, first, start = begun[0]
            seconds = time.monotonic() - start
            rate = f"{(done - first) / seconds:,.1f}/s" if done > first and seconds > 0 else ""
            bars.update(task, completed=done, total=total, rate=rate)

        yield shown
