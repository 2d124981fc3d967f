"""What there is, is documented: commands, options, keys, metrics and columns, each looked up on its generated page."""

import importlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from pydantic import BaseModel

import scmsim as sc
from scmsim.metrics.catalogue import catalogue
from scmsim.metrics.metric import DEFINED
from scmsim.metrics.tables.columns import TABLES
from scmsim.scenario.catalogue import FAMILIES
from scmsim.scenario.schema import ScenarioFile
from scmsim.specification import meanings

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("cli", "metrics", "tables", "python")
"""The generated pages; that of the scenario file is looked at where the schema is tested."""
ROW = re.compile(r"^\| (?:`([^`]*)`|\*([^*]*)\*) \|(.*)\|$", re.MULTILINE)


@cache
def generator(name: str) -> ModuleType:
    """Import a module of scripts/."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@cache
def page(name: str) -> str:
    """Read a page of the reference."""
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")


def chapter(name: str, heading: str) -> str:
    """Return what stands on a page under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#|\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name}.md has no heading {heading}"
    return found[1]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_up_to_date(name: str) -> None:
    """Tests that every generated page is what the code says now: `python scripts/references.py` writes them."""
    assert generator("references").PAGES[f"{name}.md"]() == page(name)


def test_every_command_and_option_is_documented() -> None:
    """Tests that each command has a chapter, and a sentence for itself, each of its arguments and each option."""
    for command in generator("reference_cli").commands():
        told = chapter("cli", command.name)
        assert command.help, command.name
        for one in command.parameters:
            if one.names[0] != "--help":
                row = re.search(rf"^\| `{re.escape(one.names[0])}`.*$", told, re.MULTILINE)
                assert one.help, f"{command.name} {one.names[0]} has no help"
                assert row, f"{command.name} {one.names[0]} is not on the page"


def test_every_metric_is_documented() -> None:
    """Tests that each metric of scmsim has a chapter with its formula, unit and definition."""
    metrics = catalogue()
    assert len(DEFINED) > 100
    for name in DEFINED:
        metric = metrics[name]
        told = chapter("metrics", f"`{name}`").replace("\\", "")
        assert metric.formula, name
        assert metric.unit, name
        assert len(metric.definition.split()) > 3, name
        assert f"- Unit: {metric.unit}" in told, name


def models(kind: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Collect the mappings that a scenario file may hold, from the annotations of the schema."""
    if kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            for inner in annotated(field.annotation):
                models(inner, seen)
    return seen


def annotated(annotation: Any) -> list[type[BaseModel]]:
    """Return the mappings named in an annotation, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation] if annotation.__module__.startswith("scmsim.") else []
    return [found for inner in getattr(annotation, "__args__", ()) for found in annotated(inner)]


def test_every_key_is_documented() -> None:
    """Tests that each key of each mapping of the schema has a meaning, and a row with it on the page."""
    rows = {name for name, _, _ in ROW.findall(page("scenario"))}
    tags = {family.tag for family in FAMILIES} | {"note"}
    found = models(ScenarioFile, set()) | {kind for family in FAMILIES for kind in family.kinds().values()}
    for kind in (kind for kind in found if kind.__module__.startswith("scmsim.")):
        for name, field in kind.model_fields.items():
            key = field.alias or name
            if key not in tags:
                assert meanings(kind).get(name), f"{kind.__name__}.{key} has no meaning"
                assert key in rows, f"{kind.__name__}.{key} is not on the page"


def test_every_public_name_is_documented() -> None:
    """Tests that each name that scmsim offers has a chapter."""
    for name in generator("reference_python").names():
        assert chapter("python", f"`{name}`").strip(), name


def columns_of(heading: str) -> list[str]:
    """Return the columns that the page of tables names under a heading; ``*`` stands for those that hang on a task."""
    return ["*" if free else name for name, free, _ in ROW.findall(chapter("tables", heading))]


def told(columns: list[str], heading: str, *, all_of_them: bool = True) -> None:
    """Assert that the page names the columns of a table, in their order, and a place for those that hang on a task."""
    said = columns_of(heading)
    left = [name for name in columns if name not in said]
    assert not left or "*" in said, f"{heading}: {left} not on the page"
    fixed = [name for name in said if name != "*"]
    assert [name for name in fixed if name in columns] == [name for name in columns if name in fixed], heading
    assert not all_of_them or set(fixed) <= set(columns), f"{heading}: {sorted(set(fixed) - set(columns))} is gone"


@pytest.fixture(scope="module")
def shop() -> sc.Scenario:
    """A shop with chance, money and nothing else."""
    return sc.loads("""
        scmsim: 1
        name: shop
        time: {unit: day, start_date: 2026-01-01, horizon: 12}
        products: {tea: {}}
        nodes:
          garden: {kind: supplier}
          shop:
            kind: retailer
            stock: {tea: {initial: 20, holding_cost: 1, backorder_cost: 9, policy: {kind: base_stock, level: 20}}}
            demand: {tea: {kind: poisson, mean: 5}}
            sales: {tea: {price: 9}}
        lanes: [{from: garden, to: shop, lead_time: 2, price: 5}]
    """)


def test_tables_of_a_run_are_documented(shop: sc.Scenario) -> None:
    """Tests that the page names all columns of all tables of a run, those in Python alone included."""
    result = sc.run(shop, replications=2)
    for name in ("kpis", "values"):
        told(list(getattr(result, name).columns), f"`{name}`")
    assert set(result.tables) <= set(TABLES)
    for name in TABLES:
        columns = list(getattr(result, name).columns)
        assert columns[0] == "replication", name
        told(columns[1:], f"`{name}`")
    for name in ("statements", "cost_to_serve", "scorecard"):
        told(list(getattr(result, name).columns), f"`{name}`")


LEVEL = "nodes.shop.stock.tea.policy.level"


def compared(shop: sc.Scenario) -> Any:
    other = shop.set(f"{LEVEL}=22", "name=other")
    return sc.compare(shop, other, measures=["fill_rate", "total_cost"], replications=2, where="here")


def swept(shop: sc.Scenario) -> Any:
    return sc.sweep(shop, vary={LEVEL: [18, 20]}, measures="fill_rate", replications=2, where="here")


def optimized(shop: sc.Scenario) -> Any:
    options = {"vary": {LEVEL: (15, 25)}, "trials": 3, "replications": 3, "where": "here"}
    return sc.optimize(shop, minimize="total_cost", subject_to=["fill_rate >= 0.5"], **options)


def screened(shop: sc.Scenario) -> Any:
    options = {"points": 8, "replications": 2, "measures": "total_cost", "where": "here"}
    return sc.sensitivity(shop, vary={LEVEL: (15, 25)}, **options)


def replicated(shop: sc.Scenario) -> Any:
    return sc.replicate(shop, "fill_rate", replications=3, where="here")


EXPERIMENTS: dict[str, tuple[Callable[[sc.Scenario], Any], tuple[str, ...]]] = {
    "compare": (compared, ("values", "estimates", "differences", "best", "frontier")),
    "optimize": (optimized, ("trials", "candidates")),
    "replicate": (replicated, ("values", "summary", "goals")),
    "sensitivity": (screened, ("indices", "effects", "noise", "runs")),
    "sweep": (swept, ("runs", "summary")),
}


@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_tables_of_experiments_are_documented(kind: str, shop: sc.Scenario) -> None:
    """Tests that the page names all columns of the tables that an experiment gives."""
    do, tables = EXPERIMENTS[kind]
    found = do(shop)
    for name in tables:
        frame = getattr(found, name)
        assert isinstance(frame, pd.DataFrame)
        told(list(frame.columns), f"`{name}.csv` ({kind})", all_of_them=kind != "sensitivity")


@pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="needs Sphinx: pip install --group docs")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Tests that Sphinx makes a site of the pages and warns of nothing, and that no page asks for the network."""
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", ROOT / "docs", tmp_path]
    built = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert built.returncode == 0, built.stderr
    for made in tmp_path.rglob("*.html"):
        text = made.read_text(encoding="utf-8")
        assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*\"", text) == [], (
            made.name
        )
