"""What can be wrong with a scenario whose every part is well formed."""

from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.schema_network import Review
from scmsim.scenario.topology import Key
from scmsim.ticks import to_ticks

SMALLEST = "at least 0.000001, the length of a tick"


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
        self._check_sources()
        self.is_network = not self.findings
        self._check_suppliers()
        self._check_policies()
        self._check_times()

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

    def _check_sources(self) -> None:
        for name, product in self._flow.keys:
            node = self._flow.file.nodes[name]
            lanes = self._flow.lanes_into.get((name, product), [])
            origins = [self._flow.file.lanes[lane].origin for lane in lanes] + (
                [f"{name} itself"] if product in node.make else []
            )
            if node.kind == "supplier" or len(origins) == 1:
                continue
            found = f"{product} at {name} with " + (
                "no source" if not origins else f"two sources: {', '.join(origins)}"
            )
            hint = (
                "Add a lane that brings it, or `make` it here."
                if not origins
                else "Say which `products` each lane carries."
            )
            self.findings.append(
                Finding(self._flow.place((name, product)), found, "exactly one source of each stock", hint)
            )

    def _check_times(self) -> None:
        if to_ticks(self._flow.file.time.bucket) < 1:
            self.findings.append(Finding(("time", "bucket"), "", SMALLEST))
        if to_ticks(self._flow.file.time.horizon) < 1:
            self.findings.append(Finding(("time", "horizon"), "", SMALLEST))
        for name, product in self._flow.keys:
            review = self._flow.stock((name, product)).review
            if isinstance(review, Review) and to_ticks(review.interval) < 1:
                self.findings.append(Finding(("nodes", name, "stock", product, "review", "interval"), "", SMALLEST))
            self._check_demand(name, product)

    def _check_demand(self, name: str, product: str) -> None:
        path = ("nodes", name, "demand", product)
        demands = self._flow.file.nodes[name].demand.get(product, ())
        if any(to_ticks(demand.interval) < 1 for demand in demands):
            self.findings.append(Finding(path, "an interval that is too short", SMALLEST))
        if len({demand.lost_sale_cost for demand in demands}) > 1:
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
