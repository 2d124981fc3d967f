"""The figures of the page in their order, each with the words that say how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.io import to_json

from scmsim.report.answers import OTHERS, data_bullwhip, data_cost, data_service
from scmsim.report.bars import plot_bullwhip, plot_cost, plot_service
from scmsim.report.labels import as_script, in_html, in_script, number
from scmsim.report.lines import plot_net_stock, plot_orders
from scmsim.report.map import data_network, tells_delays
from scmsim.report.map_figure import SMALL, plot_network, room_for_delays
from scmsim.report.series import axis_of, data_products, first_replication, stock_step
from scmsim.report.stages import MOST_LINES, data_stages
from scmsim.ticks import from_ticks
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

ORDERS = (
    "What every stage ordered, against what the customers demanded. "
    "Where the lines swing wider the further upstream they are, that is the bullwhip effect."
)
NET_STOCK = "Units on hand minus units owed, at every instant. Below zero, somebody is waiting."
COST = "What every stage paid over the measured time."
SERVICE = "How well every stage served those who ordered from it: its neighbours downstream or the customers."
BULLWHIP = (
    "How much the orders of a stage vary, measured by their variance: over that of the orders it received (left) and "
    "of the end customers' demand (right). At 1 (dotted) a stage passes on what it sees; above it, it amplifies."
)
NOTHING = "There is nothing to show here: "


@dataclass(frozen=True, slots=True)
class Panel:
    """A section with a figure, or several to choose from by title; without one, ``missing`` may say why.

    A figure that needs a ``least_width`` (in pixels) scrolls inside its section where the screen is narrower. What
    stands ``below`` a figure is HTML. ``choice`` says what the choices are. What a figure's layout holds as ``meta``
    are the settings that take their place on a narrow screen, by their paths.
    """

    key: str
    title: str
    text: str
    choices: tuple[tuple[str, go.Figure], ...]
    missing: str = ""
    least_width: int = 0
    below: str = ""
    choice: str = "Product"


def panels_of(result: "Result") -> list[Panel]:
    """Draw all figures of the page."""
    return [
        _network(result),
        _over_time(result, "orders", "Orders over time", ORDERS, plot_orders, _joined),
        _over_time(result, "net-stock", "Net stock over time", NET_STOCK, plot_net_stock, _lowest_only),
        _cost(result),
        _service(result),
        _bullwhip(result),
    ]


def section(panel: Panel) -> str:
    """Write a panel's section; the figure itself is drawn into it from `panels_json`."""
    title, heading = in_html(panel.title), f"{panel.key}-title"
    body = f'<p class="missing">{in_html(panel.missing)}</p>' if panel.missing else ""
    if panel.choices:
        style = f"height:{panel.choices[0][1].layout.height}px;min-width:{panel.least_width}px"
        place = f'<div id="{panel.key}" class="figure" style="{style}" role="img" aria-label="{title}"></div>'
        body = f'<div class="scroll">{place}</div>'
    return (
        f'<section aria-labelledby="{heading}"><div class="head"><h2 id="{heading}">{title}</h2>{_chooser(panel)}</div>'
        f'<p class="hint">{in_html(panel.text)}</p>{body}{panel.below}</section>'
    )


def panels_json(panels: list[Panel]) -> str:
    """Write the figures as JSON that can stand inside a script element: for each panel its figures."""
    parts = [
        f"{in_script(panel.key)}:[{','.join(_figure_json(figure) for _, figure in panel.choices)}]"
        for panel in panels
        if panel.choices
    ]
    return "{" + ",".join(parts) + "}"


def _figure_json(figure: go.Figure) -> str:
    plain = figure.to_plotly_json()
    narrow = plain["layout"].pop("meta", None)
    text = to_json({**plain, "narrow": narrow} if narrow else plain, validate=False, engine="json")
    return as_script(str(text))


def _chooser(panel: Panel) -> str:
    if len(panel.choices) < 2:
        return ""
    names = [in_html(name) for name, _ in panel.choices]
    options = "".join(f'<option value="{rank}">{name}</option>' for rank, name in enumerate(names))
    return f'<label class="choose">{in_html(panel.choice)} <select data-panel="{panel.key}">{options}</select></label>'


def _network(result: "Result") -> Panel:
    picture = data_network(result)
    width = max(60 * picture.columns, room_for_delays(picture), 520 if len(picture.marks) > SMALL else 0)
    return Panel("network", "The network", _about_network(result), (("", plot_network(result)),), least_width=width)


def _about_network(result: "Result") -> str:
    network = result.scenario.network
    sizes = {"node": len(network.nodes), "lane": len(network.lanes), "product": len(network.products)}
    size = ", ".join(counted(count, noun) for noun, count in sizes.items())
    said = f"{size}. Material flows along the arrows."
    if not tells_delays(network):
        return f"{said} Point at the middle of an arrow for its lead time, at a node for what it holds."
    delayed = any(lane.order_delay.ticks for lane in network.lanes)
    varied = any(lane.order_delay.distribution or lane.lead_time.distribution for lane in network.lanes)
    said += " An arrow bears its " + ("order delay (if there is one) + lead time" if delayed else "lead time")
    return f"{said}{', ≈ the mean of a random one' if varied else ''}; point at a node for what it holds."


def _over_time(
    result: "Result",
    key: str,
    title: str,
    text: str,
    plot: Callable[["Result", str | None], go.Figure],
    thinned: Callable[["Result"], str],
) -> Panel:
    """Draw a figure over time for every product that has one; ``thinned`` tells what of them is not drawn."""
    drawn = first_replication(result)
    if drawn is None:
        return Panel(key, title, text, (), "This run kept a summary only. Time series need full recording.")
    products = data_products(result)
    choices = tuple((product if product is not None else "all products", plot(result, product)) for product in products)
    return Panel(key, title, text + thinned(result) + shown(result, drawn), choices)


def _joined(result: "Result") -> str:
    calendar = result.scenario.network.calendar
    axis = axis_of(calendar)
    return (
        f" {number(axis.length)} {plural(calendar.unit)} are drawn as one step." if axis.width > calendar.bucket else ""
    )


def _lowest_only(result: "Result") -> str:
    step = max((stock_step(result, product) for product in data_products(result)), default=0)
    if not step:
        return ""
    length, unit = from_ticks(step), result.scenario.network.calendar.unit
    span = unit if length == 1 else f"{number(length)} {plural(unit)}"
    return f" Where it changed too often to draw that, the lowest of every {span} is drawn."


def shown(result: "Result", drawn: int) -> str:
    """Say which part of the run a figure over time shows, where it does not show all of it."""
    said = ""
    if axis_of(result.scenario.network.calendar).window is not None:
        said = " The strip below the figure is the whole run; its handles move and widen the view."
    return which_part(result, drawn) + said


def which_part(result: "Result", drawn: int) -> str:
    """Say which replication and which stages a figure shows, where it does not show all of them."""
    said = f" Shown: replication {drawn} of {result.replications}." if result.replications > 1 else ""
    stages = sum(stage.active for stage in data_stages(result).values())
    return said + (f" Of {stages} stages, the {MOST_LINES} busiest." if stages > MOST_LINES else "")


def _cost(result: "Result") -> Panel:
    frame = data_cost(result)
    if frame.empty:
        return Panel("cost", "Cost", COST, (), NOTHING + "the scenario states no costs, or none arose.")
    cut = f" The cheaper stages are summed as {OTHERS}." if OTHERS in set(frame["node"]) else ""
    return Panel("cost", "Cost", COST + cut, (("", plot_cost(result)),))


def _service(result: "Result") -> Panel:
    frame = data_service(result)
    if frame.empty:
        return Panel("service", "Service", SERVICE, (), NOTHING + "nothing was demanded in the measured time.")
    return Panel("service", "Service", SERVICE, (("", plot_service(result)),))


def _bullwhip(result: "Result") -> Panel:
    title = "How much orders vary"
    if data_bullwhip(result).empty:
        return Panel("bullwhip", title, BULLWHIP, (), NOTHING + "where demand does not vary, the ratio has no value.")
    return Panel("bullwhip", title, BULLWHIP, (("", plot_bullwhip(result)),))
