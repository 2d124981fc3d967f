"""What may be ordered: signs, whole units, minima and multiples."""

from functools import cached_property
from math import floor
from typing import Any, Literal, Self

from scmsim.policies.kinds import KindedSpecification
from scmsim.policies.lots import up_to_multiple
from scmsim.specification import NonNegative, Positive

NOISE = 1e-9
"""Units below which nothing is wanted."""


class Quantities(KindedSpecification):
    """The quantity options that every policy has."""

    allow_negative: bool = False
    """Whether an order may be negative, taking units back: for comparing with linear theory."""
    rounding: Literal["none", "half_up"] = "none"
    """How an order is rounded to whole units: `none`, or `half_up` (2.5 becomes 3)."""
    minimum_order: NonNegative = 0.0
    """The smallest order in units; a smaller one is raised to it, no order stays no order."""
    order_multiple: Positive | None = None
    """The lot size in units; orders are raised to the next multiple of it."""

    @cached_property
    def plain_quantities(self) -> bool:
        """Whether every option is at its default, so that an order need only not be negative."""
        return self._is_plain()

    def _is_plain(self) -> bool:
        lots = self.minimum_order > 0 or self.order_multiple is not None
        return not (self.allow_negative or lots or self.rounding != "none")

    def model_copy(self, *, update: Any = None, deep: bool = False) -> Self:
        """Return a copy, which looks at its own options again (pydantic would copy what the original had cached)."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("plain_quantities", None)
        return copied

    def shaped(self, wanted: float) -> float:
        """Return the units to order when ``wanted`` units are wanted; see `shape`."""
        if self.plain_quantities:
            return wanted if wanted >= NOISE else 0.0
        return shape(wanted, self)


def shape(wanted: float, options: Quantities) -> float:
    """Return the units to order, in this sequence: clip at 0, round, raise to a multiple, raise to the minimum.

    The minimum is itself raised to the next multiple (or whole unit, when rounding), so that all options hold together.
    It applies to orders above 0 only. Less than 1e-9 units, and a surplus of less than 1e-9 lots over a multiple, are
    taken for rounding noise.

    Parameters
    ----------
    wanted : float
        Units that the policy wants, of either sign.
    options : Quantities
        A policy, or the options alone.

    Examples
    --------
    >>> shape(-3.0, Quantities())
    0.0
    >>> shape(2.5, Quantities(rounding="half_up"))
    3.0
    >>> shape(7.0, Quantities(order_multiple=6, minimum_order=15))
    18.0
    """
    if abs(wanted) < NOISE or (wanted < 0 and not options.allow_negative):
        return 0.0
    lot = options.order_multiple
    if options.rounding == "half_up":
        wanted = _half_up(wanted)
        lot = lot or 1.0
    if options.order_multiple is not None:
        wanted = up_to_multiple(wanted, options.order_multiple)
    if 0 < wanted < options.minimum_order:
        wanted = options.minimum_order if lot is None else up_to_multiple(options.minimum_order, lot)
    return wanted


def _half_up(quantity: float) -> float:
    whole = floor(quantity)
    return float(whole + 1 if quantity - whole >= 0.5 else whole)
