"""Tables that survive a CSV file and do no harm in a spreadsheet."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scmsim.experiments.storage import csvs

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1) | st.sampled_from(
    ["NA", "null", "=1", "'", "-1"]
)
rows = st.lists(st.tuples(names | st.none(), st.floats(allow_infinity=False), st.integers(-(2**53), 2**53)), min_size=1)


@given(rows)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_come_back_as_they_were(tmp_path: Path, content: list[tuple[str | None, float, int]]) -> None:
    """Tests that any name, number and gap is read back to the last bit."""
    frame = csvs.tidy(pd.DataFrame(content, columns=["node", "value", "n"]).astype({"value": "float64", "n": "int64"}))
    csvs.write(frame, tmp_path / "table.csv")
    pd.testing.assert_frame_equal(csvs.read(tmp_path / "table.csv", csvs.kinds(frame)), frame, check_exact=True)


def test_dates_and_flags_come_back(tmp_path: Path) -> None:
    """Tests that dates and flags keep their types."""
    frame = pd.DataFrame({"date": pd.to_datetime(["2024-02-29", "2024-03-01"]), "complete": [True, False]})
    csvs.write(frame, tmp_path / "table.csv")
    pd.testing.assert_frame_equal(csvs.read(tmp_path / "table.csv", csvs.kinds(frame)), frame, check_dtype=False)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_names_are_no_formulas(name: str) -> None:
    """Tests that a name that a spreadsheet would compute is written with an apostrophe before it."""
    text = csvs.to_text(pd.DataFrame({"node": [name], "mean": [-1.5]}))
    cell = text.splitlines()[1].removeprefix('"')
    assert cell.startswith("'" + name[:1])
    assert text.rstrip().endswith(",-1.5")


def test_numbers_and_gaps_are_left_alone() -> None:
    """Tests that numbers keep every digit, and that what is undefined is an empty cell."""
    frame = pd.DataFrame({"mean": [0.1 + 0.2, np.nan], "node": ["a", None]})
    assert csvs.to_text(frame) == "mean,node\n0.30000000000000004,a\n,\n"
