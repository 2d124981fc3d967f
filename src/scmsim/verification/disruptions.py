"""Cases R: what policies cost where suppliers fail, and how long stocks last."""

from collections.abc import Iterator

from scmsim.verification.case import Case, Finding, Value
from scmsim.verification.laboratory import Laboratory, rows_of

STOCK = "nodes.shop.stock.item"
COST = "cost_per_period"


def failures(level: int, expected: float, horizon: int) -> Case:
    """Return R01 with a base-stock level."""
    return Case(
        name=f"R01-level-{level}",
        what=f"base stock {level}, the supplier fails and recovers as a Markov chain",
        source="Snyder and Shen, example 9.3",
        grade="A",
        scenario="r01_disruptions",
        changes=(f"{STOCK}.policy.level={level}", f"{STOCK}.initial={level}", f"time.horizon={horizon}"),
        values=(Value(measure=COST, expected=expected),),
        kinds=("occurrence:markov",),
    )


def lot_bound(held: float, lost: float, cycles: float, rate: float, step: float) -> float:
    """Return by how much demand in steps may cost more or less than a fluid.

    Stock that falls in steps of v lies up to v above the fluid's, v / 2 on average, which costs h v / 2; of what a
    failure loses, a step more or less is lost, at p v and at most one failure's stock-out per cycle.
    """
    return held * step / 2 + lost * step * cycles * rate


def to_survive(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that 900 units and 40 a day last 22.5 days at 80 a day, and that the poorer product then loses 300.

    Demand comes in steps of a tenth of a day, so times may be one step off, and quantities one step's demand of 8.
    """
    values = laboratory.run("r03_time_to_survive").values
    values = values[values.replication == 1]
    chain = values[rows_of(values, None)].set_index("metric")["value"]
    yield Finding("time to survive", 22.5, float(chain["time_to_survive"]), tolerance=0.1 + 1e-9)
    yield Finding("units lost", 300, float(chain["units_lost"]), tolerance=8)
    yield Finding("lost sale cost", 6000, float(chain["lost_sale_cost"]), tolerance=8 * 20)
    rich = values[(values.node == "plant") & (values["product"] == "rich")].set_index("metric")["value"]
    yield Finding("fill rate of the richer product", 1.0, float(rich["fill_rate_during_disruptions"]))


CASES = (
    failures(8000, 2737.068966, 24200),
    failures(1200, 5710.345, 15200),
    Case(
        name="R02-problem-9.8",
        what="economic order quantity with disruptions, lost sales",
        source="Snyder and Shen, problem 9.8, in the limit of small demands",
        grade="A",
        scenario="r02_lots",
        values=(
            Value(
                measure=COST,
                expected=96.26659,
                what="cost a year",
                tolerance=lot_bound(held=4, lost=22, cycles=30 / 24.0663, rate=1 / 13, step=0.240663),
            ),
        ),
        kinds=("occurrence:renewal",),
    ),
    Case(
        name="R02-example-9.1",
        what="economic order quantity with disruptions, lost sales",
        source="Snyder and Shen, example 9.1, in the limit of small demands",
        grade="A",
        scenario="r02_lots",
        changes=(
            "nodes.shop.demand.item.value=7.72811",
            "nodes.shop.demand.item.interval=0.0059447",
            "nodes.shop.demand.item.lost_sale_cost=5",
            f"{STOCK}.initial=772.811",
            f"{STOCK}.holding_cost=0.225",
            f"{STOCK}.order_cost=8",
            f"{STOCK}.policy.order_quantity=772.811",
            "disruptions.failure.when={kind: renewal, up: {dist: exponential, mean: 0.6666666666667}, "
            "down: {dist: exponential, mean: 0.07142857142857}}",
            "time.horizon=302",
            "run.replications=20",
        ),
        values=(
            Value(
                measure=COST,
                expected=173.950,
                what="cost a year",
                tolerance=lot_bound(held=0.225, lost=5, cycles=1300 / 772.811, rate=1.5 / 15.5, step=7.72811),
            ),
        ),
        kinds=("occurrence:renewal",),
        long=True,
    ),
    Case(
        name="R03-time-to-survive",
        what="two products of one component, an alternative source, the main one down",
        source="closed form, after Simchi-Levi et al. 2015",
        grade="C",
        compute=to_survive,
        kinds=("scenario.measures", "resilience.failure", "resilience.recovery", "measures.resilience"),
    ),
)
