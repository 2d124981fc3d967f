"""Making in stages: complete kits become jobs, which go through the works from one queue to the next."""

from collections.abc import Sequence
from math import ceil, floor, inf
from typing import Any

from scmsim.engine.clock import Phases
from scmsim.flows.events import CODES as EVENTS
from scmsim.flows.events import NOBODY
from scmsim.flows.information import Order
from scmsim.flows.material import RESIDUE
from scmsim.flows.operations import CODES
from scmsim.nodes.production import Kit, Production
from scmsim.nodes.shop import WorkCentre
from scmsim.nodes.shop_job import Job, Step
from scmsim.nodes.shop_machine import Machine
from scmsim.scenario.network_production import Route
from scmsim.ticks import LONG_AGO

SCRAPPED, SCRAP = CODES["scrapped"], EVENTS["production_scrap"]


class ShopProduction(Production):
    """The making of one product in stages.

    Attributes
    ----------
    index : float
        The point of what is made.
    steps : list of Step
        The stages.
    priority : int
        Its class, 1 first.
    """

    __slots__ = (
        "_batch",
        "_centres",
        "_events_row",
        "_follows",
        "_jobs",
        "_latest",
        "_promises",
        "index",
        "priority",
        "steps",
    )

    def take_place(self, route: Route, centres: Sequence[WorkCentre], workshop: Any) -> None:
        """Learn the way through the works."""
        point, whole = self._maker.point, self._whole_units
        name = f"{point.node}/{point.product}"
        self.index = self._maker.index
        self.priority = route.priority
        self.steps = [
            Step(stage, place, workshop, f"{name}/{stage.name}", whole_units=whole)
            for place, stage in enumerate(route.stages)
        ]
        self._centres = [centres[stage.resource] for stage in route.stages]
        batch = inf if route.batch is None else route.batch
        self._batch = max(1.0, floor(batch)) if whole and batch < inf else batch
        self._promises = route.promise
        self._jobs = workshop.jobs
        self._latest = float(LONG_AGO)
        self._follows = point.policy is not None and point.policy.follows_receipts
        self._events_row = workshop.recorder.writer("events")

    def place(self, quantity: float) -> None:
        """Order the making of ``quantity`` units."""
        now, maker = self._clock.time, self._maker
        promised = self.promised(quantity) if self._promises else now + self._lead_time
        order = Order(next(self._numbers), None, quantity, now, promised)
        self._latest = max(self._latest, promised)
        maker.order(quantity)
        self._orders_row((now, maker.index, order.number, quantity))
        self.expect(0, 1)
        if self._components:
            Kit(self, order, self._components)
        else:
            self.start(order, quantity)

    def promised(self, quantity: float) -> float:
        """Return when so many units are expected to be finished if they are ordered now, behind all that is there."""
        now = first = ready = float(self._clock.now)
        jobs = max(1.0, ceil(quantity / self._batch - RESIDUE))
        last = quantity - (jobs - 1.0) * self._batch if jobs > 1 else quantity
        for step, centre in zip(self.steps, self._centres, strict=True):
            begin = max(first, now + centre.wait())
            first = begin + step.expected(min(quantity, self._batch))
            others = (jobs - 1.0) * step.expected(min(quantity, self._batch))
            ready = max(ready, begin + centre.lasts(others)) + step.expected(last)
        return ready

    def promised_for_all(self) -> float:
        """Return when everything that is owed is expected to be there, whether it has been ordered yet or not."""
        maker = self._maker
        missing = maker.backorders - maker.on_order
        return self.promised(missing) if missing > RESIDUE else max(self._latest, float(self._clock.now))

    def start(self, order: Order, quantity: float) -> None:
        """Begin to make units of an order: they become jobs, which wait for the first stage."""
        now, maker = self._clock.now, self._maker
        order.unshipped -= quantity
        maker.expect(quantity)
        self._production_row((now, maker.index, order.number, quantity, order.promised))
        left = quantity
        while left > RESIDUE:
            part = min(left, self._batch)
            left -= part
            self._enter(Job(self, order, next(self._jobs), part), 0)
        if order.unshipped < RESIDUE:
            self.expect(0, -1)

    def expect(self, step: int, jobs: int) -> None:
        """Tell the centres from a stage on that more jobs are on their way there, or fewer."""
        for centre in self._centres[step:]:
            centre.expect(jobs)

    def _enter(self, job: Job, step: int) -> None:
        """Let a new job into the works, at a stage."""
        for place in range(step, len(self.steps)):
            self._centres[place].load += self.steps[place].expected(job.quantity)
        self.expect(step + 1, 1)
        job.reach(step, int(self._clock.environment.now))
        self._centres[step].arrive(job)

    def go_on(self, machine: Machine, job: Job) -> bool:
        """Send a job to its next stage, or into stock; tell whether it has to stay in its machine."""
        if job.step + 1 == len(self.steps):
            now = int(self._clock.environment.now)
            self._clock.at(now, Phases.receive, self.finish, (job.order, job.quantity))
            return False
        centre = self._centres[job.step + 1]
        if centre.has_room_for(job):
            self.move(job)
            return False
        centre.keep_for(machine, job)
        return True

    def move(self, job: Job) -> None:
        """Let a job come to its next stage."""
        centre = self._centres[job.step + 1]
        job.reach(job.step + 1, int(self._clock.environment.now))
        centre.expect(-1)
        centre.arrive(job)

    def send_back(self, job: Job, quantity: float, step: int) -> None:
        """Let units of a job go through a stage, and all after it, again."""
        self._enter(Job(self, job.order, next(self._jobs), quantity), step)

    def scrap(self, job: Job, quantity: float, centre: WorkCentre, machine: float) -> None:
        """Throw away units of a job."""
        centre.note(SCRAPPED, machine, job, quantity)
        now = int(self._clock.environment.now)
        self._clock.at(now, Phases.receive, self._lose, (job.order, quantity))

    def unload(self, job: Job, quantity: float) -> None:
        """Count on less work at the stages that come: units of a job do not get there."""
        whole = job.quantity <= RESIDUE
        for place in range(job.step + 1, len(self.steps)):
            step = self.steps[place]
            self._centres[place].load -= step.stage.time.ticks * quantity + whole * step.stage.batch_time.ticks

    def finish(self, argument: tuple[Order, float]) -> None:
        """Put finished units into stock."""
        super().finish(argument)
        if self._follows:
            self._maker.reconsider()

    def _lose(self, argument: tuple[Order, float]) -> None:
        """Close an order short by units that were thrown away."""
        order, quantity = argument
        order.undelivered -= quantity
        maker = self._maker
        maker.waste(quantity)
        self._events_row((self._clock.time, SCRAP, maker.index, NOBODY, order.number, quantity, 0.0))
        maker.reconsider()
