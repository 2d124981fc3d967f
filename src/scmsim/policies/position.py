"""The inventory position that a policy restores: a stock's own, or that of everything from it down to the customers."""

from typing import Literal

from scmsim.policies.base import Policy
from scmsim.policies.view import View

Position = Literal["local", "echelon"]
"""Whose position is restored."""
WHAT_IS_BELOW = frozenset({"stock"})
"""What has to be told from below for an echelon position."""


class OnPosition(Policy):
    """A policy that looks at an inventory position.

    Source of the echelon position: Clark & Scarf (1960); Axsäter & Rosling (1993).
    """

    position: Position = "local"
    """The position it looks at: `local`, the stock's own (net stock + on order), or `echelon`, which adds what the
    stock has been told is below it."""

    def needs(self) -> frozenset[str]:
        """Return what has to be told from below."""
        return WHAT_IS_BELOW if self.position == "echelon" else frozenset()

    def position_in(self, view: View) -> float:
        """Return the position that the policy looks at, in units."""
        return view.echelon_position if self.position == "echelon" else view.net_stock + view.on_order

    def _is_plain(self) -> bool:
        return self.position == "local" and super()._is_plain()

    def _position_note(self) -> str:
        return "" if self.position == "local" else "echelon "

    def _check_given(self, **computed: object) -> None:
        """Check that no level has to be computed for an echelon.

        Raises
        ------
        ValueError
            One has; a level for a whole echelon does not follow from the lead time of one stock.
        """
        given = [name for name, value in computed.items() if value is not None]
        if self.position == "echelon" and given:
            raise ValueError(f"{given[0]} does not apply: an echelon position needs the level itself")
