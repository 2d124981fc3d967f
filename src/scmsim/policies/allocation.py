"""Sharing what is there among those who ask for more."""

from collections.abc import Sequence
from itertools import accumulate
from math import floor, fsum, inf, nextafter


def allocate(available: float, requests: Sequence[float], whole_units: bool = False) -> list[float]:
    """Share ``available`` units among requests that were entered together, in proportion to them.

    Everybody gets all they ask for when there is enough. Otherwise everything is given out, in proportion; whole units
    by largest remainder, ties to the earlier request (so callers order the requests by name). No share exceeds its
    request, and the arithmetic is exact: taking the shares from ``available`` one after another rounds nothing and
    never falls below 0. Rounding may leave a last few units in 10¹⁵ where requests exceed ``available`` by no more.

    Source: DESIGN's rule for entries of one instant; largest remainder after Hamilton (1792).

    Parameters
    ----------
    available : float
        Units on hand; nothing is shared when it is not above 0.
    requests : sequence of float
        Units asked for, none negative.
    whole_units : bool
        Whether shares are whole numbers of units; what is left of fractions is not shared.

    Returns
    -------
    list of float
        One share per request, in the same order.

    Examples
    --------
    >>> allocate(6.0, [4.0, 8.0])
    [2.0, 4.0]
    >>> allocate(5.0, [3.0, 3.0, 3.0], whole_units=True)
    [2.0, 2.0, 1.0]
    >>> allocate(20.0, [4.0, 8.0])
    [4.0, 8.0]
    """
    if available <= 0:
        return [0.0] * len(requests)
    if whole_units:
        return _largest_remainder(floor(available), [floor(request) for request in requests])
    if fsum((*requests, -available)) <= 0:
        return [float(request) for request in requests]
    return _pro_rata(available, requests)


def _pro_rata(available: float, requests: Sequence[float]) -> list[float]:
    asked = list(accumulate(reversed(requests)))
    left, shares = available, []
    for request in requests:
        still = asked.pop()
        share = min(request, left, left * (request / still)) if still > request else min(request, left)
        share, left = _take(share, left, request)
        shares.append(share)
    return shares


def _take(share: float, left: float, request: float) -> tuple[float, float]:
    """Return a share next to ``share``, not above ``request``, whose difference to ``left`` is a float, and that."""
    rest = left - share
    if left - rest > request:
        rest = nextafter(rest, inf)
    return left - rest, rest


def _largest_remainder(available: int, requests: Sequence[int]) -> list[float]:
    asked = sum(requests)
    if asked <= available:
        return [float(request) for request in requests]
    quotas = [divmod(available * request, asked) for request in requests]
    short = available - sum(whole for whole, _ in quotas)
    first = sorted(range(len(requests)), key=lambda index: -quotas[index][1])[:short]
    return [float(whole + (index in first)) for index, (whole, _) in enumerate(quotas)]
