"""The section on goods that are wasted or come back."""

from typing import TYPE_CHECKING

from scmsim.report.answers import data_table
from scmsim.report.panels import Panel
from scmsim.report.point_table import counts, point_table
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

WASTE = (
    "Units that expired before they could be used, also as a share of those received, and for how many {time} units "
    "could still be used when they left a stock."
)
RETURNS = (
    "Units that end customers sent back, also as a share of those they got, and what of them was thrown away where "
    "they came back."
)
BLOWS = "Units that disruptions destroyed, in a stock or on their way to it."
MEASURES = {
    "units_expired": "expired",
    "share_wasted": "share wasted",
    "remaining_life_at_issue": "remaining life at issue",
    "units_destroyed": "destroyed",
    "units_returned": "returned",
    "return_rate": "return rate",
    "units_scrapped": "scrapped",
    "disposal_cost": "disposal cost",
}
SHARES = frozenset({"share_wasted", "return_rate"})


def losses_panels(result: "Result") -> list[Panel]:
    """List what was wasted and what came back by stock; nothing where nothing expires or comes back."""
    network = result.scenario.network
    if not (network.has_expiry or network.has_returns or network.has_blows):
        return []
    said = [WASTE.format(time=plural(network.calendar.unit))] if network.has_expiry else []
    said += [RETURNS] if network.has_returns else []
    said += [BLOWS] if network.has_blows else []
    parts = {"waste": network.has_expiry, "returns": network.has_returns, "destruction": network.has_blows}
    title = " and ".join(name for name, is_there in parts.items() if is_there)
    return [Panel("losses", title[0].upper() + title[1:], " ".join(said), (), "", below=losses_table(result))]


def losses_table(result: "Result") -> str:
    """Write the measures of waste and returns of every stock that has any (HTML)."""
    found = {
        point: figures
        for point, figures in data_table(result, tuple(MEASURES), "point").items()
        if any(counts(figures.get(name)) for name in MEASURES)
    }
    return point_table(result, found, MEASURES, SHARES)
