"""``scmsim validate``, ``schema``, ``new``, ``list`` and ``import``."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SHIPPED = sorted(path.relative_to(SCENARIOS).with_suffix("").as_posix() for path in SCENARIOS.rglob("*.yaml"))


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


IDLE = ("--set", "lanes.0.share={point_of_sale: true}")
IDLE_WARNING = (
    "Warning: --set lanes.0.share={point_of_sale: true}: lanes.0.share.point_of_sale: found `point_of_sale` told to "
    "nobody who uses it; expected a forecast `of: point_of_sale` at the sender. It is recorded, and changes no "
    "decision.\n"
)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_warnings_leave_a_scenario_valid(scmsim: Callable, form: str) -> None:
    """Tests that what is hardly meant is one line on stderr, in every format, and the exit code stays 0."""
    plain = scmsim("validate", "beer_game", "--format", form)
    warned = scmsim("validate", "beer_game", *IDLE, "--format", form)
    assert (warned.code, warned.out, warned.err) == (0, plain.out, IDLE_WARNING)


def test_run_warns_and_runs(scmsim: Callable) -> None:
    """Tests that `scmsim run` warns on stderr, and that its figures on stdout are not touched."""
    plain, warned = scmsim("run", "beer_game", "--format", "csv"), scmsim("run", "beer_game", *IDLE, "--format", "csv")
    assert (warned.code, warned.out, warned.err) == (0, plain.out, IDLE_WARNING)


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
    assert (outcome.code, outcome.out) == (0, f"{Path(name)}.yaml\n")
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


def test_new_of_a_family_names_its_members(scmsim: Callable) -> None:
    """Tests that the name of a family of scenarios is answered with the names of its members."""
    outcome = scmsim("new", "information_sharing")
    members = [name for name in SHIPPED if name.startswith("information_sharing/")]
    assert outcome.code == 2
    assert len(members) == 4
    assert outcome.err == (
        f"Error: information_sharing is a family of shipped scenarios: name one of {', '.join(members)}\n"
    )


def test_import_lead_times_gives_the_lead_time_of_a_lane(scmsim: Callable, tmp_path: Path) -> None:
    """Tests that observed lead times of one vendor are printed, and what was read and left out is said."""
    table = tmp_path / "deliveries.csv"
    rows = (
        "a,2024-01-01,2024-01-11\nb,2024-01-01,2024-02-01\na,2024-02-02,2024-01-11\na,soon,2024-01-11\na,2024-01-01,\n"
    )
    table.write_text("vendor,ordered,delivered\n" + rows, encoding="utf-8")
    outcome = scmsim("import", "lead-times", table, "--where", "vendor=a")
    assert (outcome.code, outcome.out) == (0, "lead_time: {dist: empirical, values: [10]}\n")
    said, undated, backwards = outcome.err.splitlines()
    assert said == "1 delivery: 10 to 10 days, 10.0 on the average"
    assert undated.startswith("2 rows left out: without two dates (dates are read as 2024-02-28")
    assert backwards == "1 row left out: delivered before the order"
    assert scmsim("import", "lead-times", table, "--where", "vendor").code == 2


def test_import_willems_gives_a_scenario(scmsim: Callable, shared_data: Path) -> None:
    """Tests that a published chain becomes a valid scenario file."""
    chain = shared_data / "willems2008"
    stages, arcs = sorted(chain.rglob("01_SD.csv"))[0], sorted(chain.rglob("01_LL.csv"))[0]
    assert scmsim("import", "willems", stages, arcs, "-o", "chain.yaml").code == 0
    assert scmsim("validate", "chain.yaml").out == "chain.yaml: ok\n"
    assert scmsim("import", "willems", stages, arcs, "-o", "chain.yaml").code == 2


def test_validate_for_programs(scmsim: Callable, folder: Path) -> None:
    """Tests that problems are a list on stdout, as JSON or CSV, and an empty one when there are none."""
    text = (SCENARIOS / "beer_game.yaml").read_text(encoding="utf-8")
    (folder / "bad.yaml").write_text(text.replace("horizon: 36", "horizon: =36, wram_up: 2"), encoding="utf-8")
    outcome = scmsim("validate", "beer_game", "bad.yaml", "--format", "json")
    problems = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (3, "2 problems in 1 of 2 files\n")
    assert [list(problem) for problem in problems] == [["file", "where", "path", "found", "expected", "hint"]] * 2
    assert [(problem["file"], problem["path"]) for problem in problems] == [
        ("bad.yaml", "time.horizon"),
        ("bad.yaml", "time.wram_up"),
    ]
    assert problems[0]["expected"] == "a number greater than 0"
    assert problems[0]["where"].startswith("bad.yaml:6:")
    table = scmsim("validate", "bad.yaml", "--format", "csv").out
    assert list(csv.DictReader(io.StringIO(table))) == problems
    assert scmsim("validate", "beer_game", "--format", "json").out == "[]\n"
    assert scmsim("validate", "beer_game", "--format", "csv").out == "file,where,path,found,expected,hint\n"
    assert "expected table, json or csv, found 'xml'" in scmsim("validate", "beer_game", "--format", "xml").err


def test_a_formula_in_a_problem_is_defused(scmsim: Callable, folder: Path) -> None:
    """Tests that no cell of the problems as CSV is a formula to a spreadsheet."""
    (folder / "=bad.yaml").write_text("{}", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(scmsim("validate", "=bad.yaml", "--format", "csv").out)))
    assert {row["file"] for row in rows} == {"'=bad.yaml"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_opened(scmsim: Callable, folder: Path) -> None:
    """Tests that a named pipe, which would wait for a writer for ever, is refused."""
    os.mkfifo(folder / "pipe")
    outcome = scmsim("validate", "pipe")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == ("Error: pipe is not a regular file, but a device or a pipe; a scenario is a regular file\n")


def test_new_prints_a_command_that_runs(scmsim: Callable) -> None:
    """Tests that a name with a space is quoted in the command, and not on stdout."""
    outcome = scmsim("new", "my ü game", "--from", "beer_game")
    assert (outcome.out, outcome.err) == ("my ü game.yaml\n", 'Run it: scmsim run "my ü game.yaml"\n')


@pytest.mark.parametrize("more", [[], ["--from", "beer_game"]])
def test_new_stays_in_the_folder(scmsim: Callable, folder: Path, monkeypatch: pytest.MonkeyPatch, more: list) -> None:
    """Tests that a name does not lead out of the current folder, while --as does."""
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    outcome = scmsim("new", "../x", *more)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "Error: ../x leads out of the current folder: give a plain name, and where to write with "
        f"--as {Path('../x.yaml')}\n"
    )
    assert [path.name for path in folder.iterdir()] == ["inner"]
    assert scmsim("new", "beer_game", "--as", "../x.yaml").code == 0


def test_new_needs_a_file_name(scmsim: Callable) -> None:
    """Tests that an empty name, and a folder after --as, are refused."""
    assert "The name is empty" in scmsim("new", "", "--from", "beer_game").err
    assert scmsim("new", "beer_game", "--as", ".", "--force").err == (
        "Error: . is a folder; --as needs the name of a file\n"
    )


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--holding-rate", "x", "expected a number of at least 0, found 'x'"),
        ("--service-level", "2", "expected a number from 0 to 1, found '2'"),
        ("--demand", "flat", "expected normal or gamma, found 'flat'"),
    ],
)
def test_import_says_what_an_option_takes(scmsim: Callable, folder: Path, option: str, value: str, said: str) -> None:
    """Tests that a wrong value of an option is told in plain words."""
    (folder / "a.csv").write_text("")
    outcome = scmsim("import", "willems", "a.csv", "a.csv", option, value)
    assert outcome.code == 2
    assert said in " ".join(outcome.err.replace("│", " ").split())
