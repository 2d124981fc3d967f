"""The report: one HTML file with everything in it, the same bytes for the same result."""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from plotly.offline import get_plotlyjs

from scmsim.report.case_section import case_panels
from scmsim.report.information_section import information_panels
from scmsim.report.labels import in_html
from scmsim.report.money_section import money_panels
from scmsim.report.panels import panels_json, panels_of, section
from scmsim.report.sections import foot, header, notes, numbers
from scmsim.report.tables import glossary

if TYPE_CHECKING:
    from os import PathLike

    from scmsim.experiments.result import Result

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{body}
<noscript><p class="missing">A script in this page draws its figures, and scripts are switched off.</p></noscript>
<script type="application/json" id="panels">{panels}</script>
<script>{plotly}</script>
<script>{script}</script>
</body>
</html>
"""


def write_report(result: "Result", path: "str | PathLike[str]") -> Path:
    """Write the report of a result as one HTML file that needs nothing else.

    Parameters
    ----------
    result : Result
        The answer to show.
    path : path
        The file; one of that name is replaced.

    Returns
    -------
    Path
        The file written.
    """
    target = Path(path)
    target.write_text(page(result), encoding="utf-8", newline="\n")
    return target


def page(result: "Result") -> str:
    """Give the report of a result as a text: an HTML page without any reference to the outside.

    Examples
    --------
    >>> import scmsim as sc
    >>> result = sc.run(sc.load("scenarios/beer_game.yaml"))
    >>> page(result).startswith("<!doctype html>"), page(result) == page(result)
    (True, True)
    """
    panels = [*panels_of(result), *information_panels(result), *money_panels(result), *case_panels(result)]
    plotly, script = get_plotlyjs(), _asset("page.js")
    meanings = f'<section id="glossary"><h2>Glossary</h2>{glossary(result)}</section>'
    body = [header(result), *map(section, panels), numbers(result), notes(result), meanings, foot(result)]
    return FRAME.format(
        policy=_policy(plotly, script),
        title=in_html(result.scenario.name),
        style=_asset("page.css"),
        body="\n".join(part for part in body if part),
        panels=panels_json(panels),
        plotly=plotly,
        script=script,
    )


def _asset(name: str) -> str:
    return files("scmsim.report").joinpath(name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """Allow these scripts and no others, and nothing from anywhere else."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:"


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
