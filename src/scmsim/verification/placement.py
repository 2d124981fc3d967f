"""Cases M10 and M11: safety stock placed by the guaranteed-service model, at the least cost that is published.

The figures in ``networks/battery.csv`` are those of Graves and Willems (2003), rearranged from a copy whose licence
(Apache 2.0) allows that they are passed on.
"""

import csv
import math
from collections.abc import Callable, Iterator
from importlib.resources import files

from scmsim.experiments.safety_stock.placement import place_stock
from scmsim.experiments.safety_stock.tree import Stage, Tree
from scmsim.verification.case import Case, Finding
from scmsim.verification.laboratory import Laboratory

CHAPTER = "Snyder and Shen, chapter 6"
NORMAL_95 = 1.6448536269514722
DAILY = 0.2 / 365


def serial(times: list[int], costs: list[float], bound: float, ends: tuple[int, int]) -> Tree:
    """Return a line of stages, the customer's first, as the textbook counts them; ends: outbound, inbound."""
    last = len(times)
    stages = {
        str(number): Stage(
            time=time,
            holding_cost=cost,
            bound=bound if number == 1 else 0.0,
            outbound=ends[0] if number == 1 else None,
            inbound=ends[1] if number == last else 0,
        )
        for number, (time, cost) in enumerate(zip(times, costs, strict=True), start=1)
    }
    return Tree(stages, tuple((str(number + 1), str(number), 1.0) for number in range(1, last)))


def example_6_5() -> Tree:
    """Return Snyder and Shen's example 6.5."""
    stages = {
        "1": Stage(time=2, holding_cost=1, inbound=1),
        "2": Stage(time=1, holding_cost=3, bound=1, outbound=0),
        "3": Stage(time=1, holding_cost=2),
        "4": Stage(time=1, holding_cost=3, bound=1, outbound=1),
    }
    return Tree(stages, (("1", "3", 1.0), ("3", "2", 1.0), ("3", "4", 1.0)))


def figure_6_14() -> Tree:
    """Return the digital camera of Snyder and Shen's figure 6.14, after Graves and Willems (2000)."""
    stages = {
        "raw material": Stage(time=2, holding_cost=0.01),
        "process wafers": Stage(time=3, holding_cost=0.03),
        "package and test wafers": Stage(time=2, holding_cost=0.04),
        "imager base": Stage(time=4, holding_cost=0.06),
        "imager assembly": Stage(time=2, holding_cost=0.12),
        "ship to assembly": Stage(time=3, holding_cost=0.13),
        "camera": Stage(time=6, holding_cost=0.20),
        "circuit board": Stage(time=4, holding_cost=0.08),
        "other parts": Stage(time=3, holding_cost=0.04),
        "build, test and pack": Stage(time=2, holding_cost=0.50, bound=10 * NORMAL_95, outbound=2),
    }
    arcs = [("raw material", "process wafers"), ("process wafers", "package and test wafers")]
    arcs += [("package and test wafers", "imager assembly"), ("imager base", "imager assembly")]
    arcs += [("imager assembly", "ship to assembly")]
    arcs += [(name, "build, test and pack") for name in ("ship to assembly", "camera", "circuit board", "other parts")]
    return Tree(stages, tuple((origin, destination, 1.0) for origin, destination in arcs))


def problem_6_9() -> Tree:
    """Return Snyder and Shen's problem 6.9."""
    stages = {
        "1": Stage(time=7, holding_cost=220 * DAILY, bound=4 * 4.1, outbound=3),
        "2": Stage(time=7, holding_cost=140 * DAILY, bound=4 * 6.2, outbound=3),
        "3": Stage(time=21, holding_cost=90 * DAILY),
        "4": Stage(time=3, holding_cost=5 * DAILY),
        "5": Stage(time=8, holding_cost=20 * DAILY),
        "6": Stage(time=2, holding_cost=7.5 * DAILY),
    }
    arcs = [("6", "5"), ("4", "3"), ("5", "3"), ("3", "1"), ("3", "2")]
    return Tree(stages, tuple((origin, destination, 1.0) for origin, destination in arcs))


def least_cost(tree: Tree, expected: float) -> Callable[[Laboratory], Iterator[Finding]]:
    """Return the check of a tree's least cost."""

    def check(laboratory: Laboratory) -> Iterator[Finding]:
        yield Finding("least cost", expected, place_stock(tree).cost, tolerance=1e-6 * expected)

    return check


def service_times(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that example 6.3's first stage promises one period and the others none."""
    promised = place_stock(serial([1, 0, 1], [7, 4, 2], 1, (1, 1))).promised
    for stage, expected in (("1", 1), ("2", 0), ("3", 0)):
        yield Finding(f"time promised by stage {stage}", expected, promised[stage])


def battery_cost(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the cost a year of the battery's safety stock, which is printed as 852,992."""
    yield Finding("least cost a year", 853_077.33, place_stock(battery()).cost, tolerance=0.01)


def battery() -> Tree:
    """Read the network: value added at every stage, 25 % a year on the value of what is kept."""
    file = files("scmsim.verification").joinpath("networks/battery.csv")
    rows = {row["stage"]: row for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())}

    def value(name: str) -> float:
        return float(rows[name]["value_added"]) + sum(map(value, rows[name]["inputs"].split()))

    stages = {
        name: Stage(
            time=int(row["time"]),
            holding_cost=0.25 * value(name),
            bound=float(row["demand_sd"]) * float(row["safety_factor"]) if row["demand_sd"] else 0.0,
            outbound=int(row["promised"]) if row["promised"] else None,
        )
        for name, row in rows.items()
    }
    return Tree(stages, tuple((origin, name, 1.0) for name in rows for origin in rows[name]["inputs"].split()))


def instance(name: str, what: str, tree: Tree, cost: float, grade: str = "B") -> Case:
    """Return an instance of M10."""
    return Case(name=f"M10-{name}", what=what, source=CHAPTER, grade=grade, compute=least_cost(tree, cost))


CASES = (
    instance("example-6.3", "three stages in a line", serial([1, 0, 1], [7, 4, 2], 1, (1, 1)), 2 * math.sqrt(2), "A"),
    Case(
        name="M10-example-6.3-service-times",
        what="the same: what the stages promise",
        source="Snyder and Shen, example 6.3, by enumeration",
        grade="A",
        compute=service_times,
    ),
    instance("example-6.5", "a tree of four stages", example_6_5(), 8.277917),
    instance("problem-6.7", "three stages in a line", serial([2, 1, 1], [4, 3, 2], 40, (0, 1)), 160 * math.sqrt(5)),
    instance("problem-6.9", "a tree of six stages", problem_6_9(), 15.649530),
    instance("figure-6.14", "a digital camera, ten stages", figure_6_14(), 18.824004),
    Case(
        name="M11-battery",
        what="the supply chain of a battery",
        source="Graves and Willems 2003 (printed: 852,992), recomputed by dynamic programming",
        grade="A",
        compute=battery_cost,
    ),
)
