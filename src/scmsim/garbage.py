"""Fewer, larger garbage collections while millions of small objects are made and dropped."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 50_000
NEVER = 1_000_000_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage rarely, and not among what was there before; everything is as before afterwards.

    What is made while a scenario is read stays, and orders and shipments die by themselves when their last reference
    goes. What the collector has to find is little, and looking for it among the objects of a large network takes a
    quarter of the time of a run.

    Examples
    --------
    >>> before = gc.get_threshold()
    >>> with rare_collections():
    ...     pass
    >>> gc.get_threshold() == before
    True
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, thresholds[1], NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
