"""All cases, in the order of their ids."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module

from scmsim.errors import UsageError
from scmsim.verification.case import FAMILIES, Case

MODULES = (
    "bullwhip",
    "drift",
    "single_location",
    "lot_sizes",
    "law_kelton",
    "multi_echelon",
    "placement",
    "recursions",
    "money",
    "factory",
    "records",
    "disruptions",
    "statistics",
    "searches",
)
"""The modules that hold the cases, each in a tuple called ``CASES``."""


@cache
def cases() -> tuple[Case, ...]:
    """Return all cases, by family and id.

    Examples
    --------
    >>> cases()[0].name
    'B01-lead-time-1-periods-5'
    """
    found = [case for module in MODULES for case in import_module(f"scmsim.verification.{module}").CASES]
    order = list(FAMILIES)
    return tuple(sorted(found, key=lambda case: (order.index(case.family), case.id)))


def named(name: str) -> Case:
    """Return the case of a name."""
    (found,) = (case for case in cases() if case.name == name)
    return found


def chosen(wanted: Sequence[str] = (), family: str | None = None, *, full: bool = False) -> tuple[Case, ...]:
    """Return the cases of some ids or names, of a family, or all.

    Parameters
    ----------
    wanted : sequence of str
        Ids (``S06``) or names (``S06-mean-10``); all cases where there is none.
    family : str, optional
        The first letter of the ids.
    full : bool
        Whether those are wanted, too, that run in the full form only; a case that is named is always wanted.

    Raises
    ------
    UsageError
        There is no such case or family.

    Examples
    --------
    >>> [case.name for case in chosen(["S07"])]
    ['S07-min-max']
    """
    if family is not None and family not in FAMILIES:
        known = ", ".join(f"{letter} ({title.lower()})" for letter, title in FAMILIES.items())
        raise UsageError(f"no family of cases {family!r}: expected {known}")
    found = [case for case in cases() if family in (None, case.family)]
    spelt = {name.casefold(): name for case in found for name in (case.id, case.name)}
    wanted = [spelt.get(name.casefold(), name) for name in wanted]
    for name in wanted:
        if not any(name in (case.id, case.name) for case in found):
            raise UsageError(
                f"no case {name!r}{f' of family {family}' if family else ''}: scmsim verify --list shows all"
            )
    if wanted:
        found = [case for case in found if case.id in wanted or case.name in wanted]
    return tuple(case for case in found if full or not case.long or case.name in wanted)
