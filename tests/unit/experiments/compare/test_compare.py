"""Comparing scenarios on the same random numbers."""

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.compare.stored import open_comparison
from scmsim.experiments.compare.variants import inline, overrides
from scmsim.experiments.execution import dispatch
from scmsim.report import page

SHOP = {
    "scmsim": 1,
    "name": "shop",
    "time": {"unit": "day", "horizon": 60, "warm_up": 10},
    "products": {"bread": {}},
    "nodes": {
        "bakery": {"kind": "supplier"},
        "shop": {
            "kind": "retailer",
            "demand": {"bread": {"kind": "poisson", "mean": 5}},
            "stock": {
                "bread": {
                    "initial": 16,
                    "holding_cost": 1,
                    "backorder_cost": 4,
                    "policy": {"kind": "base_stock", "level": 16},
                }
            },
        },
    },
    "lanes": [{"from": "bakery", "to": "shop", "lead_time": 2}],
}
LEVEL = "nodes.shop.stock.bread.policy.level"
COST = ["total_cost"]


@pytest.fixture(scope="module")
def shop() -> sc.Scenario:
    return sc.from_dict(SHOP)


def with_block(**block) -> sc.Scenario:
    return sc.from_dict({**SHOP, "experiments": {"compare": {"policies": {"more": {LEVEL: 20}}, **block}}})


def test_variants_meet_the_customers_of_the_base(shop: sc.Scenario) -> None:
    """Tests that each scenario's figures are those of its own run with the same seed and replications."""
    found = compare(shop, policies={"more": {LEVEL: 20}}, measures=["total_cost", "units_demanded"], replications=5)
    for name, scenario in {"base": shop, "more": shop.set(f"{LEVEL}=20")}.items():
        mine = found.values[found.values["scenario"] == name]
        values = sc.run(scenario, replications=5, record="summary").values
        own = values[values[["segment", "node", "product"]].isna().all(axis=1)]
        expected = own[own["metric"] == "total_cost"]["value"].tolist()
        assert mine["total_cost"].tolist() == expected
    assert found.differences.query("measure == 'units_demanded'")["verdict"].tolist() == ["equal"]


def test_identical_scenarios_differ_by_nothing(shop: sc.Scenario) -> None:
    """Tests that a scenario compared with itself differs by exactly 0 on every usual figure."""
    found = compare(shop, policies={"same": {}}, replications=4)
    assert (found.differences["difference"] == 0).all()
    assert set(found.differences["verdict"]) == {"equal"}


def test_where_all_are_the_same_there_is_nothing_to_select(shop: sc.Scenario) -> None:
    """Tests that a selection among the same ends with the first stage and says that they are the same."""
    found = compare(
        shop,
        policies={"same": {}, "alike": {"time.start": 5}},
        measures=COST,
        replications=4,
        select="total_cost",
        indifference=1.0,
    )
    assert found.sentences[-2:] == (
        "On total cost all of them are equally good (95 % sure of this alone).",
        "On total cost there is nothing to select: base, same and alike have the same figure in all 4 replications.",
    )
    assert found.selection is not None
    assert [found.selection.fate(name) for name in found.scenarios] == ["yes", "same", "same"]


def test_what_says_the_same_is_simulated_once(shop: sc.Scenario, monkeypatch) -> None:
    """Tests that variants that say the same, whatever they are called, are simulated once and told to be the same."""
    made: list[int] = []

    def counting(cases, *arguments, **keywords):
        made.append(len(cases))
        return dispatch.draws(cases, *arguments, **keywords)

    monkeypatch.setattr("scmsim.experiments.compare.laboratory.draws", counting)
    policies = {"as it is": {LEVEL: 16.0}, "more": {LEVEL: 20}, "more again": {LEVEL: 20, "name": "other"}}
    found = compare(shop, policies=policies, measures=COST, replications=3, where="here")
    assert made == [2]
    means = found.estimates.set_index("scenario")["mean"]
    assert means["as it is"] == means["base"] != means["more"] == means["more again"]
    assert "more again says the same as more: what holds of one holds of both." in found.sentences


def test_warnings_of_all_scenarios_are_kept(shop: sc.Scenario) -> None:
    """Tests that what one variant hardly means is a warning of the comparison, and stands on its page with its name."""
    share = "lanes.bakery:shop.share.point_of_sale"
    found = compare(shop, policies={"telling": {share: True}}, measures=COST, replications=2, where="here")
    assert found.warnings == found.scenarios["telling"].warnings
    assert len(found.warnings) == 1
    assert f"<li>telling: {share}: found `point_of_sale` told to nobody who uses it" in page(found)


def test_permuting_scenarios_permutes_answers(shop: sc.Scenario) -> None:
    """Tests that a pair has the same difference with the sign turned when it is named the other way round."""
    fewer = shop.set(f"{LEVEL}=8", "name=fewer")
    one, other = (compare(*pair, measures=COST, replications=6) for pair in ((shop, fewer), (fewer, shop)))
    columns = ["difference", "low", "high"]
    first, second = (found.differences[columns].iloc[0].to_numpy(float) for found in (one, other))
    assert first.tolist() == pytest.approx((-second[[0, 2, 1]]).tolist())
    assert one.differences["verdict"].iloc[0] == "worse"
    assert other.differences["verdict"].iloc[0] == "better"


def test_the_file_says_what_to_compare() -> None:
    """Tests that variants, figures and replications come from the file's block, and the base unless it is left out."""
    found = compare(with_block(replications=3, measures=["fill_rate"]), policies=True)
    assert (list(found.scenarios), found.replications, [*map(str, found.measures)]) == (
        ["base", "more"],
        3,
        ["fill_rate"],
    )
    two = {"less": {LEVEL: 12}, "more": {LEVEL: 20}}
    assert list(compare(with_block(policies=two, base=False), policies=True, replications=2).scenarios) == [*two]


def test_chance_is_noticed(shop: sc.Scenario, scenarios) -> None:
    """Tests that random demand and random lead times are chance, and that a replayed history is none."""
    assert involves_chance(shop.network)
    steady = shop.set("nodes.shop.demand.bread={kind: constant, value: 5}")
    assert not involves_chance(steady.network)
    assert involves_chance(steady.set("lanes.bakery:shop.lead_time={dist: uniform, low: 1, high: 3}").network)
    assert not involves_chance(sc.load(scenarios / "fmcg.yaml").network)
    assert involves_chance(sc.load(scenarios / "vmi.yaml").network)


def test_the_usual_number_of_replications(shop: sc.Scenario) -> None:
    """Tests that chance brings 20 replications where the file says nothing, and no chance just one."""
    assert compare(shop, policies={"more": {LEVEL: 20}}, measures=COST).replications == 20
    steady = shop.set("nodes.shop.demand.bread={kind: constant, value: 5}")
    assert compare(steady, policies={"more": {LEVEL: 20}}, measures=COST).replications == 1
    assert compare(shop.set("run.replications=7"), policies={"more": {LEVEL: 20}}, measures=COST).replications == 7


def test_the_usual_figures_leave_out_what_one_scenario_lacks(shop: sc.Scenario) -> None:
    """Tests that scenarios with different nodes are compared on what both have, and refused on the rest when asked."""
    other = sc.from_dict(
        {
            **SHOP,
            "nodes": {"bakery": SHOP["nodes"]["bakery"], "kiosk": SHOP["nodes"]["shop"]},
            "lanes": [{"from": "bakery", "to": "kiosk", "lead_time": 2}],
            "name": "kiosk",
        }
    )
    assert [*map(str, compare(shop, other, replications=2).measures)] == ["fill_rate", "total_cost"]
    with pytest.raises(UsageError, match="cannot be compared on fill_rate@shop: kiosk has no such figure"):
        compare(shop, other, measures=["fill_rate@shop"], replications=2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("time.horizon=90", "time.horizon is 60 in shop and 90 in other"),
        ("time.warm_up=0", "time.warm_up is 10 in shop and 0 in other"),
        ("time.unit=week", "time.unit is day in shop and week in other"),
        ("time.bucket=7", "time.bucket is 1 in shop and 7 in other"),
    ],
)
def test_other_times_are_not_compared(shop: sc.Scenario, change: str, said: str) -> None:
    """Tests that scenarios that measure different times are refused, with both values."""
    with pytest.raises(UsageError, match=said):
        compare(shop, shop.set(change, "name=other"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "a comparison needs two scenarios, and there is only shop"),
        ({"policies": True}, "shop has no variants to compare"),
        ({"policies": {"base": {}}}, "the variant 'base' has the name of the scenario as it stands"),
        ({"policies": {"a": {}}, "replications": 0}, "replications must be a whole number of at least 1, not 0"),
        ({"policies": {"a": {}}, "seed": -1}, "seed must be a whole number of at least 0, not -1"),
        ({"policies": {"a": {}}, "confidence": 1.0}, "confidence must be at least 0.5 and below 1"),
        ({"policies": {"a": {}}, "measures": ["fil_rate"]}, "no metric 'fil_rate'. Did you mean `fill_rate`"),
        ({"policies": {"a": {}}, "measures": []}, "measures names no figure"),
        ({"policies": {"a": {}}, "worth": {"fill_rate": 0}}, "worth of fill_rate must be above 0, not 0"),
        ({"policies": {"a": {}}, "worth": {"fill_rate@*": 1}}, "stands for 2 figures: name one, for instance"),
        ({"policies": {"a": {}}, "select": "total_cost"}, "select and indifference go together"),
        ({"policies": {"a": {}}, "select": "total_cost", "indifference": 0.0}, "indifference must be above 0, not 0"),
        (
            {"policies": {"a": {}}, "select": "average_on_hand", "indifference": 1.0},
            "average_on_hand cannot be selected by: neither more nor less of it is better",
        ),
        (
            {"policies": {"a": {}}, "select": "total_cost", "indifference": 1.0, "replications": 1},
            "select needs 2 replications or more",
        ),
        (
            {"policies": {"a": {}}, "select": "total_cost", "indifference": 1.0, "replications": 20, "most": 10},
            "most must be at least the 20 replications of the first stage, not 10",
        ),
    ],
)
def test_what_cannot_be_asked(shop: sc.Scenario, arguments: dict, said: str) -> None:
    """Tests that every impossible question is refused with what was found and what was expected."""
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        compare(shop, **arguments)


def test_a_wrong_variant_is_refused_before_anything_runs(shop: sc.Scenario) -> None:
    """Tests that a variant's unknown path is an error of that variant, not of ``--set``, with the nearest name."""
    with pytest.raises(ScenarioError, match="^variant more: nodes.*unknown name 'lvel'"):
        compare(shop, policies={"more": {"nodes.shop.stock.bread.policy.lvel": 20}})


def test_names_come_from_the_files(tmp_path) -> None:
    """Tests that files of the same scenario name go by their file names, and those by their folders if need be."""
    text = sc.from_dict(SHOP).to_yaml()
    for name in ("a/plan.yaml", "b/plan.yaml", "b/other.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    paths = {name: tmp_path / f"{name}.yaml" for name in ("a/plan", "b/plan", "b/other")}
    assert list(compare(paths["a/plan"], paths["b/other"], measures=COST, replications=2).scenarios) == [
        "plan",
        "other",
    ]
    assert list(compare(paths["a/plan"], paths["b/plan"], measures=COST, replications=2).scenarios) == [
        "a/plan",
        "b/plan",
    ]


def test_inline_variants() -> None:
    """Tests that commas in brackets and quotes, and colons in lanes, stay in their value."""
    assert inline(["a:lanes.x:y.lead_time=2,time.start=0", 'b:nodes.n.label="p, q"']) == {
        "a": ("lanes.x:y.lead_time=2", "time.start=0"),
        "b": ('nodes.n.label="p, q"',),
    }
    with pytest.raises(UsageError, match="expected NAME:PATH=VALUE"):
        inline(["more"])
    with pytest.raises(UsageError, match="two variants are called 'a'"):
        inline(["a:time.start=0", "a:time.start=1"])


def test_values_of_every_kind_become_changes() -> None:
    """Tests that mappings, lists, texts, truths and nothing survive on their way into the scenario."""
    changes = {"a": {"kind": "base_stock", "level": 9.5}, "b": [4, 4], "c": "yes", "d": True, "e": None}
    assert overrides(changes) == ('a={"kind": "base_stock", "level": 9.5}', "b=[4, 4]", 'c="yes"', "d=true", "e=null")


def test_the_best_is_selected_with_more_replications_where_it_is_close(shop: sc.Scenario) -> None:
    """Tests that a selection goes on until one is left, the cheapest, and then stops."""
    levels = {"far": {LEVEL: 5}, "near": {LEVEL: 18}}
    found = compare(
        shop, policies=levels, measures=COST, replications=10, select="total_cost", indifference=10.0, most=400
    )
    assert found.selection is not None
    counts = found.selection.replications
    assert found.selection.chosen == "base"
    assert min(counts.values()) >= 10
    assert max(counts.values()) < 400
    assert counts["base"] == max(counts.values())
    assert found.replications == 10
    assert set(found.estimates["n"]) == {10}
    assert found.values["scenario"].value_counts().to_dict() == counts
    own = found.values.groupby("scenario")["total_cost"].mean()
    assert found.selection.means == pytest.approx(own.to_dict())
    assert "Figures and differences rest on these 10 alone" in found.sentences[0]
    assert "near was dropped early, as soon as it was seen not to be the best" in found.sentences[-1]
    assert found.selection.means[found.selection.chosen] == min(found.selection.means.values())


def test_a_selection_without_chance_is_exact(shop: sc.Scenario) -> None:
    """Tests that where nothing is left to chance the cheapest is selected from one replication each."""
    steady = shop.set("nodes.shop.demand.bread={kind: constant, value: 5}")
    found = compare(steady, policies={"more": {LEVEL: 30}}, select="total_cost", indifference=1.0)
    assert (found.selection.chosen, found.selection.replications) == ("base", {"base": 1, "more": 1})


def test_a_stored_comparison_is_the_same(shop: sc.Scenario, tmp_path) -> None:
    """Tests that a comparison that is written and read back gives the same tables, sentences and scenarios."""
    found = compare(
        shop,
        policies={"more": {LEVEL: 20}},
        replications=5,
        worth={"fill_rate": 0.01},
        select="total_cost",
        indifference=5.0,
        most=20,
    )
    folder = found.write(tmp_path / "out", report=False)
    again = open_comparison(folder)
    for name, frame in found.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name], check_exact=True, check_dtype=False)
    assert (again.sentences, again.selection) == (found.sentences, found.selection)
    assert dict(again.scenarios) == dict(found.scenarios)
    found.write(folder, report=False)
    other = compare(shop, policies={"more": {LEVEL: 21}}, replications=5, measures=COST)
    with pytest.raises(UsageError, match="holds another comparison"):
        other.write(folder, report=False)
    other.write(folder, force=True, report=False)
    assert [*map(str, open_comparison(folder).measures)] == COST


def test_a_broken_folder_is_refused(shop: sc.Scenario, tmp_path) -> None:
    """Tests that a folder that lost a row, or holds a run, is no comparison, and that it says so."""
    folder = compare(shop, policies={"more": {LEVEL: 20}}, replications=3, measures=COST).write(
        tmp_path / "a", report=False
    )
    lines = (folder / "values.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "values.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(UsageError, match="is not a whole stored comparison"):
        open_comparison(folder)
    run = sc.run(shop, replications=1).write(tmp_path / "run", report=False)
    with pytest.raises(UsageError, match="holds a run; expected a comparison"):
        open_comparison(run)


def test_nothing_is_simulated_for_a_folder_that_cannot_be_written(shop: sc.Scenario, tmp_path, monkeypatch) -> None:
    """Tests that a strange folder is refused before the work is done."""
    (tmp_path / "mine.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr("scmsim.experiments.compare.laboratory.draws", lambda *_, **__: pytest.fail("it was simulated"))
    with pytest.raises(UsageError, match="is not empty"):
        compare(shop, policies={"more": {LEVEL: 20}}, out=tmp_path)


def test_progress_changes_nothing(shop: sc.Scenario) -> None:
    """Tests that progress is told in simulations done and planned, and that the figures are the same with it."""
    told: list[tuple[float, int]] = []
    asked = {"policies": {"more": {LEVEL: 20}}, "measures": COST, "replications": 25}
    found = compare(shop, **asked, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 50), (20, 50), (40, 50)]
    pd.testing.assert_frame_equal(found.values, compare(shop, **asked).values)


def test_a_notebook_shows_sentences_and_differences_safely(shop: sc.Scenario) -> None:
    """Tests that the HTML of a comparison holds its sentences, and no markup from a scenario's name."""
    found = compare(shop, policies={"<b>more": {LEVEL: 20}}, measures=COST, replications=3)
    html = found._repr_html_()
    assert "total cost" in html
    assert "<b>more" not in html
    assert repr(found) == "<Comparison: base, <b>more; seed 1, 3 replications>"
    assert np.isfinite(found.estimates["half_width"]).all()
