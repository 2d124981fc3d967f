"""``scmsim verify``: does the simulator find what is known from elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import Format, FormatOption, WorkersOption
from scmsim.cli.figures import columns, records
from scmsim.cli.guard import say
from scmsim.cli.progress import counting
from scmsim.errors import UsageError
from scmsim.words import counted, number

if TYPE_CHECKING:
    from scmsim.verification.case import Case, Finding
    from scmsim.verification.verify import Outcome

FAILING = 1
"""The exit code where a case does not hold."""


@dataclass(frozen=True)
class VerifyOptions:
    """What ``scmsim verify`` can be told."""

    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Ids or names of cases, S06 or S06-mean-10; all unless given."),
    ] = None
    family: Annotated[
        str | None,
        typer.Option("--family", metavar="LETTER", help="Only the cases of a family: B, S, M, G, F, Q, R, T."),
    ] = None
    full: Annotated[
        bool, typer.Option("--full", help="Sixteen times as long, with intervals a quarter as wide; takes hours.")
    ] = False
    listed: Annotated[bool, typer.Option("--list", help="List the cases, and run none.")] = False
    format: FormatOption = Format.table
    markdown: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a page about it, with a folder of figures beside it."),
    ] = None
    counts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --markdown, a YAML file of what other long runs counted.")
    ] = None
    workers: WorkersOption = None


def verify(options: VerifyOptions) -> None:
    """Run models whose answers are known from elsewhere, and lay what is known beside what is found.

    A known value has to lie in the 99.73 % interval of what is found, and that has to be narrow itself. Exit
    code 1 says that a case does not hold.
    """
    from scmsim.verification.catalogue import chosen

    _check_files(options)
    cases = chosen(options.cases or (), options.family, full=options.full or options.listed)
    if options.listed:
        print(_LISTS[options.format](cases))
        return
    from scmsim.verification.verify import verify as verified

    with counting("verify") as shown:
        outcomes = verified(cases, full=options.full, workers=options.workers, progress=shown)
    print(_WRITERS[options.format](outcomes))
    if options.markdown is not None:
        from scmsim.report.verification_page import write_page

        write_page(options.markdown, outcomes, full=options.full, counts=options.counts)
        say(f"Page: {options.markdown}")
    say(summary(outcomes))
    if any(outcome.fails for outcome in outcomes):
        raise typer.Exit(FAILING)


def _check_files(options: VerifyOptions) -> None:
    """Refuse names of files that cannot be used, before hours of work."""
    if options.markdown is not None and (options.markdown.suffix != ".md" or not options.markdown.parent.is_dir()):
        raise UsageError(f"--markdown {options.markdown}: expected a file in a folder that exists, ending with .md")
    if options.counts is not None:
        from scmsim.report.verification_page import counts_in

        counts_in(options.counts)


def summary(outcomes: "Sequence[Outcome]") -> str:
    """Say in a sentence how many cases hold."""
    held, failed = (sum(getattr(outcome, which) for outcome in outcomes) for which in ("holds", "fails"))
    skipped = [outcome for outcome in outcomes if outcome.skipped]
    values = sum(len(outcome.findings) for outcome in outcomes)
    parts = [f"{counted(held, 'case')} of {len(outcomes):,} hold ({counted(values, 'known value')})"]
    parts += [f"{failed:,} do not"] if failed else []
    parts += [f"{len(skipped):,} not run: {'; '.join(sorted({one.skipped for one in skipped}))}"] if skipped else []
    return ", ".join(parts)


def as_json(outcomes: "Sequence[Outcome]") -> str:
    """Give every known value as a row of one JSON object."""
    from scmsim import __version__
    from scmsim.verification.table import outcomes_table

    answer = {
        "version": __version__,
        "holds": not any(outcome.fails for outcome in outcomes),
        "values": records(outcomes_table(outcomes)),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def as_csv(outcomes: "Sequence[Outcome]") -> str:
    """Give every known value as a row of CSV, safe to open in a spreadsheet."""
    from scmsim.experiments.storage.csvs import to_text
    from scmsim.verification.table import outcomes_table

    return to_text(outcomes_table(outcomes)).removesuffix("\n")


def as_table(outcomes: "Sequence[Outcome]") -> str:
    """Give every known value as a line: what, from where, expected, found and verdict."""
    head = ["case", "figure", "source", "expected", "simulated", "verdict"]
    body = []
    for outcome in outcomes:
        name, source = outcome.case.name, outcome.case.source
        body += [[name, one.what, source, expected(one), simulated(one), one.verdict] for one in outcome.findings]
        if not outcome.findings:
            body.append([name, outcome.case.what, source, "-", "-", "not run" if outcome.skipped else "failed"])
    wrong = [f"{one.case.name}: {one.error}" for one in outcomes if one.error]
    return "\n".join([columns([head, *body], left=3), *wrong])


def expected(finding: "Finding") -> str:
    """Say what is known: a value, or a bound."""
    return f"{'' if finding.relation == 'equal' else finding.relation + ' '}{finding.expected:.8g}"


def simulated(finding: "Finding") -> str:
    """Say what was found, and how far the known value may be away from it."""
    give = finding.half_width + finding.tolerance
    return f"{finding.found:.7g}" + (f" ± {number(give)}" if give else "")


def list_as_table(cases: "Sequence[Case]") -> str:
    """List cases as lines to read."""
    body = [[case.name, case.what, case.source, case.grade, "full" if case.long else ""] for case in cases]
    return columns([["case", "model", "source", "grade", "form"], *body], left=3)


def list_as_json(cases: "Sequence[Case]") -> str:
    """List cases as one JSON array."""
    from scmsim.verification.table import cases_table

    return json.dumps(records(cases_table(cases)), ensure_ascii=False, indent=2)


def list_as_csv(cases: "Sequence[Case]") -> str:
    """List cases as CSV."""
    from scmsim.experiments.storage.csvs import to_text
    from scmsim.verification.table import cases_table

    return to_text(cases_table(cases)).removesuffix("\n")


_WRITERS = {Format.table: as_table, Format.json: as_json, Format.csv: as_csv}
_LISTS = {Format.table: list_as_table, Format.json: list_as_json, Format.csv: list_as_csv}
