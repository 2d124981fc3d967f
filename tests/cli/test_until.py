"""``scmsim run --until``: as many replications as a precision takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

SHORT = ("--set", "time.horizon=30", "--set", "time.warm_up=5")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_a_run_of_as_many_replications(scmsim: Callable) -> None:
    """Tests that stdout is that of a run of the number found, but for that it says so; stderr says how precise."""
    outcome = scmsim("run", "beer_game_noisy", *SHORT, "--until", "total_cost:5%", "--format", "json")
    answer = json.loads(outcome.out)
    count = answer["replications"]
    assert count > 10
    assert outcome.err.startswith(f"Needed {count} replications: total_cost is ")
    assert answer.pop("reached") is True
    plain = scmsim("run", "beer_game_noisy", *SHORT, "--replications", count, "--format", "json")
    assert answer == json.loads(plain.out)


def test_figures_have_the_digits_that_their_half_widths_allow(scmsim: Callable) -> None:
    """Tests that the table shows a cost as the sentence does, to two digits of its half width."""
    outcome = scmsim("run", "newsvendor", "--set", "time.horizon=60", "--until", "total_cost:9%")
    said = outcome.err.partition("total_cost is ")[2].partition(" (")[0]
    assert " ± " in said
    assert outcome.out.splitlines()[-1].split("  ")[1].strip() == said


def test_the_cap_ends_well_and_says_what_would_do(scmsim: Callable) -> None:
    """Tests that a run that reaches --most prints its figures, and how many replications it would take."""
    goals = ("--until", "total_cost:0.1%", "--until", "fill_rate@*:0.9")
    outcome = scmsim("run", "beer_game_noisy", *SHORT, *goals, "--most", 12)
    assert outcome.code == 0
    assert "whole chain" in outcome.out
    assert outcome.err.startswith("Warning: 12 replications, the most allowed, are too few: total_cost is ")
    assert "takes about" in outcome.err
    assert "fill_rate" not in outcome.err.splitlines()[0]
    answer = json.loads(scmsim("run", "beer_game_noisy", *SHORT, *goals, "--most", 12, "--format", "json").out)
    assert (answer["replications"], answer["reached"]) == (12, False)


def test_without_chance_there_is_nothing_to_be_precise_about(scmsim: Callable) -> None:
    """Tests that a scenario without chance is run once, and told so."""
    outcome = scmsim("run", "beer_game", "--until", "total_cost:1%", "--format", "json")
    answer = json.loads(outcome.out)
    assert (outcome.code, answer["replications"], answer["reached"]) == (0, 1, True)
    assert outcome.err == (
        "Nothing in this scenario is left to chance: there is nothing to be precise about, and one replication says it "
        "all. total_cost is 204\n"
    )


def test_tables_come_with_a_folder(scmsim: Callable, folder: Path) -> None:
    """Tests that with --out the tables of all those replications are written, and with --summary none."""
    until = ("run", "beer_game_noisy", *SHORT, "--until", "total_cost:20%")
    assert scmsim(*until, "--out", folder / "full").code == 0
    assert scmsim(*until, "--out", folder / "summary", "--summary").code == 0
    assert (folder / "full" / "orders.csv").exists()
    assert not (folder / "summary" / "orders.csv").exists()
    one, other = ((folder / name / "kpis.csv").read_bytes() for name in ("full", "summary"))
    assert one == other


def test_a_folder_of_something_else_is_refused_before_the_work(scmsim: Callable, folder: Path) -> None:
    """Tests that a folder that cannot be written is found before any replication is made."""
    (folder / "strange").mkdir()
    (folder / "strange" / "letter.txt").write_text("dear", encoding="utf-8")
    outcome = scmsim("run", "beer_game", "--until", "total_cost:5%", "--out", folder / "strange")
    assert outcome.code == 2
    assert "Needed" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--until", "total_cost:0"), "expected a precision above 0"),
        (("--until", "total_cost"), "expected MEASURE:HALF_WIDTH or MEASURE:SHARE%"),
        (("--until", "total_costs:1%"), "no metric 'total_costs'"),
        (("--until", "total_cost:1%", "--replications", "5"), "leave --replications out"),
        (("--most", "50"), "--most limits a run to a precision: add --until"),
        (("--until", "total_cost:1%", "--most", "9"), "expected a whole number of at least 10"),
        (
            ("--until", "order_variance_ratio@retailer:1%", "--set", "time.horizon=1"),
            "undefined in a scenario without chance",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(scmsim: Callable, arguments: tuple[str, ...], said: str) -> None:
    """Tests that a bad goal, a contradiction and an undefined figure end with exit code 2 and a clear word."""
    outcome = scmsim("run", "beer_game", *arguments)
    assert outcome.code == 2
    assert said in " ".join(outcome.err.replace("│", " ").split())
    assert outcome.out == ""
