"""The order of things at one instant."""

import pytest
import simpy

from scmsim.engine.clock import Clock, Phases, StandstillError, TickEnvironment


def test_phases_run_in_their_order_whatever_the_order_of_booking():
    """Tests that actions of one instant run by phase and not in the order in which they were booked."""
    clock, log = Clock(), []
    for phase in (9, 2, 5, 3):
        clock.at(10, phase, log.append, phase)
    clock.run(11)
    assert log == [2, 3, 5, 9]


def test_actions_of_one_phase_keep_their_order():
    """Tests that actions of the same phase run in the order in which they were booked."""
    clock, log = Clock(), []
    for name in "abc":
        clock.at(1, 4, log.append, name)
    clock.run(2)
    assert log == ["a", "b", "c"]


def test_an_action_may_book_an_earlier_phase_of_its_own_instant():
    """Tests that what is booked for an earlier phase during an instant runs next, before the phases that follow."""
    clock, log = Clock(), []

    def serve(_):
        log.append("serve")
        clock.at(clock.now, 2, log.append, "receive")

    clock.at(1, 5, serve)
    clock.at(1, 7, log.append, "next level")
    clock.run(2)
    assert log == ["serve", "receive", "next level"]


def test_nothing_at_the_end_is_run():
    """Tests that the run is [start, end): what is due at the end does not happen."""
    clock, log = Clock(), []
    clock.at(9, 2, log.append, 9)
    clock.at(10, -1, log.append, 10)
    clock.run(10)
    assert log == [9]


def test_recurring_work_meets_what_else_is_due():
    """Tests that recurring work comes back after its interval and shares its phase with single bookings."""
    clock, log = Clock(), []
    clock.every(2, 3, 4, log.append, "r")
    clock.at(5, 4, log.append, "once")
    clock.run(9)
    assert log == ["r", "r", "once", "r"]


def test_what_comes_back_keeps_its_order_whatever_its_intervals():
    """Tests that recurring work of one phase runs in the order in which it was booked, at every instant it shares."""
    clock, log = Clock(), []
    for name, interval in (("a", 2), ("b", 1), ("c", 3), ("d", 2)):
        clock.every(0, interval, 4, log.append, name)
    clock.run(7)
    assert "".join(log) == "abcdbabdbcabdbabcd"


def test_closing_comes_once_after_everything_of_the_instant():
    """Tests that an instant closes once, after what its own actions added to it."""
    clock, log = Clock(), []
    clock.on_close(lambda tick: log.append(f"close {tick}"))
    clock.at(3, 5, lambda _: clock.at(3, 9, log.append, "added"))
    clock.run(4)
    assert log == ["added", "close 3"]


def process(environment, tick, priority, action):
    """Schedule an event that is not the clock's own."""
    event = simpy.Event(environment)
    event._ok, event._value, event.callbacks = True, None, [action]
    environment.schedule(event, priority=priority, delay=tick - environment.now)


def test_a_simpy_process_runs_at_its_own_priority_between_two_phases():
    """Tests that an event of another SimPy process at the same instant is not overtaken by a later phase."""
    environment, log = TickEnvironment(), []
    clock = Clock(environment)
    clock.at(5, 2, log.append, "receive")
    clock.at(5, 8, log.append, "turn")
    process(environment, 5, 6, lambda _: log.append("process"))
    clock.run(6)
    assert log == ["receive", "process", "turn"]


def test_a_simpy_process_with_a_later_priority_comes_after():
    """Tests that a SimPy event behind all phases of an instant does not keep the clock from running them."""
    environment, log = TickEnvironment(), []
    clock = Clock(environment)
    process(environment, 5, 50, lambda _: log.append("process"))
    clock.at(5, 8, log.append, "turn")
    clock.run(6)
    assert log == ["turn", "process"]


def test_an_earlier_phase_booked_later_wakes_the_instant_in_time():
    """Tests that a phase booked for an instant after a later one still comes before a process in between."""
    environment, log = TickEnvironment(), []
    clock = Clock(environment)
    clock.at(5, 8, log.append, "turn")
    process(environment, 5, 4, lambda _: log.append("process"))
    clock.at(5, 2, log.append, "receive")
    clock.run(6)
    assert log == ["receive", "process", "turn"]


def test_an_instant_costs_one_simpy_event_however_it_was_booked():
    """Tests that work booked ahead for an instant, and recurring work on it, share one SimPy event."""
    environment, log = TickEnvironment(), []
    clock = Clock(environment)
    clock.every(0, 1, 5, log.append, "turn")
    clock.every(0, 1, 7, log.append, "next level")
    for tick in range(2, 100):
        clock.at(tick, 2, log.append, "receive")
    calls = []
    call = environment.call
    environment.call = lambda *arguments: (calls.append(arguments), call(*arguments))
    clock.run(100)
    assert len(log) == 298
    assert len(calls) <= 100


def test_a_process_between_phases_may_book_an_earlier_one():
    """Tests that the clock comes back in time when a process it stepped aside for books a phase before the next one."""
    environment, log = TickEnvironment(), []
    clock = Clock(environment)
    process(environment, 5, 4, lambda _: clock.at(5, 5, log.append, "booked"))
    process(environment, 5, 6, lambda _: log.append("process"))
    clock.at(5, 2, log.append, "receive")
    clock.at(5, 8, log.append, "turn")
    clock.run(6)
    assert log == ["receive", "booked", "process", "turn"]


def test_the_round_before_demand_lies_between_receiving_and_demand():
    """Tests that every early turn comes before demand and every late one after it, downstream first."""
    phases = Phases(3)
    early = [phases.turn(level, early=True) for level in range(3)]
    late = [phases.turn(level) for level in range(3)]
    assert [phases.receive, *early, phases.demand, *late] == sorted([phases.receive, *early, phases.demand, *late])
    assert all(phases.orders(level) < phases.turn(level) for level in range(3))


class Restless:
    """Books itself anew at the same instant, so many times."""

    def __init__(self, clock: Clock, times: float) -> None:
        self.clock, self.left = clock, times

    def act(self, _argument: None = None) -> None:
        """Book the next time, if there is one."""
        self.left -= 1
        if self.left > 0:
            self.clock.at(self.clock.now, 3, self.act)


@pytest.mark.parametrize("is_shared", [False, True])
def test_an_instant_without_end_is_told(is_shared: bool) -> None:
    """Tests that things which lead to each other for ever end the run, and that only their owners are named."""
    clock = Clock()
    restless, other = Restless(clock, float("inf")), Restless(clock, 20)
    for each in (other, restless):
        clock.at(5, 3, each.act)
    if is_shared:
        process(clock.environment, 5, 4, lambda _: None)
    with pytest.raises(
        StandstillError, match="time stands still: one thing leads to another 10,000 times at one inst"
    ) as ended:
        clock.run(6)
    assert ended.value.owners == [restless]
    assert clock.now == 5


def test_a_long_chain_of_things_at_one_instant_ends() -> None:
    """Tests that as many rounds at each of several instants as a chain of 1,000 stocks may take are no standstill."""
    clock = Clock()
    each = [Restless(clock, 8_000) for _ in range(2)]
    clock.at(5, 3, each[0].act)
    clock.at(6, 3, each[1].act)
    clock.run(7)
    assert [one.left for one in each] == [0, 0]
