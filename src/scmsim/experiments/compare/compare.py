"""Compare scenarios on the same random numbers."""

from collections.abc import Sequence
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from scmsim.errors import UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.compare.comparable import check_comparable, measured
from scmsim.experiments.compare.comparison import Comparison
from scmsim.experiments.compare.laboratory import Laboratory, Wishes
from scmsim.experiments.compare.selection import FEWEST
from scmsim.experiments.compare.variants import Policies, named, variants
from scmsim.experiments.keywords import only_known, whole
from scmsim.experiments.measures import Measure
from scmsim.experiments.statistics.estimates import CONFIDENCE
from scmsim.experiments.storage.folder import check_target
from scmsim.metrics import CATALOGUE
from scmsim.scenario.scenario import Scenario

REPLICATIONS = 20
"""So many where nobody says how many and chance plays a part."""
MOST = 1000
"""So many replications of a scenario a selection makes at most."""


def compare(
    *scenarios: Scenario | str | PathLike[str],
    policies: Policies = None,
    measures: str | Sequence[str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    **wishes: Unpack[Wishes],
) -> Comparison:
    """Say which of several scenarios is better, on what, by how much, and how sure that is.

    All of them meet the same random numbers: a replication of one is compared with the same replication of another.

    Parameters
    ----------
    *scenarios : Scenario, str or path-like
        Two or more, the others to be compared with the first; or one with ``policies``. Paths are loaded.
    policies : bool or mapping, optional
        Variants of the first scenario: by name, what each changes (``{"large": {"nodes.shop.stock.bread.initial": 9}}``
        or ``{"large": ["nodes.shop.stock.bread.initial=9"]}``); or True for those of the file
        (``experiments.compare.policies``).
    measures : str or sequence of str, optional
        Which figures: ``fill_rate``, ``total_cost@retailer``, ``fill_rate@*``. Unless given, those of the file, or else
        service, cost, swings of orders, and with money profit and cash.
    replications : int, optional
        Of each scenario; unless given, as many as the file says, and 20 where it says 1 and chance plays a part.
    seed : int, optional
        Where chance begins; the first scenario's own unless given.
    **wishes
        ``confidence``, ``worth``, ``select``, ``indifference``, ``most``, ``where``, ``workers``, ``progress``,
        ``out``, ``force``: see `Wishes`.

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        There is only one scenario, they cannot be compared, or an argument is out of its range.
    ScenarioError
        A scenario or a variant is not valid.
    SimulationError
        A run failed.

    Examples
    --------
    >>> path = "nodes.stand.stock.paper.policy.level"
    >>> found = compare("scenarios/newsvendor.yaml", policies={"more": {path: 60}}, measures=["total_cost"])
    >>> found.differences[["scenario", "base", "verdict"]].values.tolist()
    [['more', 'base', 'worse']]
    """
    only_known(compare, wishes, Wishes)
    cases = named(variants(scenarios, policies))
    check_comparable(cases)
    first = next(iter(cases.values()))
    chance = any(involves_chance(case.network) for case in cases.values())
    block = first.file.experiments.compare if policies is True and first.file.experiments else None
    if measures is None and block is not None and block.measures:
        measures = block.measures
    if replications is None:
        replications = block.replications if block is not None else None
    count = whole("replications", _usual_number(first, chance) if replications is None else replications, least=1)
    besides = [*(wishes.get("worth") or ()), *filter(None, [wishes.get("select")])]
    found = measured(cases, measures, besides)
    laboratory = Laboratory(
        cases=cases,
        measures=found,
        seed=whole("seed", first.file.run.seed if seed is None else seed, least=0),
        replications=count,
        chance=chance,
        wishes=_checked(wishes, found, chance, count),
    )
    out, force = wishes.get("out"), wishes.get("force", False)
    if out is not None:
        check_target(Path(out), laboratory.manifest, force=force)
    answer = laboratory.compare()
    if out is not None:
        answer.write(out, force=force)
    return answer


def _usual_number(scenario: Scenario, chance: bool) -> int:
    own = scenario.file.run.replications
    return own if own > 1 or not chance else REPLICATIONS


def _checked(wishes: Wishes, found: Sequence[Measure], chance: bool, count: int) -> Wishes:
    """Check what is asked for, and put in what is not said.

    Raises
    ------
    UsageError
        Something is out of its range.
    """
    confidence = _number("confidence", wishes.get("confidence", CONFIDENCE))
    if not 0.5 <= confidence < 1:
        raise UsageError(f"confidence must be at least 0.5 and below 1, not {confidence:g}")
    worth = {name: _number(f"worth of {name}", value) for name, value in (wishes.get("worth") or {}).items()}
    for name, value in worth.items():
        if value <= 0:
            raise UsageError(f"worth of {name} must be above 0, not {value:g}")
    select, indifference = wishes.get("select"), wishes.get("indifference")
    if (select is None) != (indifference is None):
        raise UsageError("select and indifference go together: by which figure, and which difference in it matters")
    most = whole("most", wishes.get("most", MOST), least=2)
    if select is not None and indifference is not None:
        _check_selection(select, _number("indifference", indifference), found, count if chance else FEWEST)
        if most < count:
            raise UsageError(f"most must be at least the {count} replications of the first stage, not {most}")
    return {**wishes, "confidence": confidence, "worth": worth, "most": most}


def _check_selection(select: str, indifference: float, found: Sequence[Measure], count: int) -> None:
    (measure,) = [one for one in found if str(one) == select]
    if CATALOGUE[measure.metric].better is None:
        raise UsageError(f"{select} cannot be selected by: neither more nor less of it is better")
    if indifference <= 0:
        raise UsageError(f"indifference must be above 0, not {indifference:g}")
    if count < FEWEST:
        raise UsageError("select needs 2 replications or more to begin with (10 is usual), not 1")


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not isfinite(value):
        raise UsageError(f"{name} must be a number, not {value!r}")
    return float(value)
