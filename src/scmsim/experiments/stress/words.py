"""What a stress test found, in words."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.metrics import CATALOGUE
from scmsim.scenario.located import listed
from scmsim.scenario.scenario import Scenario
from scmsim.words import number, plural

if TYPE_CHECKING:
    import pandas as pd


def told(scenario: Scenario, ranking: "pd.DataFrame", by: str, lasts: float) -> tuple[str, ...]:
    """Say where the chain is most fragile, where nothing is lost, and what could not be struck."""
    unit = scenario.network.calendar.unit
    told_time = f"{number(lasts)} {unit if lasts == 1 else plural(unit)}"
    struck = ranking[ranking["impact"].notna()]
    title = CATALOGUE[by].title.lower()
    if struck.empty or struck["impact"].iloc[0] <= 0:
        return (f"No node and no lane that stops for {told_time} makes the {title} worse.",)
    first = struck.iloc[0]
    words = [
        f"The chain is most fragile at {_called(first)}: {told_time} without it make the {title} worse by "
        f"{number(first['impact'])}."
    ]
    harmless = struck[struck["impact"] <= 1e-9 * struck["impact"].iloc[0]]
    if len(harmless):
        some = ", ".join(_called(row) for _, row in harmless.head(5).iterrows())
        more = f" and {len(harmless) - 5} more" if len(harmless) > 5 else ""
        words.append(f"Nothing is lost at {some}{more}.")
    left = ranking["impact"].isna().sum()
    if left:
        words.append(f"{left} of {len(ranking)} nodes and lanes could not be struck; the table says why.")
    return tuple(words)


def cautioned(scenario: Scenario, fill_rates: NDArray[np.float64]) -> tuple[str, ...]:
    """Say so where other disruptions go on, or service is bad even without a stop, so that the times say little."""
    usual, failure = float(np.nanmean(fill_rates)), scenario.file.measures.resilience.failure
    own, words = scenario.file.disruptions, []
    if own:
        words.append(
            f"The scenario's own disruptions ({listed(sorted(own), 5)}) strike in all runs, and the times to survive "
            "and to recover are means over them, too; `--set disruptions={}` leaves them out."
        )
    if usual < failure:
        words.append(
            f"Without the stop {100 * usual:.1f} % are served at once, less than the {100 * failure:g} % below which "
            "service has failed, so that the times to survive and to recover say little; measures.resilience sets them."
        )
    return tuple(words)


def _called(row: Any) -> str:
    return str(row["name"]) if row["kind"] == "node" else f"the lane {row['name']}"
