"""Write docs/reference/verification.md again, from the numbers beside it and the counts in tests/long_runs.yaml.

    python scripts/verification_page.py          the page and its figures, from docs/reference/verification/findings.csv
    python scripts/verification_page.py --run    run every case first

The second is ``scmsim verify --markdown docs/reference/verification.md --counts tests/long_runs.yaml``.
"""

import sys
from pathlib import Path

from scmsim.report.verification_page import redraw, write_page
from scmsim.verification.catalogue import chosen
from scmsim.verification.verify import verify

ROOT = Path(__file__).resolve().parent.parent
PAGE, COUNTS = ROOT / "docs" / "reference" / "verification.md", ROOT / "tests" / "long_runs.yaml"

if __name__ == "__main__":
    if "--run" in sys.argv[1:]:
        write_page(PAGE, verify(chosen()), counts=COUNTS)
    else:
        redraw(PAGE, COUNTS)
