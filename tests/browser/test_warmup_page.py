"""The page of a suggested warm-up as a browser shows it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import scmsim as sc
from scmsim.experiments.warmup.warmup import suggest_warm_up

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'scmsim[test]'")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install the package chromium")


@pytest.mark.parametrize("width", [1400, 390])
def test_the_page_is_whole_and_keeps_to_itself(scenarios: Path, tmp_path: Path, width: int) -> None:
    """Tests that every series can be drawn, nothing is complained of or asked for, and nothing scrolls sideways."""
    shop = sc.load(scenarios / "min_max.yaml", ["time.horizon=200", "time.start_date=2026-01-05"])
    path = suggest_warm_up(shop, replications=3).write(tmp_path / "warmup.html")
    said: list[str] = []
    asked: list[str] = []
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page: Any = chromium.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        titles = set()
        for choice in range(3):
            page.select_option("select[data-panel=series]", str(choice))
            page.wait_for_timeout(200)
            titles.add(page.text_content("#series .ytitle"))
        shown = page.evaluate("document.documentElement.scrollWidth")
        chromium.close()
    assert titles == {"net_stock", "backorders", "orders@shop"}
    assert (said, asked) == ([], [path.as_uri()])
    assert shown <= width
