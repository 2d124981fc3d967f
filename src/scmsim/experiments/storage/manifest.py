"""What a run came from: enough to run it again and to tell it from another."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scmsim.scenario.scenario import Scenario

PACKAGES = ("scmsim", "numpy", "simpy", "pandas", "pydantic")
IDENTITY = ("scenario", "sha256", "seed", "replications")
FORMAT = 1


def describe(scenario: "Scenario", *, seed: int, replications: int, record: str) -> dict[str, Any]:
    """Say what a run comes from, with nothing in it that changes when the run is repeated (no time, no place).

    Returns
    -------
    dict
        ``scmsim_run`` (the version of this format), ``scenario`` (its name), ``file`` (where it was read from, without
        folders), ``sha256``, ``seed``, ``replications``, ``record``, ``overrides`` and ``versions``.
    """
    return {
        "scmsim_run": FORMAT,
        "scenario": scenario.name,
        "file": scenario.path.name if scenario.path else None,
        "sha256": scenario.sha256,
        "seed": seed,
        "replications": replications,
        "record": record,
        "overrides": [],
        "versions": {"python": platform.python_version(), **_versions()},
    }


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in PACKAGES}


def same_run(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two manifests describe the same run: one scenario, one seed, as many replications.

    Examples
    --------
    >>> run = {"scenario": "beer-game", "sha256": "0a1b", "seed": 1, "replications": 1, "record": "full"}
    >>> same_run(run, {**run, "record": "summary"}), same_run(run, {**run, "seed": 2})
    (True, False)
    """
    return all(one.get(key) == other.get(key) for key in IDENTITY)


def title(manifest: Mapping[str, Any]) -> str:
    """Name a run in a few words.

    Examples
    --------
    >>> title({"scenario": "beer-game", "seed": 1, "replications": 20})
    'beer-game, seed 1, 20 replications'
    """
    count = manifest["replications"]
    return f"{manifest['scenario']}, seed {manifest['seed']}, {count} replication{'s' if count != 1 else ''}"
