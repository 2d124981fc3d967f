"""The page of a run: what was asked, what came out, and every number of it."""

from typing import TYPE_CHECKING

from scmsim.report.case_section import case_panels
from scmsim.report.experiment_page import cautions
from scmsim.report.forecast_section import forecast_panels
from scmsim.report.freight_section import freight_panels
from scmsim.report.information_section import information_panels
from scmsim.report.losses_section import losses_panels
from scmsim.report.money_section import money_panels
from scmsim.report.panels import panels_of, section
from scmsim.report.production_section import production_panels
from scmsim.report.resilience_section import resilience_panels
from scmsim.report.sections import foot, header, notes, numbers
from scmsim.report.shell import assembled
from scmsim.report.supplier_section import supplier_panels
from scmsim.report.tables import glossary

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result


def run_page(result: "Result") -> str:
    """Give the report of a run as an HTML page."""
    more = (
        supplier_panels,
        freight_panels,
        production_panels,
        losses_panels,
        resilience_panels,
        forecast_panels,
        information_panels,
        money_panels,
        case_panels,
    )
    panels = [*panels_of(result), *(panel for panels in more for panel in panels(result))]
    meanings = f'<section id="glossary"><h2>Glossary</h2>{glossary(result)}</section>'
    odd = cautions({"": result.scenario.warnings})
    parts = [header(result), odd, *map(section, panels), numbers(result), notes(result), meanings, foot(result)]
    return assembled(result.scenario.name, parts, panels)
