"""What a metric is called and what it means, from the one catalogue of metrics."""

from scmsim.metrics import CATALOGUE


def title_of(metric: str) -> str:
    """Give a metric's title; one that no catalogue knows is called by its name.

    Examples
    --------
    >>> title_of("somebody's_own_metric")
    "somebody's own metric"
    """
    known = CATALOGUE.get(metric)
    return known.title if known is not None else metric.replace("_", " ")


def definition_of(metric: str) -> str:
    """Give a metric's definition in a sentence, or nothing where no catalogue knows it."""
    known = CATALOGUE.get(metric)
    return known.definition if known is not None else ""


def source_of(metric: str) -> str:
    """Give where a metric's definition comes from."""
    known = CATALOGUE.get(metric)
    return str(known.source or "") if known is not None else ""


def unit_of(metric: str) -> str:
    """Give the unit a metric is counted in."""
    known = CATALOGUE.get(metric)
    return str(known.unit or "") if known is not None else ""
