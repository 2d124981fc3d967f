"""Machines that are struck, by hand: they stand still whatever they are at, and go on where they were."""

from typing import Any

import pandas as pd
import pytest

import scmsim
from scmsim.engine.recorder import Keeper
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.tables.frames import frames
from scmsim.simulation import simulate

SAW: dict[str, Any] = {"name": "saw", "resource": "saw", "time": 1}
PAINT: dict[str, Any] = {"name": "paint", "resource": "paint", "time": 1}
Spans = list[tuple[str, float, float]]


def struck(*times: tuple[float, float], of: dict[str, str], orders: list[float], **said: Any) -> dict[str, Spans]:
    """Run a factory under audit that is struck at some times for so long; return what its machines do, by resource."""
    saw, stages = said.get("saw", {}), said.get("stages", [SAW])
    resources = {"saw": saw} | ({"paint": {}} if len(stages) > 1 else {})
    strike = {"of": of, "when": {"kind": "dates", "times": [{"at": at, "lasts": lasts} for at, lasts in times]}}
    case = scmsim.from_dict(
        {
            "scmsim": 1,
            "name": "struck",
            "time": {"start": 0, "horizon": 30},
            "money": {},
            "products": {"chair": {"whole_units": True, "standard_cost": 3}},
            "nodes": {
                "works": {
                    "kind": "factory",
                    "resources": resources,
                    "make": {"chair": {"batch": 1, "stages": stages}},
                    "stock": {"chair": {"policy": {"kind": "scripted", "orders": orders}}},
                }
            },
            "disruptions": {"strike": strike | ({key: said[key] for key in ("stops", "remaining") if key in said})},
        }
    )
    auditor, keeper = Auditor(case.network), Keeper()
    simulate(case.network, seed=1, sinks=[auditor, keeper], on_instant=auditor.observe)
    rows = frames(case.network, keeper.tables())["operations"]
    return {name: _spans(rows[rows["resource"] == name]) for name in resources}


def _spans(rows: pd.DataFrame) -> Spans:
    """Return what a machine did until it had nothing to do for the rest of the run."""
    found = [(row.kind, row.time, row.until) for row in rows.itertuples() if row.until == row.until]
    return [span for span in found if span[1:] != (span[1], 30)]


RESOURCE, NODE = {"resource": "works/saw"}, {"node": "works"}


@pytest.mark.parametrize(("of", "stops"), [(RESOURCE, {}), (NODE, {"stops": ["production"]})])
def test_work_that_is_struck_is_finished_after(of: dict[str, str], stops: dict[str, Any]) -> None:
    """Tests that a chair half sawn stays in the saw, and takes the other half when it goes on."""
    found = struck((1.5, 4), of=of, orders=[2], **stops)["saw"]
    assert found == [("work", 0, 1), ("work", 1, 1.5), ("down", 1.5, 5.5), ("work", 5.5, 6)]


def test_a_setup_that_is_struck_goes_on_after() -> None:
    """Tests that the rest of a setup follows, and strikes that overlap are over with the last."""
    found = struck((1, 2), (2, 3), of=RESOURCE, orders=[1], saw={"setup_time": 2})["saw"]
    assert found == [("setup", 0, 1), ("down", 1, 5), ("setup", 5, 6), ("work", 6, 7)]


def test_a_machine_that_is_struck_takes_no_job() -> None:
    """Tests that a job which comes while the only machine stands still waits for its end."""
    found = struck((1, 4), of=RESOURCE, orders=[0, 0, 1])["saw"]
    assert found == [("idle", 0, 1), ("down", 1, 5), ("work", 5, 6)]


def test_a_part_of_the_machines_works_on() -> None:
    """Tests that of two machines that lose a half the second stops, and its work is finished after."""
    found = struck((0.5, 4), of=RESOURCE, orders=[4], saw={"machines": 2}, remaining=0.5)["saw"]
    first, second = [("work", at, at + 1) for at in range(3)], [("work", 0, 0.5), ("down", 0.5, 4.5), ("work", 4.5, 5)]
    assert sorted(found) == sorted([*first, *second])


def test_what_ends_when_it_is_struck_is_finished() -> None:
    """Tests that work that is done at the instant of the blow is done, and that a blow of no length changes nothing."""
    found = struck((1, 2), (4, 0), of=RESOURCE, orders=[3])["saw"]
    assert found == [("work", 0, 1), ("down", 1, 3), ("work", 3, 4), ("work", 4, 5)]


def test_a_machine_that_is_struck_between_shifts_is_closed_first() -> None:
    """Tests that shifts end and begin meanwhile: the machine is down in the hours in which it would be open."""
    saw = {"calendar": {"period": 4, "open": [[0, 2]]}}
    found = struck((1.5, 3), of=RESOURCE, orders=[3], saw=saw)["saw"]
    assert found[:6] == [
        ("work", 0, 1),
        ("work", 1, 1.5),
        ("down", 1.5, 2),
        ("closed", 2, 4),
        ("down", 4, 4.5),
        ("work", 4.5, 5),
    ]


def test_repairs_go_on_while_machines_are_struck() -> None:
    """Tests that a machine that is broken and struck is down until both are over, and its life counts busy time."""
    saw = {"breakdowns": {"time_between": 1.5, "repair_time": 1}}
    found = struck((2, 3), of=RESOURCE, orders=[2], saw=saw)["saw"]
    assert found == [("work", 0, 1), ("work", 1, 1.5), ("down", 1.5, 5), ("work", 5, 5.5)]


def test_a_blocked_machine_keeps_its_job_until_the_next_goes_on() -> None:
    """Tests that a chair which finds no room before the paint shop stays in the saw while that is struck."""
    stages = [SAW, PAINT | {"buffer": 0, "time": 0.5}]
    found = struck((1.25, 3), of={"resource": "works/paint"}, orders=[3], stages=stages)
    assert found["paint"][1:3] == [("work", 1, 1.25), ("down", 1.25, 4.25)]
    assert ("blocked", 2, 4.5) in found["saw"]
