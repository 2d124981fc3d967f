"""What the pages of all experiments share: their head, their foot, their tables and their words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scmsim.errors import Problem
from scmsim.report.labels import in_html
from scmsim.report.measure_words import metrics_of
from scmsim.report.tables import glossary_of

MOST_SENTENCES = 8

WORDS = {
    "replication": (
        "One independent run. Equal replications of different scenarios or points meet the same random demand (common "
        "random numbers), so that differences between them are theirs, not chance's."
    ),
    "± (half width)": (
        "The 95 % t-interval of a mean over replications reaches so far to either side: of 100 such intervals about 95 "
        "cover the true mean."
    ),
}
"""Words that every experiment uses, and what they mean."""


def experiment_header(title: str, kind: str, sentences: Sequence[str], asked: Mapping[str, str] | None = None) -> str:
    """Write the head of a page: what it is about, and the answer in sentences.

    Parameters
    ----------
    title, kind : str
        The name of the scenario, and what was done with it.
    sentences : sequence of str
        The answer; the first stands out, and those after the eighth are folded away.
    asked : mapping of str
        What the scenario's header says: question, source, ...
    """
    said = "".join(f"<dt>{in_html(key)}</dt><dd>{in_html(text)}</dd>" for key, text in (asked or {}).items() if text)
    listed = f"<dl class=asked>{said}</dl>" if said else ""
    answer = f'<p class="headline">{in_html(sentences[0])}</p>' if sentences else ""
    answer += _listed(sentences[1:MOST_SENTENCES])
    more = sentences[MOST_SENTENCES:]
    answer += fold(f"{len(more)} more findings", _listed(more)) if more else ""
    return f'<header><h1>{in_html(title)}</h1><p class="about">{in_html(kind)}</p>{listed}{answer}</header>'


def _listed(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{in_html(text)}</li>" for text in sentences)
    return f"<ul class=answers>{items}</ul>" if items else ""


def experiment_foot(pairs: Iterable[tuple[str, object]]) -> str:
    """Write what the page came from; pairs without a value are left out."""
    items = "".join(
        f"<div><dt>{in_html(name)}</dt><dd>{in_html(value)}</dd></div>"
        for name, value in pairs
        if value not in (None, "")
    )
    return f"<footer><dl>{items}</dl></footer>"


def origin(manifest: Mapping[str, Any]) -> list[tuple[str, object]]:
    """List what a manifest says of where an experiment comes from.

    Examples
    --------
    >>> origin({"scenario": "beer", "sha256": "0a", "seed": 1, "replications": 4, "versions": {"scmsim": "1.0"}})
    [('scenario', 'beer'), ('sha256', '0a'), ('seed', 1), ('replications', 4), ('versions', 'scmsim 1.0')]
    """
    names = ("scenario", "scenarios", "file", "sha256", "seed", "fresh_seed", "replications", "trials", "design")
    pairs: list[tuple[str, object]] = [
        (name.replace("_", " "), _flat(manifest[name])) for name in names if name in manifest
    ]
    versions = manifest.get("versions") or {}
    return [*pairs, ("versions", ", ".join(f"{name} {version}" for name, version in versions.items()))]


def _flat(value: object) -> object:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(_flat(each)) for each in value)
    return value


def html_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> str:
    """Write a table whose heads and cells are HTML already, ``names`` columns of names on the left."""
    head = "".join(f'<th scope="col"{_side(at, names)}>{title}</th>' for at, title in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{_side(at, names)}>{cell}</td>" for at, cell in enumerate(row) if at)
        + "</tr>"
        for row in rows
    )
    table = f'<table class="wide"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _side(at: int, names: int) -> str:
    return ' class="name"' if 0 < at < names else ""


def block(key: str, title: str, hint: str, body: str) -> str:
    """Write a section without a figure; ``hint`` is text, ``body`` is HTML."""
    told = f'<p class="hint">{in_html(hint)}</p>' if hint else ""
    return f'<section id="{key}"><h2>{in_html(title)}</h2>{told}{body}</section>'


def cautions(warnings: Mapping[str, Iterable[Problem]]) -> str:
    """Write what of some scenarios, by name, can be run and is hardly meant; nothing where there is none.

    Examples
    --------
    >>> odd = Problem("a.yaml:7:5", "nodes.shop.demand.tea", "a mean of 0", "some demand")
    >>> cautions({"base": [odd], "more": [odd]}).count("<li>"), cautions({"base": []})
    (1, '')
    """
    meant: dict[str, list[str]] = {}
    for name, found in warnings.items():
        for warning in found:
            meant.setdefault(str(replace(warning, where="")), []).append(name)
    items = [text if len(names) == len(warnings) else f"{', '.join(names)}: {text}" for text, names in meant.items()]
    return block("warnings", "What is hardly meant", "", _listed(items)) if items else ""


def fold(title: str, body: str, *, opened: bool = False) -> str:
    """Write a part that opens with a click."""
    return f"<details{' open' if opened else ''}><summary>{in_html(title)}</summary>{body}</details>"


def experiment_glossary(measures: Sequence[str], units: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Write what the measures and the words of a page mean."""
    said = glossary_of(metrics_of(measures), units, {**words, **WORDS})
    return f'<section id="glossary"><h2>Glossary</h2>{said}</section>'
