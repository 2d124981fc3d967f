"""Goods that are wasted, and goods that come back."""

import numpy as np

from scmsim.metrics.flow_totals import CustomerTotals, ReceiptTotals
from scmsim.metrics.layout import Mask
from scmsim.metrics.loss_totals import LossTotals
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Ratio, Total
from scmsim.scenario.network import Point

_ONLY_SHELF = "Only of products with a shelf life."
_ONLY_RETURNS = "Only where customers send anything back."


def _keeping(measured: Measured) -> Mask:
    points = measured.network.points
    return np.array([point.keeping is not None and not point.unlimited for point in points], dtype=np.bool_)


def _sends_back(point: Point) -> bool:
    return any(demand.returns is not None for demand in point.demands)


def _returning(measured: Measured) -> Mask:
    return np.array([_sends_back(point) for point in measured.network.points], dtype=np.bool_)


def _expired(measured: Measured) -> Total | None:
    return Total(measured[LossTotals].expired, _keeping(measured)) if measured.network.has_expiry else None


def _wasted(measured: Measured) -> Ratio | None:
    if not measured.network.has_expiry:
        return None
    where = _keeping(measured)
    return Ratio(measured[LossTotals].expired, measured[ReceiptTotals].units * where, where)


def _life(measured: Measured) -> Ratio | None:
    if not measured.network.has_expiry:
        return None
    return Ratio(measured[LossTotals].life, measured[LossTotals].issued, _keeping(measured))


def _destroyed(measured: Measured) -> Total | None:
    return Total(measured[LossTotals].destroyed) if measured.network.has_blows else None


def _returned(measured: Measured) -> Total | None:
    return Total(measured[LossTotals].returned, _returning(measured)) if measured.network.has_returns else None


def _return_rate(measured: Measured) -> Ratio | None:
    if not measured.network.has_returns:
        return None
    where = _returning(measured)
    return Ratio(measured[LossTotals].returned, measured[CustomerTotals].units * where, where)


def _scrapped(measured: Measured) -> Total | None:
    return Total(measured[LossTotals].scrapped) if measured.network.has_returns else None


define(
    Metric(
        name="units_expired",
        title="Units expired",
        group="inventory",
        unit="{quantity}",
        better="lower",
        formula="sum of units removed as they expired",
        definition="Units that were too old to be used and removed in the measured time: on hand, set aside for a kit, "
        f"or at their receipt. {_ONLY_SHELF} Rolled up, it is the sum.",
        needs=(LossTotals,),
        compute=_expired,
    )
)

define(
    Metric(
        name="share_wasted",
        title="Share wasted",
        group="inventory",
        unit="ratio",
        better="lower",
        formula="units expired / units received",
        definition="Units that expired in the measured time as a share of those received or made in it. "
        f"{_ONLY_SHELF} Rolled up, it is the quotient of the sums. Null where nothing was received.",
        source="Nahmias (1982), Perishable inventory theory: a review, Operations Research 30(4)",
        needs=(LossTotals, ReceiptTotals),
        compute=_wasted,
    )
)

define(
    Metric(
        name="remaining_life_at_issue",
        title="Remaining life at issue",
        group="inventory",
        unit="{time}",
        better="higher",
        formula="sum over units issued of the time until they expire / units issued",
        definition="How long units could still be used when they left the stock in the measured time, on the average "
        f"over units. {_ONLY_SHELF} Rolled up, it is the average over the units of all stocks. Null where none left.",
        needs=(LossTotals,),
        compute=_life,
    )
)

define(
    Metric(
        name="units_destroyed",
        title="Units destroyed",
        group="inventory",
        unit="{quantity}",
        better="lower",
        formula="sum of units destroyed by disruptions",
        definition="Units that disruptions destroyed in the measured time, in the stock or on their way to it. Only "
        "where a disruption destroys anything. Rolled up, it is the sum.",
        needs=(LossTotals,),
        compute=_destroyed,
    )
)

define(
    Metric(
        name="units_returned",
        title="Units returned",
        group="flow",
        unit="{quantity}",
        better="lower",
        formula="sum of units that end customers sent back",
        definition="Units that came back from end customers in the measured time, at the stock where they were bought. "
        f"{_ONLY_RETURNS} Rolled up, it is the sum.",
        needs=(LossTotals,),
        compute=_returned,
    )
)

define(
    Metric(
        name="return_rate",
        title="Return rate",
        group="flow",
        unit="ratio",
        better="lower",
        formula="units returned / units delivered to end customers",
        definition="Units that came back in the measured time as a share of those delivered to end customers in it, "
        f"whose own returns may come later. {_ONLY_RETURNS} Rolled up, it is the quotient of the sums. Null where "
        "nothing was delivered.",
        needs=(LossTotals, CustomerTotals),
        compute=_return_rate,
    )
)

define(
    Metric(
        name="units_scrapped",
        title="Units scrapped",
        group="flow",
        unit="{quantity}",
        better="lower",
        formula="sum of returned units that were thrown away",
        definition="Units that came back in the measured time and were not put into stock again, at the stock to which "
        f"they came. {_ONLY_RETURNS} Rolled up, it is the sum.",
        needs=(LossTotals,),
        compute=_scrapped,
    )
)
