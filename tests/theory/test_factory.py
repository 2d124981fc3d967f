"""Queues, lines and shops whose values are known exactly, each from one run of a factory.

As in `test_published_systems`, a value must lie within three standard errors of the mean over independent replications,
and the standard error is bounded. Numbers that are random sums of long stays vary much, so that their bound is wide.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

TIGHT = 0.005
"""Largest standard error, as a share of the value, of throughputs, shares and costs (full form)."""
CYCLES = 0.03
"""The same for jobs in a queue and for times in it, whose sums are correlated over long times."""
MEASURES = {"average_work_in_process": CYCLES, "order_cycle_time": CYCLES, "queue_time": CYCLES}
EXPONENTIAL = "{dist: exponential, mean: 1}"


@dataclass(frozen=True, kw_only=True)
class Works:
    """A factory and what is known of it."""

    name: str
    scenario: str
    expected: dict[str, float]
    changes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("make.stages", "stage.time")
    widths: dict[str, float] = field(default_factory=dict)

    @property
    def row(self) -> Any:
        """The factory as a row of a parametrised test."""
        return pytest.param(self, id=self.name, marks=[*map(pytest.mark.known_answer, self.kinds)])


def queue(name: str, expected: dict[str, float], *changes: str, kinds: tuple[str, ...] = ("make.stages",)) -> Works:
    """Return a single work centre at a load of 0.8."""
    return Works(name=name, scenario="q01_single_machine", expected=expected, changes=changes, kinds=kinds)


def line(machines: int, room: int, throughput: float) -> Works:
    """Return a line of so many machines that always has work, with so much room between any two."""
    names = "abcd"[:machines]
    stages = [f"{{name: {name}, resource: {name}, time: {EXPONENTIAL}" for name in names]
    stages = [f"{stages[0]}}}", *(f"{stage}, buffer: {room}}}" for stage in stages[1:])]
    changes = (
        f"nodes.works.resources={{{', '.join(f'{name}: {{}}' for name in names)}}}",
        f"nodes.works.make.item.stages=[{', '.join(stages)}]",
    )
    return Works(
        name=f"Q07-{machines}-machines-room-{room}",
        scenario="q07_blocking",
        expected={"throughput": throughput},
        changes=changes,
        kinds=("stage.buffer",),
    )


def conwip(jobs: int) -> Works:
    """Return the practical worst case with so many jobs in the line."""
    return Works(
        name=f"Q08-{jobs}-jobs",
        scenario="q08_conwip",
        expected={"throughput": jobs / (jobs + 3) / 2, "production_cycle_time": 2 * (jobs + 3)},
        changes=(f"nodes.works.stock.penny.policy.cards={jobs}",),
        kinds=("policy:kanban", "make.batch"),
    )


WORKS = (
    queue("Q01-one-machine", {"average_work_in_process": 4.0, "order_cycle_time": 5.0, "machine_utilisation": 0.8}),
    queue(
        "Q02-three-machines",
        {"queue_time": 1.078652},
        "nodes.works.resources.machine.machines=3",
        "nodes.works.demand.item.rate=2.4",
        kinds=("resource.machines",),
    ),
    queue("Q03-constant-times", {"queue_time": 2.0}, "nodes.works.make.item.stages.0.time=1"),
    queue(
        "Q04-gamma-times",
        {"queue_time": 3.0},
        "nodes.works.make.item.stages.0.time={dist: gamma, mean: 1, sd: 0.7071067812}",
        kinds=("stage.time",),
    ),
    Works(
        name="Q05-limited-room",
        scenario="q05_limited_room",
        expected={"throughput": 0.78658, "average_work_in_process": 2.194782, "production_cycle_time": 2.790286},
    ),
    Works(
        name="Q06-two-machines",
        scenario="q06_two_machines",
        expected={"average_work_in_process": 6.0},
        widths={"average_work_in_process": 0.05},
    ),
    *(line(2, room, value) for room, value in ((0, 2 / 3), (2, 0.8))),
    line(3, 0, 22 / 39),
    line(4, 0, 0.514775),
    *map(conwip, (2, 8)),
    Works(
        name="S14-shifts",
        scenario="s14_shifts",
        expected={"cost_per_period": 7.163359},
        kinds=("resource.calendar",),
        widths={"cost_per_period": 0.03},
    ),
)


@pytest.mark.parametrize("works", [works.row for works in WORKS])
def test_factory(works: Works, laboratory) -> None:
    """Tests that a factory does what queueing theory says of it."""
    for measure, expected in works.expected.items():
        width = works.widths.get(measure, MEASURES.get(measure, 2.5 * TIGHT))
        laboratory.check(laboratory.estimate(works.scenario, measure, None, works.changes), expected, width)


@pytest.mark.known_answer("make.stages")
def test_little(laboratory) -> None:
    """Tests Q09: on a path that begins and ends empty, units in the works are throughput times cycle time, exactly."""
    script = "{review: {interval: 1}, policy: {kind: scripted, orders: [3, 1, 4, 1, 5]}}"
    closed = ("nodes.works.demand={}", f"nodes.works.stock.item={script}", "time.warm_up=0", "time.horizon=200")
    works, units, times = (
        laboratory.estimate("q06_two_machines", measure, None, closed).mean
        for measure in ("average_work_in_process", "throughput", "production_cycle_time")
    )
    assert units == pytest.approx(14 / 200, rel=1e-12)
    values = laboratory.run("q06_two_machines", closed).values
    values = values[values.node.isna() & values["product"].isna() & values.segment.isna()]
    table = values.pivot(index="replication", columns="metric", values="value")
    stays = table["throughput"] * table["production_cycle_time"]
    assert works > 0
    assert times > 0
    assert (table["average_work_in_process"] / stays - 1.0).abs().max() < 1e-6
