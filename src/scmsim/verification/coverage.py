"""The table of all ids: which cases stand for each, and why something is left out."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from scmsim.verification.catalogue import cases


@dataclass(frozen=True, slots=True)
class Covered:
    """One id of the list of cases.

    Parameters
    ----------
    id, what : str
        Which, in a few words.
    cases : tuple of str
        The names of its cases.
    left_out : str
        What of it is not run, and why; empty where all is.
    """

    id: str
    what: str
    cases: tuple[str, ...]
    left_out: str = ""


@cache
def coverage() -> tuple[Covered, ...]:
    """Return the table of all ids.

    Examples
    --------
    >>> [one for one in coverage() if one.id == "S07"]
    [Covered(id='S07', what='(s, S), Poisson demand of 6', cases=('S07-min-max',), left_out='')]
    """
    table = yaml.safe_load(files("scmsim.verification").joinpath("coverage.yaml").read_text(encoding="utf-8"))
    return tuple(
        Covered(id, said["what"], tuple(case.name for case in cases() if case.id == id), said.get("left_out", ""))
        for id, said in table.items()
    )
