import math
from pathlib import Path

import pytest
import yaml

from scmsim.errors import ScenarioError, UsageError
from scmsim.importers import import_willems
from scmsim.importers.willems_chain import Chain, StageTime, clipped_moments
from scmsim.importers.willems_tables import Stage

HEADER = (
    "Stage Name,stageCost,relDepth,stageClassification,avgDemand,stdDevDemand,maxServiceTime,serviceLevel,"
    "stageTime,stdDev stageTime,stageTime_1,stageTime_%_1,stageTime_2,stageTime_%_2,xPosition,yPosition"
)
ARCS = "sourceStage,destinationStage"
JUICE = (
    "Fruit,2,2,Part,,,,,8,,6,0.5,10,0.5,10,20",
    "Bottle,1,2,Part,,,,,4,1,,,,,10,60",
    "Press,3,1,Manuf,,,,,2,,,,,,90,40",
    "Shop,0.5,0,Retail,10,2,0,0.9,1,,,,,,170,40",
)
JUICE_ARCS = ("Fruit,Press", "Bottle,Press", "Press,Shop")


@pytest.fixture
def tables(tmp_path):
    """Write the two tables of a chain; return what import_willems takes."""

    def write(stages=JUICE, arcs=JUICE_ARCS, header=HEADER, tail="", encoding="utf-8", newline="\n"):
        files = (tmp_path / "00_SD.csv", tmp_path / "00_LL.csv")
        for file, lines in zip(files, ((header, *stages), (ARCS, *arcs)), strict=True):
            file.write_text("".join(f"{line}{tail}\n" for line in lines), encoding=encoding, newline=newline)
        return files

    return write


def imported(files: tuple[Path, Path], **options):
    return yaml.safe_load(import_willems(*files, **options))


def problems(files: tuple[Path, Path]) -> list[str]:
    with pytest.raises(ScenarioError, match="expected") as caught:
        import_willems(*files)
    return [str(problem) for problem in caught.value.problems]


def test_stages_become_nodes_that_make_or_move(tables):
    """Tests that a part and a joining stage become factories, and a retail stage with one source a retailer."""
    nodes = imported(tables())["nodes"]
    assert {name: node["kind"] for name, node in nodes.items()} == {
        "Fruit": "factory",
        "Bottle": "factory",
        "Press": "factory",
        "Shop": "retailer",
    }
    assert nodes["Fruit"]["segment"] == "upstream"
    assert nodes["Press"]["make"] == {
        "Press": {"lead_time": 2, "components": {"Fruit": 1, "Bottle": 1}, "unit_cost": 3}
    }
    assert list(nodes["Shop"]["stock"]) == ["Press"]
    assert nodes["Press"]["position"] == [90, 40]


def test_arcs_become_lanes(tables):
    """Tests that a lane into a factory takes no time, and one into a shop takes the shop's stage time and cost."""
    assert imported(tables())["lanes"] == [
        "Fruit -> Press",
        "Bottle -> Press",
        {"from": "Press", "to": "Shop", "lead_time": 1, "unit_cost": 0.5},
    ]


def test_components_pass_straight_through_a_factory(tables):
    """Tests that a factory keeps no stock of components: base stock 0 by default, nothing at the start."""
    scenario = imported(tables())
    assert scenario["defaults"]["stock"] == {"policy": {"kind": "base_stock", "level": 0}}
    assert set(scenario["nodes"]["Press"]["stock"]["Fruit"]) == {"holding_cost"}


def test_listed_stage_times_become_a_discrete_distribution(tables):
    """Tests that time and probability columns give a discrete lead time, and a bare standard deviation a gamma one."""
    nodes = imported(tables())["nodes"]
    assert nodes["Fruit"]["make"]["Fruit"]["lead_time"] == {
        "dist": "discrete",
        "values": [6, 10],
        "weights": [0.5, 0.5],
    }
    assert nodes["Bottle"]["make"]["Bottle"]["lead_time"] == {"dist": "gamma", "mean": 4, "sd": 1}


def test_levels_cover_the_stage_time_at_the_service_level(tables):
    """Tests that each level is mean x L + z x sqrt(L x sd^2 + mean^2 x sdL^2), with 0.95 where no level is stated."""
    nodes = imported(tables())["nodes"]
    assert nodes["Shop"]["stock"]["Press"]["policy"]["level"] == pytest.approx(10 + 1.281552 * 2, rel=1e-5)
    assert nodes["Bottle"]["stock"]["Bottle"]["policy"]["level"] == pytest.approx(
        40 + 1.644854 * math.sqrt(4 * 2**2 + (10 * 1) ** 2), rel=1e-5
    )
    assert nodes["Bottle"]["stock"]["Bottle"]["initial"] == nodes["Bottle"]["stock"]["Bottle"]["policy"]["level"]


def test_value_adds_up_along_the_chain(tables):
    """Tests that a product is worth the cost of all its stages, and that holding it costs the rate of that value."""
    scenario = imported(tables(), holding_rate=0.365)
    assert scenario["products"] == {"Fruit": {"value": 2}, "Bottle": {"value": 1}, "Press": {"value": 6}}
    assert scenario["nodes"]["Press"]["stock"]["Press"]["holding_cost"] == pytest.approx(0.006)
    assert scenario["nodes"]["Shop"]["stock"]["Press"]["holding_cost"] == pytest.approx(0.0065)


def test_two_sources_of_one_product_make_their_own(tables):
    """Tests that stages which would bring one product twice to a joining stage transform it first."""
    stages = (
        "Mill,1,3,Part,,,,,5,,,,,,,",
        "East,0.1,2,Trans,,,,,1,,,,,,,",
        "West,0.1,2,Trans,,,,,2,,,,,,,",
        "Bakery,1,1,Manuf,4,1,,,1,,,,,,,",
    )
    arcs = ("Mill,East", "Mill,West", "East,Bakery", "West,Bakery")
    scenario = imported(tables(stages, arcs))
    assert set(scenario["products"]) == {"Mill", "East", "West", "Bakery"}
    assert scenario["nodes"]["East"]["make"]["East"]["components"] == {"Mill": 1}
    assert scenario["nodes"]["Bakery"]["make"]["Bakery"]["components"] == {"East": 1, "West": 1}


def test_demand_through_two_arcs_counts_twice():
    """Tests that a stage which feeds another over two ways covers two units of its demand, not two independent ones."""
    stages = {
        name: Stage(name=name, line=2, kind="Manuf", time=1, demand=demand)
        for name, demand in (("a", None), ("b", None), ("c", (10.0, 3.0)), ("d", (10.0, 1.0)))
    }
    chain = Chain(stages, [("a", "b"), ("a", "c"), ("b", "c"), ("a", "d")])
    assert chain.pooled_demand("a") == (pytest.approx(30, rel=1e-3), pytest.approx(math.sqrt(6**2 + 1), rel=1e-2))


def test_a_stage_with_demand_may_feed_others(tables):
    """Tests that demand at an inner stage is kept and pooled with what lies below it."""
    stages = (JUICE[0], JUICE[1], "Press,3,1,Manuf,5,0,,,2,,,,,,90,40", JUICE[3])
    nodes = imported(tables(stages))["nodes"]
    assert nodes["Press"]["demand"] == {"Press": {"kind": "constant", "value": 5}}
    assert nodes["Press"]["stock"]["Press"]["policy"]["level"] == pytest.approx(30 + 1.644854 * math.sqrt(8), rel=1e-5)


def test_a_leaf_without_demand_keeps_nothing(tables):
    """Tests that a last stage that nobody buys from becomes a node with base stock 0."""
    stages = (*JUICE, "Museum,0,0,Dist,,,,,3,,,,,,,")
    nodes = imported(tables(stages, (*JUICE_ARCS, "Press,Museum")))["nodes"]
    assert nodes["Museum"]["stock"]["Press"]["policy"] == {"level": 0}


def test_equal_service_times_become_the_late_tolerance(tables):
    """Tests that on_time_in_full allows the stated service time where all agree, and says so in a note where not."""
    assert imported(tables())["measures"] == {"on_time_in_full": {"late": 0}}
    stages = (*JUICE, "Kiosk,0,0,Retail,1,0,5,,0,,,,,,,")
    text = import_willems(*tables(stages, (*JUICE_ARCS, "Press,Kiosk")))
    assert "# note: maxServiceTime differs (0, 5 days), so on_time_in_full allows none" in text.splitlines()


def test_clipping_is_noted(tables):
    """Tests that a demand so variable that clipping at 0 lifts its mean is announced, and a gamma one is not."""
    stages = (*JUICE[:3], "Shop,0.5,0,Retail,10,20,0,0.9,1,,,,,,170,40")
    note = "# note: clipping normal demand at 0 lifts its total mean from 10 to 13.9559 units a day"
    assert note in import_willems(*tables(stages)).splitlines()
    text = import_willems(*tables(stages), demand="gamma")
    assert "clipping" not in text
    assert yaml.safe_load(text)["defaults"]["demand"] == {"kind": "gamma"}


def test_clipped_moments_are_those_of_many_draws():
    """Tests that the moments of a clipped normal agree with two million draws of it."""
    import numpy as np

    drawn = np.maximum(np.random.default_rng(1).normal(3, 5, 2_000_000), 0)
    assert clipped_moments(3, 5) == (pytest.approx(drawn.mean(), abs=0.01), pytest.approx(drawn.std(), abs=0.01))


def test_probabilities_are_scaled_to_one(tables):
    """Tests that probabilities a hundredth off are scaled and noted, and that listed times overrule stageTime."""
    stages = ("Fruit,2,2,Part,,,,,42,,6,0.5,10,0.49,10,20", *JUICE[1:])
    lines = import_willems(*tables(stages)).splitlines()
    assert "# note: Fruit: probabilities sum to 0.99, scaled to 1" in lines
    assert "# note: Fruit: the listed times have a mean of 7.9798 days and are used; stageTime says 42" in lines


def test_one_listed_time_is_a_number(tables):
    """Tests that a single outcome of probability 1 is no distribution."""
    stages = ("Fruit,2,2,Part,,,,,6,,6,1,,,10,20", *JUICE[1:])
    assert imported(tables(stages))["nodes"]["Fruit"]["make"]["Fruit"]["lead_time"] == 6


@pytest.mark.parametrize("written", [{"tail": ",,"}, {"encoding": "utf-8-sig"}, {"newline": "\r\n"}])
def test_the_way_a_table_is_saved_does_not_matter(tables, written):
    """Tests that empty last columns, a byte-order mark and Windows line ends change nothing."""
    plain = import_willems(*tables())
    assert import_willems(*tables(**written)) == plain


def test_parts_is_a_class_too(tables):
    """Tests that the class Parts, which one chain writes, is Part."""
    stages = (JUICE[0].replace("Part", "Parts"), *JUICE[1:])
    assert import_willems(*tables(stages)) == import_willems(*tables())


def test_the_source_is_cited(tables):
    """Tests that the file names the paper with its doi, and the rates that are not in the data."""
    text = import_willems(*tables(), name="juice")
    assert text.startswith("# juice: 4 stages, 3 arcs\n# imported from 00_SD.csv and 00_LL.csv\n# source: Willems")
    assert "10.1287/msom.1070.0176" in text
    assert "costs 0.25 of the value added so far" in text


def test_odd_names_survive(tables):
    """Tests that names which YAML would read otherwise, or which look like lanes, come back as they are."""
    stages = (
        '"no",1,1,Part,,,,,1,,,,,,,',
        '"1e3 -> x",1,1,Part,,,,,1,,,,,,,',
        '"a: ""b"" #é",1,0,Manuf,3,1,,,1,,,,,,,',
    )
    scenario = imported(tables(stages, ('no,"a: ""b"" #é"', '1e3 -> x,"a: ""b"" #é"')))
    assert list(scenario["nodes"]) == ["no", "1e3 -> x", 'a: "b" #é']
    assert scenario["lanes"][1] == {"from": "1e3 -> x", "to": 'a: "b" #é'}


BAD_STAGES = {
    "unknown class": (
        "Shop,1,0,Retial,10,2,0,0.9,1,,,,,,,",
        "00_SD.csv:5: stageClassification: found 'Retial'; expected one of Part, Manuf, Trans, Dist, Retail. "
        "Did you mean 'Retail'?",
    ),
    "text in a number": (
        "Shop,1,0,Retail,ten,2,0,0.9,1,,,,,,,",
        "00_SD.csv:5: avgDemand: found 'ten'; expected a number of at least 0",
    ),
    "not a number": (
        "Shop,nan,0,Retail,10,2,0,0.9,1,,,,,,,",
        "00_SD.csv:5: stageCost: found 'nan'; expected a number of at least 0",
    ),
    "infinite": (
        "Shop,1,0,Retail,10,inf,0,0.9,1,,,,,,,",
        "00_SD.csv:5: stdDevDemand: found 'inf'; expected a number of at least 0",
    ),
    "negative time": (
        "Shop,1,0,Retail,10,2,0,0.9,-1,,,,,,,",
        "00_SD.csv:5: stageTime: found '-1'; expected a number of at least 0",
    ),
    "service level of 1": (
        "Shop,1,0,Retail,10,2,0,1,1,,,,,,,",
        "00_SD.csv:5: serviceLevel: found '1'; expected a number between 0 and 1",
    ),
    "probabilities far from 1": (
        "Shop,1,0,Retail,10,2,0,0.9,1,,1,0.5,2,0.25,,",
        "00_SD.csv:5: stageTime_%: found probabilities that sum to 0.75; expected probabilities that sum to 1",
    ),
    "no name": (
        ",1,0,Retail,10,2,0,0.9,1,,,,,,,",
        "00_SD.csv:5: Stage Name: found nothing; expected the name of a stage",
    ),
    "stage twice": (
        "Press,1,0,Retail,10,2,0,0.9,1,,,,,,,",
        "00_SD.csv:5: Press: found the stage 'Press' again; expected each stage once (first on line 4)",
    ),
}


@pytest.mark.parametrize(("line", "message"), BAD_STAGES.values(), ids=BAD_STAGES.keys())
def test_a_bad_stage_is_named_with_its_line(tables, line, message):
    """Tests that a mistake in the stage table is reported with file, line and column."""
    assert problems(tables((*JUICE[:3], line), JUICE_ARCS[:2])) == [message]


BAD_ARCS = {
    "unknown stage": (
        "Pres,Shop",
        "00_LL.csv:4: sourceStage: found 'Pres'; expected a stage of the stage table. Did you mean 'Press'?",
    ),
    "arc twice": (
        "Fruit,Press",
        "00_LL.csv:4: found the arc Fruit -> Press again; expected each arc once (first on line 2)",
    ),
    "cycle": (
        "Press,Bottle",
        "00_LL.csv:3: found a cycle through Bottle, Press; expected arcs that lead downstream only",
    ),
    "to itself": (
        "Shop,Shop",
        "00_LL.csv:4: found a cycle through Shop; expected arcs that lead downstream only",
    ),
}


@pytest.mark.parametrize(("line", "message"), BAD_ARCS.values(), ids=BAD_ARCS.keys())
def test_a_bad_arc_is_named_with_its_line(tables, line, message):
    """Tests that a mistake in the arc table is reported with file and line."""
    assert problems(tables(arcs=(*JUICE_ARCS[:2], line))) == [message]


def test_all_problems_are_reported_at_once(tables):
    """Tests that the mistakes of both tables come in one error, in the order of the files."""
    files = tables(("Shop,x,0,Retail,y,2,0,0.9,1,,,,,,,",), ("a,Shop",))
    assert [problem.split(":")[0:3] for problem in problems(files)] == [
        ["00_SD.csv", "2", " avgDemand"],
        ["00_SD.csv", "2", " stageCost"],
        ["00_LL.csv", "2", " sourceStage"],
    ]


def test_a_missing_column_is_named(tables):
    """Tests that a renamed column is reported with the nearest one there is."""
    [problem] = problems(tables(header=HEADER.replace("stageTime,", "stage_time,", 1)))
    assert problem.startswith("00_SD.csv:1: found no column 'stageTime'; expected the columns Stage Name, ")


@pytest.mark.parametrize(
    ("stages", "message"),
    [((), "found no stages; expected one line per stage"), (JUICE[:3], "found no stage with an avgDemand")],
)
def test_a_chain_nobody_buys_from_is_refused(tables, stages, message):
    """Tests that a table without stages, or without any demand, is a problem and not an empty scenario."""
    assert message in problems(tables(stages, ()))[0]


def test_a_file_that_is_not_text_is_refused(tables):
    """Tests that bytes that are not UTF-8 are a problem of the file, not a traceback."""
    files = tables()
    files[0].write_bytes(b"Stage Name\xff\xfe")
    assert problems(files)[0] == "00_SD.csv:1: found bytes that are not UTF-8 text; expected a CSV table in UTF-8"


def test_a_missing_file_is_a_usage_error(tables, tmp_path):
    """Tests that a path that leads nowhere is the caller's mistake."""
    with pytest.raises(UsageError, match="No such file"):
        import_willems(tmp_path / "none.csv", tables()[1])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"holding_rate": -1}, "the holding rate is at least 0 a year, not -1"),
        ({"service_level": 1}, "the service level lies between 0 and 1, not at 1"),
        ({"demand": "poisson"}, "the demand is normal or gamma, not 'poisson'"),
    ],
)
def test_options_out_of_range_are_refused(tables, option, message):
    """Tests that an impossible rate, level or distribution is refused before anything is read."""
    with pytest.raises(UsageError, match=message):
        import_willems(*tables(), **option)


def test_stage_time_follows_the_listed_outcomes():
    """Tests that mean and sd of a stage's time come from the outcomes when there are any."""
    stage = Stage(name="a", line=2, kind="Part", time=9, time_sd=9, outcomes=((1.0, 0.5), (3.0, 0.5)))
    assert StageTime.of(stage) == (2.0, 1.0)
