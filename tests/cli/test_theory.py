"""``scmsim theory``: what is known beside what is simulated."""

import json
from collections.abc import Callable

import pytest

SHORT = ("newsvendor", "--set", "time.horizon=60", "--replications", 3)


def test_table_puts_both_side_by_side(scmsim: Callable) -> None:
    """Tests that the table has a line per figure with its verdict, and says once by which formula it is known."""
    outcome = scmsim("theory", *SHORT)
    assert outcome.code == 0
    assert "≥ 1.998" in outcome.out
    assert "bound holds" in outcome.out
    assert outcome.out.count("Arrow, Harris and Marschak (1951)") == 1
    assert outcome.err == ""


def test_json_and_csv_hold_every_column(scmsim: Callable) -> None:
    """Tests that JSON is one object with rows, CSV a table, and that words go to stderr."""
    outcome = scmsim("theory", *SHORT, "--format", "json")
    answer = json.loads(outcome.out)
    assert answer["replications"] == 3
    assert {"measure", "theory", "kind", "simulated", "half_width", "verdict", "formula"} <= set(answer["theory"][0])
    assert "Theory knows" in outcome.err
    assert scmsim("theory", *SHORT, "--format", "csv").out.startswith("node,product,model,measure,theory,kind,")


@pytest.mark.parametrize(("form", "lines"), [("table", 0), ("json", 9), ("csv", 1)])
def test_nothing_known_is_no_error(scmsim: Callable, form: str, lines: int) -> None:
    """Tests that a scenario without a known answer says so on stderr, ends well, and prints what a program can read."""
    outcome = scmsim("theory", "disruption/fire", "--format", form)
    assert outcome.code == 0
    assert "Nothing in this scenario has an answer" in outcome.err
    assert len(outcome.out.splitlines()) == lines
    if form == "json":
        assert json.loads(outcome.out)["theory"] == []


def test_a_bad_scenario_is_refused(scmsim: Callable) -> None:
    """Tests that the usual errors come with the usual codes."""
    assert scmsim("theory", "newsvendor", "--set", "time.horizon=-1").code == 3
    assert scmsim("theory", "no_such_scenario").code == 2
