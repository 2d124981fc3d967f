"""Disruptions that can be run and never strike: warnings, with their places."""

from collections.abc import Iterator

from scmsim.inputs.disruption import Dates
from scmsim.scenario.findings import Finding
from scmsim.scenario.schema import ScenarioFile

Path = tuple[str | int, ...]


def late_strikes(file: ScenarioFile) -> Iterator[tuple[Path, Finding | None]]:
    """Find dates of disruptions on which the run is over."""
    start, end = file.time.start, file.time.start + file.time.horizon
    for name, said in sorted(file.disruptions.items()):
        for position, strike in enumerate(said.when.times if isinstance(said.when, Dates) else ()):
            if strike.at >= end:
                path = ("disruptions", name, "when", "times", position, "at")
                expected = f"a time within the run, which is from {start:g} to {end:g}"
                yield path, Finding(path, f"{strike.at:g}, when the run is over", expected)
