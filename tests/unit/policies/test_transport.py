"""Modes and loads: which mode goods take, and what goes into a load, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scmsim.policies.loading import NO_LIMIT, Amount, filled, shares, total, used
from scmsim.policies.transport import ByWeight, Cheapest, Fastest, ModeChoice, Option, Part, Urgency

PARCEL = Option("parcel", 1, 0, Amount(weight=4))
TRUCK = Option("truck", 2, 200, Amount(), NO_LIMIT._replace(weight=100))
MODES = (PARCEL, TRUCK)


def chosen(rule: ModeChoice, *weights: float) -> list[str]:
    """Return the mode of goods of each weight, each by itself."""
    return [MODES[rule.choose([Part(Amount(1, weight))], MODES)[0]].name for weight in weights]


@pytest.mark.known_answer("mode_choice:cheapest")
def test_break_even_of_parcel_and_truck() -> None:
    """Tests by hand that a truck at 200 is cheaper than parcels at 4 a kilogram from 50 kg on, and two from 200 kg on.

    At 150 kg two trucks cost 400 and parcels 600; at the break-even itself the faster mode is taken.
    """
    assert chosen(Cheapest(), 49.9, 50, 50.1, 99, 101, 150) == ["parcel", "parcel", "truck", "truck", "truck", "truck"]
    assert [TRUCK.price(Amount(1, weight)) for weight in (100, 101, 200, 201)] == [200, 400, 400, 600]
    assert chosen(Cheapest(), 100.0001) == ["truck"]


@pytest.mark.known_answer("mode_choice:cheapest")
def test_what_leaves_together_is_priced_together() -> None:
    """Tests that two orders of 30 kg, each cheaper by parcel, share a truck."""
    parts = [Part(Amount(1, 30))] * 2
    assert Cheapest().choose(parts, MODES) == (1, 1)


@pytest.mark.known_answer("mode.lead_time")
@pytest.mark.known_answer("mode_choice:fastest")
def test_fastest_is_the_shortest_mean_time_and_then_the_cheapest() -> None:
    """Tests that time decides, and cost only between modes that take equally long."""
    assert chosen(Fastest(), 1, 1000) == ["parcel", "parcel"]
    level = (PARCEL, TRUCK._replace(time=1))
    assert [Fastest().choose([Part(Amount(1, weight))], level)[0] for weight in (49, 51)] == [0, 1]


@pytest.mark.known_answer("mode_choice:urgency")
def test_only_late_orders_are_urgent() -> None:
    """Tests that of orders that leave together those in time take the normal mode, and the late ones the other."""
    rule = Urgency(normal="truck", urgent="parcel")
    assert rule.choose([Part(Amount(1), 2.0), Part(Amount(1), 1.9), Part(Amount(1), -7)], MODES) == (1, 0, 0)
    assert rule.usual(MODES) == 1


@pytest.mark.known_answer("mode_choice:weight_break")
def test_the_last_break_reached_says_the_mode() -> None:
    """Tests that breaks hold from their weight on, whatever their order in the file."""
    rule = ByWeight(breaks=[{"from": 70, "mode": "truck"}, {"from": 0, "mode": "parcel"}])
    assert chosen(rule, 0, 69.9, 70, 500) == ["parcel", "parcel", "truck", "truck"]


def test_what_is_promised_is_the_time_of_the_slowest_mode() -> None:
    """Tests that rules which depend on the load promise the slowest mode, and the fastest rule the fastest."""
    assert (Cheapest().usual(MODES), Fastest().usual(MODES)) == (1, 0)


def test_a_lot_is_parted_and_whole_units_stay_whole() -> None:
    """Tests by hand a load of 10 kg: 2 units of 4 kg, and of fractions 2.5; nothing overtakes what does not fit."""
    limit = NO_LIMIT._replace(weight=10)
    assert filled([(5, Amount(1, 4), True), (3, Amount(1, 1), True)], limit) == [2, 0]
    assert filled([(5, Amount(1, 4), False), (3, Amount(1, 1), True)], limit) == [2.5, 0]
    assert filled([(1, Amount(1, 4), True), (3, Amount(1, 2), True), (1, Amount(1, 0), True)], limit) == [1, 3, 1]


Lots = st.lists(
    st.tuples(st.integers(1, 30), st.floats(0, 5), st.floats(0, 5), st.booleans()).map(
        lambda lot: (float(lot[0]), Amount(1, lot[1], lot[2]), lot[3])
    ),
    min_size=1,
    max_size=8,
)


@given(lots=Lots, weight=st.floats(5, 60), units=st.integers(1, 40))
def test_loads_hold_no_more_than_they_may_and_come_to_an_end(lots: list, weight: float, units: int) -> None:
    """Tests that loads keep to every limit, take in turn what came first, and carry everything in the end."""
    capacity, left, rounds = Amount(float(units), weight, 1e9), [list(lot) for lot in lots], 0
    while left:
        parts = filled([tuple(lot) for lot in left], capacity)  # type: ignore[misc]
        goods = [lot[1].times(part) for lot, part in zip(left, parts, strict=True)]
        assert sum(parts) > 0
        assert used(total(goods), capacity) <= 1 + 1e-9
        assert sum(shares([one for one in goods if one.units])) == pytest.approx(1)
        stopped = next((at for at, lot in enumerate(left) if parts[at] < lot[0] - 1e-9), len(left))
        assert not any(parts[stopped + 1 :])
        for lot, part in zip(left, parts, strict=True):
            lot[0] -= part
        left = [lot for lot in left if lot[0] > 1e-9]
        rounds += 1
    assert rounds <= 1 + 2 * sum(lot[0] for lot in lots)
