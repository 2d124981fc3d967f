"""Cases S but for S03 and S08: one stock, its policy, and what it costs."""

from scmsim.verification.case import LOOSE, TIGHT, Case, Measured, Value

STOCK = "nodes.shop.stock.item"
LOST = 0.0125
"""Largest standard error, as a share of the value, of the share of demand that is lost (full form)."""
COST = "cost_per_period"

ZHENG_FEDERGRUEN = (
    (10, 6, 40, 35.021555),
    (15, 10, 49, 42.697819),
    (20, 14, 62, 49.173036),
    (21, 15, 65, 50.40602),
    (22, 16, 68, 51.632301),
    (23, 17, 52, 52.756736),
    (24, 18, 54, 53.517865),
    (25, 19, 56, 54.262167),
    (30, 23, 66, 57.818926),
    (35, 28, 77, 61.215479),
    (40, 33, 87, 64.511847),
    (45, 37, 97, 67.776044),
    (50, 42, 108, 70.975212),
    (51, 43, 110, 71.610921),
    (52, 44, 112, 72.246106),
    (55, 47, 118, 74.148687),
    (59, 51, 126, 76.679068),
    (60, 52, 129, 77.305929),
    (61, 52, 131, 77.928735),
    (63, 54, 73, 78.286828),
    (64, 55, 74, 78.402321),
    (65, 56, 75, 78.518233),
    (70, 62, 81, 79.037484),
    (75, 67, 86, 79.553847),
)
"""Mean demand, minimum, maximum and cost of all instances of their table, recomputed exactly."""
IN_SHORT = (10, 20, 35, 60, 75)
"""Mean demands of the instances that the bounded form looks at, too."""


def min_max(mean: int, minimum: int, maximum: int, cost: float) -> Case:
    """Return the case of one instance of Zheng and Federgruen's table."""
    return Case(
        name=f"S06-mean-{mean}",
        what=f"(s, S) = ({minimum}, {maximum}), Poisson demand of {mean} a period",
        source="Zheng and Federgruen 1991, recomputed exactly",
        grade="A",
        scenario="s06_min_max",
        changes=(
            f"nodes.shop.demand.item.mean={mean}",
            f"{STOCK}.initial={maximum}",
            f"{STOCK}.policy.minimum={minimum}",
            f"{STOCK}.policy.maximum={maximum}",
        ),
        values=(Value(measure=COST, expected=cost),),
        kinds=("policy:min_max",),
        long=mean not in IN_SHORT,
    )


def lost_share(measured: Measured) -> float:
    """Return the share of the units asked for that is lost."""
    return measured["units_lost"] / measured["units_demanded"]


def net_stock(measured: Measured) -> float:
    """Return net stock on average."""
    return measured["average_on_hand"] - measured["average_backorders"]


def lost_sales(level: int, price: int, cost: float) -> Case:
    """Return S15's best base-stock level for a price of lost sales."""
    return Case(
        name=f"S15-lost-sale-{price}",
        what=f"periodic review, lost sales at {price}, base stock {level}",
        source="Zipkin 2008, Poisson demand of 5: the best base stock, recomputed exactly",
        scenario="s15_lost_sales_periodic",
        changes=(
            f"nodes.shop.demand.item.lost_sale_cost={price}",
            f"{STOCK}.initial={level}",
            f"{STOCK}.policy.level={level}",
        ),
        values=(Value(measure=COST, expected=cost),),
        kinds=("policy:base_stock",),
    )


def palm(law: str, lead_time: str) -> Case:
    """Return S12 with a distribution of lead times."""
    return Case(
        name=f"S12-{law}",
        what=f"base stock, {law} lead times that may cross",
        source="Palm's theorem: units on order are Poisson(6) whatever the law",
        grade="C",
        scenario="s12_crossing_lead_times",
        changes=(f"lanes.0.lead_time={lead_time}",),
        values=(
            Value(measure="average_on_hand", expected=3.161259),
            Value(measure="average_backorders", expected=0.161259),
            Value(measure="fill_rate", expected=0.847237),
        ),
        kinds=("policy:base_stock",),
    )


def erlang(name: str, lost: float, on_hand: float, *changes: str) -> Case:
    """Return S11: lost sales under continuous review, with the share that is lost."""
    return Case(
        name=f"S11-{name}",
        what="base stock, lost sales, continuous review",
        source="Erlang's loss formula, whatever the law of lead times",
        grade="C",
        scenario="s11_lost_sales",
        changes=changes,
        values=(
            Value(measure=lost_share, expected=lost, what="share lost", width=LOST),
            Value(measure="fill_rate", expected=1 - lost),
            Value(measure="average_on_hand", expected=on_hand),
        ),
        kinds=("policy:base_stock",),
    )


CASES = (
    Case(
        name="S01-newsvendor",
        what="newsvendor, normal demand, order first",
        source="Snyder and Shen, example 4.1",
        grade="A",
        scenario="s01_newsvendor",
        values=(Value(measure=COST, place="stand", expected=1.99761),),
    ),
    Case(
        name="S01-demand-first",
        what="the same with demand first and one period of lead time",
        source="Snyder and Shen, example 4.1",
        grade="A",
        scenario="s01_newsvendor",
        changes=("nodes.stand.stock.paper.review.timing=after_demand", "defaults.lane.lead_time=1"),
        values=(Value(measure=COST, place="stand", expected=1.99761),),
    ),
    Case(
        name="S02-base-stock",
        what="base stock, lead time 4",
        source="Snyder and Shen, example 4.4",
        grade="A",
        scenario="s02_base_stock",
        values=(Value(measure=COST, place="stand", expected=4.46678),),
    ),
    Case(
        name="S04-example-5.8",
        what="(r, Q) = (3, 5), continuous review, Poisson demand",
        source="Snyder and Shen, example 5.8",
        grade="A",
        scenario="s04_reorder_point_cost",
        values=(Value(measure=COST, expected=107.9236),),
        kinds=("policy:reorder_point",),
    ),
    Case(
        name="S04-problem-5.2",
        what="(r, Q) = (6, 7), continuous review, Poisson demand",
        source="Snyder and Shen, problem 5.2",
        grade="A",
        scenario="s04_reorder_point_cost",
        changes=(
            "nodes.shop.demand.item.rate=12",
            f"{STOCK}.initial=13",
            f"{STOCK}.holding_cost=4",
            f"{STOCK}.backorder_cost=28",
            f"{STOCK}.order_cost=4",
            f"{STOCK}.policy.reorder_point=6",
            f"{STOCK}.policy.order_quantity=7",
            "defaults.lane.lead_time=0.5",
            "time.horizon=270",
        ),
        values=(Value(measure=COST, expected=28.24131),),
        kinds=("policy:reorder_point",),
    ),
    Case(
        name="S05-reorder-point",
        what="(r, Q) = (3, 5), what is held, owed and served",
        source="exact: inventory position uniform on r + 1 ... r + Q; orders cost 1 and nothing else costs anything",
        scenario="s05_reorder_point_service",
        values=(
            Value(measure="average_on_hand", expected=3.105433),
            Value(measure="average_backorders", expected=0.105433),
            Value(measure="fill_rate", expected=0.866633),
            Value(measure=COST, expected=0.3, what="orders per time unit"),
        ),
        kinds=("policy:reorder_point",),
    ),
    *(min_max(*instance) for instance in ZHENG_FEDERGRUEN),
    Case(
        name="S07-min-max",
        what="(s, S) = (4, 10), Poisson demand of 6 a period",
        source="Snyder and Shen, example 4.7",
        grade="A",
        scenario="s07_min_max",
        values=(Value(measure=COST, expected=8.034112),),
        kinds=("policy:min_max",),
    ),
    Case(
        name="S09-base-stock-continuous",
        what="base stock 11, continuous review, Poisson demand",
        source="exact: units on order are Poisson(8)",
        scenario="s09_base_stock_continuous",
        values=(
            Value(measure="average_on_hand", expected=3.24175),
            Value(measure="average_backorders", expected=0.24175),
            Value(measure="fill_rate", expected=0.815886),
            Value(measure=COST, expected=5.417496),
        ),
        kinds=("policy:base_stock",),
    ),
    Case(
        name="S10-compound-poisson",
        what="base stock 9, compound Poisson demand, partial deliveries",
        source="exact: units on order are compound Poisson",
        scenario="s10_compound_poisson",
        values=(
            Value(measure="average_on_hand", expected=5.656156),
            Value(measure="average_backorders", expected=0.056156),
            Value(measure="fill_rate", expected=0.935375),
            Value(measure="on_time_in_full_line", expected=0.928557),
        ),
        kinds=("policy:base_stock", "demand:compound_poisson"),
    ),
    erlang("5-units", 0.110054, 2.330163),
    Case(
        name="S11-5-units-no-patience",
        what="the same, customers whose patience is 0",
        source="Erlang's loss formula",
        grade="C",
        scenario="s11_lost_sales",
        changes=tuple(f"nodes.shop.demand.item.{each}" for each in ("unmet=patience", "patience=0")),
        values=(Value(measure="fill_rate", expected=1 - 0.110054),),
        kinds=("policy:base_stock",),
    ),
    erlang(
        "10-units-exponential",
        0.121661,
        2.973289,
        "nodes.shop.demand.item.rate=8",
        f"{STOCK}.initial=10",
        f"{STOCK}.policy.level=10",
        "lanes.0.lead_time={dist: exponential, mean: 1}",
        "time.horizon=120",
    ),
    palm("exponential", "{dist: exponential, mean: 2}"),
    palm("uniform", "{dist: uniform, low: 0, high: 4}"),
    Case(
        name="S13-periodic-review",
        what="(R, S) = (4, 62), lead time 2, Poisson demand of 8",
        source="exact: demand over the protection interval is Poisson",
        scenario="s13_periodic_review",
        values=(
            Value(measure=COST, expected=26.203542),
            Value(measure="average_on_hand", expected=26.018504),
            Value(measure="average_backorders", expected=0.018504),
            Value(measure="fill_rate", expected=0.997724),
            Value(measure="cycle_service_level", expected=0.978409),
        ),
        kinds=("policy:base_stock",),
    ),
    Case(
        name="S14-capacity",
        what="base stock 11 at a supplier who makes 6 a period",
        source="exact: stationary distribution of the shortfall max(0, W + D - 6), D Poisson(5)",
        scenario="s14_supplier_capacity",
        values=(
            Value(measure=COST, expected=7.163359, width=2 * TIGHT),
            Value(measure=net_stock, expected=11 - 5 - 1.527005, what="level less demand less mean shortfall"),
        ),
    ),
    Case(
        name="S14-shifts",
        what="the same with a machine that works in shifts",
        source="exact: as S14-capacity",
        scenario="s14_shifts",
        values=(Value(measure=COST, place=None, expected=7.163359, width=0.03),),
        kinds=("resource.calendar",),
    ),
    lost_sales(12, 4, 4.1628),
    lost_sales(13, 9, 5.5475),
    lost_sales(15, 19, 6.7278),
    Case(
        name="S16-single-server",
        what="M/M/1 make-to-stock, base stock 5",
        source="closed form: ρ = 0.8",
        grade="C",
        scenario="s16_single_server",
        values=(Value(measure="average_backorders", expected=1.31072),),
        kinds=("policy:base_stock",),
    ),
    Case(
        name="S16-single-server-in-full",
        what="M/M/1 make-to-stock, base stock 5",
        source="closed form: ρ = 0.8",
        grade="C",
        scenario="s16_single_server",
        changes=("time.horizon=3100",),
        values=(
            Value(measure="average_on_hand", expected=2.31072),
            Value(measure="average_backorders", expected=1.31072),
            Value(measure="fill_rate", expected=0.67232),
        ),
        kinds=("policy:base_stock",),
        long=True,
    ),
    Case(
        name="S16-best-level",
        what="M/M/1 make-to-stock, the best base stock, 10",
        source="closed form: cost 10.294967 = held + 9 owed, and held - owed = 10 - ρ/(1 - ρ) = 6",
        grade="C",
        scenario="s16_single_server",
        changes=(f"{STOCK}.initial=6", f"{STOCK}.policy.level=10", "time.horizon=4300"),
        values=(
            Value(measure="average_on_hand", expected=6.4294967),
            Value(measure="average_backorders", expected=0.4294967, width=LOOSE),
        ),
        kinds=("policy:base_stock",),
        long=True,
    ),
)
