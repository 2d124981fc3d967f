"""Jobs and machines, by hand: who works on what from when to when, and that no job is ever lost."""

from typing import Any

import pandas as pd
import pytest

import scmsim
from scmsim.engine.recorder import COLUMNS, Chunk, Keeper
from scmsim.errors import AuditError
from scmsim.flows.operations import CODES
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.tables.frames import frames
from scmsim.simulation import simulate

Rows = list[tuple[float, ...]]
MILL = {"name": "mill", "resource": "mill", "time": 1}


def works(make: dict[str, Any], orders: dict[str, list[float]], **resources: Any) -> "scmsim.Scenario":
    """Return a factory that is ordered to make so many units of each product at 0, 1, 2, ..."""
    return scmsim.from_dict(
        {
            "scmsim": 1,
            "name": "works",
            "time": {"unit": "hour", "start": 0, "horizon": 100},
            "products": {name: {"whole_units": True} for name in make},
            "nodes": {
                "works": {
                    "kind": "factory",
                    "resources": resources or {"mill": {}},
                    "make": {name: {"stages": [MILL], **said} for name, said in make.items()},
                    "stock": {name: {"policy": {"kind": "scripted", "orders": orders.get(name, [0])}} for name in make},
                }
            },
        }
    )


def audited(case: "scmsim.Scenario") -> dict[str, pd.DataFrame]:
    """Run a scenario with the audit on, and return its tables."""
    auditor, keeper = Auditor(case.network), Keeper()
    simulate(case.network, seed=1, sinks=[auditor, keeper], on_instant=auditor.observe)
    return frames(case.network, keeper.tables())


def spans(tables: dict[str, pd.DataFrame], resource: str = "mill", machine: int = 1) -> list[str]:
    """Return what a machine did until the first time that it had nothing more to do, as `state product from-until`."""
    rows = tables["operations"]
    rows = rows[(rows["resource"] == resource) & (rows["machine"] == machine) & rows["until"].notna()]
    said = [
        f"{r.kind} {r.product if isinstance(r.product, str) else '-'} {r.time:g}-{r.until:g}" for r in rows.itertuples()
    ]
    return [line for line in said if not line.endswith("-100") and not line.startswith("idle")]


def made(tables: dict[str, pd.DataFrame]) -> list[tuple[str, float, float]]:
    """Return what was finished: product, time, units."""
    rows = tables["deliveries"]
    return [(r.product, r.time, r.quantity) for r in rows.itertuples()]


@pytest.mark.known_answer("make.stages", "node.resources", "resource.setup_time", "stage.batch_time", "stage.time")
def test_two_jobs_share_a_machine_that_is_set_up_for_each() -> None:
    """Tests by hand: setup 2 and 3 units of a, 1 hour each; setup 2, half an hour and 2 units of b."""
    tables = audited(
        works({"a": {}, "b": {"stages": [MILL | {"batch_time": 0.5}]}}, {"a": [3], "b": [2]}, mill={"setup_time": 2})
    )
    assert spans(tables) == ["setup a 0-2", "work a 2-5", "setup b 5-7", "work b 7-9.5"]
    assert made(tables) == [("a", 5, 3), ("b", 9.5, 2)]


@pytest.mark.known_answer("resource.setups", "stage.setup_time")
def test_a_setup_is_as_long_as_what_was_before_makes_it() -> None:
    """Tests by hand that a matrix goes before a stage's own time, and that before the resource's; none for the same."""
    tables = audited(
        works(
            {"a": {}, "b": {"stages": [MILL | {"setup_time": 4}]}, "c": {}},
            {"a": [1, 1], "b": [0, 0, 1], "c": [0, 0, 0, 1]},
            mill={"setup_time": 1, "setups": {"a": {"b": 2}, "b": {"a": 9}}},
        )
    )
    assert spans(tables) == ["setup a 0-1", "work a 1-2", "work a 2-3", "setup b 3-5", "work b 5-6", "setup c 6-7",
                             "work c 7-8"]  # fmt: skip


@pytest.mark.known_answer("resource.machines")
def test_two_machines_work_at_once_and_keep_what_they_are_set_up_for() -> None:
    """Tests by hand that the second a goes to the machine that made a, though the other is free, too."""
    tables = audited(works({"a": {}, "b": {}}, {"a": [1, 0, 1], "b": [1]}, mill={"machines": 2, "setup_time": 1}))
    assert spans(tables) == ["setup a 0-1", "work a 1-2", "work a 2-3"]
    assert spans(tables, machine=2) == ["setup b 0-1", "work b 1-2"]


@pytest.mark.known_answer("make.batch")
def test_a_large_order_is_several_jobs() -> None:
    """Tests by hand that 10 in jobs of 4 come as 4, 4 and 2."""
    assert made(audited(works({"a": {"batch": 4}}, {"a": [10]}))) == [("a", 4, 4), ("a", 8, 4), ("a", 10, 2)]


RULES = {"fifo": "abcd", "due_date": "abdc", "shortest": "adbc", "priority": "acbd", "same_setup": "abcd"}
"""The order in which products are made by every rule; a is in the machine when the others come."""


@pytest.mark.known_answer(
    "sequencing:fifo",
    "sequencing:due_date",
    "sequencing:shortest",
    "sequencing:priority",
    "make.priority",
    "resource.sequencing",
)
@pytest.mark.parametrize("rule", RULES)
def test_the_rule_says_which_job_is_next(rule: str) -> None:
    """Tests by hand b (class 2, 2 hours, due at 8), c (class 1, 3 hours, due at 21), d (class 3, 1 hour, due at 10)."""
    make = {
        "a": {"stages": [MILL | {"time": 4}]},
        "b": {"stages": [MILL | {"time": 2}], "priority": 2, "lead_time": 7},
        "c": {"stages": [MILL | {"time": 3}], "priority": 1, "lead_time": 20},
        "d": {"stages": [MILL], "priority": 3, "lead_time": 7},
    }
    orders = {"a": [1], "b": [0, 1], "c": [0, 1], "d": [0, 0, 0, 1]}
    tables = audited(works(make, orders, mill={"sequencing": {"kind": rule}}))
    assert "".join(product for product, _, _ in made(tables)) == RULES[rule]


@pytest.mark.known_answer("sequencing:same_setup")
def test_the_same_product_goes_first() -> None:
    """Tests by hand that a, b, a, b in the queue are made as a, a, b, b with two setups, and as they come with four."""
    orders, mill = {"a": [2, 1], "b": [1, 1]}, {"setup_time": 1}
    first_come = audited(works({"a": {}, "b": {}}, orders, mill=mill))
    grouped = audited(works({"a": {}, "b": {}}, orders, mill=mill | {"sequencing": {"kind": "same_setup"}}))
    assert [product for product, _, _ in made(first_come)] == ["a", "b", "a", "b"]
    assert [product for product, _, _ in made(grouped)] == ["a", "a", "b", "b"]
    assert sum(line.startswith("setup") for line in spans(first_come)) == 4
    assert sum(line.startswith("setup") for line in spans(grouped)) == 2


def line(buffer: int | None = None) -> dict[str, Any]:
    """Return two stages of which the second takes three times as long."""
    more = {} if buffer is None else {"buffer": buffer}
    return {"batch": 1, "stages": [MILL, {"name": "test", "resource": "test", "time": 3, **more}]}


@pytest.mark.known_answer("stage.buffer")
@pytest.mark.parametrize(
    ("room", "blocked"), [(0, ["2-4", "5-7"]), (1, ["3-4", "5-7"]), (None, [])], ids=["none", "one", "any"]
)
def test_a_machine_is_blocked_while_there_is_no_room_behind_it(room: int | None, blocked: list[str]) -> None:
    """Tests by hand three jobs (four with room for one) of 1 hour, then 3: what does not fit keeps its machine."""
    tables = audited(works({"a": line(room)}, {"a": [3 if room != 1 else 4]}, mill={}, test={}))
    assert [said.split()[-1] for said in spans(tables) if said.startswith("blocked")] == blocked
    assert [time for _, time, _ in made(tables)] == [4, 7, 10, 13][: len(made(tables))]


def test_a_machine_starves_while_its_job_is_elsewhere_and_idles_when_there_is_none() -> None:
    """Tests by hand the second of two machines: it waits for a job until 2, works until 5, and is idle from then on."""
    tables = audited(works({"a": line()}, {"a": [0, 1]}, mill={}, test={}))
    rows = tables["operations"].query("resource == 'test' and machine == 1 and until.notna()")
    assert [(r.kind, r.time, r.until) for r in rows.itertuples()] == [
        ("idle", 0, 1),
        ("starved", 1, 2),
        ("work", 2, 5),
        ("idle", 5, 100),
    ]


@pytest.mark.known_answer("resource.breakdowns", "breakdowns.clock:busy", "breakdowns.clock:calendar")
@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("busy", ["work a 1-4", "down a 4-6", "work a 6-9", "down a 9-11", "work a 11-12"]),
        ("calendar", ["work a 1-3", "down a 3-5", "work a 5-8", "down a 8-10", "work a 10-12"]),
    ],
)
def test_a_breakdown_keeps_the_job_and_it_goes_on_where_it_was(clock: str, expected: list[str]) -> None:
    """Tests by hand 7 hours of work from 1 on, a breakdown after every 3 hours, and repairs of 2."""
    mill = {"breakdowns": {"time_between": 3, "repair_time": 2, "clock": clock}}
    tables = audited(works({"a": {}}, {"a": [0, 7]}, mill=mill))
    assert spans(tables)[: len(expected)] == expected
    assert made(tables) == [("a", 12, 7)]


@pytest.mark.known_answer("resource.calendar")
def test_outside_the_shifts_work_rests_and_then_goes_on() -> None:
    """Tests by hand 7 hours of work in shifts from 2 to 5 and from 8 to 10 of every 12 hours, over night and day."""
    mill = {"calendar": {"period": 12, "open": [[2, 5], [8, 10]]}}
    tables = audited(works({"a": {}}, {"a": [7]}, mill=mill))
    assert spans(tables)[:6] == ["closed - 0-2", "work a 2-5", "closed a 5-8", "work a 8-10", "closed a 10-14",
                                 "work a 14-16"]  # fmt: skip
    assert made(tables) == [("a", 16, 7)]


def test_a_shift_over_the_end_of_the_period_is_one() -> None:
    """Tests by hand a night shift from 18 to 6, written as two."""
    mill = {"calendar": {"period": 24, "open": [[0, 6], [18, 24]]}}
    tables = audited(works({"a": {}}, {"a": [14]}, mill=mill))
    assert spans(tables)[:3] == ["work a 0-6", "closed a 6-18", "work a 18-26"]


@pytest.mark.known_answer("resource.overtime", "overtime.queue", "overtime.at_most")
@pytest.mark.parametrize(("jobs", "finished"), [(8, [1, 2, 3, 4, 5, 6, 11, 12]), (6, [1, 2, 3, 4, 11, 12])])
def test_a_long_queue_makes_a_shift_longer(jobs: int, finished: list[float]) -> None:
    """Tests by hand that 4 jobs that wait when a shift of 4 hours ends mean 2 hours more, and that 2 do not."""
    mill = {"calendar": {"period": 10, "open": [[0, 4]]}, "overtime": {"queue": 2, "at_most": 2}}
    tables = audited(works({"a": {"batch": 1}}, {"a": [jobs]}, mill=mill))
    assert [time for _, time, _ in made(tables)] == finished


def test_overtime_ends_when_nothing_waits() -> None:
    """Tests by hand that a machine closes at 6, when the queue is empty, and not at 9."""
    mill = {"calendar": {"period": 10, "open": [[0, 4]]}, "overtime": {"queue": 1, "at_most": 5}}
    tables = audited(works({"a": {"batch": 1}}, {"a": [6, 0, 0, 0, 0, 0, 0, 1]}, mill=mill))
    assert [time for _, time, _ in made(tables)] == [1, 2, 3, 4, 5, 6, 11]
    assert "closed - 6-10" in spans(tables)


@pytest.mark.known_answer("stage.scrap")
def test_what_is_scrapped_closes_the_order_short() -> None:
    """Tests by hand that of 10 and 5 units a fifth is lost: 8 and 4 come, and nothing is on order any more."""
    tables = audited(works({"a": {"stages": [MILL | {"scrap": 0.2}]}}, {"a": [10, 5]}))
    assert made(tables) == [("a", 10, 8), ("a", 15, 4)]
    last = tables["stock"].iloc[-1]
    assert (last["on_hand"], last["on_order"], last["in_transit"]) == (12, 0, 0)
    lost = tables["events"]
    assert list(zip(lost["kind"], lost["time"], lost["quantity"], strict=True)) == [
        ("production_scrap", 10, 2),
        ("production_scrap", 15, 1),
    ]


@pytest.mark.known_answer("stage.rework", "rework.share", "rework.to")
def test_what_is_sent_back_goes_through_the_stages_again() -> None:
    """Tests by hand 4 units of which one goes back to the first stage: 3 come after 8 hours, 1 after 2 more."""
    test = {"name": "test", "resource": "test", "time": 1, "rework": {"share": 0.25, "to": "mill"}}
    tables = audited(works({"a": {"stages": [MILL, test]}}, {"a": [4]}, mill={}, test={}))
    assert made(tables) == [("a", 8, 3), ("a", 10, 1)]


@pytest.mark.known_answer("make.promise:queue", "make.promise:lead_time")
@pytest.mark.parametrize(("promise", "promised"), [("queue", [7, 9, 13]), ("lead_time", [10, 11, 12])])
def test_the_queue_says_when_an_order_will_be_finished(promise: str, promised: list[float]) -> None:
    """Tests by hand orders of 3, 1 and 2 in jobs of one, 1 hour each, then 2: by the queue they come as promised."""
    make = {"batch": 1, "lead_time": 10, "promise": promise, "stages": [MILL, {**MILL, "name": "b", "resource": "b"}]}
    make["stages"][1]["time"] = 2
    tables = audited(works({"a": make}, {"a": [3, 1, 2]}, mill={}, b={}))
    rows = tables["deliveries"]
    last = rows[rows["complete"]]
    assert last["promised"].tolist() == promised
    assert last["time"].tolist() == [7, 9, 13]


PAID = {"time_cost": 3, "setup_time": 1, "setup_cost": 7}


@pytest.mark.known_answer("resource.time_cost", "resource.setup_cost", "overtime.cost")
def test_machines_cost_setups_time_and_overtime() -> None:
    """Tests by hand 1 setup, 1 + 5 hours at 3, of which 2 in overtime at 4 more: 7 + 18 + 8 = 33."""
    mill = PAID | {"calendar": {"period": 10, "open": [[0, 4]]}, "overtime": {"queue": 1, "at_most": 2, "cost": 4}}
    result = scmsim.run(works({"a": {"batch": 1}}, {"a": [5]}, mill=mill))
    chain = result.kpis[result.kpis["node"].isna() & result.kpis["product"].isna() & result.kpis["segment"].isna()]
    found = chain.set_index("metric")["mean"]
    assert found["machine_cost"] == found["total_cost"] == 33.0
    assert found["setups"] == 1


@pytest.mark.known_answer("make.promise:queue")
def test_customers_are_promised_what_the_queue_lets_expect() -> None:
    """Tests by hand three customers at 0, 1 and 2 of a workshop that makes to order, 2 hours each: 2, 4 and 6."""
    stock = {"review": "continuous", "policy": {"kind": "make_to_order"}}
    demand = {"a": {"kind": "replay", "values": [1, 1, 1], "afterwards": "zero"}}
    case = works({"a": {"promise": "queue", "stages": [MILL | {"time": 2}]}}, {})
    tables = audited(case.set(f"nodes.works.stock.a={stock}", f"nodes.works.demand={demand}"))
    rows = tables["deliveries"][tables["deliveries"]["buyer"].isna()]
    assert rows["promised"].tolist() == rows["time"].tolist() == [2, 4, 6]


BUSY = {
    "breakdowns": {"time_between": {"dist": "exponential", "mean": 5}, "repair_time": 1},
    "setup_time": 0.3,
    "calendar": {"period": 12, "open": [[1, 11]]},
}


def test_measures_do_not_depend_on_how_the_run_is_cut_into_blocks() -> None:
    """Tests that machine time, waits and cycle times are the same whatever the buckets, that end blocks."""
    make = {"a": {"batch": 2, "stages": [MILL | {"scrap": 0.1}]}, "b": {}}
    case = works(make, {"a": [4, 0, 3, 2, 0, 0, 7], "b": [1, 2, 0, 0, 3]}, mill=BUSY)
    one, other = (
        scmsim.run(case.set(f"time.bucket={bucket}", "time.warm_up=7")).kpis.set_index(["metric", "node", "product"])
        for bucket in (1, 90)
    )
    named = (
        "machine",
        "throughput",
        "production",
        "queue",
        "schedule",
        "setups",
        "units_scrapped",
        "scrap",
        "units_rew",
    )
    rows = [key for key in one.index if key[0].startswith(named)]
    assert len(rows) > 40
    pd.testing.assert_series_equal(one.loc[rows, "mean"], other.loc[rows, "mean"])


@pytest.mark.parametrize(
    ("column", "found"), [("waiting", "jobs that wait, on the average"), ("job", "jobs that come once")]
)
def test_the_audit_knows_littles_law(column: str, found: str) -> None:
    """Tests that a queue that was miscounted, or a job that nobody brought, is found."""
    network = works({"a": {"batch": 1}}, {"a": [5]}).network
    keeper = Keeper()
    simulate(network, seed=1, sinks=[keeper])
    tables = keeper.tables()
    rows = tables["operations"] = tables["operations"].copy()
    row = int((rows[:, 3] == CODES["taken"]).argmax())
    rows[row, COLUMNS["operations"].index(column)] += 10
    calendar = network.calendar
    with pytest.raises(AuditError, match=found):
        Auditor(network).update(Chunk(calendar.start, calendar.end, tables))
