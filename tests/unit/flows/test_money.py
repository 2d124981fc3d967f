"""Accounts and their codes, and what stock is worth."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.errors import LedgerError
from scmsim.flows.money import ACCOUNTS, EVENTS, OUTSIDE, VALUATIONS, account, event, outside

MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.floats(0, 100)), max_size=30)


def test_every_code_means_one_thing():
    """Tests that no two accounts share a code and that codes and names go over into each other."""
    codes = [account(name) for name in ACCOUNTS] + [outside(name) for name in OUTSIDE]
    assert codes == list(range(len(ACCOUNTS) + len(OUTSIDE)))
    assert [event(name) for name in EVENTS] == list(range(len(EVENTS)))


def test_the_error_survives_being_sent_to_another_process():
    """Tests that the error is rebuilt from its arguments."""
    assert str(pickle.loads(pickle.dumps(LedgerError("debits and credits differ")))) == "debits and credits differ"


@pytest.mark.parametrize("kind", VALUATIONS)
@given(moves=MOVES)
def test_what_stock_has_cost_goes_somewhere(kind, moves):
    """Tests that received value = value left + value issued + variance, even where more is issued than was there."""
    stock, balance = VALUATIONS[kind](2.0), 0.0
    for comes_in, units, unit_price in moves:
        if comes_in:
            balance += units * unit_price - stock.receive(units, units * unit_price)
        else:
            balance -= stock.issue(units)
        assert stock.value == pytest.approx(balance, abs=1e-6)
        assert stock.value == pytest.approx(stock.units * stock.unit_cost, abs=1e-6)


@pytest.mark.known_answer("money.valuation:moving_average")
def test_the_average_moves_at_receipts_only():
    """Tests that issues leave at the average of what is there and do not change it."""
    stock = VALUATIONS["moving_average"](9.0)
    stock.receive(10, 20.0)
    stock.receive(30, 100.0)
    assert [stock.issue(10), stock.unit_cost, stock.issue(30), stock.value] == [30.0, 3.0, 90.0, 0.0]


def test_units_owed_to_returns_go_out_at_the_old_cost():
    """Tests that a stock below 0 keeps its unit cost and shows the difference when it is filled again."""
    stock = VALUATIONS["moving_average"](2.0)
    assert stock.issue(5) == 10.0
    assert stock.receive(8, 24.0) == 5.0
    assert (stock.units, stock.value, stock.unit_cost) == (3.0, 9.0, 3.0)


def test_a_standard_cost_shows_what_was_paid_above_it():
    """Tests that stock at standard cost is worth that, whatever was paid, and that the rest is the variance."""
    stock = VALUATIONS["standard"](4.0)
    assert [stock.receive(10, 50.0), stock.receive(10, 30.0), stock.issue(5)] == [10.0, -10.0, 20.0]
    assert stock.value == 60.0
