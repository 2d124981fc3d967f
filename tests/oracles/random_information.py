"""Random information for the oracle: who tells whom what, and policies that listen."""

import sys
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from random_policies import Draw, Mapping

Place = tuple[str, str]
reports = st.one_of(
    st.just(True),
    st.just(True),
    st.fixed_dictionaries(
        {
            "delay": st.sampled_from([0, 0, 1, 2]),
            "interval": st.sampled_from([1, 1, 2, 3]),
            "offset": st.sampled_from([0, 0, 1]),
            "noise": st.sampled_from([0, 0, 0, 1.5, -2]),
        }
    ),
)
perhaps = st.one_of(st.just(False), reports)


class Telling:
    """Who tells what in a chain whose nodes and lanes are there: adds to lanes what the policies need to be told.

    A policy that cannot be told what it needs is put in the place of one that can.
    """

    def __init__(self, draw: Draw, nodes: Mapping, lanes: dict[tuple[str, str], Mapping]) -> None:
        self.draw = draw
        self.nodes = nodes
        self.lanes = lanes

    def policies(self) -> list[tuple[Place, Mapping]]:
        """Return the policy of every stock."""
        stocks = [(name, product) for name, node in self.nodes.items() for product in node.get("stock", {})]
        return [(place, self._policy(place)) for place in stocks]

    def _policy(self, place: Place) -> Mapping:
        found: Mapping = self.nodes[place[0]]["stock"][place[1]]["policy"]
        return found

    def tell(self) -> None:
        """Draw what is told, whether anybody needs it or not."""
        for place, policy in self.policies():
            self._mend(place, policy)
        for (_, buyer), lane in self.lanes.items():
            if self.draw(st.sampled_from([False, False, True])):
                kinds = ["point_of_sale", "stock", "pipeline"]
                kinds += ["forecast"] if self._all_forecast(buyer, lane["products"]) else []
                lane["share"] = {kind: self.draw(perhaps) for kind in kinds}
        for place, policy in self.policies():
            self._listen(place, policy)

    def _all_forecast(self, buyer: str, products: list[str]) -> bool:
        return all("forecast" in self._policy((buyer, product)) for product in products)

    def _mend(self, place: Place, policy: Mapping) -> None:
        """Put something else in the place of what nobody could tell."""
        name, product = place
        makes = self.nodes[name].get("make", {}).items()
        makers = [self._policy((name, made))["kind"] for made, make in makes if product in make["components"]]
        if policy["kind"] == "mrp" and "mrp" in makers:
            policy["forecast"] = {"kind": "constant", "value": self.draw(st.sampled_from([0, 2.5]))}
        if policy["kind"] == "vendor_managed" and product in self.nodes[name].get("make", {}):
            policy.clear()
            policy.update({"kind": "base_stock", "level": 20})
        if policy.get("forecast", {}).get("kind") == "customer_forecast":
            if product in self.nodes[name].get("demand", {}):
                policy["forecast"] = {"kind": "naive", "of": "point_of_sale"}
            else:
                self._let_customers_forecast(place)

    def _let_customers_forecast(self, place: Place) -> None:
        name, product = place
        makes = self.nodes[name].get("make", {}).items()
        customers = [(lane["to"], carried) for lane in self._lanes_from(place) for carried in lane["products"]]
        customers += [(name, made) for made, make in makes if product in make["components"]]
        for policy in map(self._policy, customers):
            if policy["kind"] == "mrp":
                policy.setdefault("forecast", {"kind": "constant", "value": 2})
            elif "forecast" not in policy:
                policy.clear()
                policy.update({"kind": "order_up_to", "forecast": {"kind": "naive"}})

    def _lanes_from(self, place: Place) -> list[Mapping]:
        return [lane for (seller, _), lane in self.lanes.items() if seller == place[0] and place[1] in lane["products"]]

    def _listen(self, place: Place, policy: Mapping) -> None:
        """Let the policy of a stock be told what it needs."""
        forecast: Mapping = policy.get("forecast", {})
        if policy["kind"] == "vendor_managed":
            into = [
                lane for (_, buyer), lane in self.lanes.items() if buyer == place[0] and place[1] in lane["products"]
            ]
            self._add(into, ["stock", "pipeline"])
        if policy["kind"] == "echelon_base_stock" or policy.get("position") == "echelon":
            self._add(self._lanes_below(place), ["stock"])
        if forecast.get("of") == "point_of_sale":
            self._add(self._lanes_below(place), ["point_of_sale"])
        if forecast.get("kind") == "customer_forecast":
            self._add(self._lanes_from(place), ["forecast"])

    def _lanes_below(self, place: Place) -> list[Mapping]:
        """Return every lane between a stock and the end customers."""
        name, product = place
        found = self._lanes_from(place)
        further = [(lane["to"], product) for lane in found]
        makes = self.nodes[name].get("make", {}).items()
        further += [(name, made) for made, make in makes if product in make["components"]]
        return found + [lane for one in further for lane in self._lanes_below(one)]

    def _add(self, lanes: list[Mapping], kinds: list[str]) -> None:
        for lane in lanes:
            share: dict[str, Any] = lane.setdefault("share", {})
            for kind in kinds:
                if not share.get(kind):
                    share[kind] = self.draw(reports)
