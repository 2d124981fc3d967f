"""What a metric is called and what it means, from the one catalogue of metrics."""

from scmsim.metrics import CATALOGUE

THEMES = {
    "service": "Service",
    "cost": "Cost",
    "inventory": "Stock",
    "bullwhip": "How orders vary",
    "forecast": "Forecasts",
    "flow": "Flow",
    "money": "Money",
}
"""The catalogue's groups in the order of the page, and what they are called there; others follow by their own names."""


def title_of(metric: str) -> str:
    """Give a metric's title; one that no catalogue knows is called by its name.

    Examples
    --------
    >>> title_of("fill_rate"), title_of("somebodys_own")
    ('Fill rate', 'somebodys own')
    """
    known = CATALOGUE.get(metric)
    return known.title if known is not None else metric.replace("_", " ")


def definition_of(metric: str) -> str:
    """Give a metric's definition, or nothing where no catalogue knows it."""
    known = CATALOGUE.get(metric)
    return known.definition if known is not None else ""


def formula_of(metric: str) -> str:
    """Give a metric's formula in words, or nothing where no catalogue knows it."""
    known = CATALOGUE.get(metric)
    return known.formula if known is not None else ""


def source_of(metric: str) -> str:
    """Give where a metric's definition comes from."""
    known = CATALOGUE.get(metric)
    return known.source if known is not None else ""


def theme_of(metric: str) -> str:
    """Give the theme a metric is listed under.

    Examples
    --------
    >>> theme_of("average_on_hand"), theme_of("somebodys_own")
    ('Stock', 'More')
    """
    known = CATALOGUE.get(metric)
    return THEMES.get(known.group, known.group.capitalize()) if known is not None else "More"
