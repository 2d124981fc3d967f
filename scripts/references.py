"""Write the pages of docs/reference that are generated: `python scripts/references.py`.

With `--check` nothing is written, and the exit code is 1 where a page is not what the code says.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from reference_cli import cli_markdown
from reference_metrics import metrics_markdown
from reference_python import python_markdown
from reference_tables import tables_markdown

from scmsim.scenario.reference import reference_markdown

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "scenario.md": reference_markdown,
    "cli.md": cli_markdown,
    "metrics.md": metrics_markdown,
    "tables.md": tables_markdown,
    "python.md": python_markdown,
}


def stale() -> list[str]:
    """Name the pages that are not what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != page()
    ]


def main() -> int:
    """Write the pages that have changed, or with --check only name them."""
    for name in (names := stale()):
        print(f"docs/reference/{name}")
        if "--check" not in sys.argv[1:]:
            (FOLDER / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
    return 1 if names and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
