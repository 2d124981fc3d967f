"""Cases Q: queues, lines and shops whose values are known exactly, each from runs of a factory.

Numbers that are random sums of long stays vary much, so that their bound is wide.
"""

from collections.abc import Iterator

from scmsim.verification.case import TIGHT, Case, Finding, Value
from scmsim.verification.laboratory import Laboratory, rows_of

STEADY = 2.5 * TIGHT
"""Largest standard error, as a share of the value, of throughputs, shares and costs (full form)."""
CYCLES = 0.03
"""The same for jobs in a queue and for times in it, whose sums are correlated over long times."""
JOBS, STAY, QUEUE_TIME = "average_work_in_process", "order_cycle_time", "queue_time"
THROUGHPUT, CYCLE_TIME = "throughput", "production_cycle_time"
EXPONENTIAL = "{dist: exponential, mean: 1}"
STAGES, STAGE_TIME = "make.stages", "stage.time"


def known(measure: str, expected: float, width: float | None = None) -> Value:
    """Return a figure of the works as a whole."""
    share = width or (CYCLES if measure in (JOBS, STAY, QUEUE_TIME) else STEADY)
    return Value(measure=measure, expected=expected, place=None, width=share)


def queue(name: str, what: str, values: tuple[Value, ...], *changes: str, kinds: tuple[str, ...] = (STAGES,)) -> Case:
    """Return a single work centre at a load of 0.8."""
    return Case(
        name=name,
        what=what,
        source="queueing theory (Hopp and Spearman, chapter 8)",
        grade="C",
        scenario="q01_single_machine",
        changes=changes,
        values=values,
        kinds=kinds,
    )


def line(machines: int, room: int, throughput: float, grade: str = "B") -> Case:
    """Return a line of so many machines that always has work, with so much room between any two."""
    names = "abcd"[:machines]
    stages = [f"{{name: {name}, resource: {name}, time: {EXPONENTIAL}" for name in names]
    stages = [f"{stages[0]}}}", *(f"{stage}, buffer: {room}}}" for stage in stages[1:])]
    return Case(
        name=f"Q07-{machines}-machines-room-{room}",
        what=f"{machines} machines in a line, room for {room} between any two, blocking after service",
        source="Hunt 1956; exact by the Markov chain",
        grade=grade,
        scenario="q07_blocking",
        changes=(
            f"nodes.works.resources={{{', '.join(f'{name}: {{}}' for name in names)}}}",
            f"nodes.works.make.item.stages=[{', '.join(stages)}]",
        ),
        values=(known(THROUGHPUT, throughput),),
        kinds=("stage.buffer",),
    )


def conwip(jobs: int) -> Case:
    """Return the practical worst case with so many jobs in the line."""
    return Case(
        name=f"Q08-{jobs}-jobs",
        what=f"four machines, always {jobs} jobs in the line",
        source="Hopp and Spearman, practical worst case: w/(w + 3)/2 and 2(w + 3)",
        grade="C",
        scenario="q08_conwip",
        changes=(f"nodes.works.stock.penny.policy.cards={jobs}",),
        values=(known(THROUGHPUT, jobs / (jobs + 3) / 2), known(CYCLE_TIME, 2 * (jobs + 3))),
        kinds=("policy:kanban", "make.batch"),
    )


def little(laboratory: Laboratory) -> Iterator[Finding]:
    """Find that, on a path that begins and ends empty, jobs in the works are throughput times cycle time."""
    script = "{review: {interval: 1}, policy: {kind: scripted, orders: [3, 1, 4, 1, 5]}}"
    closed = ("nodes.works.demand={}", f"nodes.works.stock.item={script}", "time.warm_up=0", "time.horizon=200")
    values = laboratory.run("q06_two_machines", closed).values
    table = values[rows_of(values, None)].pivot(index="replication", columns="metric", values="value")
    least = min(float(table[JOBS].min()), float(table[CYCLE_TIME].min()))
    yield Finding("throughput of a known plan", 14 / 200, float(table[THROUGHPUT].mean()), tolerance=1e-12)
    yield Finding("least number of jobs or cycle time", 0.0, least, relation="above")
    ratio = (table[JOBS] / (table[THROUGHPUT] * table[CYCLE_TIME])).to_numpy()
    yield Finding("jobs / (throughput x cycle time), least", 1.0, float(ratio.min()), tolerance=1e-6)
    yield Finding("jobs / (throughput x cycle time), most", 1.0, float(ratio.max()), tolerance=1e-6)


MACHINE = "nodes.works.make.item.stages.0.time"
CASES = (
    queue(
        "Q01-one-machine",
        "M/M/1 at a load of 0.8",
        (known(JOBS, 4.0), known(STAY, 5.0), known("machine_utilisation", 0.8)),
    ),
    queue(
        "Q02-three-machines",
        "M/M/3 at a load of 0.8",
        (known(QUEUE_TIME, 1.078652),),
        "nodes.works.resources.machine.machines=3",
        "nodes.works.demand.item.rate=2.4",
        kinds=("resource.machines",),
    ),
    queue("Q03-constant-times", "M/D/1 at a load of 0.8", (known(QUEUE_TIME, 2.0),), f"{MACHINE}=1"),
    queue(
        "Q04-gamma-times",
        "M/G/1 at a load of 0.8, squared coefficient of variation 0.5",
        (known(QUEUE_TIME, 3.0),),
        f"{MACHINE}={{dist: gamma, mean: 1, sd: 0.7071067812}}",
        kinds=(STAGE_TIME,),
    ),
    Case(
        name="Q05-limited-room",
        what="M/M/1/5 at an offered load of 0.9",
        source="queueing theory: a share of 0.126023 is blocked",
        grade="C",
        scenario="q05_limited_room",
        values=(known(THROUGHPUT, 0.78658), known(JOBS, 2.194782), known(CYCLE_TIME, 2.790286)),
        kinds=(STAGES, STAGE_TIME),
    ),
    Case(
        name="Q06-two-machines",
        what="two M/M/1 queues in a row",
        source="Jackson 1957, product form: 1 and 5 jobs",
        grade="C",
        scenario="q06_two_machines",
        values=(known(JOBS, 6.0, width=0.02),),
        kinds=(STAGES, STAGE_TIME),
    ),
    *(line(2, room, value) for room, value in ((0, 2 / 3), (1, 0.75), (2, 0.8), (3, 5 / 6))),
    line(3, 0, 22 / 39, "A"),
    line(4, 0, 0.514775, "A"),
    *map(conwip, (2, 8)),
    Case(
        name="Q09-little",
        what="two machines, a plan that is worked off",
        source="Little's law, exact on a path that begins and ends empty",
        grade="C",
        compute=little,
        kinds=(STAGES,),
    ),
)
