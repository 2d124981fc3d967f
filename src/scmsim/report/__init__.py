"""Answers turned into pages and figures.

`write_report` writes one HTML file that needs no network and no other file; `Plots` is what ``result.plot`` gives.
"""

from scmsim.report.document import page, write_report
from scmsim.report.plots import Plots

__all__ = ["Plots", "page", "write_report"]
