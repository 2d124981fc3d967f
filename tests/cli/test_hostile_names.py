"""Names that are formulas, tags, commands, paths or controls, through everything that writes them somewhere."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import scmsim as sc
from scmsim.experiments.storage.csvs import DANGEROUS

FORMULA, TAG, COMMAND, UP = "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "$(touch owned)`touch owned`", "../../x"
NAMES = [FORMULA, "+1", "@SUM(A1)", "-2+3", TAG, "a\"b'c<i>", COMMAND, UP, "\uff1d1+1", "'=1", "a,b;c", "NA"]
CONTROLS = ["\x1b[31mred", "line\nbreak", "\r=1", "\x9b31m", "\u202eabc", "a\x00b", "\u2028x", "\x7f"]
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|inf)")
ASKED = {"kind": "constant", "value": 2}
SENDER = "lanes.2.from"
LEVEL = "defaults.stock.initial"


def mapping(names: list[str] = NAMES) -> dict[str, Any]:
    """Return a scenario with a supplier, a warehouse and shops of these names, two products among them, too."""
    mill, depot, *shops = names
    return {
        "scmsim": 1,
        "name": FORMULA,
        "description": TAG,
        "time": {"unit": TAG, "horizon": 5},
        "products": {TAG: {"unit": "=1"}, "@tea": {}},
        "defaults": {
            "stock": {"initial": 5, "holding_cost": 1, "policy": {"kind": "base_stock", "level": 6}},
            "lane": {"lead_time": 1},
        },
        "nodes": {
            mill: {"kind": "supplier", "label": TAG},
            depot: {"kind": "warehouse", "label": COMMAND},
            **{name: {"kind": "retailer", "demand": {TAG: ASKED, "@tea": ASKED}} for name in shops},
        },
        "lanes": [{"from": mill, "to": depot}, *({"from": depot, "to": name} for name in shops)],
        "experiments": {
            "compare": {"policies": {FORMULA: {LEVEL: 4}, TAG: {LEVEL: 5}}, "measures": ["total_cost"]},
            "sweep": {"vary": {SENDER: [depot, shops[0]], LEVEL: [4, 5]}, "measures": [f"fill_rate@{shops[0]}"]},
        },
    }


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the scenario in it, two levels down, so that what leaves it is seen."""
    below = tmp_path / "one" / "two"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    Path("shop.yaml").write_text(json.dumps(mapping()), encoding="utf-8")
    return tmp_path


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def cells(text: str) -> Iterator[str]:
    return (cell for row in csv.reader(StringIO(text, newline="")) for cell in row)


def formulas(text: str) -> list[str]:
    """Return the cells that a spreadsheet would take for a formula and not for a number."""
    return [
        cell for cell in cells(text) if cell.startswith(DANGEROUS) and cell[0] != "'" and not NUMBER.fullmatch(cell)
    ]


class Page(HTMLParser):
    """What a browser makes of a page: the scripts it runs and the tags it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


COMMANDS: dict[str, list[str]] = {
    "run": ["run", "shop.yaml", "--replications", "2", "--out", "out"],
    "sweep": ["sweep", "shop.yaml", "--executor", "here", "--out", "out"],
    "compare": ["compare", "shop.yaml", "--policies", "--replications", "2", "--executor", "here", "--out", "out"],
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_names_stay_names_wherever_they_are_written(command: str, scmsim: Callable, folder: Path) -> None:
    """Tests that no name becomes a formula, a tag, a file or a program, whichever command writes it."""
    outcome = scmsim(*COMMANDS[command])
    assert outcome.code == 0, outcome.err
    assert RAW.search(outcome.out + outcome.err) is None
    assert all(re.fullmatch(r"one/two/(shop\.yaml|out/[A-Za-z0-9_]+\.[a-z]+)", name) for name in written(folder))
    tables = sorted(Path("out").glob("*.csv"))
    assert tables
    for path in tables:
        assert formulas(path.read_text(encoding="utf-8")) == [], path
    text = Path("out/report.html").read_text(encoding="utf-8")
    assert TAG not in text
    page = Page(text)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert {tag for tag, _ in page.tags} & {"i"} == set()


def test_a_stored_run_is_read_back_with_the_names_it_had(scmsim: Callable) -> None:
    """Tests that what guards a spreadsheet is taken off again when scmsim reads its own tables."""
    scmsim(*COMMANDS["run"])
    stored = sc.open("out")
    assert set(stored.stock["node"]) == set(NAMES[1:])
    assert set(stored.stock["product"]) == {TAG, "@tea"}
    assert stored == sc.run("shop.yaml", replications=2)


def test_a_stored_sweep_is_read_back_with_the_names_it_had(scmsim: Callable) -> None:
    """Tests that texts that were varied come back as they were, from the ledger and from its CSV file."""
    scmsim(*COMMANDS["sweep"])
    assert set(sc.open("out").runs[SENDER]) == set(NAMES[1:3])
    with Path("out/runs.csv").open(encoding="utf-8", newline="") as file:
        assert {row[SENDER] for row in csv.DictReader(file)} == {f"'{name}" for name in NAMES[1:3]}


@pytest.mark.parametrize("command", [["run"], ["sweep", "--executor", "here"], ["compare", "--policies"]])
def test_figures_as_csv_hold_no_formula(command: list[str], scmsim: Callable) -> None:
    """Tests that what is printed for a spreadsheet is guarded like what is written for one, heads of columns too."""
    outcome = scmsim(command[0], "shop.yaml", *command[1:], "--format", "csv")
    assert outcome.code == 0, outcome.err
    assert len(outcome.out.splitlines()) > 3
    assert formulas(outcome.out) == []


def test_problems_as_csv_hold_no_formula(scmsim: Callable) -> None:
    """Tests that the names of what is wrong are guarded, too."""
    Path("bad.yaml").write_text("\"=cmd|' /C calc'!A0\": 1\n'@x': 2\n", encoding="utf-8")
    outcome = scmsim("validate", "bad.yaml", "--format", "csv")
    assert outcome.code == 3
    assert "'=cmd" in outcome.out
    assert formulas(outcome.out) == []


PLACES: dict[str, Callable[[dict[str, Any], str], Any]] = {
    "name": lambda tree, name: tree.update(name=name),
    "unit": lambda tree, name: tree["time"].update(unit=name),
    "unit of a product": lambda tree, name: tree["products"].update({TAG: {"unit": name}}),
    "product": lambda tree, name: tree["products"].update({name: {}}),
    "node": lambda tree, name: tree["nodes"].update({name: {"kind": "supplier"}}),
    "label": lambda tree, name: tree["nodes"][NAMES[0]].update(label=name),
    "lane": lambda tree, name: tree["lanes"].append({"from": NAMES[0], "to": name}),
    "mode": lambda tree, name: tree["lanes"][0].update(modes={name: {"lead_time": 1}}),
    "variant": lambda tree, name: tree["experiments"]["compare"]["policies"].update({name: {LEVEL: 4}}),
    "key": lambda tree, name: tree.update({name: 1}),
    "kind": lambda tree, name: tree["nodes"].update(x={"kind": name}),
    "disruption": lambda tree, name: tree.update(disruptions={name: {"of": {"node": NAMES[0]}}}),
}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_controls_are_refused_and_told_in_plain_letters(place: str) -> None:
    """Tests that no name holds what a terminal obeys or a reader cannot see, and that the message holds none either."""
    sc.from_dict(mapping())
    for name in CONTROLS:
        tree = mapping()
        PLACES[place](tree, name)
        with pytest.raises(sc.ScenarioError) as refused:
            sc.from_dict(tree)
        said = str(refused.value)
        assert RAW.search(said) is None
        assert not set("\u202e\u2028") & set(said)
        assert all(line.count(": ") for line in said.splitlines())


def test_names_from_a_table_are_held_to_the_same(scmsim: Callable, folder: Path) -> None:
    """Tests that a CSV file cannot bring in what a scenario file cannot."""
    Path("nodes.csv").write_bytes(b"name,kind\n\x1b]0;owned\x07,supplier\n\xc2\x9b31m,supplier\n")
    Path("shop.yaml").write_text(json.dumps({**mapping(), "tables": {"nodes": "nodes.csv"}}), encoding="utf-8")
    outcome = scmsim("validate", "shop.yaml")
    assert outcome.code == 3
    assert RAW.search(outcome.err) is None
    assert "\\x1b]0;owned" in outcome.err


def test_a_file_name_that_a_terminal_obeys_is_told_in_plain_letters(scmsim: Callable) -> None:
    """Tests that what stands on the command line is no more obeyed than what stands in a file."""
    outcome = scmsim("validate", "no\x1b[31mfile.yaml")
    assert outcome.code == 2
    assert RAW.search(outcome.err) is None
