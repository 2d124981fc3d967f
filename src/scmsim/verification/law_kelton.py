"""Case S08, the inventory system of Law and Kelton: every policy of its table against exact expectations, part by part.

Customers come at the instants of a Poisson process; the stock is reviewed at every month's beginning and ordered up
when it is below the minimum; deliveries take half a month to a month. The book prints one run of 120 months for each
policy, whose total has a standard deviation of 4.2; what is compared here are the expectations, computed exactly.
"""

from collections.abc import Iterator

from scmsim.verification.case import LOOSE, TIGHT, Case, Measure, Measured, Value

LARGEST_ERROR = {"ordering": TIGHT, "holding": TIGHT, "shortage": LOOSE, "total": TIGHT}
"""Largest standard error of each part, as a share of its value (full form)."""
RARE = 0.1
"""Shortage below which the bounded form would need more replications than it has time for."""

# ordering, holding, shortage and total cost a month: in the long run, and in the first 120 months from a stock of 60
TABLE = {
    (20, 40): ((99.297522, 8.67925, 18.621176, 126.597949), (97.685185, 9.123163, 18.315456, 125.123804)),
    (20, 60): ((89.671651, 17.246625, 13.088608, 120.006884), (88.50602, 17.527199, 12.909753, 118.942972)),
    (20, 80): ((85.738456, 26.764588, 9.650527, 122.153571), (84.914507, 26.884336, 9.546756, 121.3456)),
    (20, 100): ((83.472906, 36.513648, 7.549933, 127.536487), (82.952595, 36.488423, 7.494957, 126.935975)),
    (40, 60): ((99.297522, 25.334959, 1.899725, 126.532207), (98.360142, 25.534253, 1.875053, 125.769447)),
    (40, 80): ((89.671651, 34.905345, 1.382207, 125.959204), (89.111664, 34.987556, 1.367397, 125.466617)),
    (40, 100): ((85.738456, 45.042317, 1.03917, 131.819943), (85.49183, 45.023198, 1.029492, 131.54452)),
    (60, 80): ((99.297522, 44.96946, 0.072228, 144.339211), (98.92432, 44.91416, 0.074827, 143.913307)),
    (60, 100): ((89.671651, 54.639101, 0.050987, 144.36174), (89.650417, 54.490378, 0.053988, 144.194784)),
}
IN_SHORT = ((20, 40), (40, 60), (60, 100))
"""Policies whose long run the bounded form looks at, too; the full form looks at all of them."""
LONG_RUN = "time={unit: month, start: 0, horizon: 140, warm_up: 10}"
LONGER_RUN = "time={unit: month, start: 0, horizon: 900, warm_up: 10}"
SOURCE = "Law and Kelton's inventory system, expectations computed exactly"


def a_month(*lines: str) -> Measure:
    """Return a measure: the sum of lines of cost, per month."""

    def measure(measured: Measured) -> float:
        return sum(measured[line] for line in lines) * measured["cost_per_period"] / measured["total_cost"]

    return measure


PARTS = {
    "ordering": a_month("ordering_cost", "purchase_cost"),
    "holding": a_month("holding_cost"),
    "shortage": a_month("backorder_cost"),
    "total": a_month("total_cost"),
}


def policy_case(policy: tuple[int, int], run: str, values: tuple[Value, ...], *changes: str, long: bool) -> Case:
    """Return the case of a policy, over 120 months or in the long run."""
    minimum, maximum = policy
    stock = "nodes.shop.stock.item"
    levels = (f"{stock}.policy.minimum={minimum}", f"{stock}.policy.maximum={maximum}")
    return Case(
        name=f"S08-{minimum}-{maximum}-{run}",
        what=f"(s, S) = ({minimum}, {maximum}), random lead times, {run.replace('-', ' ')}",
        source=SOURCE,
        scenario="s08_inventory_system",
        changes=(*levels, *changes),
        values=values,
        kinds=("policy:min_max",),
        long=long,
    )


def parts(expected: tuple[float, ...], *, rare: bool = False) -> tuple[Value, ...]:
    """Return the parts of the cost a month; with ``rare`` the shortage that is too rare for the others, if it is."""
    wanted = zip(PARTS, expected, strict=True)
    return tuple(
        Value(measure=PARTS[part], expected=value, what=f"{part} cost a month", width=LARGEST_ERROR[part])
        for part, value in wanted
        if (value < RARE) == rare
    )


def of_policy(policy: tuple[int, int]) -> Iterator[Case]:
    """Give the cases of a policy."""
    long_run, months = TABLE[policy]
    yield policy_case(policy, "120-months", parts(months), long=False)
    yield policy_case(policy, "long-run", parts(long_run), LONG_RUN, long=policy not in IN_SHORT)
    if parts(long_run, rare=True):
        yield policy_case(
            policy, "120-months-rare-shortage", parts(months, rare=True), "run.replications=80", long=True
        )
        yield policy_case(policy, "long-run-rare-shortage", parts(long_run, rare=True), LONGER_RUN, long=True)


CASES = tuple(case for policy in TABLE for case in of_policy(policy))
