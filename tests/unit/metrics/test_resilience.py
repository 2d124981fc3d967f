"""Times to survive and to recover, service and cash in and after disruptions: by hand."""

import numpy as np
import pytest

import scmsim
from scmsim.experiments.run.result import Result

SHOP = """
scmsim: 1
name: shop
time: {{horizon: 20}}
measures: {{resilience: {{failure: {failure}, recovery: {recovery}}}}}
products: {{tea: {{}}}}
nodes:
  port: {{kind: supplier}}
  shop:
    kind: retailer
    finance: {{cash: 100}}
    stock: {{tea: {{initial: 6, policy: {{kind: base_stock, level: 6}}}}}}
    demand: {{tea: {{kind: constant, value: 2}}}}
    sales: {{tea: {{price: 3}}}}
lanes: [{{from: port, to: shop, price: 1}}]
disruptions:
  storm: {{of: {{node: port}}, when: {{kind: dates, times: [{times}]}}, stops: [shipments]}}
"""


def ran(times: str, failure: float = 0.95, recovery: float = 0.95) -> dict[str, float]:
    """Run the shop, and return the figures of the chain."""
    result: Result = scmsim.run(scmsim.loads(SHOP.format(times=times, failure=failure, recovery=recovery)))
    rows = result.kpis[result.kpis.node.isna() & result.kpis["product"].isna() & result.kpis.segment.isna()]
    return dict(zip(rows["metric"], rows["mean"], strict=True))


def test_a_shop_with_stock_for_three_days_survives_two() -> None:
    """Tests that a gap of 5 days is noticed on its third day, when nothing is left, and is over a day after it.

    The shop has 6 in the evening, sells 2 a day, and gets nothing on the days 5 to 9: it serves 2 on the days 5, 6 and
    7 and nothing on the days 8 and 9; what has waited comes on day 10, before its customers.
    """
    found = ran("{at: 5, lasts: 5}")
    assert found["time_to_survive"] == 3
    assert found["time_to_recover"] == 5
    assert found["share_survived"] == 0
    assert found["fill_rate_during_disruptions"] == pytest.approx(6 / 10)
    assert found["fill_rate_after_disruptions"] == 1.0
    assert found["cash_flow_during_disruptions"] == pytest.approx(6 * 3 / 5)


@pytest.mark.parametrize(("lasts", "survived"), [(2, 1.0), (3, 1.0), (4, 0.0)])
def test_what_nobody_notices_is_survived(lasts: int, survived: float) -> None:
    """Tests that a gap as long as the stock lasts is survived, and a longer one not; then no time is said."""
    found = ran(f"{{at: 5, lasts: {lasts}}}")
    assert found["share_survived"] == survived
    assert np.isnan(found["time_to_survive"]) == bool(survived)


def test_what_is_not_over_at_the_end_has_no_time_to_recover() -> None:
    """Tests that a gap until the end of the run is not taken for recovered."""
    found = ran("{at: 12, lasts: 99}")
    assert found["time_to_survive"] == 3
    assert np.isnan(found["time_to_recover"])


def test_the_mean_is_over_the_disruptions_that_were_noticed() -> None:
    """Tests that of two gaps, one of them survived, the other one gives the times, and that half are survived."""
    found = ran("{at: 3, lasts: 2}, {at: 10, lasts: 4}")
    assert (found["time_to_survive"], found["time_to_recover"], found["share_survived"]) == (3, 4, 0.5)


def test_overlapping_disruptions_are_one() -> None:
    """Tests that two that overlap, and one that begins as the other ends, count as one gap."""
    found = ran("{at: 5, lasts: 2}, {at: 6, lasts: 2}, {at: 8, lasts: 2}")
    assert (found["time_to_survive"], found["time_to_recover"], found["share_survived"]) == (3, 5, 0)


def test_thresholds_are_those_of_the_file() -> None:
    """Tests that a chain that may fail everybody survives everything."""
    assert ran("{at: 5, lasts: 9}", failure=0.0)["share_survived"] == 1


def test_without_disruptions_nothing_is_said() -> None:
    """Tests that the measures of resilience are not in the figures of a chain that nothing strikes."""
    kpis = scmsim.run(
        scmsim.loads(SHOP.format(times="{at: 1, lasts: 0}", failure=1, recovery=1).split("disruptions")[0])
    ).kpis
    assert not kpis["metric"].str.contains("disruption|survive").any()


def test_a_disruption_that_never_comes_gives_no_times() -> None:
    """Tests that a chain whose only disruption lies behind the end of the run has nothing to say of it."""
    found = ran("{at: 99, lasts: 5}")
    assert all(np.isnan(found[name]) for name in ("time_to_survive", "time_to_recover", "share_survived"))
    assert np.isnan(found["fill_rate_during_disruptions"])


def test_customers_who_take_a_substitute_count_with_what_they_take() -> None:
    """Tests that a product which nobody asks for but in place of another has customers of its own in a disruption.

    From day 5 to 20 nothing comes. Of 32 units of tea that are asked for 2 are there, and for 6 more there is coffee.
    """
    drinks = SHOP.format(times="{at: 5, lasts: 99}", failure=0.95, recovery=0.95)
    drinks = drinks.replace("products: {tea: {}}", "products: {tea: {}, coffee: {}}")
    drinks = drinks.replace(
        "stock: {tea: {initial: 6, policy: {kind: base_stock, level: 6}}}",
        "stock: {tea: {initial: 2, policy: {kind: base_stock, level: 2}},"
        " coffee: {initial: 6, policy: {kind: base_stock, level: 6}}}",
    )
    drinks = drinks.replace("value: 2}", "value: 2, unmet: lost, substitutes: [coffee]}")
    drinks = drinks.replace("sales: {tea: {price: 3}}", "sales: {tea: {price: 3}, coffee: {price: 3}}")
    drinks = drinks.replace(
        "{from: port, to: shop, price: 1}", "{from: port, to: shop, price: 1, products: [tea, coffee]}"
    )
    result = scmsim.run(scmsim.loads(drinks))
    rows = result.kpis[(result.kpis.metric == "fill_rate_during_disruptions") & (result.kpis.node == "shop")]
    assert dict(zip(rows["product"].fillna("all"), rows["mean"], strict=True)) == {"tea": 2 / 26, "all": 8 / 32}
