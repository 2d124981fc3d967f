"""A synthetic twin of the sales: drawn from moments fitted to the real series, so that no value of it is in it.

Fitted are, for the company as a whole: how often each weekday is closed, how much is sold on an open day of each
weekday relative to the mean, how strongly the products move together from day to day, and for how long. For each
product: how often an open day sells nothing, and mean and coefficient of variation of the days that sell.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from fmcg_data import WEEK, Series, lagged_correlation

SEED = 20240127
CLOSED = 0.1
"""A day whose total is below this share of the mean day counts as closed."""
ENOUGH = 10
"""Products that sold on fewer days take the median variation of the others."""


@dataclass(frozen=True)
class Moments:
    """What is fitted, and all that is fitted."""

    closed: np.ndarray
    weekday: np.ndarray
    idle: np.ndarray
    mean: np.ndarray
    cv: np.ndarray
    together: float
    persistence: float


def fit(sales: Series) -> Moments:
    """Fit the moments to a company's sales."""
    weekday = np.array([day.weekday() for day in sales.days])
    open_days = sales.total >= CLOSED * sales.total.mean()
    factor = np.ones(WEEK)
    for day in range(WEEK):
        chosen = open_days & (weekday == day)
        if chosen.any():
            factor[day] = sales.total[chosen].mean() / sales.total[open_days].mean()
    levelled = sales.units[open_days] / factor[weekday[open_days], None]
    selling = levelled > 0
    mean = np.array(
        [column[here].mean() if here.any() else 0.0 for column, here in zip(levelled.T, selling.T, strict=True)]
    )
    cv = _variation(levelled, selling, mean)
    together, persistence = _common(levelled, selling)
    return Moments(
        closed=np.array([1 - open_days[weekday == day].mean() for day in range(WEEK)]),
        weekday=factor,
        idle=1 - selling.mean(axis=0),
        mean=mean,
        cv=cv,
        together=together,
        persistence=persistence,
    )


def _variation(levelled: np.ndarray, selling: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the coefficient of variation of each product's selling days."""
    often = selling.sum(axis=0) >= ENOUGH
    cv = np.zeros(len(mean))
    for product in np.flatnonzero(often):
        cv[product] = levelled[selling[:, product], product].std() / mean[product]
    cv[~often] = np.median(cv[often])
    return cv


def _common(levelled: np.ndarray, selling: np.ndarray) -> tuple[float, float]:
    """Return the median correlation between products that sell on most days, and lag-1 correlation of their mean."""
    regular = selling.mean(axis=0) > 0.9
    scores = np.log(np.where(levelled > 0, levelled, np.nan)[:, regular])
    scores = (scores - np.nanmean(scores, axis=0)) / np.nanstd(scores, axis=0)
    scores = np.nan_to_num(scores)
    pairs = np.corrcoef(scores.T)[np.triu_indices(scores.shape[1], 1)]
    return float(np.clip(np.median(pairs), 0, 1)), lagged_correlation(scores.mean(axis=1), 1)


def draw(moments: Moments, days: tuple[date, ...], products: tuple[str, ...], seed: int = SEED) -> Series:
    """Draw whole units per day and product: closed days, idle days, lognormal sales that move together."""
    rng = np.random.default_rng(seed)
    weekday = np.array([day.weekday() for day in days])
    is_open = rng.random(len(days)) >= moments.closed[weekday]
    common = _autoregression(rng.standard_normal(len(days)), moments.persistence)
    own = rng.standard_normal((len(days), len(products)))
    score = np.sqrt(moments.together) * common[:, None] + np.sqrt(1 - moments.together) * own
    variance = np.log1p(moments.cv**2)
    amounts = moments.mean * np.exp(np.sqrt(variance) * score - variance / 2) * moments.weekday[weekday, None]
    sells = is_open[:, None] & (rng.random(amounts.shape) >= moments.idle)
    return Series(products, days, np.where(sells, np.maximum(np.round(amounts), 1.0), 0.0))


def _autoregression(shocks: np.ndarray, coefficient: float) -> np.ndarray:
    values = shocks.copy()
    for day in range(1, len(values)):
        values[day] = coefficient * values[day - 1] + np.sqrt(1 - coefficient**2) * shocks[day]
    return values
