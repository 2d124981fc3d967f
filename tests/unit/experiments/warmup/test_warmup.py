"""The suggested warm-up: MSER on series, and the series of scenarios."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import scmsim as sc
from scmsim.experiments.warmup.mser import moving_average, mser
from scmsim.experiments.warmup.series import selections
from scmsim.experiments.warmup.warmup import WarmUp, suggest_warm_up

series = arrays(np.float64, st.integers(20, 90), elements=st.floats(-1000, 1000))


def plain(values: np.ndarray, batch: int) -> list[float]:
    """Give the statistic of every truncation as its definition reads."""
    count = len(values) // batch
    means = [float(np.mean(values[place * batch : (place + 1) * batch])) for place in range(count)]
    found = []
    for left_out in range(count // 2 + 1):
        kept = means[left_out:]
        center = sum(kept) / len(kept)
        found.append(sum((mean - center) ** 2 for mean in kept) / len(kept) ** 2)
    return found


@given(series, st.sampled_from([1, 2, 5]))
def test_the_statistic_is_its_definition(values: np.ndarray, batch: int) -> None:
    """Tests that the statistic of every truncation is what its formula gives term by term, and the least is taken."""
    found, expected = mser(values, batch), plain(values, batch)
    scale = max(1.0, float(np.abs(values).max())) ** 2
    np.testing.assert_allclose(found.statistic, expected, rtol=1e-6, atol=1e-9 * scale)
    slack = 1e-5 * expected[0] + 1e-8 * scale
    assert expected[found.observations // batch] <= min(expected) + slack
    assert found.at_bound == (found.observations // batch == len(expected) - 1)


@given(series, st.floats(-100, 100), st.sampled_from([-2.0, 0.5, 4.0]))
def test_units_do_not_matter(values: np.ndarray, shift: float, scale: float) -> None:
    """Tests that a whole-number shift and a change of unit leave the truncation where it is."""
    whole = np.round(values)
    assert mser(scale * (whole + round(shift))).observations == mser(whole).observations


def test_a_level_series_keeps_everything() -> None:
    """Tests that of a constant series nothing is left out, whatever the constant."""
    for level in (0.0, 0.1, 1e9):
        found = mser(np.full(100, level))
        assert (found.observations, found.mean, found.at_bound) == (0, pytest.approx(level), False)


def test_a_step_is_cut_where_it_ends() -> None:
    """Tests that a series that starts elsewhere for thirty periods is cut after thirty, with noise soon after."""
    step = np.where(np.arange(200) < 30, 50.0, 10.0)
    noise = np.random.default_rng(1).normal(size=200)
    assert mser(step).observations == 30
    assert 30 <= mser(step + noise).observations <= 40


def test_a_trend_lies_at_the_bound() -> None:
    """Tests that a series that never settles is cut at its half, and that it is said."""
    found = mser(np.arange(100.0) + np.random.default_rng(2).normal(size=100))
    assert (found.observations, found.at_bound) == (50, True)


def test_a_quiet_decay_is_cut_when_nothing_is_left_of_it() -> None:
    """Tests that a series without noise that comes ever closer to its end does not run to the bound."""
    found = mser(5 + 100 * 0.5 ** np.arange(400.0))
    assert 5 <= found.observations <= 20
    assert not found.at_bound


def test_what_does_not_fill_a_batch_is_left_out() -> None:
    """Tests that up to four values at the end of a series change nothing."""
    values = np.random.default_rng(3).normal(size=100)
    whole, more = mser(values), mser(np.append(values, [1e6, -1e6, 1e6, 5.0]))
    assert (whole.observations, whole.mean) == (more.observations, more.mean)


@pytest.mark.parametrize(
    ("values", "batch", "said"),
    [
        (np.arange(19.0), 5, "19 periods are too few to judge a warm-up by: it takes 20"),
        (np.append(np.arange(30.0), np.nan), 1, "finite values only"),
        (np.arange(30.0), 0, "batch must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_judged_is_refused(values: np.ndarray, batch: int, said: str) -> None:
    """Tests that a short series, an undefined value and an empty batch are refused, and why."""
    with pytest.raises(sc.UsageError, match=said):
        mser(values, batch)


@given(series, st.integers(0, 12))
def test_the_moving_average_is_the_mean_of_its_window(values: np.ndarray, window: int) -> None:
    """Tests Welch's average: as many values to either side as there are on both sides, up to the window."""
    found = moving_average(values, window)
    for place in range(len(values)):
        reach = min(window, place, len(values) - 1 - place)
        assert found[place] == pytest.approx(values[place - reach : place + reach + 1].mean(), abs=1e-8)


@pytest.fixture(scope="module")
def filled(scenarios: Path) -> WarmUp:
    """The warm-up of a base-stock shop with a lead time, which starts with far too much."""
    shop = sc.load(
        scenarios / "min_max.yaml", ["nodes.shop.stock.part.initial=900", "time.horizon=400", "time.warm_up=0"]
    )
    return suggest_warm_up(shop, replications=5)


def test_too_much_stock_takes_as_long_as_it_takes_to_sell_it(filled: WarmUp) -> None:
    """Tests that a shop with 900 units, that sells 10 a day and keeps about 16, settles after some 90 days."""
    assert 85 <= filled.warm_up <= 110
    assert filled.setting == f"time.warm_up={filled.warm_up:g}"
    assert filled.sentences[0].startswith(
        f"Leave out the first {filled.warm_up:g} days (--set {filled.setting}). Last "
    )
    assert not filled.too_short


def test_the_frames_belong_together(filled: WarmUp) -> None:
    """Tests that suggestions, series and statistics are of the same series, and the largest suggestion wins."""
    names = ["net_stock", "backorders", "orders@shop"]
    assert filled.suggestions["series"].tolist() == names
    assert filled.warm_up == filled.suggestions["warm_up"].max()
    assert filled.series.groupby("series", sort=False).size().to_dict() == dict.fromkeys(names, 400)
    for row in filled.suggestions.to_dict("records"):
        own = filled.series[filled.series["series"] == row["series"]]
        assert mser(own["mean"].to_numpy()).observations == row["warm_up"]
        statistic = filled.statistic[filled.statistic["series"] == row["series"]]
        assert statistic["warm_up"].tolist() == [5.0 * place for place in range(41)]


def test_the_series_are_those_of_the_run(scenarios: Path) -> None:
    """Tests that the mean over one replication is what the run's own tables say of every period, warm-up included."""
    scenario = sc.load(scenarios / "beer_game_noisy.yaml", ["time.horizon=40", "time.warm_up=20"])
    found = suggest_warm_up(scenario, ["orders@retailer", "demand@retailer/beer"], replications=1, seed=3).series
    result = sc.run(scenario, seed=3, replications=1)
    for name, table in (("orders@retailer", result.orders), ("demand@retailer/beer", result.demand)):
        own = table[table["node"] == "retailer"]
        week = own["time"].floordiv(1)
        expected = own.groupby(week)["quantity"].sum().reindex(found["time"].unique(), fill_value=0.0)
        np.testing.assert_allclose(found.loc[found["series"] == name, "mean"], expected)


def test_a_bucket_counts_in_the_scenario_s_unit(scenarios: Path) -> None:
    """Tests that with buckets of half a day five are two and a half days, and 300 units last some 28 days."""
    shop = sc.load(scenarios / "min_max.yaml", ["time.bucket=0.5", "time.horizon=100", "time.warm_up=0"])
    shop = shop.set("nodes.shop.stock.part.initial=300")
    found = suggest_warm_up(shop, "net_stock", replications=2)
    assert found.statistic["warm_up"].diff().dropna().unique().tolist() == [2.5]
    assert found.series["time"].diff().dropna().unique().tolist() == [0.5]
    assert found.warm_up == found.statistic.loc[found.statistic["mser"].idxmin(), "warm_up"]
    assert 25 <= found.warm_up <= 40


def test_a_run_that_never_settles_is_told_to_be_longer(scenarios: Path) -> None:
    """Tests that a stock that only grows lies at the bound, and that the sentences say what to do."""
    policy = "nodes.shop.stock.part.policy"
    shop = sc.load(
        scenarios / "min_max.yaml",
        [f"{policy}.minimum=5000", f"{policy}.maximum=6000", "nodes.shop.demand.part.mean=1", "time.horizon=100"],
    ).set("nodes.shop.stock.part.initial=5900", "time.warm_up=0")
    found = suggest_warm_up(shop, ["net_stock"], replications=3)
    assert found.too_short
    assert found.warm_up == 50
    assert any("Run longer: net_stock may not have settled" in said for said in found.sentences)
    assert any("--set time.horizon=200" in said for said in found.sentences)


def test_series_are_chosen_by_name_and_pattern(scenarios: Path) -> None:
    """Tests that a series is of the chain, a node, a product there, a segment, or of everything a star stands for."""
    network = sc.load(scenarios / "beer_game_noisy.yaml").network
    wanted = ["net_stock", "orders@re*", "on_hand@*/beer", "demand@product=beer", "orders@segment=downstream"]
    names = [one.name for one in selections(network, wanted)]
    assert names[:2] == ["net_stock", "orders@retailer"]
    assert sorted(names[2:6]) == [
        f"on_hand@{node}/beer" for node in ("brewery", "distributor", "retailer", "wholesaler")
    ]
    assert names[6:] == ["demand@product=beer", "orders@segment=downstream"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("net_stok", "no series 'net_stok'.*net_stock"),
        ("orders@shop", "no series 'orders@shop': there is no such stock. The nodes are: .*retailer"),
    ],
)
def test_unknown_series_say_which_there_are(scenarios: Path, wanted: str, said: str) -> None:
    """Tests that a series that is not there is refused with those that are."""
    with pytest.raises(sc.UsageError, match=said):
        selections(sc.load(scenarios / "beer_game_noisy.yaml").network, [wanted])


def test_a_short_run_is_refused(scenarios: Path) -> None:
    """Tests that a run of fewer than twenty periods is told to be longer."""
    scenario = sc.load(scenarios / "beer_game.yaml", ["time.horizon=12"])
    with pytest.raises(
        sc.UsageError, match=r"a run of 12 periods \(of 1 week\) is too short .* --set time.horizon=200"
    ):
        suggest_warm_up(scenario)


def test_bad_arguments_are_refused(scenarios: Path) -> None:
    """Tests that no replications, a negative seed and a scenario that is none are refused by name."""
    scenario = sc.load(scenarios / "beer_game.yaml")
    with pytest.raises(sc.UsageError, match="replications must be a whole number of at least 1, not 0"):
        suggest_warm_up(scenario, replications=0)
    with pytest.raises(sc.UsageError, match="seed must be a whole number of at least 0, not -1"):
        suggest_warm_up(scenario, seed=-1)
    with pytest.raises(sc.UsageError, match="suggest_warm_up needs a scenario, .* not int"):
        suggest_warm_up(5)


def test_a_notebook_shows_the_suggestion(filled: WarmUp) -> None:
    """Tests that the notebook's view holds the sentence and a row per series."""
    shown = filled._repr_html_()
    assert filled.sentences[0] in shown
    assert shown.count("<tr") == 4


def test_the_page_is_one_file_and_the_same_every_time(filled: WarmUp, tmp_path: Path) -> None:
    """Tests that the page holds the sentence and a figure per series, needs nothing else, and is reproducible."""
    one, two = (filled.write(tmp_path / name) for name in ("one.html", "two.html"))
    text = one.read_text(encoding="utf-8")
    assert one.read_bytes() == two.read_bytes()
    assert "Last to settle" in text
    assert text.count("<option") == 3
    assert "src=" not in text.split("<script", 1)[0]


def test_the_figure_shows_the_cut(filled: WarmUp) -> None:
    """Tests that the shaded part ends where the warm-up does, and an unknown series is refused."""
    figure = filled.plot.series("orders@shop")
    own = filled.suggestions.set_index("series").loc["orders@shop", "warm_up"]
    shaded = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [shape.x1 - shape.x0 for shape in shaded] == ([own] if own else [])
    with pytest.raises(sc.UsageError, match="no series 'x'; there are: "):
        filled.plot.series("x")


def test_one_replication_of_chance_is_no_sure_verdict() -> None:
    """Tests that a warm-up judged by one replication is told with a caution, and by two without."""
    said = [suggest_warm_up("scenarios/min_max.yaml", "net_stock", replications=count).sentences for count in (1, 2)]
    assert [sum("rests on one replication" in one for one in each) for each in said] == [1, 0]
