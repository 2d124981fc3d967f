"""Answers turned into pages and figures.

`write_report` writes one HTML file that needs no network and no other file; `Plots` is what ``result.plot`` gives,
`ComparisonPlots` what ``comparison.plot`` gives.
"""

from scmsim.report.comparison_plots import ComparisonPlots
from scmsim.report.document import page, write_report
from scmsim.report.plots import Plots

__all__ = ["ComparisonPlots", "Plots", "page", "write_report"]
