"""From what a scenario says of money to the money of a network: prices, terms and promotions in ticks."""

from collections.abc import Mapping
from math import floor

from scmsim.inputs.demand import Demand
from scmsim.scenario import network as net
from scmsim.scenario import schema_money as said
from scmsim.scenario.convert import delay
from scmsim.scenario.flow import Flow, lanes_by_name
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.supply import shares_of
from scmsim.scenario.topology import Key
from scmsim.ticks import to_ticks


def money_of(file: ScenarioFile) -> net.Money | None:
    """Return how money is counted, or None where nothing of the scenario is about money."""
    given = file.money
    if given is None:
        priced = any(lane.price is not None or lane.prices for lane in file.lanes)
        kept = any(node.finance is not None or node.sales for node in file.nodes.values())
        return net.Money() if priced or kept else None
    return net.Money(
        currency=given.currency, valuation=given.valuation, tax_rate=given.tax_rate, month=to_ticks(given.month)
    )


def finance_of(given: said.Finance | None) -> net.Finance:
    """Return the money of a node."""
    if given is None:
        return net.Finance()
    return net.Finance(
        cash=given.cash,
        overdraft_limit=given.overdraft_limit,
        overdraft_rate=given.overdraft_rate,
        loan=given.loan,
        loan_rate=given.loan_rate,
        fixed_cost=given.fixed_cost,
        limit_orders_to_cash=given.limit_orders_to_cash,
        insolvency=given.insolvency,
        grace=to_ticks(given.grace),
    )


def sale_of(given: said.Sale) -> net.Sale:
    """Return what end customers pay."""
    return net.Sale(
        price=_price(given.price),
        terms=_terms(given.terms),
        promotions=_promotions(given.promotions),
        buy_ahead=given.buy_ahead,
    )


def units_ahead(periods: float, mean: float | None, *, whole_units: bool) -> float:
    """Return the units bought ahead for so many periods of a mean demand, rounded half up where units are whole.

    Examples
    --------
    >>> units_ahead(1.5, 5.0, whole_units=True), units_ahead(1.5, 5.0, whole_units=False)
    (8.0, 7.5)
    """
    units = periods * (mean or 0.0)
    return float(floor(units + 0.5)) if whole_units else units


def pantry_of(given: said.Sale | None, demand: Demand, *, whole_units: bool) -> float:
    """Return the units that the customers of one demand keep at home while a promotion runs."""
    moments = demand.moments()
    if given is None or moments is None:
        return 0.0
    return units_ahead(given.buy_ahead, moments[0], whole_units=whole_units)


def lane_sales(lane: Lane, products: tuple[str, ...]) -> dict[str, net.Sale]:
    """Return what each product of a lane costs; products without a price are left out."""
    prices = {product: lane.prices.get(product, lane.price) for product in products}
    return {
        product: net.Sale(price=_price(price), terms=_terms(lane.terms), promotions=_promotions(lane.promotions))
        for product, price in prices.items()
        if price is not None
    }


def opening_costs(flow: Flow, level: Mapping[Key, int]) -> dict[Key, float]:
    """Return what a unit of each stock is worth at the start, and what an unlimited supplier's units cost it.

    That is the product's standard cost, or else its value, or else what buying or making it takes.
    """
    costs: dict[Key, float] = {}
    for key in sorted(flow.keys, key=lambda key: -level[key]):
        product = flow.file.products[key[1]]
        stated = product.standard_cost if product.standard_cost is not None else product.value
        costs[key] = stated if stated is not None else _cost_of_source(flow, key, costs)
    return costs


def _cost_of_source(flow: Flow, key: Key, costs: Mapping[Key, float]) -> float:
    name, product = key
    make = flow.file.nodes[name].make.get(product)
    if make is not None:
        return make.unit_cost + sum(units * costs[name, part] for part, units in make.components.items())
    lanes = flow.lanes_into.get(key)
    if not lanes:
        return 0.0
    paid = [_cost_over(flow, index, key, costs) for index in lanes_by_name(flow.file, lanes)]
    return sum(share * cost for share, cost in zip(shares_of(flow, key), paid, strict=True))


def _cost_over(flow: Flow, index: int, key: Key, costs: Mapping[Key, float]) -> float:
    lane = flow.file.lanes[index]
    price = lane.prices.get(key[1], lane.price)
    sellers = costs[lane.origin, key[1]]
    if price is not None:
        return _price(price).of(sellers) * (1.0 + lane.duty)
    return flow.stock(key).purchase_cost or sellers


def _price(given: float | said.PriceRule) -> net.Price:
    if not isinstance(given, said.PriceRule):
        return net.Price(float(given))
    return net.Price(*given.amount_and_rate(), given.tiers(), given.is_incremental)


def _promotions(given: tuple[said.Promotion, ...]) -> tuple[net.Promotion, ...]:
    in_time = sorted(given, key=lambda promotion: promotion.start)
    return tuple(net.Promotion(to_ticks(one.start), to_ticks(one.until), one.discount) for one in in_time)


def _terms(given: said.Terms) -> net.Terms:
    early = given.discount
    return net.Terms(
        invoice=given.invoice,
        net=delay(given.net),
        prepay=given.prepay,
        down_payment=1.0 if given.prepay else given.down_payment,
        discount_rate=early.rate if early is not None else 0.0,
        discount_within=to_ticks(early.within) if early is not None else 0,
        late=delay(given.late),
        late_fee=given.late_fee,
    )
