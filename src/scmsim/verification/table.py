"""Outcomes as a table: a row for every known value."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from scmsim.verification.case import Case
from scmsim.verification.verify import Outcome

ABOUT = ["case", "id", "family", "model", "source", "grade", "scenario"]
FOUND = ["figure", "relation", "expected", "found", "half_width", "widest", "tolerance", "verdict", "said"]


def about(case: Case) -> dict[str, Any]:
    """Say what a case is."""
    said = (case.name, case.id, case.family, case.what, case.source, case.grade, case.scenario or None)
    return dict(zip(ABOUT, said, strict=True))


def outcomes_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Give every known value as a row; a case that gave none has one row that says why.

    Examples
    --------
    >>> from scmsim.verification.catalogue import chosen
    >>> table = outcomes_table([Outcome(case, skipped="no time") for case in chosen(["S01"])])
    >>> table[["case", "verdict", "said"]].values.tolist()
    [['S01-newsvendor', 'not run', 'no time'], ['S01-demand-first', 'not run', 'no time']]
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        case = about(outcome.case)
        found = [one._asdict() | {"figure": one.what, "verdict": one.verdict} for one in outcome.findings]
        why = outcome.skipped or outcome.error or "it found nothing"
        rows += [case | one for one in found] or [case | {"verdict": _unfound(outcome), "said": why}]
    return pd.DataFrame(rows, columns=[*ABOUT, *FOUND])


def _unfound(outcome: Outcome) -> str:
    return "not run" if outcome.skipped else "failed"


def cases_table(cases: Iterable[Case]) -> pd.DataFrame:
    """Give every case as a row."""
    rows = [about(case) | {"form": "full" if case.long else "both"} for case in cases]
    return pd.DataFrame(rows, columns=[*ABOUT, "form"])
