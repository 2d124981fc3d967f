"""docs/reference/verification.md says what the cases are and what was found."""

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from scmsim.report.verification_page import rendered
from scmsim.report.verification_plot import Axis, draw_family
from scmsim.verification.catalogue import chosen
from scmsim.verification.coverage import coverage

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "verification.md"
FOLDER = PAGE.with_suffix("")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The page and its figures, made from the stored findings."""
    return rendered(FOLDER / "findings.csv", ROOT / "tests" / "long_runs.yaml")


def test_page_is_current(made: dict[str, str]) -> None:
    """Tests that the page and its figures are what `python scripts/verification_page.py` makes of the findings."""
    figures = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    assert made == {"page": PAGE.read_text(encoding="utf-8"), **figures}


def test_page_has_every_case() -> None:
    """Tests that the stored findings are those of all cases there are, each of which holds or was not run."""
    findings = pd.read_csv(FOLDER / "findings.csv")
    assert list(dict.fromkeys(findings["case"])) == [case.name for case in chosen()]
    assert set(findings["verdict"]) <= {"holds", "not run"}


def test_page_has_every_id(made: dict[str, str]) -> None:
    """Tests that the page lists every id with what it is."""
    assert [one.id for one in coverage() if f"\n| {one.id} | {one.what} |" not in made["page"]] == []


def test_counts_are_told_one_by_one(tmp_path: Path) -> None:
    """Tests that every count has a row of its own, and that what is unfinished, was mended or stands open is said."""
    counts = tmp_path / "counts.yaml"
    counts.write_text(
        "long_way:\n  what: files read\n  date: 2026-01-02\n  complete: false\n  stands_open: one file\n"
        "  counts: {tried: 4700, by_code: {'0': 4699, '3': 1}, mended: [a name, a number]}\n"
    )
    page = rendered(FOLDER / "findings.csv", counts)["page"]
    assert page.endswith(
        "### Long way\n\nFiles read. Run on 2026-01-02, and not complete.\n\n| what | count |\n|---|---:|\n"
        "| tried | 4,700 |\n| by code: 0 | 4,699 |\n| by code: 3 | 1 |\n\n"
        "Mended:\n\n- a name\n- a number\n\nStands open: one file.\n"
    )


def test_figure_shows_what_was_found() -> None:
    """Tests that a family's plot has a dot per value at its place, in red where it does not hold, and no bounds."""
    rows = pd.DataFrame(
        {
            "case": ["A", "B<", "C"],
            "figure": ["one", "two", "three"],
            "relation": ["equal", "equal", "above"],
            "expected": [1.0, 100.0, 5.0],
            "found": [1.0, 10.0, 6.0],
            "half_width": [0.0, 5.0, 0.0],
            "tolerance": [0.0, 0.0, 0.0],
            "verdict": ["holds", "differs", "holds"],
        }
    )
    picture = ElementTree.fromstring(draw_family("Some & others", rows))
    dots = picture.findall(f"{SVG}circle")
    assert [dot.find(f"{SVG}title").text for dot in dots] == [
        "A, one: known 1, simulated 1",
        "B<, two: known 100, simulated 10",
    ]
    (x1, y1), (x2, y2) = ((float(dot.get("cx")), float(dot.get("cy"))) for dot in dots)
    assert x2 - x1 == pytest.approx(2 * (y1 - y2), abs=0.2)
    assert dots[0].get("fill") != dots[1].get("fill")


def test_axis_holds_all_values() -> None:
    """Tests that an axis spans whole decades, and that what lies off it stands at its end."""
    axis = Axis([0.2, 30.0], 300)
    assert axis.decades == pytest.approx([0.1, 1, 10, 100])
    assert [axis.place(value) for value in (0.1, 10, 100, -1)] == pytest.approx([0, 200, 300, 0])
