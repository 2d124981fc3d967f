"""The engine beside stockpyl's simulator (1.0.2), period by period, on networks that both understand."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stockpyl_comparison import COMMITTED, answer, asked, compared, is_there, networks

MANY = 400


def test_committed_answers() -> None:
    """Tests net stock, orders and total cost of some networks against answers that stockpyl gave."""
    known = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert known["cases"] == networks(0, len(known["cases"]))
    assert compared(known["cases"], known["answers"])["compared"] >= len(known["cases"]) / 2


def test_stockpyl_itself() -> None:
    """Tests a few other networks against stockpyl, where its environment has been made."""
    if not is_there():
        pytest.skip("needs stockpyl's environment: python benchmarks/stockpyl_environment.py makes it")
    cases = networks(1000, 6)
    assert sum(compared(cases, asked(cases)).values()) == len(cases)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_stockpyl_itself_on_many_networks(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests hundreds of networks against stockpyl, whose environment is made if it is not there."""
    cases = networks(2000, MANY)
    counts = compared(cases, asked(cases))
    with capsys.disabled():
        print(f"\n{counts}")
    assert counts["compared"] >= MANY * 0.8


def test_a_position_far_below_the_reorder_point_takes_several_lots() -> None:
    """Tests the one difference: 25 below a reorder point of 0 takes three lots of 10 here, and one in stockpyl."""
    node = {"from": [], "policy": {"kind": "reorder_point", "reorder_point": 0, "order_quantity": 10}, "initial": 0}
    node |= {"lead_time": 1, "order_delay": 0, "holding_cost": 0, "in_transit_cost": 0, "backorder_cost": 0}
    ours = answer({"shape": "serial", "periods": 2, "nodes": {"1": node | {"demand": [25, 0]}}})
    assert ours["orders"]["1"] == [30, 0]
