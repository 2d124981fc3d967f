"""The report as a browser shows it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import scmsim as sc
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
HOSTILE = (
    "<script>window.__pwned=1</script>",
    "<b>bold</b> \"quoted\" & 'more'",
    "%{x} %{meta[0]} ${y}",
    "</script><img src=x onerror=window.__pwned=2>",
)
BEER = "<i onclick=alert(1)>beer</i>"
FIGURES = ("network", "orders", "net-stock", "cost", "service", "bullwhip")
FLOWS = ("information", "money", "cash")
WIDE, NARROW = 1400, 390

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install the package chromium")


@dataclass
class Visit:
    """A page that is open, and everything it complained of or asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def drawn(self) -> list[str]:
        """Give the figures that hold a drawing."""
        script = "names => names.filter(name => document.querySelector('#' + name + ' svg.main-svg'))"
        return list(self.page.evaluate(script, FIGURES + FLOWS))

    def texts(self) -> set[str]:
        """Give every text in the figures' drawings."""
        return set(self.page.evaluate("[...document.querySelectorAll('svg text')].map(text => text.textContent)"))


def chain(names: tuple[str, ...], product: str) -> dict[str, Any]:
    """Give a beer game whose nodes and product have these names."""
    brewery, distributor, wholesaler, retailer = names
    policy = {"kind": "order_up_to", "forecast": {"kind": "moving_average", "periods": 4, "initial": 4}}
    return {
        "scmsim": 1,
        "name": names[0],
        "description": names[3],
        "time": {"unit": "week", "horizon": 60, "warm_up": 8},
        "products": {product: {"unit": names[1]}},
        "defaults": {
            "stock": {"initial": 12, "holding_cost": 0.5, "backorder_cost": 1, "policy": policy},
            "lane": {"order_delay": 1, "lead_time": 2},
        },
        "nodes": {
            brewery: {"kind": "factory", "make": {product: {"lead_time": 3}}, "label": brewery},
            distributor: {"kind": "distributor"},
            wholesaler: {"kind": "warehouse"},
            retailer: {"kind": "retailer", "demand": {product: {"kind": "poisson", "mean": 6}}},
        },
        "lanes": [
            {"from": brewery, "to": distributor},
            {"from": distributor, "to": wholesaler},
            {"from": wholesaler, "to": retailer},
        ],
    }


def paying() -> dict[str, Any]:
    """Give the chain with the hostile names, whose stages share information, have clerks and pay each other."""
    mapping = chain(HOSTILE, BEER)
    brewery, *_, retailer = mapping["nodes"].values()
    finance = {"cash": 50, "overdraft_limit": 60, "fixed_cost": 4, "grace": 2}
    clerks = {"order_processing": {"number": 1, "time": 0.4}, "billing": {"number": 1, "time": 0.2}}
    for node in mapping["nodes"].values():
        node["finance"] = finance
    brewery["clerks"] = clerks
    retailer["sales"] = {BEER: {"price": 9, "terms": {"net": 2}}}
    for lane, price in zip(mapping["lanes"], (5, 6, 7), strict=True):
        lane |= {"price": price, "terms": {"net": 3}, "messages": {"invoice": 1}, "share": {"stock": {"delay": 1}}}
    return {**mapping, "money": {"currency": HOSTILE[1]}}


def many_shops() -> dict[str, Any]:
    """Give a network of 150 nodes, two products and a long run."""
    shop = {"kind": "retailer", "demand": {tea: {"kind": "poisson", "mean": 2} for tea in ("black", "green")}}
    stock = {"initial": 20, "holding_cost": 1, "policy": {"kind": "base_stock", "level": 12}}
    depots = [f"depot {number}" for number in range(9)]
    shops = [f"shop {number}" for number in range(140)]
    return {
        "scmsim": 1,
        "name": "one garden, 140 shops",
        "time": {"unit": "day", "horizon": 150, "start_date": "2026-01-05"},
        "products": {"black": {}, "green": {}},
        "defaults": {"stock": stock, "lane": {"lead_time": 1}},
        "nodes": {
            "garden": {"kind": "supplier"},
            **{depot: {"kind": "warehouse"} for depot in depots},
            **dict.fromkeys(shops, shop),
        },
        "lanes": [
            *({"from": "garden", "to": depot} for depot in depots),
            *({"from": depots[rank % 9], "to": name} for rank, name in enumerate(shops)),
        ],
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = sc.run(sc.from_dict(chain(HOSTILE, BEER)), replications=3)
    return write_report(result, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(sc.run(sc.from_dict(paying())), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(sc.run(sc.from_dict(many_shops())), tmp_path_factory.mktemp("report") / "report.html")


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
    seen.page.wait_for_function("document.querySelectorAll('svg.main-svg').length >= 3")
    seen.page.wait_for_timeout(300)
    return seen


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(("kind", "figures"), [("hostile", FIGURES), ("crowded", FIGURES), ("flows", FIGURES + FLOWS)])
def test_the_page_is_whole_and_keeps_to_itself(
    browser: Any, kind: str, figures: tuple[str, ...], width: int, request: pytest.FixtureRequest
) -> None:
    """Tests that every figure is drawn, nothing is complained of or asked for, and nothing scrolls sideways."""
    path = request.getfixturevalue(kind)
    seen = visit(browser, path, width)
    assert seen.said == []
    assert seen.asked == [path.as_uri()]
    assert seen.drawn() == list(figures)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.page.evaluate("document.body.scrollWidth") <= width


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_figures_keep_inside_the_page(browser: Any, crowded: Path, width: int) -> None:
    """Tests that no figure reaches beyond the page: that of a large network scrolls in a frame of its own."""
    seen = visit(browser, crowded, width)
    drawn = "document.querySelector('#' + name + ' svg.main-svg').getBoundingClientRect()"
    framed = "document.getElementById(name).closest('.scroll').getBoundingClientRect()"
    drawings = seen.page.evaluate(f"names => names.map(name => {drawn})", FIGURES)
    frames = seen.page.evaluate(f"names => names.map(name => {framed})", FIGURES)
    assert all(frame["right"] <= width for frame in frames)
    assert all(box["right"] <= width for box in drawings[1:])
    assert all(box["height"] >= 100 for box in drawings)


def test_hostile_names_are_shown_literally(browser: Any, hostile: Path) -> None:
    """Tests that names holding scripts, markup and plotly's placeholders are read as written, and never run."""
    seen = visit(browser, hostile, WIDE)
    assert seen.page.evaluate("window.__pwned") is None
    assert seen.page.evaluate("document.querySelectorAll('img, i[onclick], body script:not([id])').length") == 2
    assert seen.page.title() == HOSTILE[0]
    assert seen.page.inner_text("h1") == HOSTILE[0]
    visible = seen.page.inner_text("body")
    assert all(name in visible for name in HOSTILE)
    drawn = seen.texts()
    starts = [name[:9] for name in HOSTILE]
    assert all(any(text.startswith(start) for text in drawn) for start in starts)
    assert not any("&lt;" in text or "&amp;" in text for text in drawn)


def test_hostile_names_are_shown_literally_on_hover(browser: Any, hostile: Path) -> None:
    """Tests that the words a figure shows under the pointer are text too."""
    seen = visit(browser, hostile, WIDE)
    seen.page.locator("#orders .nsewdrag").first.hover()
    seen.page.wait_for_selector("#orders .hoverlayer text")
    hover = seen.page.locator("#orders .hoverlayer").text_content()
    assert "<script>window" in hover
    assert "%{x} %{meta[0]}" in hover
    assert seen.page.evaluate("window.__pwned") is None


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_money_and_information_are_drawn_inside_the_page(browser: Any, flows: Path, width: int) -> None:
    """Tests that the picture of income has its boxes, that hostile names are text in it, and that nothing runs over."""
    seen = visit(browser, flows, width)
    boxes = seen.page.evaluate("[...document.querySelectorAll('#money .node-label')].map(box => box.textContent)")
    assert {"sales to", "profit"} <= {word for box in boxes for word in ("sales to", "profit") if box.startswith(word)}
    assert any(box.startswith("<script>") for box in boxes)
    assert not any("&lt;" in box for box in boxes)
    drawn = "document.querySelector('#' + name).closest('.scroll').getBoundingClientRect()"
    assert all(box["right"] <= width for box in seen.page.evaluate(f"names => names.map(name => {drawn})", FLOWS))
    assert seen.page.locator("section[aria-labelledby=statements-title] tr.total").count() == 4
    assert seen.page.locator("details.case").count() == 2
    assert seen.page.evaluate("window.__pwned") is None


def test_a_product_can_be_chosen(browser: Any, crowded: Path) -> None:
    """Tests that choosing a product draws its figure in place of the sum of all."""
    seen = visit(browser, crowded, WIDE)
    line = "document.getElementById('orders')._fullData.find(line => line.name === 'end demand')"
    highest = f"Math.max(...Array.from({line}.y))"
    total = seen.page.evaluate(highest)
    seen.page.select_option("select[data-panel=orders]", label="green")
    seen.page.wait_for_timeout(200)
    assert 0 < seen.page.evaluate(highest) < total
    assert seen.said == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_delays_stand_on_few_lanes(browser: Any, hostile: Path, width: int) -> None:
    """Tests that the picture of three lanes says order delay + lead time without any pointing."""
    seen = visit(browser, hostile, width)
    drawn = seen.page.evaluate("[...document.querySelectorAll('#network svg text')].map(text => text.textContent)")
    assert drawn.count("1 + 2weeks") == 3
