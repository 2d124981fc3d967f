"""The report: one HTML file with everything in it, the same bytes for the same result."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import UsageError

if TYPE_CHECKING:
    from os import PathLike

PAGES = {
    "Result": ("scmsim.report.run_page", "run_page"),
    "Replication": ("scmsim.report.replication_page", "replication_page"),
    "Comparison": ("scmsim.report.comparison_page", "comparison_page"),
    "Sweep": ("scmsim.report.sweep_page", "sweep_page"),
    "Optimization": ("scmsim.report.optimization_page", "optimization_page"),
    "Sensitivity": ("scmsim.report.sensitivity_page", "sensitivity_page"),
    "Stress": ("scmsim.report.stress_page", "stress_page"),
    "WarmUp": ("scmsim.report.warmup_page", "warmup_page"),
}
"""By the kind of a result, where its page is made: each is loaded when it is first asked for."""


def write_report(result: Any, path: "str | PathLike[str]") -> Path:
    """Write the report of a result as one HTML file that needs nothing else.

    Parameters
    ----------
    result : Result, Replication, WarmUp, Comparison, Sweep, Optimization, Sensitivity or Stress
        The answer to show.
    path : path
        The file; one of that name is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        There is no page for such a thing.
    """
    target = Path(path)
    target.write_text(page(result), encoding="utf-8", newline="\n")
    return target


def page(result: Any) -> str:
    """Give the report of a result as a text: an HTML page without any reference to the outside.

    Raises
    ------
    UsageError
        There is no page for such a thing.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> page(result).startswith("<!doctype html>"), page(result) == page(result)
    (True, True)
    """
    for kind in type(result).__mro__:
        if kind.__name__ in PAGES and kind.__module__.startswith("scmsim."):
            module, name = PAGES[kind.__name__]
            return str(getattr(import_module(module), name)(result))
    raise UsageError(f"there is no report of a {type(result).__name__}; there is one of: {', '.join(PAGES)}")
