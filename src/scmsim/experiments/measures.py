"""Which figures an experiment is about: ``fill_rate``, ``fill_rate@retailer``, ``total_cost@retailer/beer``, ...

``METRIC`` alone is the figure of the whole chain. After ``@`` stands whose figure it is: ``NODE``, ``NODE/PRODUCT``,
``segment=NAME`` or ``product=NAME``. In any of these names ``*`` stands for anything, so that ``fill_rate@*`` is the
figure of every node, and ``kind=retailer`` stands for every node of that kind. A text that is a figure's whole address
means that figure, also where a name in it holds ``/``, ``=`` or ``*``.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from scmsim.errors import UsageError
from scmsim.metrics import CATALOGUE, Collector, Figures
from scmsim.scenario.network import Network
from scmsim.scenario.troubles import did_you_mean
from scmsim.words import plural

_WHOSE = re.compile(r"(?P<key>segment|product|kind)=(?P<name>.*)|(?P<node>[^/]*)(?:/(?P<of>.*))?", re.DOTALL)

MOST_BY_DEFAULT = 100
"""So many figures are chosen at most where nobody says which."""


class Measure(NamedTuple):
    """One figure: a metric, and whose it is."""

    metric: str
    segment: str | None = None
    node: str | None = None
    product: str | None = None

    def __str__(self) -> str:
        if self.node is not None:
            return f"{self.metric}@{self.node}" + (f"/{self.product}" if self.product is not None else "")
        if self.segment is not None:
            return f"{self.metric}@segment={self.segment}"
        return self.metric if self.product is None else f"{self.metric}@product={self.product}"


def measures(network: Network, metrics: Sequence[str] | None = None) -> list[Measure]:
    """Return every figure there is of a network, in the order of its KPI table."""
    keys = Figures(Collector(network, None if metrics is None else [CATALOGUE[name] for name in metrics])).keys()
    return [Measure(*key) for key in zip(*(keys[name] for name in Measure._fields), strict=True)]


def named(texts: str | Sequence[str]) -> list[str]:
    """Return names of figures; a single text may hold several, with commas between them.

    Examples
    --------
    >>> named("fill_rate, total_cost@retailer")
    ['fill_rate', 'total_cost@retailer']
    """
    given = texts.split(",") if isinstance(texts, str) else texts
    return [name for text in given if (name := text.strip())]


def chosen(network: Network, wanted: str | Sequence[str]) -> list[Measure]:
    """Return the figures that are asked for, each once, in the order of asking.

    Parameters
    ----------
    network : Network
        What they are figures of.
    wanted : str or sequence of str
        As described above; in a single text, commas separate them.

    Raises
    ------
    UsageError
        There is no such metric, no such name, or no such figure of that metric; the message says which there are.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> network = load("scenarios/beer_game.yaml").network
    >>> [str(one) for one in chosen(network, ["total_cost", "fill_rate@*tailer"])]
    ['total_cost', 'fill_rate@retailer']
    """
    found: dict[Measure, None] = {}
    there: dict[str, list[Measure]] = {}
    for text in named(wanted):
        metric, at, whose = text.partition("@")
        if metric not in CATALOGUE:
            raise UsageError(_no_metric(metric))
        if metric not in there:
            there[metric] = measures(network, [metric])
        exactly = [one for one in there[metric] if str(one) == text]
        matching = exactly or [one for one in there[metric] if _matches(network, one, whose if at else None)]
        if not matching:
            raise UsageError(_nothing(text, metric, there[metric]))
        if len(exactly) > 1:
            raise UsageError(_ambiguous(text, exactly))
        found |= dict.fromkeys(matching)
    return list(found)


def usual(network: Network) -> list[Measure]:
    """Return the figures of interest where nobody says which: the chain's, and the nodes' where it has none."""
    every = measures(network)
    whole = [one for one in every if one == Measure(one.metric)]
    known = {one.metric for one in whole}
    nodes = [one for one in every if one.metric not in known and one.node is not None and one.product is None]
    return (whole + nodes)[:MOST_BY_DEFAULT]


def positions(found: Sequence[Measure], keys: Mapping[str, Sequence[str | None]]) -> list[int]:
    """Return where figures stand among those of a run; a cost that does not arise there at all is after the last.

    Raises
    ------
    UsageError
        One of them is not among them: the networks differ.
    """
    every = [Measure(*key) for key in zip(*(keys[name] for name in Measure._fields), strict=True)]
    places = {one: place for place, one in enumerate(every)}
    arising = {one.metric for one in every}
    spared = {one for one in found if one.metric not in arising and CATALOGUE[one.metric].group == "cost"}
    missing = [one for one in found if one not in places and one not in spared]
    if missing:
        raise UsageError(f"there is no figure {missing[0]} in this network")
    return [places.get(one, len(every)) for one in found]


def unit_after(amount: str, metric: str, unit: str) -> str:
    """Write the unit of a figure after an amount of it, with a space before; nothing where there is none to write.

    Examples
    --------
    >>> unit_after("5", "average_on_hand", "case"), unit_after("1", "average_on_hand", "case")
    (' cases', ' case')
    >>> unit_after("5", "total_cost", "money"), unit_after("5", "profit", "yen")
    ('', ' yen')
    """
    if unit in ("ratio", "money"):
        return ""
    is_money = CATALOGUE[metric].unit.startswith(("money", "{currency}"))
    return f" {unit if is_money or amount.strip('+-−') == '1' else plural(unit)}"


def _matches(network: Network, one: Measure, whose: str | None) -> bool:
    if whose is None:
        return one == Measure(one.metric)
    said = _WHOSE.fullmatch(whose)
    if said is None:
        return False
    name, key = said["name"], said["key"]
    if key == "segment":
        return one.segment is not None and fnmatchcase(one.segment, name)
    if key == "product":
        return one.node is None and one.product is not None and fnmatchcase(one.product, name)
    if one.node is None:
        return False
    if key == "kind":
        return one.product is None and network.nodes[one.node].kind == name
    if (one.product is None) != (said["of"] is None):
        return False
    return fnmatchcase(one.node, said["node"]) and (one.product is None or fnmatchcase(one.product, said["of"]))


def _no_metric(metric: str) -> str:
    return f"no metric {metric!r}. {did_you_mean(metric, CATALOGUE) or 'The metrics are ' + ', '.join(CATALOGUE)}"


def _ambiguous(text: str, exactly: Sequence[Measure]) -> str:
    meant = " and ".join(
        f"of node {one.node!r}" + (f", product {one.product!r}" if one.product is not None else "") for one in exactly
    )
    return f"{text!r} is the address of {len(exactly)} figures, {meant}: call one of the nodes something else"


def _nothing(text: str, metric: str, there: Sequence[Measure]) -> str:
    names = [str(one) for one in there]
    near = did_you_mean(text, names)
    some = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"no figure {text!r}. {near + ' ' if near else ''}Of {metric} there are: {some or 'none in this scenario'}"
