"""What the sales data say, and what forecast-driven ordering makes of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from fmcg_data import WEEK, Series, lagged_correlation, variance_ratio, weekly
from fmcg_twin import CLOSED

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STAGES = ("market", "central_store", "plant")


def print_report(sales: Series, production: Series | None, scenario: Path) -> None:
    """Print the moments of the sales, the company's own bullwhip where known, and the simulated one."""
    print("\n".join(_about_sales(sales)))
    if production is not None:
        print(f"units produced {production.units.sum():,.1f}; mean total by weekday: {_by_weekday(production)}")
    warm, orders = _simulated(scenario, sales)
    measured = Series(sales.products, sales.days[warm:], sales.units[warm:])
    print(f"\nVar(orders) / Var(sales orders), days {warm + 1} to {len(sales.days)}")
    print(f"{'':34} {'sum, day':>9} {'sum, week':>9} {'median, day':>11} {'median, week':>12} {'above 1, day':>12}")
    if production is not None:
        print(_ratios("the company's production", production.units[warm:], measured))
    for stage in STAGES:
        print(_ratios(f"simulated orders of {stage}", orders[stage][warm:], measured))


def _about_sales(sales: Series) -> Iterator[str]:
    units, total = sales.units, sales.total
    idle = (units == 0).mean(axis=0)
    yield f"products {units.shape[1]}, days {units.shape[0]}, units sold {units.sum():,.1f}"
    yield f"days with less than {CLOSED:.0%} of the mean day: {(total < CLOSED * total.mean()).sum()}"
    yield f"coefficient of variation of the daily total {total.std() / total.mean():.2f}, of the weekly total " + (
        f"{weekly(total).std() / weekly(total).mean():.2f}"
    )
    yield f"mean total by weekday: {_by_weekday(sales)}"
    yield "autocorrelation of the total: " + ", ".join(
        f"lag {lag} {lagged_correlation(total, lag):.2f}" for lag in (1, WEEK, 2 * WEEK)
    )
    months = sorted({(day.year, day.month) for day in sales.days})
    inside = np.array([(day.year, day.month) for day in sales.days])
    yield "mean total by month: " + ", ".join(
        f"{month:02d} {total[(inside == (year, month)).all(axis=1)].mean():,.0f}" for year, month in months
    )
    yield f"days without a sale, per product: median {np.median(idle):.0%}, above 90 %: {(idle > 0.9).sum()} products"
    regular = idle <= 0.9
    cv = units[:, regular].std(axis=0) / units[:, regular].mean(axis=0)
    lag = [lagged_correlation(column, 1) for column in units[:, regular].T]
    yield (f"of the {regular.sum()} others: coefficient of variation {_range(cv)}; lag-1 autocorrelation {_range(lag)}")


def _by_weekday(series: Series) -> str:
    weekday = np.array([day.weekday() for day in series.days])
    return ", ".join(f"{name} {series.total[weekday == day].mean():,.0f}" for day, name in enumerate(WEEKDAYS))


def _range(values: Sequence[float] | np.ndarray) -> str:
    return f"{min(values):.2f} to {max(values):.2f}, median {np.median(values):.2f}"


def _ratios(label: str, orders: np.ndarray, sales: Series) -> str:
    by_day, by_week = variance_ratio(orders, sales.units), variance_ratio(weekly(orders), weekly(sales.units))
    total, total_week = (
        float(variance_ratio(shape(orders.sum(axis=1)), shape(sales.total))) for shape in (lambda x: x, weekly)
    )
    counted = np.isfinite(by_day)
    above = f"{(by_day[counted] > 1).sum()} of {counted.sum()}"
    medians = f"{np.nanmedian(by_day):11.2f} {np.nanmedian(by_week):12.2f}"
    return f"{label:34} {total:9.2f} {total_week:9.2f} {medians} {above:>12}"


def _simulated(scenario: Path, sales: Series) -> tuple[int, dict[str, np.ndarray]]:
    """Run the scenario; return its warm-up in days and the units each stage ordered per day and product."""
    import scmsim

    loaded = scmsim.load(scenario)
    orders = scmsim.run(loaded, record="full").orders
    column = {product: index for index, product in enumerate(sales.products)}
    found = {stage: np.zeros(sales.units.shape) for stage in STAGES}
    start = loaded.file.time.start
    for node, product, time, quantity in zip(
        *(orders[key] for key in ("node", "product", "time", "quantity")), strict=True
    ):
        found[node][int(time - start), column[product]] += quantity
    return int(loaded.file.time.warm_up), found
