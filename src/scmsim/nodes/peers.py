"""Peers: stocks that help each other out over lateral lanes with what they have to spare."""

from collections.abc import Mapping

from scmsim.engine.recorder import Row, Write
from scmsim.flows.events import CODES
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.nodes.lane import LaneProcess
from scmsim.nodes.stockpoint import StockPoint
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import FromLane, Network

SOURCED = CODES["sourced"]


class Peer:
    """A peer as a seller: it gives what it has to spare at once, outside its turn.

    Parameters
    ----------
    stock : StockPoint
        Its stock.
    keep : float or None
        Units that it keeps for its own customers; None: what its rule for short stock reserves.
    """

    __slots__ = ("_keep", "_stock", "index")

    def __init__(self, stock: StockPoint, keep: float | None) -> None:
        self.index = stock.index
        self._stock = stock
        self._keep = stock.kept_from(None) if keep is None else keep

    def spare(self) -> float:
        """Return the units that it can give now."""
        return self._stock.spare(self._keep)

    def orders_phase(self, tick: int) -> int:
        """Return the phase in which orders in the mail are entered."""
        return self._stock.orders_phase(tick)

    def take(self, order: Order) -> None:
        """Give what is ordered, which is never more than there is to spare."""
        self._stock.hand_over(order)


class Peers:
    """Those whom one stock asks when it is short: each in turn, and only for what is not under way from any of them.

    Parameters
    ----------
    stock : StockPoint
        Who asks.
    lanes : list of (FromLane, LaneProcess, Peer)
        The peers and the lanes from them, in the order in which they are asked.
    workshop : Workshop
        The means of the run.
    """

    __slots__ = ("_lanes", "_on_its_way")

    def __init__(self, lanes: list[tuple[LaneProcess, Peer]], workshop: Workshop) -> None:
        self._lanes = lanes
        self._on_its_way = 0.0
        for process, peer in lanes:
            announce(process, peer.index, workshop)
            process.writes_through(lambda write: write, self._arriving, lambda _order, _units: None)

    def ask(self, owed: float, *, whole_units: bool) -> None:
        """Order what is owed and not under way from peers, as far as they have it to spare."""
        short = owed - self._on_its_way
        for process, peer in self._lanes:
            if short <= RESIDUE:
                return
            units = min(short, peer.spare())
            if whole_units:
                units = float(int(units + RESIDUE))
            if units > RESIDUE:
                self._on_its_way += units
                short -= units
                process.place(units)

    def _arriving(self, write: Write) -> Write:
        def row(delivery: Row) -> None:
            left = self._on_its_way - delivery[6]
            self._on_its_way = left if left > RESIDUE else 0.0
            write(delivery)

        return row


def announce(process: LaneProcess, seller: float, workshop: Workshop) -> None:
    """Have it written down before each order over a lane who gets it, as the stock has several lanes."""
    events_row = workshop.recorder.writer("events")

    def sourced(write: Write) -> Write:
        def row(order: Row) -> None:
            time, buyer, number, quantity = order
            events_row((time, SOURCED, buyer, seller, number, quantity, 0.0))
            write(order)

        return row

    process.writes_through(sourced, lambda write: write, lambda _order, _units: None)


def peers_of(network: Network, stock: StockPoint, stocks: Mapping[int, StockPoint], workshop: Workshop) -> Peers | None:
    """Return those whom a stock asks when it is short, and have its regular lane announce its orders."""
    if not stock.point.laterals:
        return None
    source = stock.source
    if isinstance(source, LaneProcess):
        announce(source, float(stock.point.regular[0].supplier), workshop)
    return Peers([_peer(network, stock, way, stocks, workshop) for way in stock.point.laterals], workshop)


def _peer(
    network: Network, stock: StockPoint, way: FromLane, stocks: Mapping[int, StockPoint], workshop: Workshop
) -> tuple[LaneProcess, Peer]:
    lane = network.lanes[way.lane]
    peer = Peer(stocks[way.supplier], lane.keep)
    return LaneProcess(lane, stock, peer, workshop), peer
