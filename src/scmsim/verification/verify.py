"""Run cases, here or on the cores of this machine, and tell which hold."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from scmsim.experiments.execution.executors import Place, Submits, opened, resolved
from scmsim.verification.case import Case, Finding
from scmsim.verification.catalogue import named
from scmsim.verification.laboratory import Laboratory


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Parameters
    ----------
    case : Case
        Which.
    findings : tuple of Finding
        What is known beside what was found.
    seconds : float
        So much computing it took.
    error : str
        Why it could not be run to its end; empty where it was.
    skipped : str
        Why it was not run; empty where it was.
    """

    case: Case
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    error: str = ""
    skipped: str = ""

    @property
    def holds(self) -> bool:
        """Whether it was run, and all that is known was found."""
        found = bool(self.findings) and all(finding.verdict == "holds" for finding in self.findings)
        return found and not self.error

    @property
    def fails(self) -> bool:
        """Whether it was run and something known was not found."""
        return not self.holds and not self.skipped


def judge(case: Case, laboratory: Laboratory) -> Outcome:
    """Run one case and say what became of it."""
    if case.needs and find_spec(case.needs) is None:
        return Outcome(case, skipped=f"needs {case.needs}, which is not installed")
    begun = time.process_time()
    try:
        findings, error = case.findings(laboratory), ""
    except Exception as failure:  # whatever happens to one case, the others are run
        findings, error = (), f"{type(failure).__name__}: {failure}"
    return Outcome(case, findings, time.process_time() - begun, error)


@cache
def _laboratory(full: bool) -> Laboratory:
    return Laboratory(full)


def _judged(name: str, full: bool) -> tuple[tuple[Finding, ...], float, str, str]:
    """Run a case of the catalogue; what comes back travels between processes."""
    found = judge(named(name), _laboratory(full))
    return found.findings, found.seconds, found.error, found.skipped


def verify(
    cases: Sequence[Case],
    *,
    full: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Outcome, ...]:
    """Run cases and say what became of each.

    Parameters
    ----------
    cases : sequence of Case
        Which, from the catalogue.
    full : bool
        Whether in the full form, with standard errors a quarter as wide.
    workers : int, optional
        How many processes of this machine work on it; one per core unless given.
    progress : callable, optional
        Is told how many are done, of how many.

    Returns
    -------
    tuple of Outcome
        In the order of the cases.

    Examples
    --------
    >>> from scmsim.verification.catalogue import chosen
    >>> [outcome.holds for outcome in verify(chosen(["S01"]), workers=1)]
    [True, True]
    """
    site = resolved(None, workers)
    alone = isinstance(site, Place) and site.kind == "here"
    found: dict[str, Outcome] = {}
    for outcome in _here(cases, full) if alone or len(cases) < 2 else _elsewhere(cases, full, site):
        found[outcome.case.name] = outcome
        if progress is not None:
            progress(len(found), len(cases))
    return tuple(found[case.name] for case in cases)


def _here(cases: Sequence[Case], full: bool) -> Iterator[Outcome]:
    for case in cases:
        yield judge(case, _laboratory(full))


def _elsewhere(cases: Sequence[Case], full: bool, where: Place | Submits) -> Iterator[Outcome]:
    site = opened(where)
    waiting = sorted(cases, key=lambda case: not case.needs)
    pending = {site.submit(_judged, case.name, full): case for case in waiting}
    try:
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED, timeout=1.0)
            for future in done:
                case = pending.pop(future)
                error = future.exception()
                yield (
                    Outcome(case, error=f"{type(error).__name__}: {error}")
                    if error
                    else Outcome(case, *future.result())
                )
    except KeyboardInterrupt:
        site.stop()
        raise
    finally:
        for future in pending:
            future.cancel()
