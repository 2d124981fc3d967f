"""Laws that hold after every instant of every run, whatever of the schema a scenario uses.

The short form tries some scenarios; ``pytest --long`` tries 2,000 and checks and prints what they were like. More, and
others, are tried with ``pytest --long tests/properties/test_everything.py --scenarios 1000 --hypothesis-seed 7``.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from laws import Run
from laws_of_reports import check_report, compared
from random_everything import Drawn, everything, wasted
from test_catalogue import catalogue, owner, uses

import scmsim as sc
from scmsim.scenario.catalogue import FAMILIES
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape

FEW, MANY = 150, 2000
REPORTED = 5
"""Of so many scenarios, the report of one is checked against its tables, for which it is run again."""
LEAST = 0.05

drawn: Counter[str] = Counter()
sizes: dict[str, list[float]] = {"nodes": [], "periods": []}


def try_one(scenario: sc.Scenario) -> None:
    """Run a scenario, check every law, and count what it is like. One in which time stands still is wasted."""
    try:
        run = Run(scenario.network)
    except sc.SimulationError as error:
        if "time stands still" not in str(error):
            raise
        wasted["wasted"] += 1
        return
    count(scenario, run)
    run.check()
    if drawn["scenarios"] % REPORTED == 0:
        check_report(scenario)


def count(scenario: sc.Scenario, run: Run) -> None:
    """Count the kinds and parts that a scenario uses, and what happened in the run."""
    drawn["scenarios"] += 1
    sizes["nodes"].append(len(scenario.file.nodes))
    sizes["periods"].append(scenario.file.time.horizon)
    used = {use.name for use in uses(scenario.source.mapping, [Shape(ScenarioFile)])}
    drawn.update(used)
    happened = {
        "money": scenario.network.money is not None,
        "a shortage": bool((run.tables["demand"][:, 5] < run.tables["demand"][:, 4] - 1e-9).any()),
    }
    drawn.update(name for name, has in happened.items() if has)


def kinds() -> list[str]:
    """Return the name of every kind that is no plug-in."""
    return [f"{owner(model)}:{kind}" for family in FAMILIES for kind, model in family.kinds().items()]


def told() -> Iterator[str]:
    """Say what the scenarios were like."""
    count = drawn["scenarios"]
    yield f"{count} scenarios, {wasted['wasted']} of {wasted['drawn']} draws wasted"
    for name, values in sizes.items():
        yield f"median of {name}: {median(values):g}"
    every = dict.fromkeys([*catalogue(), *kinds()], 0) | drawn
    for name, times in sorted(every.items(), key=lambda pair: (pair[1], pair[0])):
        yield f"{times / count:6.1%} {name}"


def check_sizes() -> None:
    """Check that the scenarios were not trivial."""
    count = drawn["scenarios"]
    assert median(sizes["nodes"]) >= 4
    assert median(sizes["periods"]) >= 20
    assert drawn["a shortage"] >= 0.3 * count
    assert wasted["wasted"] <= 0.1 * wasted["drawn"]
    assert len(compared) >= 12, f"reports were compared in {sorted(compared)} only"


def check_kinds() -> None:
    """Check that no kind was seldom drawn."""
    count = drawn["scenarios"]
    assert {name: drawn[name] / count for name in kinds() if drawn[name] < LEAST * count} == {}


def tried(count: int, *, same: bool = True) -> Callable[[], None]:
    """Return what tries so many scenarios, the ``same`` every time."""

    @given(everything())
    @settings(max_examples=count, deadline=None, derandomize=same, database=None, suppress_health_check=[*HealthCheck])
    def try_all(found: Drawn) -> None:
        try:
            try_one(found.scenario)
        except Exception as error:
            error.add_note(found.scenario.to_yaml())
            raise

    return try_all


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    """Begin to count."""
    for counted in (drawn, wasted, compared, *sizes.values()):
        counted.clear()


def test_everything_is_conserved() -> None:
    """Tests units, money, orders and time after every instant of scenarios that mix all there is, seldom trivial."""
    tried(FEW)()
    check_sizes()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_everything_is_conserved_in_many_scenarios(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests the same, and that every kind is in at least one of twenty of them."""
    count = request.config.getoption("--scenarios") or MANY
    tried(count, same=request.config.getoption("--hypothesis-seed") is None)()
    with capsys.disabled():
        print("", *told(), sep="\n")
    check_sizes()
    if count >= MANY:
        check_kinds()
