"""Every shipped example of production and of disruptions, run as its reader would."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "scenarios"
EXAMPLES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for folder in ("production", "disruption")
    for path in (ROOT / folder).glob("*.yaml")
)
WITHOUT_MACHINES = {"production/mrp"}
WITHOUT_CUSTOMERS = {f"disruption/{name}" for name in ("expedite", "factory_stops", "fire", "machine_stops", "reroute")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_from_the_command_line(scmsim: Callable, name: str) -> None:
    """Tests that an example runs without a word of complaint, and that the measures it is about are in its answer."""
    outcome = scmsim("run", name, "--replications", "1", "--summary", "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    found = {row["metric"] for row in json.loads(outcome.out)["kpis"]}
    if name.startswith("disruption/"):
        assert ("share_survived" in found) is (name not in WITHOUT_CUSTOMERS)
    elif name not in WITHOUT_MACHINES:
        assert {"machine_utilisation", "production_cycle_time", "throughput"} <= found
