"""Every kind of bad input has a file named after what is wrong, beside the exact message it gives."""

import ast
import os
import re
import sys
from contextlib import suppress
from importlib import import_module
from inspect import getsource
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from scmsim import scenario
from scmsim.errors import ScenarioError
from scmsim.scenario.findings import Finding
from scmsim.scenario.load import load

FOLDER = Path(__file__).parent / "scenarios_bad"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder, so that messages hold no path of this machine."""
    monkeypatch.chdir(FOLDER)


def message(file: str, *overrides: str) -> str:
    """Load a scenario that must be refused, and return what is said."""
    with pytest.raises(ScenarioError, match=".") as caught:
        load(file, overrides)
    return str(caught.value)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("name", NAMES)
def test_bad_scenario_gives_its_message(name: str) -> None:
    """Tests that each file is refused with exactly the message beside it."""
    expected = (FOLDER / f"{name}.expected").read_text(encoding="utf-8")
    assert message(f"{name}.yaml") + "\n" == expected


def test_every_message_has_its_file() -> None:
    """Tests that there are at least 45 bad files and no message without a file."""
    assert len(NAMES) >= 45
    assert sorted(path.stem for path in FOLDER.glob("*.expected")) == NAMES


CHECKS = [module.name for module in iter_modules(scenario.__path__) if module.name.startswith("checks")]
CANNOT_BE_READ = ("yaml_", "csv_", "number_", "short_")


@pytest.mark.usefixtures("inside")
def test_every_refusal_has_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that there is a bad file for every place at which a scenario is refused whose parts are well formed."""
    reached: set[tuple[str, int]] = set()

    def finding(*values: Any) -> Finding:
        place = sys._getframe(1)
        reached.add((place.f_globals["__name__"], place.f_lineno))
        return Finding(*values)

    written: set[tuple[str, int]] = set()
    for name in CHECKS:
        module = import_module(f"scmsim.scenario.{name}")
        monkeypatch.setattr(module, "Finding", finding)
        calls = [node for node in ast.walk(ast.parse(getsource(module))) if isinstance(node, ast.Call)]
        written |= {(module.__name__, call.lineno) for call in calls if getattr(call.func, "id", "") == "Finding"}
    for name in NAMES:
        if not name.startswith(CANNOT_BE_READ):
            with suppress(ScenarioError):
                load(f"{name}.yaml")
    assert len(written) > 100
    assert sorted(written - reached) == []


LEFT_OPEN = ("short_prices", "short_policy_kind", "number_in_months", "short_report_yes", "number_negative_with_a_unit")
"""Hints that leave a choice, or none at all."""


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.startswith(("short_", "number_")) and name not in LEFT_OPEN]
)
def test_what_a_hint_says_can_be_written(name: str) -> None:
    """Tests that the text a hint gives, put in the place of what was wrong, makes the file valid."""
    with pytest.raises(ScenarioError, match="Write") as caught:
        load(f"{name}.yaml")
    (problem,) = caught.value.problems
    written = re.fullmatch(
        r"Write (?:a list: )?(.*?)(?:, which .*|, or .*|: `.*| for the .*|: times .*|: a number .*)?\.", problem.hint
    )
    assert written is not None
    load(f"{name}.yaml", [f"{problem.path}={written[1]}"])


@pytest.mark.parametrize(("size", "shown"), [(5_000_001, "5.1 MB"), (50_000_000, "50 MB")])
def test_large_file_is_refused_before_reading(
    size: int, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a file above 5 MB is refused by its size, without being read."""
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(size)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert message("large.yaml") == (
        f"large.yaml: found a file of {shown}; expected at most 5 MB. "
        "Move long parts into CSV files: see `tables`, and `file` with `column`."
    )


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario in a folder of its own, whose CSV file is `beside/link.csv`, and a secret outside."""
    text = (FOLDER / "csv_missing.yaml").read_text(encoding="utf-8").replace("demnd.csv", "link.csv")
    (tmp_path / "secret.csv").write_text("day,units\n1,4\n", encoding="utf-8")
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "link.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "beside")
    return tmp_path / "secret.csv"


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_link_out_of_the_folder_is_refused(outside: Path) -> None:
    """Tests that a symbolic link cannot lead out of the scenario's folder, and one within it can be used."""
    link = Path("link.csv")
    link.symlink_to(outside)
    assert message("link.yaml") == (
        "link.yaml:24:33: nodes.shop.demand.tea.file: found the link 'link.csv', which leads out of the folder; "
        "expected a path inside the scenario's folder"
    )
    link.unlink()
    Path("real.csv").write_text("day,units\n1,4\n", encoding="utf-8")
    link.symlink_to("real.csv")
    assert load("link.yaml").file.nodes["shop"].demand["tea"][0].moments() == (4.0, 0.0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_device_is_refused(outside: Path) -> None:
    """Tests that something that is not a regular file is refused without being opened."""
    os.mkfifo("link.csv")
    assert message("link.yaml") == (
        "link.yaml:24:33: nodes.shop.demand.tea.file: found 'link.csv', which is not a file; expected a CSV file"
    )


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "nodes.shp.label=x",
            "--set nodes.shp.label=x: nodes.shp: found the unknown name 'shp'; expected one of importer, depot, shop. "
            "Did you mean `nodes.shop`?",
        ),
        (
            "time.horizon=soon",
            "--set time.horizon=soon: time.horizon: found the text 'soon'; expected a number greater than 0",
        ),
        (
            "defaults.lane.led_time=2",
            "--set defaults.lane.led_time=2: defaults.lane.led_time: found the unknown name 'led_time'; expected "
            "one of from, to, products, order_delay, lead_time, share, messages, crossing, unit_cost, shipment_cost, "
            "modes, mode_choice, distance, dispatch, fleet, return_time, "
            "holding_cost, price, prices, promotions, terms, credit_limit, duty, minimum_life, returns, "
            "priority, ship, cancel_after, lateral, keep. "
            "Did you mean `defaults.lane.lead_time`?",
        ),
        (
            "lanes.7.lead_time=2",
            "--set lanes.7.lead_time=2: lanes.7: found no lane 7; expected one of importer -> depot, depot -> shop",
        ),
        (
            "nodes.shop.stock.tea.policy.level=9",
            "--set nodes.shop.stock.tea.policy.level=9: nodes.shop.stock.tea.policy.level: found an unknown key "
            "`level` of the policy min_max; expected what min_max takes: position, minimum, maximum, "
            "service_level, fill_rate, trigger, allow_negative, rounding, minimum_order, order_multiple. "
            "`level` belongs to the policy base_stock, echelon_base_stock.",
        ),
        (
            "name=!!python/name:os.system x",
            "--set name=!!python/name:os.system x: name: found the tag !!python/name:os.system; "
            "expected a value without a tag. A scenario holds data only.",
        ),
    ],
)
def test_bad_override_is_said_of_the_override(override: str, said: str) -> None:
    """Tests that an override is checked like the file, and is itself the place of what is wrong with it."""
    assert message("good/shop.yaml", override) == said
