"""``scmsim validate``, ``schema``, ``new``, ``list`` and ``import``."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SHIPPED = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_valid_files_are_ok(scmsim: Callable) -> None:
    """Tests that every shipped scenario is valid, each with a line on stdout."""
    outcome = scmsim("validate", *SHIPPED)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [f"{name}: ok" for name in SHIPPED]


def test_problems_are_listed_and_counted(scmsim: Callable, folder: Path) -> None:
    """Tests that every problem is one line on stderr, followed by their count, and the exit code is 3."""
    text = (SCENARIOS / "beer_game.yaml").read_text(encoding="utf-8")
    (folder / "bad.yaml").write_text(text.replace("horizon: 36", "horizon: -36, wram_up: 2"), encoding="utf-8")
    outcome = scmsim("validate", "bad.yaml", "beer_game")
    problems = outcome.err.splitlines()
    assert (outcome.code, outcome.out) == (3, "beer_game: ok\n")
    assert len(problems) == 3
    assert all(line.startswith("bad.yaml:6:") for line in problems[:2])
    assert problems[2] == "2 problems in 1 of 2 files"


def test_validate_checks_overrides(scmsim: Callable) -> None:
    """Tests that --set is checked like the file."""
    assert scmsim("validate", "beer_game", "--set", "time.horizon=5").code == 0
    assert scmsim("validate", "beer_game", "--set", "time.horizon=never").code == 3


def test_a_missing_file_is_a_usage_error(scmsim: Callable) -> None:
    """Tests that a file that does not exist gives exit code 2."""
    assert scmsim("validate", "nowhere.yaml").code == 2


def test_schema_is_json_schema(scmsim: Callable, folder: Path) -> None:
    """Tests that the schema describes the sections of a scenario, on stdout or in a file."""
    printed = scmsim("schema").out
    schema = json.loads(printed)
    assert {"scmsim", "name", "time", "products", "nodes", "lanes", "defaults"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert scmsim("schema", "--output", "schema.json").err == "Written: schema.json\n"
    assert (folder / "schema.json").read_text(encoding="utf-8") == printed
    assert scmsim("schema", "--output", "schema.json").code == 2


def test_list_names_every_scenario_and_its_question(scmsim: Callable) -> None:
    """Tests that each shipped scenario is listed with a question, in every format."""
    table = scmsim("list").out.splitlines()
    assert [line.split()[0] for line in table] == SHIPPED
    rows = json.loads(scmsim("list", "--format", "json").out)
    assert [row["name"] for row in rows] == SHIPPED
    assert all(row["question"].endswith("?") for row in rows)
    assert list(csv.DictReader(io.StringIO(scmsim("list", "--format", "csv").out))) == rows


@pytest.mark.parametrize("name", SHIPPED)
def test_new_copies_what_a_scenario_needs(scmsim: Callable, folder: Path, name: str) -> None:
    """Tests that every shipped scenario can be copied into an empty folder and is valid there."""
    outcome = scmsim("new", name)
    assert (outcome.code, outcome.out) == (0, f"{name}.yaml\n")
    assert (folder / f"{name}.yaml").read_bytes() == (SCENARIOS / f"{name}.yaml").read_bytes()
    assert scmsim("validate", f"{name}.yaml").code == 0


def test_new_under_a_name_of_ones_own(scmsim: Callable, folder: Path) -> None:
    """Tests that --from and --as choose the scenario to start from and the file."""
    assert scmsim("new", "mine", "--from", "beer_game").out == "mine.yaml\n"
    assert scmsim("new", "beer_game", "--as", "class/week1.yaml").code == 0
    assert (folder / "class/week1.yaml").read_bytes() == (folder / "mine.yaml").read_bytes()


def test_new_keeps_what_is_there(scmsim: Callable, folder: Path) -> None:
    """Tests that a file that exists is kept, unless --force is given."""
    (folder / "beer_game.yaml").write_text("mine")
    outcome = scmsim("new", "beer_game")
    assert outcome.code == 2
    assert outcome.err == "Error: beer_game.yaml exists already: give another name, or --force to replace it\n"
    assert (folder / "beer_game.yaml").read_text() == "mine"
    assert scmsim("new", "beer_game", "--force").code == 0
    assert (folder / "beer_game.yaml").read_text() != "mine"


def test_new_suggests_the_nearest_name(scmsim: Callable) -> None:
    """Tests that an unknown name is answered with the nearest and with all."""
    outcome = scmsim("new", "bear_game")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "Error: No shipped scenario is called 'bear_game'. Did you mean beer_game? There are: "
    )
    assert all(name in outcome.err for name in SHIPPED)


def test_import_willems_gives_a_scenario(scmsim: Callable, shared_data: Path) -> None:
    """Tests that a published chain becomes a valid scenario file."""
    chain = shared_data / "willems2008"
    stages, arcs = sorted(chain.rglob("01_SD.csv"))[0], sorted(chain.rglob("01_LL.csv"))[0]
    assert scmsim("import", "willems", stages, arcs, "-o", "chain.yaml").code == 0
    assert scmsim("validate", "chain.yaml").out == "chain.yaml: ok\n"
    assert scmsim("import", "willems", stages, arcs, "-o", "chain.yaml").code == 2
