"""The shell of every page: one HTML file that holds its style, its scripts and its figures, and asks for nothing."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from plotly.offline import get_plotlyjs

from scmsim.report.labels import in_html
from scmsim.report.panels import Panel, panels_json

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


def assembled(title: str, parts: Sequence[str], panels: Sequence[Panel]) -> str:
    """Put a page together.

    Parameters
    ----------
    title : str
        What the window is called; escaped here.
    parts : sequence of str
        What the page says, as HTML in its order; empty ones are left out.
    panels : sequence of Panel
        Those among the parts that hold figures.
    """
    plotly, script = get_plotlyjs(), _asset("page.js")
    return FRAME.format(
        policy=_policy(plotly, script),
        title=in_html(title),
        style=_asset("page.css"),
        body="\n".join(part for part in parts if part),
        panels=panels_json(list(panels)),
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
