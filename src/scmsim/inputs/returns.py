"""What end customers send back of what they got."""

from typing import Annotated

from pydantic import Field

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.specification import Share, Specification


class Returns(Specification):
    """Units that end customers send back, each of them with the same chance.

    Of a product in whole units the number is drawn; of any other it is the expected share. They come from the
    customers, so they are on no order, and no replenishment waits for them.

    Examples
    --------
    >>> Returns(share=0.3, delay=2).restock
    1.0
    """

    share: Share
    """The chance that a unit comes back (0 to 1)."""
    delay: NonNegativeOrDistribution = 0.0
    """Time from the delivery until units arrive (time units), or a distribution: at `to`, or, where a lane for returns
    leads there, at the node where they were bought."""
    to: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The node where they end. By default the one where they were bought."""
    restock: Share = 1.0
    """The share of them that is put into stock again; the rest is thrown away."""
    refund: Share = 1.0
    """The share of the price that customers get back when the units have reached that node, where there is a price."""
