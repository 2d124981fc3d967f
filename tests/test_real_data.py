"""What the importers and scripts make of the real data, which are not in this repository."""

import csv
import math
import subprocess
import sys
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.importers import import_willems

STAGES = (8, 13, 17, 22, 27, 28, 38, 40, 49, 58, 68, 88, 108, 116, 133, 145, 152, 154, 156)
CHAINS = [f"{number:02d}" for number in range(1, len(STAGES) + 1)]


@pytest.fixture(scope="module")
def chains(shared_data, tmp_path_factory) -> Path:
    """A folder with all 19 chains as scenario files."""
    folder = tmp_path_factory.mktemp("willems")
    for chain in CHAINS:
        tables = (shared_data / "willems2008" / f"{chain}_{table}.csv" for table in ("SD", "LL"))
        folder.joinpath(f"{chain}.yaml").write_text(import_willems(*tables), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("chain", "stages"), list(zip(CHAINS, STAGES, strict=True)))
def test_a_chain_becomes_a_valid_scenario(chains, chain, stages):
    """Tests that each of the 19 chains has all its stages as nodes, and passes every check."""
    scenario = sc.load(chains / f"{chain}.yaml")
    assert len(scenario.network.nodes) == stages


def test_chain_01_has_ten_lanes(chains):
    """Tests that the ten arcs of the first chain are ten lanes."""
    assert len(sc.load(chains / "01.yaml").network.lanes) == 10


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_runs_for_a_year(chains, chain):
    """Tests that each chain runs for 365 days, serves most of what is asked for, and costs something."""
    scenario = sc.load(chains / f"{chain}.yaml")
    assert scenario.file.time.horizon == 365
    kpis = sc.run(scenario, record="summary").kpis
    whole = kpis[kpis[["segment", "node", "product"]].isna().all(axis=1)].set_index("metric")["mean"]
    assert whole["units_demanded"] > 0
    assert 0.3 < whole["fill_rate"] <= 1
    assert math.isfinite(whole["holding_cost"])
    assert whole["holding_cost"] > 0


def build(shared_data: Path, out: Path, *options: str) -> str:
    """Run scripts/build_fmcg.py; return what it prints."""
    script = Path(__file__).parents[1] / "scripts" / "build_fmcg.py"
    command = [sys.executable, script, shared_data / "supplygraph", out, *options]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def ratios(lines: list[str], separator: str) -> dict[str, list[str]]:
    """Read the rows of variance ratios from a page or a report: the figures by label."""
    rows = [[cell.strip() for cell in line.strip("| ").split(separator) if cell.strip()] for line in lines]
    return {row[0]: row[1:] for row in rows if row and row[0].startswith(("the company's", "simulated orders"))}


def sales(file: Path) -> tuple[list[str], list[list[float]]]:
    """Read the products and the units per day of a sales.csv."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    return header[1:], [[float(cell) for cell in row[1:]] for row in rows]


def test_the_real_sales_become_a_scenario(shared_data, tmp_path):
    """Tests that 41 products x 221 days reach the scenario in full, and that the page in docs has its ratios."""
    said = build(shared_data, tmp_path, "--report")
    products, rows = sales(tmp_path / "fmcg_real" / "sales.csv")
    assert (len(products), len(rows)) == (41, 221)
    assert math.fsum(map(math.fsum, rows)) == pytest.approx(7_753_183.8, abs=0.05)
    assert "units produced 7,660,572.0" in said
    page = Path(__file__).parents[1] / "docs" / "explanation" / "real-data.md"
    assert ratios(page.read_text(encoding="utf-8").splitlines(), "|") == ratios(said.splitlines(), "  ")
    result = sc.run(sc.load(tmp_path / "fmcg_real.yaml"), record="full")
    assert result.demand.query("node == 'market'")["quantity"].sum() == pytest.approx(7_753_183.8, abs=0.05)


def test_the_twin_resembles_the_real_sales(shared_data, scenarios):
    """Tests that the shipped synthetic sales have the products, the volume and the closed Fridays of the real ones."""
    products, rows = sales(scenarios / "fmcg" / "sales.csv")
    with (shared_data / "supplygraph" / "Temporal Data" / "Unit" / "Sales Order.csv").open(encoding="utf-8") as lines:
        header, *real = list(csv.reader(lines))
    assert products == header[1:]
    assert len(rows) == len(real)
    assert math.fsum(map(math.fsum, rows)) == pytest.approx(7_753_183.8, rel=0.1)
    fridays = [sum(row) for index, row in enumerate(rows) if index % 7 == 5]
    assert sum(fridays) == 0


def test_no_value_of_the_real_sales_is_in_the_twin(shared_data, scenarios):
    """Tests that where a hundred units or more were sold, fewer than 1 in 100 synthetic values equal the real one."""
    _, rows = sales(scenarios / "fmcg" / "sales.csv")
    with (shared_data / "supplygraph" / "Temporal Data" / "Unit" / "Sales Order.csv").open(encoding="utf-8") as lines:
        real = [[float(cell or 0) for cell in row[1:]] for row in list(csv.reader(lines))[1:]]
    pairs = [
        (a, b) for ours, theirs in zip(rows, real, strict=True) for a, b in zip(ours, theirs, strict=True) if b >= 100
    ]
    assert sum(a == b for a, b in pairs) / len(pairs) < 0.01
