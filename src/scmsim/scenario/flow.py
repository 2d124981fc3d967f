"""The stocks of a scenario and how they feed each other, before anything is numbered or converted."""

from scmsim.scenario.distribution import passing_on
from scmsim.scenario.inference import Cargo, sources
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Lane, Stock
from scmsim.scenario.topology import Key


class Flow:
    """What follows from a scenario file about its stocks.

    Parameters
    ----------
    file : ScenarioFile
        A scenario whose names all exist.

    Attributes
    ----------
    cargo : Cargo
        What every lane carries.
    keys : list of (node, product)
        Every stock, a supplier's included.
    lanes_into : dict
        The positions of the lanes that bring each stock.
    laterals_into : dict
        The positions of the lanes over which a stock asks its peers.
    lanes_by_rule : dict
        The positions of the lanes over which a stock serves others by rules of their own.
    """

    def __init__(self, file: ScenarioFile) -> None:
        self.file = file
        self.cargo = Cargo(file)
        self.keys = [(name, product) for name in sorted(file.nodes) for product in sorted(self.cargo.stocks(name))]
        self.lanes_into = sources(file, self.cargo)
        self.laterals_into: dict[Key, list[int]] = {}
        self.lanes_by_rule: dict[Key, list[int]] = {}
        for index, (lane, products) in enumerate(zip(file.lanes, self.cargo.carried, strict=True)):
            for product in products if lane.lateral else ():
                self.laterals_into.setdefault((lane.destination, product), []).append(index)
            for product in products if has_rules(lane) and not lane.lateral else ():
                self.lanes_by_rule.setdefault((lane.origin, product), []).append(index)
        self._default_stock = Stock.model_validate(file.defaults.stock or {})

    def stock(self, key: Key) -> Stock:
        """Return what the file says of a stock, or the default."""
        node = self.file.nodes[key[0]]
        stock = node.stock.get(key[1], self._default_stock)
        return stock if node.cross_dock is None else passing_on(stock)

    def feeds(self) -> dict[Key, dict[Key, float]]:
        """Return, for every stock, the stocks it feeds and the units of it that one unit of theirs takes."""
        feeds: dict[Key, dict[Key, float]] = {key: {} for key in self.keys}
        for lane, products in zip(self.file.lanes, self.cargo.carried, strict=True):
            for product in () if lane.lateral else products:
                feeds[lane.origin, product][lane.destination, product] = self._share(lane, product)
        for name, node in self.file.nodes.items():
            for product, make in node.make.items():
                for component, quantity in make.components.items():
                    feeds[name, component][name, product] = quantity
        return feeds

    def _share(self, lane: Lane, product: str) -> float:
        """Return the part of a stock's units that a lane brings; 1 where that is not said, as it may be all."""
        key = lane.destination, product
        rule = self.stock(key).sourcing
        if rule is None or len(self.lanes_into[key]) == 1:
            return 1.0
        suppliers = [self.file.lanes[index].origin for index in self.lanes_into[key]]
        shares = rule.shares(suppliers) if set(suppliers) <= set(rule.named()) else None
        return 1.0 if shares is None else shares[suppliers.index(lane.origin)]

    def place(self, key: Key) -> tuple[str | int, ...]:
        """Return where the file speaks of a stock: its own entry, its demand, what uses it, its lane, or its node."""
        name, product = key
        node = self.file.nodes[name]
        if product in node.stock:
            return ("nodes", name, "stock", product)
        if product in node.demand:
            return ("nodes", name, "demand", product)
        for made, make in node.make.items():
            if product in make.components:
                return ("nodes", name, "make", made, "components", product)
        lanes = self.lanes_into.get(key)
        return ("lanes", lanes[-1]) if lanes else ("nodes", name)


def lanes_by_name(file: ScenarioFile, lanes: list[int]) -> list[int]:
    """Return lanes into one stock in the order of their suppliers' names, so that nothing depends on a file's order."""
    return sorted(lanes, key=lambda index: file.lanes[index].origin)


def has_rules(lane: Lane) -> bool:
    """Tell whether orders over a lane are served by rules of their own."""
    return lane.priority > 1 or lane.ship == "complete" or lane.cancel_after is not None
