"""Cases B: how much orders swing more than demand, and how much stock does."""

from collections.abc import Iterator
from math import sqrt

from scmsim.verification.case import Case, Finding, Measure, Measured, Value
from scmsim.verification.laboratory import Laboratory

RATIO, CUMULATIVE = "order_variance_ratio", "cumulative_order_variance_ratio"
CHEN = "Chen, Drezner, Ryan and Simchi-Levi 2000"
CHEN_SMOOTHING = "Chen, Ryan and Simchi-Levi 2000"
PRODUCT = "product of the stages' own ratios"
GOLDEN = ("nodes.shop.stock.item.policy.smoothing_time=1.618034", "time.horizon=6050")


def net_stock_sd(unit: float) -> Measure:
    """Return a measure: the standard deviation of net stock as a multiple of ``unit``."""

    def measure(measured: Measured) -> float:
        return sqrt(measured["net_stock_variance"]) / unit

    return measure


def sum_of_ratios(measured: Measured) -> float:
    """Return what orders and net stock amplify together, beyond the two periods of the lead time."""
    return measured[RATIO] + measured["net_stock_amplification"] - 2


def sharing(laboratory: Laboratory) -> Iterator[Finding]:
    """Compare the last stage's ratio with and without the customers' purchases told to all stages."""
    alone = laboratory.estimate("b06_decentralised_chain", CUMULATIVE, "stage_4")
    told = laboratory.estimate("b06_centralised_chain", CUMULATIVE, "stage_4")
    least = alone.mean - alone.errors * alone.standard_error
    found = laboratory.judged("ratio with sharing, below the one without", least, told, 0.005)
    yield found._replace(relation="below")


def moving_average(lead_time: int, periods: int, expected: float) -> Case:
    """Return B01 with a lead time and a length of the moving average."""
    return Case(
        name=f"B01-lead-time-{lead_time}-periods-{periods}",
        what="order-up-to a moving average, independent demand",
        source=f"{CHEN}: 1 + 2L/p + 2L²/p²",
        grade="A",
        scenario="b01_moving_average",
        changes=(f"defaults.lane.lead_time={lead_time}", f"nodes.shop.stock.item.policy.forecast.periods={periods}"),
        values=(Value(measure=RATIO, expected=expected),),
        kinds=("policy:order_up_to", "forecast:moving_average"),
    )


CASES = (
    *(moving_average(*each) for each in ((1, 5, 1.48), (2, 5, 2.12), (4, 10, 2.12))),
    Case(
        name="B02-moving-average-ar1",
        what="order-up-to a moving average, AR(1) demand",
        source=f"{CHEN}: 1 + (2L/p + 2L²/p²)(1 - ρ^p)",
        grade="A",
        scenario="b02_moving_average_ar1",
        values=(Value(measure=RATIO, expected=2.085),),
    ),
    Case(
        name="B03-exponential-smoothing",
        what="order-up-to exponential smoothing, independent demand",
        source=f"{CHEN_SMOOTHING}: 1 + 2La + 2L²a²/(2 - a)",
        grade="A",
        scenario="b03_exponential_smoothing",
        values=(Value(measure=RATIO, expected=1.977778),),
    ),
    Case(
        name="B03-exponential-smoothing-ar1",
        what="order-up-to exponential smoothing, AR(1) demand",
        source=f"{CHEN_SMOOTHING}: 1 + (2La + 2L²a²/(2 - a))(1 - ρ)/(1 - (1 - a)ρ)",
        grade="A",
        scenario="b03_exponential_smoothing_ar1",
        values=(Value(measure=RATIO, expected=1.814815),),
    ),
    Case(
        name="B04-rho-0.5-nu-2",
        what="order-up-to the best forecast of AR(1) demand",
        source="Lee, Padmanabhan and Whang 1997: 1 + 2ρ(1 - ρ^(ν+1))(1 - ρ^(ν+2))/(1 - ρ)",
        grade="A",
        scenario="b04_minimum_mean_squared_error",
        values=(Value(measure=RATIO, expected=2.640625),),
    ),
    Case(
        name="B04-rho-0.7-nu-0",
        what="order-up-to the best forecast of AR(1) demand",
        source="Lee, Padmanabhan and Whang 1997",
        grade="A",
        scenario="b04_minimum_mean_squared_error",
        changes=(
            "defaults.lane.lead_time=0",
            "nodes.shop.demand.item.autocorrelation=0.7",
            "nodes.shop.stock.item.policy.forecast.autocorrelation=0.7",
        ),
        values=(Value(measure=RATIO, expected=1.714),),
    ),
    Case(
        name="B05-pair",
        what="two stages that see only orders",
        source="exact: sum of squares of the convolved stage filters",
        scenario="b05_decentralised_pair",
        values=(
            Value(measure=CUMULATIVE, place="stage_2", expected=3.4064),
            Value(measure=CUMULATIVE, place="stage_2", expected=3.1376, what=PRODUCT, relation="above"),
        ),
    ),
    Case(
        name="B06-four-stages",
        what="four stages that see only orders",
        source="exact: sum of squares of the convolved stage filters",
        scenario="b06_decentralised_chain",
        values=(
            Value(measure=CUMULATIVE, place="stage_4", expected=6.331763),
            Value(measure=CUMULATIVE, place="stage_4", expected=4.797852, what=PRODUCT, relation="above"),
        ),
    ),
    Case(
        name="B06-four-stages-point-of-sale-shared",
        what="four stages that are told what customers buy",
        source=f"{CHEN}: 1 + 2L/p + 2L²/p², L summed over the stages",
        scenario="b06_centralised_chain",
        values=(Value(measure=CUMULATIVE, place="stage_4", expected=3.88),),
    ),
    Case(
        name="B06-sharing-tames-the-chain",
        what="the same four stages with and without point of sale shared",
        source=f"{CHEN}: a centralised chain amplifies less",
        compute=sharing,
    ),
    Case(
        name="B07-smoothed-order-up-to",
        what="proportional order-up-to, Ti = 4, Tp = 1",
        source="Disney and Towill: 1/(2Ti - 1); (Tp + 1) + (Ti - 1)²/(2Ti - 1)",
        grade="C",
        scenario="b07_smoothed_order_up_to",
        values=(
            Value(measure=RATIO, expected=0.142857),
            Value(measure="net_stock_amplification", expected=3.285714),
        ),
        kinds=("policy:smoothed_order_up_to",),
    ),
    Case(
        name="B08-golden-ratio",
        what="proportional order-up-to, Ti the golden ratio",
        source="Disney, Towill and van de Velde 2004: the least sum of both amplifications",
        grade="A",
        scenario="b07_smoothed_order_up_to",
        changes=GOLDEN,
        values=(
            Value(measure=RATIO, expected=0.447214),
            Value(measure=sum_of_ratios, expected=0.618034, what="sum of amplifications, less the lead time"),
        ),
    ),
    Case(
        name="B10-moving-average",
        what="net stock under a moving average",
        source="closed form: sqrt(L + L²/p), L = 2, p = 5",
        grade="C",
        scenario="b01_moving_average",
        changes=("defaults.lane.lead_time=2", "nodes.shop.stock.item.policy.forecast.periods=5"),
        values=(Value(measure=net_stock_sd(10), expected=1.673320, what="sd of net stock / sd of demand"),),
    ),
    Case(
        name="B10-exponential-smoothing",
        what="net stock under exponential smoothing",
        source="closed form: sqrt(L + L²a/(2 - a)), L = 2, a = 0.2",
        grade="C",
        scenario="b03_exponential_smoothing",
        values=(Value(measure=net_stock_sd(10), expected=1.563472, what="sd of net stock / sd of demand"),),
    ),
    Case(
        name="B10-minimum-mean-squared-error",
        what="net stock under the best forecast of AR(1) demand",
        source="closed form: sqrt(sum over i <= L of ((1 - ρ^i)/(1 - ρ))²), order first",
        grade="C",
        scenario="b04_minimum_mean_squared_error",
        changes=("defaults.lane.lead_time=1",),
        values=(Value(measure=net_stock_sd(10), expected=1.802776, what="sd of net stock / sd of innovations"),),
    ),
)
