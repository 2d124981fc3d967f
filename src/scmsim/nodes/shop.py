"""The works: machines that are alike form a work centre, whose queue feeds them; jobs go from one to the next."""

from collections.abc import Callable, Sequence

from scmsim.engine.clock import Phases
from scmsim.flows.material import RESIDUE
from scmsim.flows.operations import CODES
from scmsim.nodes.shop_job import Job, draws
from scmsim.nodes.shop_machine import NO_PRODUCT, Machine
from scmsim.nodes.shop_queue import JobQueue
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Network
from scmsim.scenario.network_production import Resource
from scmsim.ticks import LONG_AGO

ARRIVED, TAKEN, FINISHED, SENT_BACK = (CODES[kind] for kind in ("arrived", "taken", "finished", "sent_back"))


class WorkCentre:
    """The machines of one resource and the jobs that wait for them.

    Who gets which job is settled once everything else of an instant has happened, so that it does not depend on what
    happened first.

    Parameters
    ----------
    resource : Resource
        What the scenario says of it.
    network : Network
        What is simulated.
    workshop : Workshop
        The means of the run.
    machine : type of Machine
        What its machines are.

    Attributes
    ----------
    coming : int
        Jobs that are on their way here: at an earlier stage, or waiting for their components.
    load : float
        Ticks of expected work on everything in the works that still has to be done here, what is in machines included.
    """

    __slots__ = (
        "_booked",
        "_environment",
        "_free",
        "_late",
        "_names",
        "_row",
        "_setups",
        "_waits",
        "coming",
        "index",
        "load",
        "machines",
        "queue",
        "resource",
        "start",
    )

    def __init__(
        self, resource: Resource, network: Network, workshop: Workshop, machine: type[Machine] = Machine
    ) -> None:
        phases = workshop.phases
        self.resource = resource
        self.index = float(resource.index)
        self.start = network.calendar.start
        self.queue = JobQueue(resource.sequencing)
        self.coming = 0
        self.load = 0.0
        self._names = [point.product for point in network.points]
        self._environment = workshop.clock.environment
        self._late = phases.turn(phases.levels) + 1
        self._row = workshop.recorder.writer("operations")
        self._setups = draws(resource.setup_time, workshop, f"setup/{resource.node}/{resource.name}")
        self._free: list[Machine] = []
        self._waits: list[tuple[Machine, Job]] = []
        self._booked = LONG_AGO
        self.machines = [machine(self, number, workshop) for number in range(resource.machines)]
        workshop.clock.at(self.start, Phases.state, self._begin)

    def _begin(self, _argument: None) -> None:
        for machine in self.machines:
            machine.start()

    # Jobs that come

    def expect(self, jobs: int) -> None:
        """Learn that more jobs are on their way here, or fewer."""
        before, self.coming = self.coming, self.coming + jobs
        if self._free and (before == 0) is not (self.coming == 0):
            self._wake()

    def arrive(self, job: Job) -> None:
        """Let a job join the queue."""
        self.queue.put(job)
        self.note(ARRIVED, -1.0, job, job.quantity)
        self._wake()

    def has_room_for(self, job: Job) -> bool:
        """Tell whether a job that has just finished the stage before may come: into the queue, or to a free machine."""
        step = job.works.steps[job.step + 1]
        most = step.stage.buffer
        if most is None or self.queue.at[job.works.index, step.place] < most:
            return True
        return len(self.queue) < len(self._free)

    def keep_for(self, machine: Machine, job: Job) -> None:
        """Remember a job that is finished, and blocks its machine until there is room here."""
        self._waits.append((machine, job))
        self._wake()

    def wait(self) -> float:
        """Return the ticks until everything that is in the works now is expected to be done here."""
        under_way = sum(min(one.worked, one.job.expected) for one in self.machines if one.job is not None)
        return self.lasts(max(0.0, self.load - under_way))

    def lasts(self, work: float) -> float:
        """Return the ticks that all machines need together for so much work, with their shifts on the average."""
        shifts = self.resource.shifts
        return work / len(self.machines) / (1.0 if shifts is None else shifts.share)

    # Machines

    def offer(self, machine: Machine) -> None:
        """Learn that a machine is free."""
        self._free.append(machine)
        self._free.sort(key=lambda one: one.number)
        self._wake()

    def withdraw(self, machine: Machine) -> None:
        """Learn that a free machine is broken or closed."""
        self._free.remove(machine)

    def setup(self, before: float, job: Job) -> int:
        """Return the ticks of a setup."""
        setups = self.resource.setups
        if setups and before != NO_PRODUCT:
            listed = setups.get((self._names[int(before)], self._names[int(job.works.index)]))
            if listed is not None:
                return listed
        own = job.works.steps[job.step].setups
        return next(self._setups if own is None else own)

    def overtime(self, _machine: Machine) -> int:
        """Return how long a machine goes on at the end of a shift."""
        said = self.resource.overtime
        return said.at_most if said is not None and self.queue.work > said.queue else 0

    def finish(self, machine: Machine, job: Job) -> bool:
        """Send a job on that has been worked on; tell whether it blocks its machine."""
        works, here = job.works, job.works.steps[job.step]
        self.load -= job.expected
        scrapped = here.scrap.of(job.quantity) if here.scrap is not None else 0.0
        job.quantity -= scrapped
        again = here.rework.of(job.quantity) if here.rework is not None and job.quantity > RESIDUE else 0.0
        job.quantity -= again
        self.note(FINISHED, machine.number, job, job.quantity)
        if scrapped > RESIDUE:
            works.scrap(job, scrapped, self, machine.number)
        if again > RESIDUE:
            self.note(SENT_BACK, machine.number, job, again)
            works.send_back(job, again, here.stage.rework_to)
        if scrapped + again > RESIDUE:
            works.unload(job, scrapped + again)
        if job.quantity <= RESIDUE:
            works.expect(job.step + 1, -1)
            return False
        return works.go_on(machine, job)

    def note(self, kind: float, machine: float, job: Job, quantity: float) -> None:
        """Write down what happens to a job."""
        now, waiting = float(self._environment.now), float(len(self.queue))
        what = (job.works.index, float(job.step), job.order.number, job.number, quantity)
        self._row((now, self.index, machine, kind, *what, waiting, 0.0, 0.0))

    # Who gets what

    def _wake(self) -> None:
        now = int(self._environment.now)
        if self._booked != now:
            self._booked = now
            self._environment.call(now, self._late, self._dispatch)

    def _dispatch(self, _event: object) -> None:
        self._booked = LONG_AGO
        while self._assign() or self._let_in():
            pass
        for machine in tuple(self._free):
            if machine.in_overtime:
                self._free.remove(machine)
                machine.close()
            else:
                machine.rest()

    def _assign(self) -> bool:
        """Give jobs to free machines; tell whether any got one."""
        given = False
        while self._free and self.queue:
            machine = self._fitting()
            self._free.remove(machine)
            job = self.queue.take(machine.product)
            if job is not None:
                machine.job = job
                self.note(TAKEN, machine.number, job, job.quantity)
                machine.call(job)
            given = True
        return given

    def _fitting(self) -> Machine:
        """Return the free machine that takes the next job: one that is set up for it, or else the first."""
        first = self.queue.first()
        if self.queue.keeps_setup:
            found = [machine for machine in self._free if self.queue.holds(machine.product)]
        else:
            found = [machine for machine in self._free if machine.product == first]
        return found[0] if found else self._free[0]

    def _let_in(self) -> bool:
        """Let jobs come for which there is room now; tell whether any came."""
        for place, (machine, job) in enumerate(self._waits):
            if self.has_room_for(job):
                del self._waits[place]
                machine.release()
                job.works.move(job)
                return True
        return False


def build_shop(
    network: Network, workshop: Workshop, machine_class: Callable[[int], type[Machine]] = lambda _: Machine
) -> Sequence[WorkCentre]:
    """Return the work centres of a network, by their index; ``machine_class`` gives the class of their machines."""
    return [WorkCentre(resource, network, workshop, machine_class(resource.index)) for resource in network.resources]
