"""Everything that is recognised: one function per family of models."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from scmsim.scenario.network import Network
from scmsim.theory.assembly import assemblies
from scmsim.theory.bullwhip import amplifying_stages
from scmsim.theory.capacity import limited_suppliers
from scmsim.theory.laws import TooWideError
from scmsim.theory.little import littles_law
from scmsim.theory.lost_sales import lost_sales
from scmsim.theory.lots import economic_lots
from scmsim.theory.palm import crossing_lead_times
from scmsim.theory.queues import queues
from scmsim.theory.rows import Row
from scmsim.theory.serial import serial_lines
from scmsim.theory.single import single_stocks
from scmsim.theory.trees import poisson_trees

RECOGNISERS: tuple[Callable[[Network], Iterator[Row]], ...] = (
    single_stocks,
    crossing_lead_times,
    lost_sales,
    economic_lots,
    serial_lines,
    poisson_trees,
    assemblies,
    limited_suppliers,
    queues,
    amplifying_stages,
    littles_law,
)
"""Every one gives rows for what it knows, and nothing for the rest."""


def recognise(network: Network) -> tuple[Row, ...]:
    """Return what theory knows of a network; nothing is simulated.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> rows = recognise(load("scenarios/newsvendor.yaml").network)
    >>> [(row.measure.name, round(row.expected, 3)) for row in rows if row.measure.name == "cost_per_period"]
    [('cost_per_period', 1.998), ('cost_per_period', 1.998)]
    """
    found: list[Row] = []
    for recogniser in RECOGNISERS:
        with suppress(TooWideError):  # what is too large to be summed is left out, and what comes after it
            found.extend(recogniser(network))
    return tuple(found)
