"""The same file, seed and version give the same tables: as they were kept, twice, and whatever the hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from golden import SCENARIOS, as_text, changes, entry, first_difference, kept, shipped, tables

import scmsim as sc

KEPT = kept()
WIDE = [
    "assembly",
    "disruption/chain_reaction",
    "insolvency",
    "distribution/perishable_batches",
    "production/breakdowns",
]
"""Scenarios that together use most of what there is: parts, chance, money, ages, machines."""


def test_every_shipped_scenario_is_kept() -> None:
    """Tests that the digests are of the scenarios that there are, and of all tables of each."""
    assert sorted(KEPT) == sorted(shipped())
    assert all({"kpis", "orders", "stock"} <= set(one["tables"]) for one in KEPT.values())


@pytest.mark.parametrize("name", sorted(KEPT))
def test_tables_are_as_they_were(name: str) -> None:
    """Tests that a scenario gives the tables it gave; ``python tests/golden/golden.py`` shows what has changed."""
    assert entry(SCENARIOS / f"{name}.yaml", KEPT[name]["settings"]) == KEPT[name], (
        "look at the change with python tests/golden/golden.py, and keep it with --write"
    )


@pytest.mark.parametrize("name", WIDE[:2])
def test_twice_the_same_to_the_last_digit(name: str) -> None:
    """Tests that the second run of a process writes what the first has written, byte for byte."""
    scenario = sc.load(SCENARIOS / f"{name}.yaml", KEPT[name]["settings"])
    first, second = (sc.run(scenario, replications=2, audit=False) for _ in range(2))
    assert {**first.tables, "kpis": first.kpis}.keys() == {**second.tables, "kpis": second.kpis}.keys()
    for table, frame in {**first.tables, "kpis": first.kpis}.items():
        assert frame.to_csv() == {**second.tables, "kpis": second.kpis}[table].to_csv(), table


def test_another_hash_seed_gives_the_same() -> None:
    """Tests that a process with another PYTHONHASHSEED gives the digests that are kept."""
    command = [sys.executable, str(Path(__file__).with_name("golden.py")), "--print", *WIDE]
    hash_seed = "0" if os.environ.get("PYTHONHASHSEED") == "4711" else "4711"
    done = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: KEPT[name] for name in WIDE}


def test_one_worker_and_two_write_the_same_tables(tmp_path: Path) -> None:
    """Tests that a sweep on this process, on one worker and on two writes the same bytes."""
    scenario = sc.load(SCENARIOS / "beer_game_noisy.yaml", ["time.horizon=20", "time.warm_up=0"])
    written = []
    for where in ("here", "local:1", "local:2"):
        out = tmp_path / where.replace(":", "")
        vary = {"nodes.retailer.stock.beer.initial": [8, 12, 16]}
        sc.sweep(scenario, vary, replications=2, where=where, out=out, report=False)
        written.append([(out / name).read_bytes() for name in ("runs.csv", "summary.csv")])
    assert written[0] == written[1] == written[2]


def test_a_change_is_found_and_told() -> None:
    """Tests that another seed changes the digests, and that the first row that differs is shown."""
    name = "newsvendor"
    path = SCENARIOS / f"{name}.yaml"
    after = {**KEPT, name: entry(path, ["run.seed=12", *KEPT[name]["settings"]])}
    found = list(changes(KEPT, after))
    assert {one[0] for one in found} == {name}
    assert "demand" in {one[1] for one in found}
    before, now = (tables(path, [*KEPT[name]["settings"], *more])["demand"] for more in ([], ["run.seed=12"]))
    told = first_difference(before, now).splitlines()
    assert told[0].split(",")[0].strip() == before.split(",")[0]
    assert told[2][4:] in before
    assert told[3][4:] in now


def test_what_is_added_and_what_is_gone_is_told() -> None:
    """Tests that new and missing tables and scenarios are changes, too."""
    one, two = {"tables": {"orders": "1 rows, ab"}}, {"tables": {"orders": "1 rows, ab", "stock": "2 rows, cd"}}
    assert list(changes({"x": one}, {"x": two, "y": one})) == [
        ("x", "stock", "", "2 rows, cd"),
        ("y", "orders", "", "1 rows, ab"),
    ]
    assert first_difference("a\n1\n", "a\n1\n2\n").splitlines()[1:] == ["row 2:", "  - ", "  + 2"]


def test_digits_beyond_the_ninth_do_not_count() -> None:
    """Tests that what another processor may compute differently is left out of the digests, and nothing more."""
    import pandas as pd

    one, other, third = (as_text(pd.DataFrame({"x": [value]})) for value in (0.1 + 0.2, 0.3, 0.3000001))
    assert one == other != third
