"""The sections on money: where the customers' money goes, cash over time, and the statements."""

from typing import TYPE_CHECKING

from scmsim.report.cash import cash_step, plot_cash
from scmsim.report.held import held_panels
from scmsim.report.labels import number, percent
from scmsim.report.money_figure import plot_income
from scmsim.report.money_flows import BUILT_UP, DRAWN_DOWN, OTHERS, VARIED, Flow, data_income, profit_share
from scmsim.report.money_flows import INCOME as WHOLE_INCOME
from scmsim.report.panels import NOTHING, Panel, which_part
from scmsim.report.series import first_replication
from scmsim.report.statement_tables import MOST_COLUMNS, serving_table, statement_tables
from scmsim.ticks import from_ticks
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

INCOME = (
    "What the sales to customers over the measured time, paid by its end or not, were for: the goods bought or made "
    "for them, and what every stage added to the price, which went into its costs and its profit."
)
IN_STOCK = " What the stages earned on goods that still lie in another's stock, no customer was charged for yet."
SOLD_NOW = " Some of what customers were charged had been earned before, by the stages that sold to one another."
ABOVE = " What stages charge each other above standard cost is a cost variance of theirs, and no cost of the chain."
CASH = "The cash of every stage over time. Below zero a stage owes its bank."
STATEMENTS = "What every stage earned over the measured time, and what it has and owes at the end."
CONSOLIDATED = " In the chain's column, what its stages sold to and owe each other is left out."
UNREALISED = (
    " Goods count there at what they cost the chain: what one stage earned on goods that still lie in another's stock "
    "is taken off its profit and its assets."
)
SUMMARY = "This run kept a summary only. {} full recording."
LEAST_WIDTH, LEAST_WIDTH_OF_MORE = 340, 560
"""In pixels: of a picture of three boxes beside each other, and of four."""


def money_panels(result: "Result") -> list[Panel]:
    """Draw the figures on money; none where the scenario counts none."""
    if result.scenario.network.money is None:
        return []
    return [_income(result), _cash(result), *held_panels(result), _statements(result)]


def _income(result: "Result") -> Panel:
    flows, title = data_income(result), "Where the customers' money goes"
    if not flows:
        return Panel("money", title, INCOME, (), NOTHING + "nothing was sold in the measured time.")
    has_more = any(flow.source[0] == WHOLE_INCOME for flow in flows)
    width = LEAST_WIDTH_OF_MORE if has_more else LEAST_WIDTH
    return Panel("money", title, _about(flows), (("", plot_income(result)),), least_width=width)


def _about(flows: list[Flow]) -> str:
    boxes = {end[0] for flow in flows for end in (flow.source, flow.target)}
    said = INCOME + (IN_STOCK if BUILT_UP in boxes else "")
    said += f" The smaller stages are summed as {OTHERS}." if OTHERS in boxes else ""
    said += SOLD_NOW if DRAWN_DOWN in boxes else ""
    said += ABOVE if VARIED in boxes else ""
    share = profit_share(flows)
    if share is None:
        return said
    part = percent(abs(share)).replace(" %", "\u00a0%")
    kept = f"Of the sales, {part} was kept as profit." if share >= 0 else f"The loss on top was {part} of them."
    return f"{said} {kept}"


def _trades(result: "Result") -> bool:
    """Whether one stage that keeps books sells to another."""
    network = result.scenario.network
    sellers = {point.node for point in network.points if not point.unlimited}
    return any(lane.sales and lane.origin in sellers for lane in network.lanes)


def _cash(result: "Result") -> Panel:
    drawn = first_replication(result)
    if drawn is None:
        return Panel("cash", "Cash over time", CASH, (), SUMMARY.format("Cash over time needs"))
    if "ledger" not in result.tables:
        return Panel("cash", "Cash over time", CASH, (), NOTHING + "no money moved.")
    step = cash_step(result)
    said = CASH
    if step:
        length, unit = from_ticks(step), result.scenario.network.calendar.unit
        span = unit if length == 1 else f"{number(length)} {plural(unit)}"
        said += f" Where it changed too often to draw that, the lowest of every {span} is drawn."
    return Panel("cash", "Cash over time", said + which_part(result, drawn), (("", plot_cash(result)),))


def _statements(result: "Result") -> Panel:
    title, stages = "Statements", len(result.scenario.network.nodes)
    if result.record == "summary":
        missing = SUMMARY.format("Statements need") + " The lines of income are among the numbers below."
        return Panel("statements", title, STATEMENTS, (), missing)
    if "ledger" not in result.tables:
        return Panel("statements", title, STATEMENTS, (), NOTHING + "no money moved.")
    said = STATEMENTS + (CONSOLIDATED if stages > 1 else "")
    said += UNREALISED if _trades(result) else ""
    if result.replications > 1:
        said += " Means over the replications."
    said += f" Of {stages} stages, the {MOST_COLUMNS} largest." if stages > MOST_COLUMNS else ""
    money = result.scenario.network.money
    said += f" Amounts in {money.currency}." if money and money.currency != "money" else ""
    return Panel("statements", title, said, (), below=statement_tables(result) + serving_table(result))
