"""The command line: parse, call one function, print.

Exit codes: 0 done, 1 a known answer was not found (``verify``), 2 what was asked cannot be done, 3 the scenario is
invalid, 4 the run failed, 130 interrupted, 143 asked to end by another program (SIGTERM).
"""

import os
from typing import Annotated

import typer

from scmsim.cli import compare as comparisons
from scmsim.cli import diff as diffs
from scmsim.cli import optimize as searches
from scmsim.cli import place_stock as placements
from scmsim.cli import run as runs
from scmsim.cli import scenarios
from scmsim.cli import sensitivity as sensitivities
from scmsim.cli import stress as stresses
from scmsim.cli import sweep as sweeps
from scmsim.cli import theory as theories
from scmsim.cli import trace as traces
from scmsim.cli import verify as verifications
from scmsim.cli import warmup as warm_ups
from scmsim.cli.commands import command
from scmsim.cli.guard import DEBUG, use_plain_warnings, use_utf8

app = typer.Typer(
    name="scmsim",
    help="Simulate a supply chain: from a scenario file to a report one can defend.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
imports = typer.Typer(help="Turn published data into scenario files.", no_args_is_help=True)

command(app, runs.RunOptions, "run")(runs.run)
command(app, scenarios.ValidateOptions, "validate")(scenarios.validate)
command(app, scenarios.NewOptions, "new")(scenarios.new)
command(app, scenarios.ListOptions, "list")(scenarios.list_shipped)
command(app, comparisons.CompareOptions, "compare")(comparisons.compare)
command(app, sensitivities.SensitivityOptions, "sensitivity")(sensitivities.sensitivity)
command(app, diffs.DiffOptions, "diff")(diffs.diff)
command(app, sweeps.SweepOptions, "sweep")(sweeps.sweep)
command(app, sweeps.ExportOptions, "export")(sweeps.export)
command(app, searches.OptimizeOptions, "optimize")(searches.optimize)
command(app, searches.SafetyStockOptions, "safety-stock")(searches.safety_stock)
command(app, placements.PlaceStockOptions, "place-stock")(placements.place_stock)
command(app, runs.ReportOptions, "report")(runs.report)
command(app, warm_ups.WarmUpOptions, "warmup")(warm_ups.warm_up)
command(app, stresses.StressOptions, "stress")(stresses.stress)
command(app, theories.TheoryOptions, "theory")(theories.theory)
command(app, traces.TraceOptions, "trace")(traces.trace)
command(app, verifications.VerifyOptions, "verify")(verifications.verify)
command(app, scenarios.SchemaOptions, "schema")(scenarios.schema)
app.add_typer(imports, name="import")
command(imports, scenarios.WillemsOptions, "willems")(scenarios.import_willems)
command(imports, scenarios.LeadTimesOptions, "lead-times")(scenarios.import_lead_times)


def _version(wanted: bool) -> None:
    if wanted:
        from scmsim import __version__

        print(f"scmsim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help=f"Show where an error comes from (also: {DEBUG}=1).")] = False,
) -> None:
    if debug:
        os.environ[DEBUG] = "1"


@imports.callback()
def _imports() -> None:
    """Turn published data into scenario files."""


def main() -> None:
    """Run the command line."""
    use_utf8()
    use_plain_warnings()
    app(prog_name="scmsim")
