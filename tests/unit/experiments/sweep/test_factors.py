"""What an experiment varies, and how it is read."""

import numpy as np
import pytest
import scipy.stats

from scmsim.errors import UsageError
from scmsim.experiments.optimize.variables import variables
from scmsim.experiments.sweep.factors import Factor, factor, override, quantiles, varied
from scmsim.inputs.distributions import (
    Discrete,
    Empirical,
    Exponential,
    Gamma,
    Geometric,
    Lognormal,
    NegativeBinomial,
    Normal,
    Poisson,
    Scipy,
    Triangular,
    Uniform,
    Weibull,
)
from scmsim.scenario.load import load
from scmsim.scenario.schema_experiments import Between, Steps, span


@pytest.mark.parametrize(
    ("text", "path", "variation"),
    [
        ("a.b=1,2.5,x", "a.b", [1, 2.5, "x"]),
        ("a.b=7", "a.b", [7]),
        ('a."b = c".d=true,null', 'a."b = c".d', [True, None]),
        ("a.b='x,y',z", "a.b", ["x,y", "z"]),
        ("a.b=[1, 2],[3]", "a.b", [[1, 2], [3]]),
        ("a.b={kind: base_stock, level: 3},{kind: base_stock, level: 4}", "a.b", [
            {"kind": "base_stock", "level": 3}, {"kind": "base_stock", "level": 4},
        ]),
        ("a.b={kind: base_stock, level: 3}", "a.b", [{"kind": "base_stock", "level": 3}]),
        ("a.b={kind: uniform, low: 0, high: 1}", "a.b", {"kind": "uniform", "low": 0, "high": 1}),
        ("nodes.a.demand.b={kind: poisson, mean: 4}", "nodes.a.demand.b", [{"kind": "poisson", "mean": 4}]),
        ("a.b={from: 1, to: 9, integer: true}", "a.b", {"from": 1, "to": 9, "integer": True}),
        ("lanes.a:b.lead_time=0:1:0.25", "lanes.a:b.lead_time", "0:1:0.25"),
        ("a.b=1..9", "a.b", "1..9"),
        ("a.b=1..9,log", "a.b", "1..9,log"),
        ("a.b=12:30,13:30", "a.b", ["12:30", "13:30"]),
    ],
)  # fmt: skip
def test_what_stands_after_vary(text: str, path: str, variation: object) -> None:
    """Tests that commas separate values, but not inside brackets, braces and quotes, and that ranges are kept."""
    assert varied(text) == (path, variation)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.b", "expected PATH=VALUES"),
        ("=1", "expected PATH=VALUES"),
        ("a.b=", "no values"),
        ("a.b=[1", "--vary a.b: found"),
        ("a.b=!!python/name:os.system x", "a value without a tag"),
        ("a.b=1:2", "a list, or a range LOW:HIGH:STEP or LOW..HIGH"),
        ("a.b=3:1:1", "a step that leads from the first to the second number"),
    ],
)
def test_what_cannot_be_read_after_vary(text: str, said: str) -> None:
    """Tests that what is not a path with values is refused with what was expected."""
    with pytest.raises(UsageError, match=said):
        varied(text)


@pytest.mark.parametrize(("low", "high", "step", "number"), [(0, 1, 0.05, 21), (0, 10, 0.1, 101), (0, 1, 1 / 3, 4)])
def test_ranges_do_not_drift(low: float, high: float, step: float, number: int) -> None:
    """Tests that both ends are in a range, and that every value is a multiple of the step rounded once."""
    values = Steps(low, high, step).values()
    assert (values[0], values[-1], len(values)) == (low, high, number)
    assert values == [float(f"{low + at * step:.12g}") for at in range(number)]


def test_range_that_misses_its_end() -> None:
    """Tests that a range stops before an end on which no step falls, and runs downward, too."""
    assert span("0:1:0.3").values() == [0, 0.3, 0.6, 0.9]  # type: ignore[union-attr]
    assert span("1:-1:-0.5").values() == [1, 0.5, 0, -0.5, -1]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("variation", "values"),
    [
        (range(2, 8, 2), (2, 4, 6)),
        (np.array([0.5, 1.0]), (0.5, 1.0)),
        ((np.int64(3), "x"), (3, "x")),
        ("1:2:0.5", (1, 1.5, 2)),
    ],
)
def test_lists_of_python(variation: object, values: tuple[object, ...]) -> None:
    """Tests that ranges, arrays and numpy's numbers are lists of plain values."""
    found = factor("a.b", variation).values
    assert found == values
    assert {type(value) for value in found} <= {int, float, str}


@pytest.mark.parametrize("variation", [[], {}, 3, None, {"from": 2, "to": 1}, {"dist": "unifrm"}, {"from": 1}, "a:b"])
def test_what_is_no_variation(variation: object) -> None:
    """Tests that anything else is refused, and the path is named."""
    with pytest.raises(UsageError, match=r"^a\.b: "):
        factor("a.b", variation)


SHARES = np.array([0.001, 0.05, 0.25, 0.5, 0.8, 0.99])


@pytest.mark.parametrize(
    ("distribution", "oracle"),
    [
        (Uniform(low=2, high=5), scipy.stats.uniform(2, 3)),
        (Triangular(low=1, mode=2, high=6), scipy.stats.triang(0.2, 1, 5)),
        (Normal(mean=10, sd=2), scipy.stats.norm(10, 2)),
        (Exponential(mean=4), scipy.stats.expon(scale=4)),
        (Gamma(mean=6, sd=3), scipy.stats.gamma(4, scale=1.5)),
        (Lognormal(mean=5, sd=2), scipy.stats.lognorm(np.sqrt(np.log(1.16)), scale=5 / np.sqrt(1.16))),
        (Weibull(shape=2, scale=3), scipy.stats.weibull_min(2, scale=3)),
        (Poisson(mean=4), scipy.stats.poisson(4)),
        (Geometric(mean=3), scipy.stats.geom(1 / 3)),
        (NegativeBinomial(mean=4, sd=3), scipy.stats.nbinom(3.2, 4 / 9)),
        (Scipy(name="beta", arguments=[2, 3]), scipy.stats.beta(2, 3)),
    ],
)
def test_quantiles_are_those_of_scipy(distribution: object, oracle: object) -> None:
    """Tests the quantiles of every kind of distribution against scipy's."""
    assert quantiles(distribution, SHARES) == pytest.approx(oracle.ppf(SHARES), rel=1e-7)  # type: ignore[attr-defined]


def test_quantiles_of_tables() -> None:
    """Tests that a listed value is drawn for its own share of the interval, whatever the order of the list."""
    assert quantiles(Discrete(values=[3, 1], weights=[0.25, 0.75]), SHARES).tolist() == [1, 1, 1, 1, 3, 3]
    assert quantiles(Empirical(values=[5, 1, 1, 9]), SHARES).tolist() == [1, 1, 1, 1, 9, 9]


def test_values_between_two_ends() -> None:
    """Tests even shares of a range: by difference, by ratio, and whole numbers each with its own share."""
    shares = np.array([0.0, 0.5, 0.999999, 1.0])
    assert factor("a", "0..4").at(shares) == [0, 2, 3.999996, 4]
    assert factor("a", {"from": 1, "to": 100, "log": True}).at(np.array([0.0, 0.5, 1.0])) == [1, 10, 100]
    assert factor("a", {"from": 1, "to": 3, "integer": True}).at(shares) == [1, 2, 3, 3]
    assert Factor("a", ("x", "y")).at(shares) == ["x", "y", "y", "y"]


@pytest.mark.parametrize("value", [0.1, 1e-7, 123456789.25, "NO", "12:30", "010", "a 'quoted' \"text\" = #", "ä\nö"])
def test_a_value_reads_back_as_it_is(value: object) -> None:
    """Tests that a change of the scenario that is written for a value means that value, of that type."""
    beer = load("scenarios/beer_game.yaml")
    text = isinstance(value, str)
    found = beer.set(override("description" if text else "time.start", value)).file
    assert (found.description if text else found.time.start) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_no_scenario_could_hold(value: object) -> None:
    """Tests that a value that cannot be written is refused."""
    with pytest.raises(UsageError, match="no value that a scenario could hold"):
        override("a.b", value)


@pytest.mark.parametrize(
    ("path", "ends", "integer", "log"),
    [
        ("nodes.retailer.stock.beer.policy.target", "8..24", True, False),
        ("nodes.retailer.stock.beer.policy.target", "8.0..24", False, False),
        ("nodes.retailer.stock.beer.policy.target", "8..24,real", False, False),
        ("nodes.retailer.stock.beer.policy.stock_weight", "0..1", False, False),
        ("nodes.retailer.stock.beer.holding_cost", "1..100,log,integer", True, True),
        ("nodes.retailer.stock.beer.policy.target", {"from": 8, "to": 24}, False, False),
    ],
)
def test_ends_mean_the_same_wherever_something_varies(path: str, ends: object, integer: bool, log: bool) -> None:
    """Tests that a sweep and a search read whole numbers, or any, and ratios out of the same ends."""
    spread = factor(path, ends).spread
    assert isinstance(spread, Between)
    (variable,) = variables(load("scenarios/beer_game.yaml"), {path: ends})
    assert (spread.integer, spread.log) == (variable.integer, variable.log) == (integer, log)
