"""What happens to goods and orders beyond ordering, shipping and receiving: one kind for each."""

KINDS = (
    "sourced",
    "quotation_requested",
    "quotation",
    "yield_loss",
    "cancelled",
    "gave_up",
    "substituted",
    "expired",
    "destroyed",
    "returned",
    "restocked",
    "scrapped",
    "held",
    "released",
    "cut",
    "dropped",
    "kept_waiting",
    "vehicle_left",
    "issued",
    "sent_back",
    "cancellation_confirmed",
    "classed",
    "promised",
    "production_scrap",
    "struck",
    "ended",
)
"""Every kind of event, in the order of the codes that stand for them in tables of facts.

========================  ==================================================================================
sourced                   an order of ``point`` goes to ``partner``, one of several that could supply it; ``value`` is
                          the price of a unit that it quoted, 0 where the order has the price of its day
quotation_requested       ``point`` asks ``partner`` for a quotation of ``quantity`` units
quotation                 ``point`` quotes ``value`` (money per unit) to ``partner`` for ``quantity`` units
yield_loss                units ordered by ``point`` from ``partner`` that did not come out right, and never come
cancelled                 units ordered by ``partner`` from ``point`` that are not wanted any more
gave_up                   units that a customer of ``point`` has waited for and wants no longer
substituted               units asked for at ``point`` that the customer takes from ``partner`` instead
expired                   units of ``point`` that are too old to be used; ``value`` is what they are worth at the
                          cost of the start, whatever they are worth in the books by then
destroyed                 units of ``point`` that are lost by accident, or, with a ``partner``, on their way from there;
                          ``value`` is what they are worth
returned                  units that customers of ``partner`` send back, as they reach ``point``
restocked                 units sent back that are put into the stock of ``point``; ``value`` as with ``expired``
scrapped                  units sent back to ``point`` that are thrown away
held                      an order of ``partner`` that ``point`` does not enter yet: with its ``value`` the credit limit
                          would be exceeded
released                  such an order, as it is entered
cut                       units that ``point`` leaves off an order to ``partner``, as it could not pay them; ``value``
                          is their price
dropped                   units that ``point`` wanted from ``partner`` and does not order at all: it could not pay them,
                          or is insolvent
kept_waiting              units that ``point`` orders from ``partner`` once it can pay ``value`` in advance
vehicle_left              a vehicle of a fleet leaves ``point`` for ``partner``, and is back ``value`` time units later
issued                    units with a shelf life that ``point`` gives to ``partner``; ``value`` is how long they can
                          still be used (time units)
sent_back                 units from customers that ``point`` sends to ``partner`` over a lane for returns; ``value``
                          is what their transport costs
cancellation_confirmed    units ordered by ``point`` from ``partner`` that it knows will not come, as it has cancelled
                          them
struck                    a disruption begins, that with the number ``value`` in the order of names; ``point`` is the
                          first of those it concerns, and ``quantity`` what remains
ended                     it ends
classed                   an order of ``partner`` reaches ``point`` as one of a class after the first: ``value``
promised                  ``partner`` has quoted the date ``value`` for an order of ``point``, another than the standard
production_scrap          units that ``point`` was making and that are thrown away: the order closes short
========================  ==================================================================================
"""
CODES = {kind: float(code) for code, kind in enumerate(KINDS)}
"""The code of each kind, as tables of facts hold it."""
NOBODY = -2.0
"""The partner of what concerns nobody else; -1 is an end customer."""
