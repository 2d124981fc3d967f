"""The words of the page: what was asked, what came out in a sentence, the tables, and what it all came from."""

from typing import TYPE_CHECKING

from scmsim.report.answers import at_level, chain_figure
from scmsim.report.labels import in_html, in_prose, number, percent, shorten
from scmsim.report.series import addable
from scmsim.report.stages import levels_of
from scmsim.report.tables import chain_tables, figure_text, level_tables, metric_name
from scmsim.ticks import from_ticks
from scmsim.words import counted, plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.network import Calendar

HEADER = ("question", "source", "answer")
CUMULATIVE = "cumulative_order_variance_ratio"
FEWEST_BUCKETS = 5
"""From fewer buckets than this no variance is told in words."""

LONGEST_CURRENCY = 20
TILES = ("total_cost", "fill_rate", "average_on_hand", "average_backorders")
MONEY_TILES = ("profit", "cash_to_cash", "fill_rate", "average_on_hand")


def header(result: "Result") -> str:
    """Write the scenario's name, what it asks, and the answer in a sentence or two."""
    file = result.scenario.file
    asked = [(key, result.scenario.header[key]) for key in HEADER if result.scenario.header.get(key)]
    said = "".join(f"<dt>{key}</dt><dd>{_told(key, text)}</dd>" for key, text in asked)
    description = f'<p class="about">{in_html(file.description)}</p>' if file.description else ""
    return (
        f"<header><h1>{in_html(result.scenario.name)}</h1>{description}"
        f"{f'<dl class=asked>{said}</dl>' if said else ''}"
        f'<p class="headline">{headline(result)}</p>{_tiles(result)}</header>'
    )


def _told(key: str, text: str) -> str:
    """Write a line of the header; the answer can be opened, as readers may want to find it themselves."""
    told = in_prose(text)
    return f"<details><summary>as the file expects it</summary>{told}</details>" if key == "answer" else told


def headline(result: "Result") -> str:
    """Say in a sentence or two what came out: cost, service, and how orders swing (HTML)."""
    calendar = result.scenario.network.calendar
    measured = from_ticks(calendar.end - calendar.warm)
    span = f"Over {number(measured)} {in_html(calendar.unit if measured == 1 else plural(calendar.unit))}"
    earned, fill = _earned(result), chain_figure(result, "fill_rate").mean
    facts = [earned] if earned else []
    if fill is not None:
        facts.append(f"<b>{percent(fill)}</b> of customers' demand was served at once")
    first = f"{span} {' and '.join(facts)}." if facts else ""
    return " ".join(part for part in (first, _insolvent(result), _swing(result)) if part)


def numbers(result: "Result") -> str:
    """Write the KPI tables: the chain, then every roll-up below it."""
    network = result.scenario.network
    parts = [f"<h3>The whole chain</h3>{chain_tables(result)}"]
    parts.append(_fold("By stage", level_tables(result, "node", ["stage"]), opened=len(network.nodes) <= 12))
    if len({node.segment for node in network.nodes.values()}) > 1:
        parts.append(_fold("By segment", level_tables(result, "segment", ["segment"])))
    if len(network.products) > 1:
        parts.append(_fold("By product", level_tables(result, "product", ["product"])))
        parts.append(_fold("By stage and product", level_tables(result, "point", ["stage", "product"])))
    hint = "Point at a name for its definition, or follow it to the glossary. A dash means undefined."
    if network.money is not None:
        hint += " Lines of income that are nothing everywhere are left out."
    if result.replications > 1:
        hint += f" Means over {counted(result.replications, 'replication')}, ± the half width of their 95 % t-interval."
    return f'<section id="numbers"><h2>All numbers</h2><p class="hint">{hint}</p>{"".join(parts)}</section>'


def notes(result: "Result") -> str:
    """Write what was inferred and computed before the run started, if anything was."""
    items = "".join(f"<li>{in_html(note)}</li>" for note in result.scenario.network.notes)
    return f'<section id="notes"><h2>Notes of this run</h2><ul>{items}</ul></section>' if items else ""


def foot(result: "Result") -> str:
    """Write what the page came from, so that anybody can run it again."""
    manifest, versions = result.manifest, dict(result.manifest.get("versions", {}))
    pairs = [
        ("scenario", manifest.get("file") or result.scenario.name),
        ("sha256", result.scenario.sha256),
        ("seed", result.seed),
        ("replications", result.replications),
        ("recording", result.record),
        *(("set", override) for override in manifest.get("overrides", ())),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
    ]
    items = "".join(f"<div><dt>{in_html(name)}</dt><dd>{in_html(value)}</dd></div>" for name, value in pairs)
    return f"<footer><dl>{items}</dl></footer>"


def _tiles(result: "Result") -> str:
    """Write the chain's four figures that are asked for first; no total cost where nothing costs anything."""
    names = TILES if result.scenario.network.money is None else MONEY_TILES
    figures = {name: chain_figure(result, name) for name in names}
    if "total_cost" in figures and not figures["total_cost"].mean:
        del figures["total_cost"]
    tiles = [
        f'<div class="tile"><div class="value">{figure_text(name, figure)}</div><div>{metric_name(name)}</div></div>'
        for name, figure in figures.items()
        if figure.mean is not None
    ]
    return f'<div class="tiles">{"".join(tiles)}</div>' if tiles else ""


def _earned(result: "Result") -> str:
    """Say what the chain earned or lost where money is counted, and what it cost elsewhere."""
    money, cost = result.scenario.network.money, chain_figure(result, "total_cost").mean
    if money is None:
        return f"the chain cost <b>{number(cost)}</b>" if cost else ""
    profit = chain_figure(result, "profit").mean or 0.0
    unit = "" if money.currency == "money" else f" {in_html(shorten(money.currency, LONGEST_CURRENCY))}"
    if not profit:
        return "the chain earned nothing"
    sells = chain_figure(result, "revenue").mean
    verb = "earned" if profit > 0 else "lost" if sells else "spent"
    return f"the chain {verb} <b>{number(abs(profit))}{unit}</b>"


def _insolvent(result: "Result") -> str:
    """Name the stage that left its invoices unpaid for longest, if any did beyond its grace."""
    rows = at_level(result.kpis, "node")
    rows = rows[(rows["metric"] == "days_insolvent") & (rows["mean"] > 0)].sort_values("mean", ascending=False)
    if rows.empty:
        return ""
    network, time = result.scenario.network, float(rows["mean"].iloc[0])
    node, unit = str(rows["node"].iloc[0]), network.calendar.unit
    others = f", {counted(len(rows) - 1, 'other stage')} for less" if len(rows) > 1 else ""
    who, span = network.nodes[node].label or node, f"{number(time)} {unit if time == 1 else plural(unit)}"
    return f"For <b>{in_html(span)}</b> {in_html(who)} was insolvent{others}."


def _swing(result: "Result") -> str:
    """Say how much the orders of the most upstream stage vary against the customers' demand.

    Nothing where that rests on few buckets, or sums products of different units or such as are made of each other.
    """
    network = result.scenario.network
    if _whole_buckets(network.calendar) < FEWEST_BUCKETS:
        return ""
    level = "node" if _defined_at(result, "node") else "point"
    rows = at_level(result.kpis, level)
    rows = rows[(rows["metric"] == CUMULATIVE) & rows["mean"].notna()]
    if rows.empty:
        return ""
    levels = levels_of(network)
    height = {node: levels[node] for node in rows["node"].unique()}
    highest = rows[rows["node"].map(height) == max(height.values())]
    row = highest.sort_values("mean", ascending=False, kind="stable").iloc[0]
    held = {point.product for point in network.points if point.node == row["node"] and not point.unlimited}
    products = {str(row["product"])} if level == "point" else held
    if len(products) > 1 and not addable(network, products):
        return ""
    summed = "all products together" if len(products) > 1 else in_html("".join(products))
    what = f" ({summed})" if len(network.products) > 1 else ""
    times = number(float(f"{row['mean']:.3g}"))
    much = "exactly as much as" if times == "1" else f"<b>{times} times</b> as much as"
    who = f"{in_html(network.nodes[row['node']].label or row['node'])}{what}"
    article = "a" if len(highest) > 1 else "the"
    return f"The orders of {who}, {article} stage furthest upstream, vary {much} the customers' demand."


def _whole_buckets(calendar: "Calendar") -> int:
    """Count the whole buckets inside the measured time, over which variances are taken."""
    first = -((calendar.start - calendar.warm) // calendar.bucket)
    return max(0, (calendar.end - calendar.start) // calendar.bucket - first)


def _defined_at(result: "Result", level: str) -> bool:
    rows = at_level(result.kpis, level)
    return bool(rows[rows["metric"] == CUMULATIVE]["mean"].notna().any())


def _fold(title: str, body: str, *, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{in_html(title)}</summary>{body}</details>" if body else ""
