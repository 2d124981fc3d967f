"""What a scenario leaves unsaid: which products a lane carries, and so which stocks exist.

A lane that does not say carries what its sender offers and its receiver needs. A supplier offers what it `supplies`
(everything unless said); a factory what it makes and what it receives and does not use up; any other node what it
receives or lists. A node needs what its customers ask for, what its production uses, what it lists under `stock`, and
what is needed further down.
"""

from collections import defaultdict

from scmsim.scenario.findings import Finding
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Lane, Node

Products = frozenset[str]
NOTHING: Products = frozenset()


class Cargo:
    """The products carried by every lane of a scenario, and the stocks that follow.

    Parameters
    ----------
    file : ScenarioFile
        A scenario whose names all exist.

    Attributes
    ----------
    carried : list of frozenset of str
        The products of each lane, in the order of the file.
    """

    def __init__(self, file: ScenarioFile) -> None:
        self._file = file
        self._offers = self._offered()
        self._needs = self._needed()
        self.carried = [NOTHING if lane.lateral else self._carried(lane) for lane in file.lanes]
        self._shipped: dict[str, set[str]] = defaultdict(set)
        self._received: dict[str, set[str]] = defaultdict(set)
        for lane, cargo in zip(file.lanes, self.carried, strict=True):
            self._shipped[lane.origin] |= cargo
            self._received[lane.destination] |= cargo
        for index, lane in enumerate(file.lanes):
            if lane.lateral:
                self.carried[index] = _said(lane) or self.stocks(lane.origin) & self.stocks(lane.destination)

    def stocks(self, name: str) -> Products:
        """Return the products a node keeps, or, for a supplier, ships."""
        node = self._file.nodes[name]
        if node.kind == "supplier":
            return frozenset(self._shipped[name])
        return (
            frozenset(self._received[name]) | _made(node) | _listed(node) | frozenset(node.demand) | _components(node)
        )

    def findings(self) -> list[Finding]:
        """Return a finding for every lane that carries nothing."""
        return [
            Finding(
                ("lanes", index),
                f"a lane from {lane.origin}, which offers {_enumerate(self._offers[lane.origin])}, "
                f"to {lane.destination}, which needs {_enumerate(self._needs[lane.destination])}",
                "a product that one offers and the other needs",
                "Name the lane's `products`, or give the receiver demand or a stock for one of them.",
            )
            for index, (lane, cargo) in enumerate(zip(self._file.lanes, self.carried, strict=True))
            if not cargo and not lane.returns
        ]

    def _offered(self) -> dict[str, Products]:
        """Follow products downstream from where they begin, until nothing new is offered anywhere."""
        offers = {name: self._own(node) for name, node in self._file.nodes.items()}
        changed = True
        while changed:
            changed = False
            for lane in _regular(self._file):
                receiver = self._file.nodes[lane.destination]
                if receiver.kind == "supplier" or lane.returns:
                    continue
                passed = _said(lane) or offers[lane.origin]
                grown = offers[lane.destination] | (passed - _components(receiver))
                changed |= grown != offers[lane.destination]
                offers[lane.destination] = grown
        return offers

    def _own(self, node: Node) -> Products:
        if node.kind == "supplier":
            return frozenset(self._file.products if node.supplies is None else node.supplies)
        return _made(node) | (_listed(node) - _components(node))

    def _needed(self) -> dict[str, Products]:
        """Follow needs upstream from where they begin, until nothing new is needed anywhere."""
        self._needs = {
            name: frozenset(node.demand) | _components(node) | _listed(node) for name, node in self._file.nodes.items()
        }
        changed = True
        while changed:
            changed = False
            for lane in _regular(self._file):
                grown = self._needs[lane.origin] | self._carried(lane)
                changed |= grown != self._needs[lane.origin]
                self._needs[lane.origin] = grown
        return self._needs

    def _carried(self, lane: Lane) -> Products:
        if lane.returns:
            return NOTHING
        made = _made(self._file.nodes[lane.destination])
        return _said(lane) or self._offers[lane.origin] & (self._needs[lane.destination] - made)


def sources(file: ScenarioFile, cargo: Cargo) -> dict[tuple[str, str], list[int]]:
    """Return, for every stock that lanes replenish, the positions of those lanes."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (lane, products) in enumerate(zip(file.lanes, cargo.carried, strict=True)):
        for product in () if lane.lateral else products:
            found[lane.destination, product].append(index)
    return found


def _regular(file: ScenarioFile) -> list[Lane]:
    """Return the lanes that replenish stocks: all but those between peers."""
    return [lane for lane in file.lanes if not lane.lateral]


def _said(lane: Lane) -> Products:
    return frozenset(lane.products or ())


def _made(node: Node) -> Products:
    return frozenset(node.make)


def _listed(node: Node) -> Products:
    return frozenset(node.stock)


def _components(node: Node) -> Products:
    return NOTHING.union(*(make.components for make in node.make.values()))


def _enumerate(products: Products) -> str:
    return ", ".join(sorted(products)) or "nothing"
