"""Published and exact values, each inside a narrow interval around what the engine measures: the cases of ``verify``.

Every case names its source. A value must lie in the 99.73 % t-interval of the mean over independent replications,
and the standard error itself is bounded, so that a wide interval cannot pass for agreement; what is not random agrees
exactly, to rounding, or to what the size of a lot makes of a fluid.
"""

from typing import Any

import pytest

from scmsim.verification.case import Case
from scmsim.verification.catalogue import cases
from scmsim.verification.laboratory import Laboratory

DEAR = frozenset(
    ("R01-level-8000", "M01-echelon", "M01-both-levels", "M05-search", "M05-echelon", "Q06-each-machine")
    + ("S06-search-mean-20", "S06-search-mean-35", "S06-search-mean-60")
)
"""Cases of ``scmsim verify`` that take long and have a shorter one beside them here: tried by ``pytest --long``."""


def row(case: Case) -> Any:
    """Give a case as a row of a parametrised test, with its marks."""
    marks = [
        *map(pytest.mark.known_answer, case.kinds),
        *([pytest.mark.long] if case.long or case.name in DEAR else []),
    ]
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", [row(case) for case in cases()])
def test_what_is_known_is_found(laboratory: Laboratory, case: Case) -> None:
    """Tests that every known value of a case lies in the narrow interval around what is found."""
    if case.needs:
        pytest.importorskip(case.needs, reason="needs the extra optimize")
    findings = case.findings(laboratory)
    assert findings
    assert [(finding, finding.verdict) for finding in findings if finding.verdict != "holds"] == []
