"""Supply chain simulation: material, information and money, from a scenario file to a report one can defend.

Examples
--------
>>> import scmsim as sc
>>> scenario = sc.load("scenarios/beer_game.yaml")
>>> result = sc.run(scenario, seed=1)
>>> result.kpis.columns.tolist()
['metric', 'segment', 'node', 'product', 'mean', 'half_width', 'n', 'unit']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scmsim.errors import MissingExtra, Problem, ScenarioError, ScmsimError, SimulationError, UsageError
    from scmsim.experiments.compare.compare import compare
    from scmsim.experiments.diff.diff import diff
    from scmsim.experiments.optimize.optimize import optimize
    from scmsim.experiments.replicate.replicate import replicate
    from scmsim.experiments.run.result import Result
    from scmsim.experiments.run.run import run
    from scmsim.experiments.sensitivity.sensitivity import sensitivity
    from scmsim.experiments.stored import open_stored as open
    from scmsim.experiments.stress.stress import stress
    from scmsim.experiments.sweep.sweep import sweep
    from scmsim.scenario.load import from_dict, load, loads
    from scmsim.scenario.scenario import Scenario

    __version__: str

__all__ = [
    "MissingExtra",
    "Problem",
    "Result",
    "Scenario",
    "ScenarioError",
    "ScmsimError",
    "SimulationError",
    "UsageError",
    "__version__",
    "compare",
    "diff",
    "from_dict",
    "load",
    "loads",
    "open",
    "optimize",
    "replicate",
    "run",
    "sensitivity",
    "stress",
    "sweep",
]

_HOMES = {
    "MissingExtra": "errors",
    "Problem": "errors",
    "Result": "experiments.run.result",
    "Scenario": "scenario.scenario",
    "ScenarioError": "errors",
    "ScmsimError": "errors",
    "SimulationError": "errors",
    "UsageError": "errors",
    "compare": "experiments.compare.compare",
    "diff": "experiments.diff.diff",
    "from_dict": "scenario.load",
    "load": "scenario.load",
    "loads": "scenario.load",
    "open": "experiments.stored",
    "optimize": "experiments.optimize.optimize",
    "replicate": "experiments.replicate.replicate",
    "run": "experiments.run.run",
    "sensitivity": "experiments.sensitivity.sensitivity",
    "stress": "experiments.stress.stress",
    "sweep": "experiments.sweep.sweep",
}
_NAMES_AT_HOME = {"open": "open_stored"}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("scmsim")
    elif name in _HOMES:
        value = getattr(import_module(f"scmsim.{_HOMES[name]}"), _NAMES_AT_HOME.get(name, name))
    else:
        raise AttributeError(f"module 'scmsim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
