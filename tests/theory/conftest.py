"""What the theory tests share: the laboratory in which the cases of `scmsim.verification` run.

The bounded form, which the suite runs, allows standard errors four times as wide as the full form, which
``pytest tests/theory --long`` runs, or ``SCMSIM_FULL_THEORY=1`` in the environment.
"""

import os

import pytest

from scmsim.verification.laboratory import Laboratory


@pytest.fixture(scope="session")
def laboratory(request: pytest.FixtureRequest) -> Laboratory:
    """The runs that the theory tests of one session share."""
    wanted = os.environ.get("SCMSIM_FULL_THEORY", "") not in ("", "0")
    return Laboratory(full=wanted or bool(request.config.getoption("--long", default=False)))
