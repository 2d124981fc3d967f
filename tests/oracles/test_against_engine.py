"""The engine and the independent recursion, side by side, period by period."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, event, given, settings

sys.path.insert(0, str(Path(__file__).parent))

from comparison import differences, drawn
from random_chains import chains
from random_policies import KINDS
from recursion import Recursion

EXAMPLES, FULL_EXAMPLES = 60, 2000
PHASES = [Phase.generate, Phase.shrink]


def what_happened(mapping: dict[str, Any], recursion: Recursion) -> list[str]:
    """Return what a run shows, to count how much the random chains try."""
    short = sum(row.served + row.lost < row.demanded for rows in recursion.rows.values() for row in rows)
    signs = {
        "a shortage": short > 0,
        "a shortage at a stock that feeds others": any(
            row.backorders > 0
            for (name, product), rows in recursion.rows.items()
            for row in rows
            if recursion.levels[recursion.stocks[name, product]] > 0
        ),
        "lost demand": any(row.lost > 0 for rows in recursion.rows.values() for row in rows),
        "kits short of a component": recursion.held_up > 1e-6,
        "a kit": any(stock.components for stock in recursion.stocks.values()),
        "a zero lead time on a lane": any(lane["lead_time"] == 0 for lane in mapping["lanes"]),
        "a review before demand": any(
            stock.review.get("timing") == "before_demand" for stock in recursion.stocks.values()
        ),
    }
    buyers = Counter(lane["from"] for lane in mapping["lanes"])
    signs |= {
        "a stock with several customers": max(buyers.values(), default=0) > 1,
        "a kit of several components": any(len(stock.components or ()) > 1 for stock in recursion.stocks.values()),
        "a limited supplier": any(stock.capacity or stock.good < 1 for stock in recursion.stocks.values()),
        "times drawn beforehand": "'dist'" in repr(mapping),
        "something told over a lane": any(stock.share for stock in recursion.stocks.values()),
        "planned orders that components are told": any(any(stock.plan) for stock in recursion.stocks.values()),
    }
    own = [stock for stock in recursion.stocks.values() if not stock.unlimited]
    named = {f"the policy {stock.policy['kind']}" for stock in own}
    forecasts = [stock.policy["forecast"] for stock in own if "forecast" in stock.policy]
    named |= {f"the forecast {forecast['kind']}" for forecast in forecasts}
    named |= {"a forecast of told sales" for forecast in forecasts if "of" in forecast}
    named |= {f"the allocation {stock.allocation['kind']}" for stock in own}
    return [name for name, holds in signs.items() if holds] + sorted(named)


@pytest.mark.timeout(3600)
def test_engine_agrees_with_the_recursion(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that engine and recursion agree on every stock of random chains in every period.

    2,000 fresh chains instead of the same 60: ``pytest --long tests/oracles``.
    """
    full = request.config.getoption("--long")
    seen: Counter[str] = Counter()

    @given(chains())
    @settings(max_examples=FULL_EXAMPLES if full else EXAMPLES, deadline=None, derandomize=not full, phases=PHASES)
    def agree(mapping: dict[str, Any]) -> None:
        recursion = Recursion(mapping, drawn(mapping))
        rows = recursion.run()
        found = differences(mapping, rows)
        by_noise = bool(found and recursion.noisy) and recursion.noisy[0] <= found[0].period
        signs = ["a scenario", *what_happened(mapping, recursion)]
        signs += ["an order that rounding noise decided"] if by_noise else []
        for sign in signs:
            event(sign)
            seen[sign] += 1
        assert not found or by_noise, "\n".join(map(str, found[:12]))

    agree()
    with capsys.disabled():
        print("\n" + ", ".join(f"{count} with {sign}" for sign, count in seen.most_common()))
    assert seen["a shortage at a stock that feeds others"] >= seen["a scenario"] / 3
    assert seen["kits short of a component"] >= seen["a scenario"] / 20
    assert min(seen[f"the policy {kind}"] for kind in KINDS) >= seen["a scenario"] / 20
    assert seen["an order that rounding noise decided"] <= seen["a scenario"] / (10 if full else 5)
