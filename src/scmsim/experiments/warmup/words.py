"""What a suggested warm-up comes to, in sentences."""

from typing import TYPE_CHECKING

from scmsim.experiments.chance import involves_chance
from scmsim.scenario.scenario import Scenario
from scmsim.ticks import from_ticks
from scmsim.words import listed, plural

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 3


def told(scenario: Scenario, suggestions: "pd.DataFrame", replications: int) -> tuple[str, ...]:
    """Say what to set, why, and what is wrong with it.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    suggestions : DataFrame
        See `scmsim.experiments.warmup.warmup.WarmUp`.
    replications : int
        How many were averaged.
    """
    calendar = scenario.network.calendar
    longest = float(suggestions["warm_up"].max())
    horizon, now = from_ticks(calendar.end - calendar.start), from_ticks(calendar.warm - calendar.start)
    said = [_suggestion(suggestions, longest, calendar.unit)]
    if replications == 1 and involves_chance(scenario.network):
        said.append(
            "This rests on one replication, and chance may look like a start, or hide one: judge by more of them "
            "(--replications 10)"
        )
    if suggestions["at_bound"].any():
        names = listed(suggestions.loc[suggestions["at_bound"], "series"].tolist(), MOST_NAMED)
        said.append(
            f"Run longer: {names} may not have settled by half of the run, which is as far as can be judged. "
            f"Try again with --set time.horizon={2 * horizon:g}"
        )
    if longest > now:
        said.append(
            f"The warm-up is part of the horizon of {horizon:g}: {horizon - longest:g} of it would be measured. "
            f"A horizon of {horizon + longest - now:g} keeps what is measured now"
        )
    if now:
        said.append(f"The warm-up in the scenario is {now:g}: {'long enough' if now >= longest else 'too short'}")
    return tuple(said)


def _suggestion(suggestions: "pd.DataFrame", longest: float, unit: str) -> str:
    if longest == 0:
        names = listed(suggestions["series"].tolist(), MOST_NAMED)
        return f"No warm-up is needed: {names} begin as they go on (time.warm_up=0)"
    names = listed(suggestions.loc[suggestions["warm_up"] == longest, "series"].tolist(), MOST_NAMED)
    span = f"{longest:g} {unit if longest == 1 else plural(unit)}"
    return f"Leave out the first {span} (--set time.warm_up={longest:.10g}). Last to settle: {names}"
