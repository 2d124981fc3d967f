"""The names that scmsim promises."""

import subprocess
import sys
from typing import get_type_hints

import pytest

import scmsim as sc

PUBLIC = {
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
}


def test_exported_names() -> None:
    """Tests that scmsim exports exactly the names it promises, and no more than 24."""
    assert set(sc.__all__) == PUBLIC
    assert len(sc.__all__) <= 24
    assert dir(sc) == sorted(PUBLIC)


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_names_resolve_and_are_documented(name: str) -> None:
    """Tests that every exported name exists and has a docstring."""
    assert getattr(sc, name).__doc__


@pytest.mark.parametrize("name", ["from_dict", "load", "loads", "run"])
def test_functions_are_typed(name: str) -> None:
    """Tests that every exported function says what it takes and gives."""
    hints = get_type_hints(getattr(sc, name))
    assert "return" in hints
    assert set(hints) - {"return"}


def test_unknown_names_are_refused() -> None:
    """Tests that a name that does not exist gives an AttributeError that repeats it."""
    with pytest.raises(AttributeError, match="module 'scmsim' has no attribute 'simulate_all'"):
        _ = sc.simulate_all  # type: ignore[attr-defined]


def test_importing_loads_nothing_heavy() -> None:
    """Tests that importing scmsim and its command line loads none of the libraries that take long to import."""
    heavy = ["numpy", "pandas", "scipy", "plotly", "simpy", "networkx", "pydantic"]
    code = f"import sys, scmsim, scmsim.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_errors_are_one_tree_with_exit_codes() -> None:
    """Tests that every error is a ScmsimError and that its exit code is the documented one."""
    codes = {
        error.__name__: error.exit_code
        for error in (sc.UsageError, sc.MissingExtra, sc.ScenarioError, sc.SimulationError)
    }
    assert codes == {"UsageError": 2, "MissingExtra": 2, "ScenarioError": 3, "SimulationError": 4}
    assert all(issubclass(getattr(sc, name), sc.ScmsimError) for name in codes)
