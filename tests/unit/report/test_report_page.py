"""The page as a text."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import scmsim as sc
from scmsim.report import page, write_report
from scmsim.report.sections import headline

HOSTILE = "</script><script>alert(1)</script>\"'<b>"
SCENARIOS = Path(__file__).parents[3] / "scenarios"
Mapping = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def text(beer: sc.Result) -> str:
    return page(beer)


def without_scripts(text: str) -> str:
    """Give what a reader sees of a page, markup and all."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_equal_results_give_equal_pages(text: str, beer_mapping: Mapping) -> None:
    """Tests that the page of the same run computed again is the same, byte for byte."""
    assert page(sc.run(sc.from_dict(beer_mapping()))) == text


def test_the_page_refers_to_nothing_outside(text: str) -> None:
    """Tests that no element of the page asks for a file, and that its policy forbids it."""
    assert re.findall(r"<(?:script|img|link|iframe|source)[^>]*(?:src|href)=\"(?!data:)", without_scripts(text)) == []
    assert "default-src 'none'" in text


def test_the_page_says_what_is_hardly_meant(beer: sc.Result, text: str) -> None:
    """Tests that a scenario's warnings stand on the page of its run, and that without any there is no such part."""
    odd = sc.Problem("a.yaml:1:1", "nodes.shop.demand.beer", "a mean of 0", "some demand")
    warned = replace(beer, scenario=replace(beer.scenario, warnings=(odd,)))
    assert "found a mean of 0; expected some demand" in page(warned)
    assert 'id="warnings"' not in text


def test_the_headline_says_cost_service_and_swing(text: str) -> None:
    """Tests that the first sentences hold the total cost, the fill rate and how hard the brewery's orders swing."""
    said = re.sub("<[^>]+>", "", re.search(r'<p class="headline">(.*?)</p>', text).group(1))  # type: ignore[union-attr]
    assert said.startswith("Over 36 weeks the chain cost 2,479 and 60.1 % of customers' demand was served at once.")
    assert said.endswith(
        "The orders of brewery, the stage furthest upstream, vary 73.5 times as much as the customers' demand."
    )


def swing(mapping: dict[str, Any]) -> str:
    """Give what the headline of a run says about its orders."""
    said = re.sub("<[^>]+>", "", headline(sc.run(sc.from_dict(mapping))))
    return said[said.index("The orders") :] if "The orders" in said else ""


def test_the_headline_sums_products_only_where_that_makes_sense(beer_mapping: Mapping) -> None:
    """Tests that it says so where products are summed, and is silent where their units differ."""
    both = {name: {"kind": "step", "before": 4, "after": 8, "at": 5} for name in ("beer", "wine")}
    mapping = beer_mapping(products={"beer": {"unit": "case"}, "wine": {"unit": "case"}})
    mapping["nodes"]["brewery"]["make"] = {name: {"lead_time": 3} for name in both}
    mapping["nodes"]["retailer"]["demand"] = both
    assert swing(mapping).startswith("The orders of brewery (all products together), the stage furthest upstream")
    assert swing({**mapping, "products": {"beer": {"unit": "case"}, "wine": {"unit": "litre"}}}) == ""


def test_the_headline_is_silent_about_products_made_of_each_other(bike_mapping: Mapping) -> None:
    """Tests that bikes, frames and wheels are not summed in words."""
    mapping = bike_mapping()
    mapping["nodes"]["east"]["demand"]["bike"] = {"kind": "poisson", "mean": 3}
    assert swing(mapping) == ""


@pytest.mark.parametrize(("bucket", "told"), [(7, True), (8, False)])
def test_the_headline_tells_no_variance_of_few_buckets(beer_mapping: Mapping, bucket: int, told: bool) -> None:
    """Tests that five whole buckets are enough, and four are not."""
    assert bool(swing(beer_mapping(time={"unit": "week", "horizon": 36, "bucket": bucket}))) is told


def test_the_captions_say_what_is_drawn(beer: sc.Result, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the page explains what lanes bear, and tells where net stock is thinned out."""
    assert "An arrow bears its order delay (if there is one) + lead time; point" in text
    assert "too often to draw" not in text
    monkeypatch.setattr("scmsim.report.series.MOST_STATES", 100)
    assert "Where it changed too often to draw that, the lowest of every week is drawn." in page(beer)


def test_every_metric_has_its_definition(beer: sc.Result, text: str) -> None:
    """Tests that each metric of the run is explained in the glossary with the catalogue's words."""
    for name in beer.kpis["metric"].unique():
        assert f'id="metric-{name}"' in text
        assert beer.definitions[name].definition in unescape(text)


def test_what_question_the_scenario_asks_is_said(tmp_path: Path) -> None:
    """Tests that question, source and answer of a file's header stand on the page, and its name at the foot."""
    source = tmp_path / "asked.yaml"
    source.write_text(
        "# question: why <b>?\n# source: a book\n# answer: so\n" + (SCENARIOS / "beer_game.yaml").read_text()
    )
    scenario = sc.load(source)
    text = unescape(page(sc.run(scenario)))
    assert all(scenario.header[key] in text for key in ("question", "source", "answer"))
    assert "asked.yaml" in text
    assert scenario.sha256 in text


def test_intervals_are_shown_with_replications(beer_mapping: Mapping) -> None:
    """Tests that means carry their half widths, and that the page says which replication its lines show."""
    mapping = beer_mapping()
    mapping["nodes"]["retailer"]["demand"]["beer"] = {"kind": "poisson", "mean": 6}
    text = page(sc.run(sc.from_dict(mapping), replications=3))
    assert "±" in text
    assert "Shown: replication 1 of 3." in text


def test_a_summary_says_why_it_has_no_lines(beer_mapping: Mapping) -> None:
    """Tests that a run without tables is reported on, with a sentence in place of each figure over time."""
    result = sc.run(sc.from_dict(beer_mapping()), record="summary")
    assert page(result).count("This run kept a summary only") == 3
    with pytest.raises(sc.UsageError, match="This run kept no tables to draw over time: run it with record='full'"):
        result.plot.orders()


def test_a_run_without_cost_and_variance_is_reported_on() -> None:
    """Tests that where there is nothing to draw the page says so."""
    text = page(sc.run(sc.from_dict(_steady_and_free())))
    assert "the scenario states no costs, or none arose" in text
    assert "where demand does not vary, the ratio has no value" in text


def test_names_are_shown_not_run(beer_mapping: Mapping) -> None:
    """Tests that a name holding markup appears escaped wherever the page shows it."""
    mapping = beer_mapping(name=HOSTILE, products={HOSTILE: {"unit": HOSTILE}})
    mapping["nodes"]["brewery"]["make"] = {HOSTILE: {"lead_time": 3}}
    mapping["nodes"]["retailer"]["demand"] = {HOSTILE: {"kind": "constant", "value": 4}}
    mapping["nodes"]["brewery"]["label"] = HOSTILE
    text = page(sc.run(sc.from_dict(mapping)))
    assert "<script>alert" not in text
    assert HOSTILE not in text
    assert HOSTILE in unescape(without_scripts(text))


def test_write_report_gives_the_path_written(beer: sc.Result, tmp_path: Path, text: str) -> None:
    """Tests that the file holds the page in UTF-8, with the same bytes on every system."""
    path = write_report(beer, tmp_path / "report.html")
    assert path == tmp_path / "report.html"
    assert path.read_bytes() == text.encode("utf-8")


def test_result_plot_gives_every_figure(bike: sc.Result) -> None:
    """Tests that each figure of the report can be had by itself, for one product where it makes sense."""
    plot = bike.plot
    kinds = [type(draw()).__name__ for draw in (plot.orders, plot.net_stock, plot.cost, plot.service, plot.network)]
    assert kinds == ["Figure"] * 5
    assert plot.orders("wheel").layout.yaxis.title.text == "units per day"
    assert plot.bullwhip().data is not None


def test_an_unknown_product_is_named(bike: sc.Result) -> None:
    """Tests that asking for a figure of a product that is not there names those that are."""
    with pytest.raises(sc.UsageError, match=r"There is no product 'car'; there are: bike, frame, wheel"):
        bike.plot.orders("car")


def _steady_and_free() -> dict[str, Any]:
    return {
        "scmsim": 1,
        "name": "steady",
        "time": {"horizon": 10},
        "products": {"tea": {}},
        "nodes": {
            "source": {"kind": "supplier"},
            "shop": {
                "kind": "retailer",
                "stock": {"tea": {"initial": 10, "policy": {"kind": "base_stock", "level": 10}}},
                "demand": {"tea": {"kind": "constant", "value": 2}},
            },
        },
        "lanes": ["source -> shop"],
    }
