"""Case S03, economic lot sizes: the textbook's cost of a fluid that flows evenly, met by demand in small lots.

Stock that falls in lots of v lies above the fluid's by 0 to v, half a lot on average, and what is owed lies as much
below; stock that comes in lots of w lies half of w higher still. The cost differs from the fluid's by at most these
halves at their rates, whatever the order quantity, and by nothing else when the run is whole cycles.
"""

from collections.abc import Iterator
from typing import NamedTuple

from scmsim.experiments.run.run import run
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory, scenario_named

WEEKS = 52
HOURS = 100
STOCK = "nodes.shop.stock.item"


class Cost(NamedTuple):
    """What an order quantity costs: by the engine, by the formula for a fluid, and how far these may be apart."""

    simulated: float
    fluid: float
    bound: float

    def finding(self, what: str) -> Finding:
        """Lay what the engine finds beside what the formula says."""
        return Finding(what, self.fluid, self.simulated, tolerance=self.bound + 1e-9)

    def beyond(self, what: str, least: float) -> Finding:
        """Say that this is dearer than the least cost."""
        return Finding(f"cost {what}, above the least", least, self.simulated, relation="above")


def cost_of(name: str, cycles: float, interval: float, *changes: str) -> float:
    """Run whole cycles of a scenario, given in lots of demand, and return the cost per time unit."""
    scenario = scenario_named(name, (f"time.horizon={cycles * interval:.10g}", *changes))
    values = run(scenario, record="summary").values
    rows = values[(values.metric == "cost_per_period") & (values.node == "shop") & values["product"].notna()]
    return float(rows["value"].iloc[0])


def bought(quantity: float, owed: float = 0.0, backorder_cost: float = 0.0, lot: float = 0.0625) -> Cost:
    """Return the yearly cost of buying a quantity whenever so much is owed (K = 8, h = 0.225, 1300 a year)."""
    interval = lot * WEEKS / 1300
    simulated = cost_of(
        "s03_economic_order_quantity",
        quantity / lot,
        interval,
        f"nodes.shop.demand.item={{kind: constant, value: {lot}, interval: {interval:.10g}}}",
        f"{STOCK}.initial={quantity - owed:.10g}",
        f"{STOCK}.backorder_cost={backorder_cost / WEEKS!r}",
        f"{STOCK}.policy={{kind: reorder_point, reorder_point: {-owed:.10g}, order_quantity: {quantity}}}",
    )
    kept = quantity - owed
    fluid = 8 * 1300 / quantity + (0.225 * kept**2 + backorder_cost * owed**2) / (2 * quantity)
    bound = lot / 2 * (0.225 * kept + backorder_cost * owed) / quantity
    return Cost(WEEKS * simulated, fluid, bound)


def made(quantity: float) -> Cost:
    """Return the cost per period of making a quantity when there is nothing (K = 4, h = 0.08, 80 sold, 110 made)."""
    simulated = cost_of(
        "s03_economic_production_quantity", quantity / 0.0625, 0.078125, f"{STOCK}.policy.order_quantity={quantity}"
    )
    fluid = 4 * 80 / quantity + 0.08 * quantity * (1 - 80 / 110) / 2
    return Cost(HOURS * simulated, fluid, 0.08 * (0.0625 + 0.0859375) / 2)


def above_the_fluid(cost: Cost) -> Finding:
    """Say that lots cost nothing less than a fluid, but for rounding."""
    return Finding("cost, not below the fluid's", cost.fluid - 1e-9, cost.simulated, relation="above")


def economic(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that the best quantity of 304.047 costs 68.4105, half a lot held apart, and its neighbours more."""
    fewer, best, more = (bought(quantity) for quantity in (273.625, 304.0625, 334.4375))
    yield Finding("least cost a year", 68.4105, best.simulated, tolerance=best.bound + 5e-5)
    for name, cost in (("of the best quantity", best), ("of a tenth less", fewer), ("of a tenth more", more)):
        yield cost.finding(f"cost {name}")
        yield above_the_fluid(cost)
    yield fewer.beyond("of a tenth less", best.simulated + 4 * best.bound)
    yield more.beyond("of a tenth more", best.simulated + 4 * best.bound)


def ordered(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that a reorder point without a quantity orders 304.047."""
    scenario = scenario_named(
        "s03_economic_order_quantity", [f"{STOCK}.policy={{kind: reorder_point, reorder_point: 0}}"]
    )
    (quantity,) = run(scenario).orders.quantity
    yield Finding("quantity ordered", 304.047, float(quantity), tolerance=5e-4)


def larger_lots(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that lots eight and thirty-two times as large cost half a lot's stock more than a fluid."""
    for lot in (0.5, 2.0):
        cost, half = bought(304.0, lot=lot), 0.225 * lot / 2
        yield Finding(
            f"cost of lots of {lot:g} beyond the fluid's", half, cost.simulated - cost.fluid, tolerance=1e-6 * half
        )


def with_backorders(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that owing 4.306 % of 310.813 costs 66.9214, and less than owing or ordering more or less."""
    best = bought(310.8125, 13.375, 5)
    yield Finding("least cost a year", 66.9214, best.simulated, tolerance=best.bound)
    for quantity, owed in ((279.75, 13.375), (341.875, 13.375), (310.8125, 3.375), (310.8125, 23.375)):
        cost, what = bought(quantity, owed, 5), f"of {quantity:g} when {owed:g} are owed"
        yield cost.finding(f"cost {what}")._replace(tolerance=cost.bound)
        yield cost.beyond(what, best.simulated + 2 * best.bound)


def production(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that the best quantity to make of 171.270 costs 3.73679, small lots apart, and its neighbours more."""
    fewer, best, more = (made(quantity) for quantity in (136.8125, 171.1875, 213.8125))
    yield Finding("least cost an hour", 3.73679, best.simulated, tolerance=best.bound)
    for name, cost in (("of the best quantity", best), ("of a fifth less", fewer), ("of a quarter more", more)):
        yield cost.finding(f"cost {name}")._replace(tolerance=cost.bound)
        yield above_the_fluid(cost)
    yield fewer.beyond("of a fifth less", best.simulated + 2 * best.bound)
    yield more.beyond("of a quarter more", best.simulated + 2 * best.bound)


EXAMPLE, REORDER = "Snyder and Shen, example 3.1, in the limit of small lots", ("policy:reorder_point",)
CASES = (
    Case(
        name="S03-economic-order-quantity",
        what="economic order quantity, demand in small lots",
        source=EXAMPLE,
        grade="A",
        compute=economic,
        kinds=REORDER,
    ),
    Case(
        name="S03-quantity-not-given",
        what="a reorder point whose quantity is left out",
        source="Snyder and Shen, example 3.1",
        grade="A",
        compute=ordered,
        kinds=REORDER,
    ),
    Case(
        name="S03-larger-lots",
        what="economic order quantity, demand in larger lots",
        source="exact: half a lot more is held than of a fluid",
        compute=larger_lots,
        kinds=REORDER,
    ),
    Case(
        name="S03-backorders",
        what="economic order quantity with backorders, demand in small lots",
        source="Snyder and Shen, example 3.1 with p = 5, in the limit of small lots",
        grade="A",
        compute=with_backorders,
        kinds=REORDER,
    ),
    Case(
        name="S03-economic-production-quantity",
        what="economic production quantity, demand in small lots",
        source="Snyder and Shen, problem 3.22, in the limit of small lots",
        grade="A",
        compute=production,
        kinds=("node.capacity",),
    ),
)
