"""What can be wrong with a scenario whose every part is well formed."""

from datetime import date

from scmsim.scenario.checks_disruption import disruption_findings
from scmsim.scenario.checks_distribution import distribution_findings
from scmsim.scenario.checks_information import information_findings
from scmsim.scenario.checks_money import money_findings
from scmsim.scenario.checks_production import production_findings
from scmsim.scenario.checks_rules import rule_findings
from scmsim.scenario.checks_supply import source_findings, supply_findings
from scmsim.scenario.checks_together import combination_findings
from scmsim.scenario.checks_transport import transport_findings
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.schema_network import Review
from scmsim.scenario.topology import Key

DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0}
LONGEST = 1e9
MOST_STEPS = 1e10


class Checks:
    """Looks a flow over.

    Parameters
    ----------
    flow : Flow
        The stocks and how they feed each other.

    Attributes
    ----------
    findings : list of Finding
        What was found wrong.
    is_network : bool
        Whether every lane carries something and every stock has one source, so that the rest can be looked at too.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.findings = flow.cargo.findings()
        self.findings += source_findings(flow)
        self.is_network = not self.findings
        self._check_that_something_happens()
        self._check_suppliers()
        self._check_policies()
        self._check_demands()
        self._check_length()
        self._check_calendar()
        self._check_whole_units()
        if self.is_network:
            self.findings += information_findings(flow)
        self.findings += money_findings(flow)
        self.findings += supply_findings(flow)
        self.findings += transport_findings(flow)
        self.findings += distribution_findings(flow)
        self.findings += rule_findings(flow)
        self.findings += production_findings(flow)
        self.findings += combination_findings(flow)
        self.findings += disruption_findings(flow)

    def _check_that_something_happens(self) -> None:
        if not self._flow.keys:
            self.findings.append(
                Finding(
                    ("nodes",),
                    "no stock at any node",
                    "a node with `stock`, `demand` or `make`",
                    "Let a shop ask for something: `demand: {tea: {kind: poisson, mean: 4}}`.",
                )
            )

    def _check_suppliers(self) -> None:
        for name, node in self._flow.file.nodes.items():
            if node.kind == "supplier":
                self.findings += [
                    Finding(
                        ("nodes", name, "stock", product),
                        f"a stock of {product} at {name}, which is a supplier",
                        "no stock there: a supplier never runs short",
                        "Make it a warehouse if it does, and let a supplier feed it.",
                    )
                    for product in node.stock
                ]

    def _check_policies(self) -> None:
        for key in self._flow.keys:
            if self._flow.file.nodes[key[0]].kind != "supplier" and self._flow.stock(key).policy is None:
                self.findings.append(
                    Finding(
                        ("nodes", key[0], "stock", key[1], "policy"),
                        f"{key[1]} at {key[0]} without a policy",
                        "a policy",
                        "Give it here or under `defaults.stock`.",
                    )
                )

    def _check_demands(self) -> None:
        for name, product in self._flow.keys:
            demands = self._flow.file.nodes[name].demand.get(product, ())
            if len({demand.lost_sale_cost for demand in demands}) > 1:
                path = ("nodes", name, "demand", product)
                self.findings.append(
                    Finding(path, "different `lost_sale_cost`", "the same for every demand of one product here")
                )

    def report_circle(self, circle: list[Key]) -> None:
        """Report stocks that replenish each other."""
        names = " -> ".join(f"{product} at {name}" for name, product in reversed(circle))
        self.findings.append(
            Finding(
                self._flow.place(circle[0]),
                f"stocks that replenish each other in a circle: {names}",
                "a way for the product to enter the network",
                "Turn one of these lanes round, or let a supplier or a factory bring the product.",
            )
        )

    def _check_length(self) -> None:
        """Refuse a run that no machine would finish."""
        time, steps = self._flow.file.time, 0.0
        for field, length in (("start", abs(time.start)), ("horizon", time.horizon)):
            if length > LONGEST:
                expected = f"at most {LONGEST:.0e}, where ticks can still be told apart"
                self.findings.append(Finding(("time", field), "", expected))
        for key in self._flow.keys:
            review = self._flow.stock(key).review
            if isinstance(review, Review):
                steps += time.horizon / review.interval
            for demand in self._flow.file.nodes[key[0]].demand.get(key[1], ()):
                steps += time.horizon * getattr(demand, "rate", 1 / demand.interval)
        if steps > MOST_STEPS:
            self.findings.append(
                Finding(
                    ("time", "horizon"),
                    f"about {steps:.1g} reviews and demands in the run",
                    f"at most {MOST_STEPS:.0e}",
                    "Shorten the horizon, or lengthen the intervals.",
                )
            )

    def _check_calendar(self) -> None:
        time = self._flow.file.time
        if time.start_date is None:
            return
        path = ("time", "start_date")
        unit = time.unit.lower().removesuffix("s")
        if unit not in DAYS:
            found = f"a start date with the time unit {time.unit}"
            self.findings.append(Finding(path, found, "hour, day or week as the time unit, whose length never varies"))
        elif date.max.toordinal() - time.start_date.toordinal() < time.horizon * DAYS[unit] + 1:
            self.findings.append(
                Finding(path, f"a run of {time.horizon:g} {time.unit}s from there", "an end before 9999")
            )

    def _check_whole_units(self) -> None:
        for name, node in self._flow.file.nodes.items():
            for product, demands in node.demand.items():
                if not self._flow.file.products[product].whole_units:
                    continue
                if any(getattr(demand, "rounding", "half_up") == "none" for demand in demands):
                    found = f"demand for fractions of {product}, which is counted in whole units"
                    path = ("nodes", name, "demand", product)
                    self.findings.append(Finding(path, found, "whole quantities", "Set `rounding: half_up`."))
