"""Tables: entries, and columns of numbers, that stand in CSV files."""

from pathlib import Path

import pytest

from scmsim.errors import ScenarioError
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario

TEXT = """
scmsim: 1
name: tables
time: {horizon: 50}
tables: {products: products.csv, nodes: nodes.csv, lanes: lanes.csv, stock: stock.csv, demand: demand.csv,
         make: make.csv, components: components.csv}
defaults: {stock: {policy: {kind: base_stock, level: 40}}, lane: {lead_time: 2}}
nodes:
  shop: {label: The shop}
lanes: [plant -> shop]
"""
TABLES = {
    "products": "name,unit,value,whole_units\ncake,piece,3,true\nflour,NO,,\n007,kg,1e1,false\n",
    "nodes": 'name,kind,position,label\nmill,supplier,,"The ""mill"", no. 1"\n'
    + "plant,factory,0;1.5,12\nshop,retailer,,\n",
    "lanes": "from,to,products,lead_time,crossing\nmill,plant,flour; 007,,false\nplant,shop,,3,\n",
    "stock": (
        "node,product,initial,policy.kind,policy.minimum,policy.maximum,review\n"
        "shop,cake,5,min_max,3,9,continuous\n"
        "plant,flour,-2,,,,\n"
    ),
    "demand": "node,product,kind,mean\nshop,cake,poisson,4\n",
    "make": "node,product,lead_time.dist,lead_time.mean\nplant,cake,exponential,2\n",
    "components": "node,product,component,quantity\nplant,cake,flour,0.5\nplant,cake,007,2\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario all of whose sections stand in tables."""
    (tmp_path / "tables.yaml").write_text(TEXT, encoding="utf-8")
    for name, rows in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def loaded() -> Scenario:
    """Load the scenario of the folder one stands in."""
    return load("tables.yaml")


def problems() -> list[str]:
    """Return what is wrong with it."""
    with pytest.raises(ScenarioError, match=".") as caught:
        loaded()
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.usefixtures("folder")
def test_every_section_may_stand_in_a_table() -> None:
    """Tests that rows become entries: texts stay texts, lists are separated by semicolons, empty cells are absent."""
    file = loaded().file
    assert {name: (product.unit, product.value) for name, product in file.products.items()} == {
        "cake": ("piece", 3.0),
        "flour": ("NO", None),
        "007": ("kg", 10.0),
    }
    assert file.products["cake"].whole_units is True
    assert (file.nodes["plant"].position, file.nodes["plant"].label) == ((0.0, 1.5), "12")
    assert file.nodes["mill"].label == 'The "mill", no. 1'
    assert file.nodes["shop"].label == "The shop"
    assert file.nodes["plant"].make["cake"].components == {"flour": 0.5, "007": 2.0}
    assert repr(file.nodes["plant"].make["cake"].lead_time) == "Exponential(mean=2.0)"


@pytest.mark.usefixtures("folder")
def test_rows_meet_defaults_and_lanes_of_the_file() -> None:
    """Tests that a row is merged with the defaults, and completes a lane that the file lists."""
    file = loaded().file
    assert repr(file.nodes["shop"].stock["cake"].policy) == "MinMax(minimum=3.0, maximum=9.0)"
    assert file.nodes["shop"].stock["cake"].review == "continuous"
    assert repr(file.nodes["plant"].stock["flour"].policy) == "BaseStock(level=40.0)"
    assert [(lane.origin, lane.destination, lane.lead_time, lane.crossing) for lane in file.lanes] == [
        ("plant", "shop", 3.0, True),
        ("mill", "plant", 2.0, False),
    ]
    assert file.lanes[1].products == ("flour", "007")


def test_table_can_be_overridden(folder: Path) -> None:
    """Tests that overrides reach entries of tables, and can name another table."""
    (folder / "other.csv").write_text("node,product,kind,mean\nshop,cake,poisson,7\n", encoding="utf-8")
    file = load("tables.yaml", ["tables.demand=other.csv", "nodes.shop.stock.cake.policy.maximum=12"]).file
    assert file.nodes["shop"].demand["cake"][0].moments() == pytest.approx((7.0, 7.0))
    assert repr(file.nodes["shop"].stock["cake"].policy) == "MinMax(minimum=3.0, maximum=12.0)"


def test_saved_scenario_needs_no_tables(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests that a scenario is saved with its tables in it."""
    scenario = loaded()
    copy = load(scenario.save(tmp_path_factory.mktemp("elsewhere") / "copy.yaml"))
    assert copy == scenario
    assert copy.sha256 == scenario.sha256


@pytest.mark.parametrize(
    ("table", "rows", "said"),
    [
        (
            "stock",
            ["node,product,initial", "shop,cake,5", "shop,cake,6"],
            "stock.csv:3:1: tables.stock: found a second row for shop, cake; expected one row for each. The first is",
        ),
        (
            "stock",
            ["node,product,initial", ",cake,5"],
            "stock.csv:2:1: tables.stock: found no node; expected a node in",
        ),
        (
            "stock",
            ["node,product,policy.kind,policy.levl", "shop,cake,base_stock,5"],
            "stock.csv:1:4: tables.stock: found an unknown column 'policy.levl'",
        ),
        (
            "stock",
            ["node,product,initial", "shop,cake,5", "", "plant,flour,1"],
            "stock.csv:3:1: tables.stock: found an empty line; expected rows without gaps",
        ),
        (
            "stock",
            ["node,product" + ",x" * 20_000, "shop,cake" + "," * 20_000],
            "stock.csv:1:1: tables.stock: found a table of 20,002 columns; expected at most 1,000",
        ),
        ("stock", ["node,product,initial", 'shop,cake,"5'], "found no CSV"),
        (
            "stock",
            ["node,product,initial", "shop,coffee,5"],
            "stock.csv:2:1: nodes.shop.stock.coffee: found the unknown product 'coffee'",
        ),
        ("stock", ["node,product,initial", "shop,cake,=cmd|' /C calc'!A0"], "expected a number"),
        (
            "stock",
            ["node,product,initial", "shop,cake,.nan"],
            "stock.csv:2:3: nodes.shop.stock.cake.initial: found nan; expected a finite number",
        ),
        (
            "components",
            ["node,product,component,quantity,unit", "plant,cake,flour,1,kg"],
            "components.csv:1:5: tables.components: found an unknown column 'unit'; expected quantity",
        ),
        (
            "components",
            ["node,product,component,quantity", "plant,cake,flour,0"],
            "components.csv:2:4: nodes.plant.make.cake.components.flour: found 0; expected a number greater than 0",
        ),
        (
            "components",
            ["node,product,component", "plant,cake,flour"],
            "components.csv:1:1: tables.components: found no column 'quantity'; expected a column for each of",
        ),
        (
            "stock",
            ["node,product,policy,policy.kind", "shop,cake,x,base_stock"],
            "stock.csv:1:4: tables.stock: found the column 'policy.kind'; expected one column for each value. "
            "The column 'policy' says the same.",
        ),
        (
            "stock",
            ["node,product,initial,initial", "shop,cake,1,1"],
            "stock.csv:1:4: tables.stock: found the column 'initial'; expected one column for each value.",
        ),
        (
            "nodes",
            ["name,kind", "shop,retail", "mill,supplier", "plant,factory"],
            "nodes.csv:2:2: nodes.shop.kind: found the text 'retail'; expected one of supplier,",
        ),
        (
            "nodes",
            ["name,kind,label", "shop,retailer,x", "mill,supplier,", "plant,factory,"],
            "nodes.csv:2:3: nodes.shop.label: found something that the scenario file says too; expected one of the "
            "two. The file says it at line 9.",
        ),
        (
            "lanes",
            ["from,to,lead_time", "mill,plnt,1"],
            "found the unknown node 'plnt'; expected one of shop, mill, plant. Did you mean `plant`?",
        ),
    ],
)
def test_what_is_wrong_in_a_table(folder: Path, table: str, rows: list[str], said: str) -> None:
    """Tests that problems in a table are said of the row and the cell."""
    (folder / f"{table}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert any(said in problem for problem in problems())


def test_column_of_numbers(folder: Path) -> None:
    """Tests that file and column become values, with a mark of UTF-8, spaces, and an empty line at the end."""
    (folder / "sales.csv").write_bytes("\ufeffday, units \n1, 4\n2,5.5\n3,1e1\n\n".encode())
    text = TEXT.replace("demand: demand.csv,", "").replace(
        "The shop}", "The shop, demand: {cake: {kind: replay, file: sales.csv, column: units}}}"
    )
    (folder / "tables.yaml").write_text(text, encoding="utf-8")
    scenario = loaded()
    assert scenario.file.nodes["shop"].demand["cake"][0].model_dump(include={"values", "file", "column"}) == {
        "values": (4.0, 5.5, 10.0),
        "file": None,
        "column": None,
    }
    before = scenario.sha256
    (folder / "sales.csv").write_text("units\n4\n5.5\n11\n", encoding="utf-8")
    assert loaded().sha256 != before


@pytest.mark.parametrize("cell", ["1_000", "1,5", "0x10", "nan", "-inf", "four", "1e999", "()", "__import__('os')"])
def test_cells_are_numbers_and_nothing_else(folder: Path, cell: str) -> None:
    """Tests that a cell which is not a finite number is refused with its line and column."""
    (folder / "sales.csv").write_text(f'day,units\n1,4\n2,"{cell}"\n', encoding="utf-8")
    text = TEXT.replace("demand: demand.csv,", "").replace(
        "The shop}", "The shop, demand: {cake: {kind: replay, file: sales.csv, column: units}}}"
    )
    (folder / "tables.yaml").write_text(text, encoding="utf-8")
    assert problems() == [
        f"sales.csv:3:2: nodes.shop.demand.cake.values.1: found {cell!r}; expected a finite number. "
        "It stands in the column units."
    ]


def test_table_that_is_too_large(folder: Path) -> None:
    """Tests that a CSV file above 200 MB is refused by its size."""
    with (folder / "stock.csv").open("wb") as file:
        file.truncate(200_000_001)
    assert problems() == ["tables.yaml:5:77: tables.stock: found a file of 200.1 MB; expected at most 200 MB"]


def test_messages_name_the_folder_as_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a CSV file is named in messages so that the path works from where the command was given."""
    (folder / "demand.csv").write_text("node,product,kind,mean\nshop,cake,poisson,-4\n", encoding="utf-8")
    monkeypatch.chdir(folder.parent)
    with pytest.raises(
        ScenarioError, match=rf"{folder.name}.demand\.csv:2:4: nodes\.shop\.demand\.cake\.mean: found -4"
    ):
        load(Path(folder.name) / "tables.yaml")
