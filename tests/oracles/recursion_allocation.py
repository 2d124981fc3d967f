"""Who gets how much of a stock that does not last for all: the allocation rules, in the words of the manual."""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Line, Mapping

Given = list[tuple[Line, float]]
DUST = 1e-9
"""Units below which a quantity is rounding noise, and nobody sends it."""


def first_come(free: float, lines: list[Line]) -> Given:
    """Serve by instant of entry; what entered at the same instant shares pro rata."""
    given: Given = []
    for entered in sorted({line.entered for line in lines}):
        together = [line for line in lines if line.entered == entered]
        given += proportional(free, together)
        free = max(0.0, free - sum(line.waiting for line in together))
    return given


def proportional(free: float, lines: list[Line]) -> Given:
    """Serve everybody in proportion to what he waits for."""
    asked = sum(line.waiting for line in lines)
    if free >= asked:
        return [(line, line.waiting) for line in lines]
    return [(line, free * line.waiting / asked) for line in lines] if free > DUST else []


def by_class(free: float, lines: list[Line], kept: Callable[[int], float]) -> Given:
    """Serve class by class, 1 first, each from what exceeds the units kept from it; first come within a class."""
    given: Given = []
    for number in sorted({line.priority for line in lines}):
        own = first_come(max(0.0, free - kept(number)), [line for line in lines if line.priority == number])
        given += own
        free -= sum(units for _, units in own)
    return given


def fair_share(free: float, lines: list[Line]) -> Given:
    """Bring every customer to the same share of its open orders, those below it first; first come within a customer."""
    customers = sorted({line.customer for line in lines})
    orders = {customer: [line for line in lines if line.customer == customer] for customer in customers}
    ordered = {customer: sum(line.ordered for line in own) for customer, own in orders.items()}
    waiting = {customer: sum(line.waiting for line in own) for customer, own in orders.items()}
    has = {customer: (ordered[customer] - waiting[customer]) / ordered[customer] for customer in customers}
    share, left = 1.0, free
    if sum(waiting.values()) > free:
        worst_first = sorted(customers, key=lambda customer: has[customer])
        rising = 0.0
        for place, customer in enumerate(worst_first):
            rising += ordered[customer]
            share = has[customer] + left / rising
            following = worst_first[place + 1 :]
            if not following or share <= has[following[0]]:
                break
            left -= (has[following[0]] - has[customer]) * rising
    given: Given = []
    for customer, own in orders.items():
        given += first_come(min(waiting[customer], max(0.0, share - has[customer]) * ordered[customer]), own)
    return given


def allocated(rule: Mapping, free: float, lines: list[Line]) -> Given:
    """Return who gets how much under a rule."""
    if rule["kind"] == "priority":
        return by_class(free, lines, lambda _: 0.0)
    if rule["kind"] == "reserve":
        keep = rule["keep"]
        return by_class(free, lines, lambda number: keep[min(number - 2, len(keep) - 1)] if number > 1 else 0.0)
    return {"first_come": first_come, "proportional": proportional, "fair_share": fair_share}[rule["kind"]](free, lines)
