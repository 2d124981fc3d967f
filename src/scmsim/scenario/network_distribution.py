"""What happens to goods beside being ordered and shipped: they expire, come back, or only pass through. In ticks."""

from dataclasses import dataclass

from scmsim.scenario.network_money import Delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long units of a stock keep, and which go first.

    ``life`` is that of a unit which is made here, or, of an outside supplier, of a unit that it delivers. ``is_choosy``
    says whether any of its customers want units that last.
    """

    life: int
    issuing: str = "first_in"
    initial_age: int = 0
    is_choosy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """What end customers send back of what they got.

    Attributes
    ----------
    stream : str
        The name of its random numbers.
    share, restock, refund : float
        Of the units delivered, those sent back; of these, those put back into stock, and those paid back.
    delay : Delay
        Time from the delivery until they arrive where customers send them.
    shop, to : int
        The points where they were bought, and where they end.
    lane : int or None
        The lane for returns that brings them there from the point where they were bought; None: customers do.
    whole_units : bool
        Whether a unit cannot be divided.
    """

    stream: str
    share: float
    delay: Delay
    shop: int
    to: int
    restock: float = 1.0
    refund: float = 1.0
    lane: int | None = None
    whole_units: bool = False
