"""Orders that money held up: what credit limits held, and what was not ordered as it could not be paid."""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from scmsim.report.labels import number, shorten
from scmsim.report.panels import Panel
from scmsim.report.simple_table import simple_table
from scmsim.report.stages import data_stages
from scmsim.ticks import from_ticks
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.report.stages import Stage

TITLE = "Orders that money held up"
TEXT = (
    "Orders that a supplier held because of the buyer's credit limit, and what a stage did not order, or ordered "
    "later, as it could not pay."
)
KINDS = {
    "held": "held by the supplier",
    "cut": "left off orders",
    "dropped": "not ordered",
    "kept_waiting": "waited for the down payment",
}
"""The kinds of events that are told of, and what is said of them."""
LONGEST = 18
MOST_ROWS = 60


def data_held(result: "Result") -> pd.DataFrame:
    """Count, for every buyer and supplier, the orders of the measured time that money held up.

    Returns
    -------
    DataFrame
        A row per ``kind``, ``buyer`` and ``supplier`` with ``orders`` and ``units`` (means over replications), for
        orders held by a credit limit the mean ``time`` until they were entered, or until the end, and how many are
        ``open`` at the end. Empty where nothing was held up.
    """
    events = result.tables.get("events")
    columns = ["kind", "buyer", "supplier", "orders", "units", "time", "open"]
    if events is None or not events["kind"].isin(list(KINDS)).any():
        return pd.DataFrame(columns=columns)
    calendar = result.scenario.network.calendar
    end, found = from_ticks(calendar.end), events[events["kind"].isin(list(KINDS))]
    found = found[found["time"] >= from_ticks(calendar.warm)]
    keys = ["replication", "order"]
    released = events[events["kind"] == "released"].set_index(keys)["time"]
    by_supplier = found["kind"] == "held"
    entered = released.reindex(pd.MultiIndex.from_frame(found[keys])).to_numpy()
    buyer, supplier = (
        found["partner"].where(by_supplier, found["node"]),
        found["node"].where(by_supplier, found["partner"]),
    )
    rows = found.assign(buyer=buyer, supplier=supplier, orders=1.0, units=found["quantity"], entered=entered)
    rows["open"] = (by_supplier & rows["entered"].isna()).astype(float)
    rows["time"] = (rows["entered"].fillna(end) - rows["time"]).where(by_supplier)
    grouped = rows.groupby(["kind", "buyer", "supplier"], sort=False)
    counts = grouped[["orders", "units", "open"]].sum() / result.replications
    return counts.assign(time=grouped["time"].mean()).reset_index()[columns]


def held_panels(result: "Result") -> list[Panel]:
    """Tell of orders that money held up; nothing where there are none."""
    found = data_held(result)
    if found.empty:
        return []
    stages, unit = data_stages(result), plural(result.scenario.network.calendar.unit)
    place = {kind: rank for rank, kind in enumerate(KINDS)}
    order = {name: rank for rank, name in enumerate(stages)}
    found = found.sort_values(["kind", "buyer"], key=lambda column: column.map(place | order), kind="stable")
    rows = [_texts(row, stages) for row in found.head(MOST_ROWS).to_dict("records")]
    heads = ["buyer", "supplier", "what became of them", "orders", "units", f"{unit} held", "still held"]
    said = TEXT + (" Means over the replications." if result.replications > 1 else "")
    return [Panel("held", TITLE, said, (), below=simple_table(heads, rows, names=3))]


def _texts(row: Mapping[Hashable, Any], stages: "dict[str, Stage]") -> list[str]:
    time = "" if pd.isna(row["time"]) else number(float(f"{row['time']:.3g}"))
    return [
        *(shorten(stages[row[who]].label, LONGEST) for who in ("buyer", "supplier")),
        KINDS[row["kind"]],
        *(number(row[amount]) for amount in ("orders", "units")),
        time,
        number(row["open"]) if time else "",
    ]
