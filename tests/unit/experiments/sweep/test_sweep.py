"""A scenario at many points."""

import pickle
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

import scmsim as sc
from scmsim.experiments.run.run import run
from scmsim.experiments.sweep.plan import base_value
from scmsim.experiments.sweep.result import open_sweep
from scmsim.experiments.sweep.sweep import Stage, sweep
from scmsim.scenario.load import default_check

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 40}
products: {tea: {}, "=cmd": {}}
defaults: {stock: {initial: 5, policy: {kind: base_stock, level: 9}}}
nodes:
  mill: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {holding_cost: 1, backorder_cost: 9, policy: {level: 10}}}
    demand:
      tea: {kind: poisson, mean: 4}
      "=cmd": {kind: constant, value: 1}
lanes: [{from: mill, to: shop, lead_time: 1}]
"""
LEVEL = "nodes.shop.stock.tea.policy.level"


@pytest.fixture(scope="module")
def shop() -> sc.Scenario:
    """A shop with chance."""
    return sc.loads(SHOP)


def test_points_meet_the_same_demand(shop: sc.Scenario) -> None:
    """Tests that each run is that of `run` with the same change, seed and replication, so that points can be paired."""
    found = sweep(shop, {LEVEL: [6, 12]}, replications=3, seed=4, measures=["total_cost", "fill_rate@shop/tea"])
    for level in (6, 12):
        alone = run(shop.set(f"{LEVEL}={level}"), seed=4, replications=3, record="summary").values
        cost = alone.query("metric == 'total_cost' and node.isna() and product.isna() and segment.isna()")
        fill = alone.query("metric == 'fill_rate' and node == 'shop' and product == 'tea'")
        mine = found.runs.query(f"`{LEVEL}` == {level}")
        assert mine["total_cost"].tolist() == cost["value"].tolist()
        assert mine["fill_rate@shop/tea"].tolist() == fill["value"].tolist()


def test_summary_holds_means_with_their_intervals(shop: sc.Scenario) -> None:
    """Tests mean and half width of a 95 % t-interval at each point against scipy."""
    found = sweep(shop, {LEVEL: "6:12:3"}, replications=5, measures="total_cost")
    for point, costs in found.runs.groupby("point")["total_cost"]:
        row = found.summary.set_index("point").loc[point]
        interval = scipy.stats.t.interval(0.95, 4, costs.mean(), scipy.stats.sem(costs))
        assert row["total_cost"] == pytest.approx(costs.mean())
        assert row["total_cost half_width"] == pytest.approx((interval[1] - interval[0]) / 2)


def test_tables_say_what_they_hold(shop: sc.Scenario) -> None:
    """Tests the columns and types of the tables, and that factors of every kind are in them as they are."""
    vary = {LEVEL: [6, 7], "lanes.0.lead_time": [1, 1.5], "nodes.shop.label": ["a", "=b"]}
    vary['nodes.shop.stock."=cmd".policy.allow_negative'] = [True, False]
    found = sweep(shop, vary, measures=["total_cost"], where="here")
    assert found.factors == tuple(vary)
    assert found.runs.columns.tolist() == ["point", "replication", "seed", *vary, "total_cost", "error"]
    assert found.points.columns.tolist() == ["point", *vary]
    assert [str(found.points[name].dtype) for name in vary][:2] == ["int64", "float64"]
    assert found.points.iloc[3].tolist() == [3, 6, 1.0, "=b", False]
    assert found.runs["error"].isna().all()
    assert (found.failed, found.missing, len(found.runs)) == (0, 0, 16)


def test_the_number_of_workers_changes_nothing(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests that one process and two workers write the same bytes, drawn design included."""
    vary = {LEVEL: "4..12", "lanes.0.lead_time": {"dist": "uniform", "low": 1, "high": 3}}
    written = []
    for name, place in (("one", "here"), ("two", "local:2")):
        found = sweep(
            shop,
            vary,
            design="latin_hypercube",
            points=8,
            replications=2,
            out=tmp_path / name,
            where=place,
            report=False,
        )
        written.append([(tmp_path / name / file).read_bytes() for file in ("runs.csv", "summary.csv", "manifest.json")])
        assert found.points[LEVEL].between(4, 12).all()
    assert written[0] == written[1]


def test_a_stored_sweep_is_the_one_in_memory(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests that a sweep written afterwards, one kept from the start, one opened and one pickled hold the same."""
    kept = sweep(shop, {LEVEL: [6, 7]}, replications=2, where="here", out=tmp_path / "kept", report=False)
    memory = sweep(shop, {LEVEL: [6, 7]}, replications=2, where="here")
    memory.write(tmp_path / "written", report=False)
    for one in (
        memory,
        open_sweep(tmp_path / "kept"),
        open_sweep(tmp_path / "written"),
        pickle.loads(pickle.dumps(memory)),
    ):
        assert one.runs.equals(kept.runs)
        assert one.summary.equals(kept.summary)
        assert one.manifest["factors"] == kept.manifest["factors"]
        assert (one.design, one.seed, one.replications, one.measures) == ("grid", 1, 2, kept.measures)
        assert one.varied[0].values == (6, 7)
    assert (tmp_path / "kept" / "runs.csv").read_bytes() == (tmp_path / "written" / "runs.csv").read_bytes()
    again = sweep(shop, {LEVEL: [6, 7]}, replications=2, where="here", out=tmp_path / "written", report=False)
    assert again.runs.equals(kept.runs)


def test_one_at_a_time_begins_with_the_scenario(shop: sc.Scenario) -> None:
    """Tests that the first point is the scenario as it is, with what it says in the columns of the factors."""
    vary = {LEVEL: [8, 10], 'nodes.shop.stock."=cmd".policy.level': [5]}
    found = sweep(shop, vary, design="one_at_a_time", measures="total_cost", where="here")
    assert found.points.to_numpy().tolist() == [[0, 10, 9], [1, 8, 9], [2, 10, 5]]
    base = run(shop, record="summary").kpis
    cost = base.query("metric == 'total_cost' and node.isna() and product.isna() and segment.isna()")["mean"].item()
    assert found.runs["total_cost"].iloc[0] == cost


def test_long_lists_of_defaults_are_looked_at_by_a_glance(shop: sc.Scenario) -> None:
    """Tests that only numbers that fit wherever a default goes are let through without a closer look."""
    fits = default_check(shop, "defaults.stock.holding_cost")
    assert [fits(value) for value in (5, 2.5, -1, "x", True, None)] == [True, True, False, False, False, False]
    with pytest.raises(sc.ScenarioError, match="holding_cost: found -1; expected"):
        sweep(shop, {"defaults.stock.holding_cost": [*range(20), -1]})


def test_stages_are_told(shop: sc.Scenario) -> None:
    """Tests that whoever listens hears how far the sweep has come."""
    told: list[Stage] = []
    sweep(shop, {LEVEL: [6, 7]}, measures="total_cost", where="here", tell=told.append)
    assert told[:2] == [Stage("planned", 2, 1, 2, 0, 0, 0, 0.0), Stage("checked", 2, 1, 2, 0, 0, 0, 0.0)]
    assert {one.stage for one in told[2:-1]} == {"running"}
    assert told[-1] == Stage("done", 2, 1, 2, 2, 0, 2, 1.0)


def test_the_call_goes_before_the_file() -> None:
    """Tests that what the file says of a sweep is taken where the call says nothing."""
    block = f"experiments: {{sweep: {{vary: {{{LEVEL}: 4..12}}, design: sobol, points: 4, measures: [fill_rate]}}}}"
    shop = sc.loads(SHOP + block)
    own = sweep(shop, where="here")
    assert (len(own.points), own.design, own.measures) == (4, "sobol", ("fill_rate",))
    called = sweep(shop, {LEVEL: [4, 5]}, design="grid", measures="total_cost,fill_rate@*", where="here")
    assert (len(called.points), called.design, called.measures) == (
        2,
        "grid",
        ("total_cost", "fill_rate@mill", "fill_rate@shop"),
    )


@pytest.mark.parametrize(
    ("vary", "options", "error", "said"),
    [
        (None, {}, sc.UsageError, "nothing to vary: give factors"),
        ({}, {}, sc.UsageError, "nothing to vary"),
        ([LEVEL], {}, sc.UsageError, "vary should be a mapping"),
        ({"nodes.shpo.label": ["a"]}, {}, sc.ScenarioError, "Did you mean `nodes.shop`"),
        ({LEVEL: [1, -2, "x"]}, {}, sc.ScenarioError, f"{LEVEL}: found the text 'x'"),
        ({"time.warm_up": [1, 400]}, {}, sc.ScenarioError, "--vary time.warm_up=400: time.warm_up: found 400"),
        ({"lanes.0.from": ["mill", "mil"]}, {}, sc.ScenarioError, "the unknown node 'mil'"),
        ({"run.seed": [1, 2]}, {}, sc.UsageError, r"run\.seed cannot be varied"),
        ({LEVEL: [1]}, {"replications": 0}, sc.UsageError, "replications is 0; expected greater than or equal to 1"),
        ({LEVEL: [1]}, {"seed": -1}, sc.UsageError, "seed is -1; expected a whole number of at least 0"),
        ({LEVEL: [1]}, {"formats": ["xml"]}, sc.UsageError, "no format 'xml'"),
        ({LEVEL: [1]}, {"measures": ["fill_rate@shp"]}, sc.UsageError, "Did you mean `fill_rate@shop`"),
        ({LEVEL: [1]}, {"where": "moon"}, sc.UsageError, "no place 'moon'"),
    ],
)
def test_what_cannot_be_swept(
    shop: sc.Scenario, tmp_path: Path, vary: object, options: dict[str, object], error: type[Exception], said: str
) -> None:
    """Tests that what cannot be done as asked is refused with the reason."""
    with pytest.raises(error, match=said):
        sweep(shop, vary, **options)  # type: ignore[arg-type]


def test_what_is_no_stored_sweep(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests that a folder that holds something else, or half a sweep, is refused with the reason."""
    with pytest.raises(sc.UsageError, match=r"is not a stored run: it has no manifest\.json"):
        open_sweep(tmp_path)
    run(shop).write(tmp_path / "run", report=False)
    with pytest.raises(sc.UsageError, match="holds a run; expected a sweep"):
        open_sweep(tmp_path / "run")
    sweep(shop, {LEVEL: [1]}, where="here", out=tmp_path / "sweep", report=False)
    (tmp_path / "sweep" / "sweep.sqlite").unlink()
    with pytest.raises(sc.UsageError, match=r"it has no sweep\.sqlite"):
        open_sweep(tmp_path / "sweep")


@pytest.mark.parametrize("mode", [None, "WAL", "DELETE"])
def test_ended_before_the_ledger_has_its_tables(shop: sc.Scenario, tmp_path: Path, mode: str | None) -> None:
    """Tests that a sweep that was killed between opening its ledger and the first commit says so, and goes on."""
    folder = tmp_path / "sweep"
    whole = sweep(shop, {LEVEL: [1, 2]}, where="here", out=folder, report=False)
    runs = whole.runs
    (folder / "sweep.sqlite").unlink()
    (folder / "sweep.sqlite").touch()
    if mode is not None:
        database = sqlite3.connect(folder / "sweep.sqlite", isolation_level=None)
        database.execute(f"PRAGMA journal_mode = {mode}")
        database.close()
    with pytest.raises(sc.UsageError, match="was ended before its first run was on disk; the same command does it"):
        open_sweep(folder)
    again = sweep(shop, {LEVEL: [1, 2]}, where="here", out=folder, report=False)
    pd.testing.assert_frame_equal(again.runs, runs)


def test_what_the_scenario_says_at_a_path(shop: sc.Scenario) -> None:
    """Tests that the value at a path is found, whether it is written there, a default or not there at all."""
    paths = [
        LEVEL,
        'nodes.shop.stock."=cmd".policy.level',
        "lanes.mill:shop.lead_time",
        'lanes."mill -> shop".lead_time',
    ]
    paths += ["time.warm_up", "nodes.shop.demand.tea.mean", "nodes.shop.demand.tea.0.mean", "money.currency"]
    assert [base_value(shop, path) for path in paths] == [10, 9, 1, 1, 0, 4, 4, None]
    assert base_value(shop, "nodes.shop.demand.tea.0") == {"kind": "poisson", "mean": 4}


def test_it_shows_itself(shop: sc.Scenario) -> None:
    """Tests what a notebook shows."""
    found = sweep(shop, {LEVEL: [6, 7]}, replications=2, measures="total_cost", where="here")
    assert repr(found) == "<Sweep: shop, grid of 2 points x 2 replications, seed 1>"
    assert "<td>" in found._repr_html_()
    assert np.isfinite(found.summary["total_cost half_width"]).all()


def test_a_refusal_after_the_size_is_told(shop: sc.Scenario) -> None:
    """Tests that values that cannot stand bring a stage of their own after the size."""
    told: list[Stage] = []
    with pytest.raises(sc.ScenarioError):
        sweep(shop, {LEVEL: [6, "many"]}, measures="total_cost", where="here", tell=told.append)
    assert [stage.stage for stage in told] == ["planned", "refused"]
