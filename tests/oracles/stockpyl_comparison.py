"""stockpyl's answers beside the engine's: ``python tests/oracles/stockpyl_comparison.py`` writes the committed ones."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from stockpyl_environment import CACHE, python
from stockpyl_networks import answer, network

HERE = Path(__file__).parent
COMMITTED = HERE / "stockpyl_answers.json"
CLOSE = 1e-9


def is_there() -> bool:
    """Tell whether stockpyl's environment has been made."""
    return CACHE.is_dir() and any(CACHE.glob("stockpyl-*/finished"))


def asked(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stockpyl's answers."""
    command = [python(), HERE / "stockpyl_side.py"]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, encoding="utf-8", check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def several_lots(case: dict[str, Any], ours: dict[str, Any]) -> bool:
    """Tell whether the engine ever ordered more than one lot at once, which stockpyl never does."""
    lots = {name: said["policy"].get("order_quantity") for name, said in case["nodes"].items()}
    return any(units > lot + CLOSE for name, lot in lots.items() if lot for units in ours["orders"][name])


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return what differs: the total cost, and net stock and orders by node and period."""
    found = [] if abs(ours["cost"] - theirs["cost"]) < 1e-6 else [f"cost {ours['cost']} and {theirs['cost']}"]
    for what in ("net_stock", "orders"):
        for name, numbers in theirs[what].items():
            pairs = enumerate(zip(ours[what][name], numbers, strict=True))
            found += [f"{what} of {name} in period {t}: {pair}" for t, pair in pairs if abs(pair[0] - pair[1]) > CLOSE]
    return found


def compared(cases: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, int]:
    """Compare answers; return how many networks were compared, and how many were not, as they ordered several lots.

    Raises
    ------
    AssertionError
        They differ; the first network that does is told.
    """
    counts = {"compared": 0, "several lots at once": 0}
    for case, their in zip(cases, theirs, strict=True):
        ours = answer(case)
        if several_lots(case, ours):
            counts["several lots at once"] += 1
            continue
        found = differences(ours, their)
        assert not found, f"{found[:5]} in {json.dumps(case)}"
        counts["compared"] += 1
    return counts


def networks(first: int, count: int) -> list[dict[str, Any]]:
    """Return so many networks, the same for the same first number."""
    return [network(Random(seed)) for seed in range(first, first + count)]


if __name__ == "__main__":
    known = networks(0, 12)
    COMMITTED.write_text(json.dumps({"cases": known, "answers": asked(known)}, indent=None) + "\n", encoding="utf-8")
