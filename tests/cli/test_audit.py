"""``scmsim run --audit``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scmsim.nodes.stockpoint import StockPoint
from scmsim.scenario.network import Price


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to stand in, and no audit unless it is asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCMSIM_AUDIT", "0")


@pytest.mark.parametrize("scenario", ["beer_game", "insolvency"])
def test_a_sound_run_says_that_it_was_audited(scmsim: Callable, scenario: str) -> None:
    """Tests that the audit changes no figure on stdout and says on stderr that all is well."""
    outcome = scmsim("run", scenario, "--audit")
    assert (outcome.code, outcome.err) == (0, "Audit: every stock and every balance follows from the records\n")
    assert outcome.out == scmsim("run", scenario).out


def test_a_broken_run_fails_and_leaves_nothing(
    scmsim: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the first event is named on stderr, the exit code is 4, and no folder is written."""
    monkeypatch.setattr(StockPoint, "receive", lambda stock, quantity: None)
    outcome = scmsim("run", "beer_game", "--audit", "--out", "runs/beer")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("Error: The audit failed at week 1: retailer: on_hand of beer: expected 12 from the ")
    assert not (tmp_path / "runs").exists()


def test_a_posting_that_balances_and_is_wrong_fails(scmsim: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a markup left out is named with the instant, the node, the account, the event and the order."""
    monkeypatch.setattr(Price, "of", lambda price, unit_cost, *_: price.amount or unit_cost)
    markup = "nodes.pub.sales.beer.price={kind: markup, rate: 0.5}"
    outcome = scmsim("run", "insolvency", "--set", markup, "--audit")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        "Error: The audit failed at day 1: pub: revenue (sale): expected -600 from the records, found -400 in the "
        "books (order 1)\n"
    )


def test_the_environment_switches_it_on(scmsim: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that SCMSIM_AUDIT=1 audits every run without a word, and that nothing is audited otherwise."""
    assert scmsim("run", "beer_game").err == ""
    monkeypatch.setenv("SCMSIM_AUDIT", "1")
    assert scmsim("run", "beer_game").err == ""
    monkeypatch.setattr(StockPoint, "receive", lambda stock, quantity: None)
    assert scmsim("run", "beer_game").code == 4
    monkeypatch.setenv("SCMSIM_AUDIT", "0")
    assert scmsim("run", "beer_game").code == 0
