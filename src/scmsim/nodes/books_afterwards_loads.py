"""What of every order is under way or in the works, and what it has cost, order by order."""

from typing import NamedTuple

import numpy as np

from scmsim.nodes.books_trade import Load

Array = np.ndarray


class Sent(NamedTuple):
    """Units that set out, or are begun to be made: tick, order, units, value, and what the first of an order adds."""

    time: Array
    order: Array
    units: Array
    value: Array
    extra: Array


class Arrived(NamedTuple):
    """Units that arrive: tick, order, units, whether the order is complete, and what they cost if never sent."""

    time: Array
    order: Array
    units: Array
    is_complete: Array
    opening: Array


class Loads:
    """Follows orders from block to block.

    Examples
    --------
    >>> one, loads = np.array([1.0]), Loads()
    >>> sent = Sent(one, one, np.array([4.0]), np.array([8.0]), np.array([2.0]))
    >>> arrived = Arrived(np.array([5.0]), one, np.array([2.0]), np.array([0.0]), one)
    >>> value, extra = loads.work_out(sent, arrived)
    >>> value.tolist(), extra.tolist()
    ([5.0], [2.0])
    """

    def __init__(self) -> None:
        self._loads: dict[float, Load] = {}

    def work_out(self, sent: Sent, arrived: Arrived) -> tuple[Array, Array]:
        """Return the value of all that has arrived, and what was added to all that was sent.

        Both are in the order of time. At one instant units arrive before others set out.
        """
        loads, values, extras = self._loads, arrived.opening.tolist(), [0.0] * len(sent.time)
        count = len(arrived.time)
        order = np.argsort(np.concatenate([arrived.time, sent.time]), kind="stable").tolist()
        arrivals = [column.tolist() for column in arrived[1:4]]
        departures = [column.tolist() for column in sent[1:]]
        for place in order:
            if place < count:
                number, units, is_complete = (column[place] for column in arrivals)
                load = loads.get(number)
                if load is not None:
                    values[place] = load.take(units)
                    if is_complete:
                        del loads[number]
            else:
                number, units, value, extra = (column[place - count] for column in departures)
                load = loads.get(number)
                if load is None:
                    load = loads[number] = Load()
                    extras[place - count] = extra
                    value += extra
                load.put(units, value)
        return np.array(values), np.array(extras)
