"""The pages of experiments as a browser shows them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

import scmsim as sc
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.optimize.optimize import optimize
from scmsim.experiments.stress.stress import stress
from scmsim.experiments.sweep.sweep import sweep
from scmsim.report import write_report

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'scmsim[test]'")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHOP, TEA, POLICY = "<img src=x onerror=window.__pwned=1>", 'tea "quoted"', "</script><script>window.__pwned=2</script>"
FIGURES = {
    "comparison": ("differences", "frontier", "replications"),
    "grid": ("effects", "surface", "points"),
    "search": ("candidates", "convergence", "search"),
    "fragile": ("network",),
    "works": ("machines", "gantt"),
}
WIDE, NARROW = 1400, 390

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install the package chromium")


@dataclass
class Visit:
    """A page that is open, and everything it complained of or asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def scenario() -> sc.Scenario:
    """Give a shop whose names are markup."""
    stock = {
        "initial": 20,
        "holding_cost": 1,
        "backorder_cost": 4,
        "policy": {"kind": "min_max", "minimum": 10, "maximum": 16},
    }
    return sc.from_dict(
        {
            "scmsim": 1,
            "name": SHOP,
            "time": {"unit": "day", "horizon": 40},
            "products": {TEA: {}},
            "defaults": {"stock": stock},
            "nodes": {
                "garden": {"kind": "supplier"},
                SHOP: {"kind": "retailer", "demand": {TEA: {"kind": "poisson", "mean": 5}}},
            },
            "lanes": [{"from": "garden", "to": SHOP, "lead_time": 2}],
        }
    )


LOW, HIGH = "defaults.stock.policy.minimum", "defaults.stock.policy.maximum"
MEASURES = ["fill_rate", "total_cost", f"average_on_hand@{SHOP}"]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = compare(
        scenario(),
        policies={POLICY: {LOW: 12}, "more of everything": {LOW: 14, HIGH: 30}},
        measures=MEASURES,
        replications=5,
        where="here",
    )
    return write_report(found, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vary = {LOW: [6, 10, 14], HIGH: [16, 24], "lanes.0.lead_time": [1, 2]}
    found = sweep(scenario(), vary, measures=MEASURES, replications=2, where="here")
    return write_report(found, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = optimize(
        scenario(),
        minimize="total_cost",
        subject_to=["fill_rate@kind=retailer >= 0.5"],
        vary={LOW: {"from": 4, "to": 15, "integer": True}, HIGH: {"from": 16, "to": 40, "integer": True}},
        trials=8,
        replications=2,
        where="here",
    )
    return write_report(found, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = stress(scenario(), replications=2, where="here")
    return write_report(found, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mill = {"machines": 2, "setup_time": 0.25, "breakdowns": {"time_between": 3, "repair_time": 0.5}}
    stages = [{"name": POLICY, "resource": POLICY, "time": 0.25}]
    factory = {"kind": "factory", "resources": {POLICY: mill}, "make": {TEA: {"stages": stages, "lead_time": 1}}}
    factory["demand"] = {TEA: {"kind": "poisson", "mean": 5}}
    made = sc.from_dict(yaml.safe_load(scenario().to_yaml()) | {"nodes": {SHOP: factory}, "lanes": []})
    return write_report(sc.run(made), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


def visit(browser: Any, path: Path, width: int) -> Visit:
    """Open a report in a window of this width and wait until its figures are drawn."""
    seen = Visit(browser.new_page(viewport={"width": width, "height": 900}))
    seen.page.on("console", lambda message: seen.said.append(message.text))
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.goto(path.as_uri())
    seen.page.wait_for_function("document.querySelectorAll('.figure svg.main-svg').length >= 3")
    seen.page.wait_for_timeout(200)
    return seen


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", list(FIGURES))
def test_a_page_is_whole_keeps_to_itself_and_shows_names_literally(
    browser: Any, kind: str, width: int, request: pytest.FixtureRequest
) -> None:
    """Tests that all figures are drawn, nothing is complained of, asked for or run, and nothing scrolls sideways."""
    path = request.getfixturevalue(kind)
    seen = visit(browser, path, width)
    assert seen.said == []
    assert seen.asked == [path.as_uri()]
    drawn = "names => names.every(name => document.querySelector('#' + name + ' svg.main-svg'))"
    assert seen.page.evaluate(drawn, list(FIGURES[kind]))
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    framed = "[...document.querySelectorAll('.scroll, pre')].map(box => box.getBoundingClientRect().right)"
    assert max(seen.page.evaluate(framed)) <= width
    assert seen.page.evaluate("window.__pwned") is None
    assert seen.page.evaluate("document.querySelectorAll('img, body script:not([id])').length") == 2
    assert SHOP in seen.page.inner_text("body")
    texts = seen.page.evaluate("[...document.querySelectorAll('svg text')].map(text => text.textContent)")
    assert not any("&lt;" in text or "&quot;" in text for text in texts)
    seen.page.close()


def test_a_measure_can_be_chosen_and_fields_move_below_each_other(browser: Any, grid: Path) -> None:
    """Tests that choosing a measure draws its figure, and that small multiples are stacked when the window narrows."""
    seen = visit(browser, grid, WIDE)
    title = "document.getElementById('effects').layout.yaxis.title.text"
    places = "[...document.querySelectorAll('#effects .xy, #effects .x2y2')].map(box => box.getBoundingClientRect().x)"
    assert seen.page.evaluate(title).startswith("Fill rate")
    seen.page.select_option("select[data-panel=effects]", label="Total cost")
    seen.page.wait_for_function(f"{title}.startsWith('Total cost')")
    wide = seen.page.evaluate(places)
    assert max(wide) - min(wide) > 200
    seen.page.set_viewport_size({"width": NARROW, "height": 900})
    for _ in range(40):
        narrow = seen.page.evaluate(places)
        if max(narrow) - min(narrow) < 60:
            break
        seen.page.wait_for_timeout(250)
    assert max(narrow) - min(narrow) < 60
    assert seen.said == []
