"""The page about verification: every known value beside what was found, a plot per family, and what is covered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from scmsim.errors import UsageError
from scmsim.experiments.storage.csvs import read, write
from scmsim.report.verification_plot import draw_family, shown
from scmsim.verification.case import FAMILIES
from scmsim.verification.catalogue import cases
from scmsim.verification.coverage import Covered, coverage
from scmsim.verification.table import outcomes_table
from scmsim.verification.verify import Outcome
from scmsim.words import counted, number

COLUMNS = {
    **dict.fromkeys(("case", "id", "family", "model", "source", "grade", "scenario", "figure", "relation"), "text"),
    **dict.fromkeys(("expected", "found", "half_width", "widest", "tolerance"), "number"),
    **dict.fromkeys(("verdict", "said"), "text"),
}
INTRODUCTION = """# Verification

What is known from elsewhere, and what scmsim finds: published numbers, exact results and closed forms, each through a
scenario file and the engine. The known value has to lie in the 99.73 % t-interval of the mean over independent
replications (what stands behind ±: three standard errors, and more where few replications tell how large one is), and
the standard error itself is bounded: by 0.5 % of the value for most costs, stocks, shares and ratios, and by 5 % for
small backorders, in the full form; in the bounded form by four times as much. What varies more by
nature (queues under load, rare shortages, stock behind little capacity) has a bound of its own, beside its value in
`findings.csv` (`widest`).
What is not random has to agree exactly, to rounding, or, where the known value is that of a fluid, within what the size
of the lots explains; ± then is that. A value after "above" or "below" is a bound.

```console no-run="takes minutes"
$ scmsim verify                 # the bounded form
$ scmsim verify S06 --full      # a case in the full form: sixteen times as long, standard errors a quarter as wide
$ scmsim verify --list          # all cases
```

The command prints these tables, and ends with exit code 1 where something does not hold.
"""
GRADES = """Grades: A, published and recomputed independently; B, exact by two methods; C, a closed form.
"""


def write_page(path: Path, outcomes: Iterable[Outcome], *, full: bool = False, counts: Path | None = None) -> None:
    """Write the page and, in a folder of the same name beside it, its figures and its numbers.

    Parameters
    ----------
    path : Path
        The page; it ends with ``.md``.
    outcomes : iterable of Outcome
        What was found.
    full : bool
        Whether in the full form.
    counts : Path, optional
        A YAML file of what other long runs counted.
    """
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    table = outcomes_table(outcomes).assign(form="full" if full else "bounded")
    write(table, folder / "findings.csv")
    redraw(path, counts)


def redraw(path: Path, counts: Path | None = None) -> None:
    """Write the page and its figures again from the numbers that lie beside it."""
    for name, text in rendered(path.with_suffix("") / "findings.csv", counts).items():
        (path if name == "page" else path.with_suffix("") / name).write_text(text, encoding="utf-8", newline="\n")


def counts_in(path: Path) -> dict[str, Any]:
    """Read what long runs counted: by name, what was run, when, and the counts.

    Raises
    ------
    UsageError
        There is no such file, or it says something else.
    """
    if not path.is_file():
        raise UsageError(f"--counts {path}: there is no such file")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"--counts {path}: expected YAML: {str(error).splitlines()[0]}") from None
    runs = found.values() if isinstance(found, dict) else [None]
    if not all(isinstance(run, dict) and {"what", "date", "counts"} <= set(run) for run in runs):
        raise UsageError(f"--counts {path}: expected names of runs, each with `what`, `date` and `counts`")
    return dict(found)


def rendered(findings: Path, counts: Path | None = None) -> dict[str, str]:
    """Return the page (``page``) and its figures by name, made from stored numbers."""
    table = read(findings, COLUMNS | {"form": "text"})
    runs = counts_in(counts) if counts is not None else None
    figures = {f"{letter}.svg": draw_family(FAMILIES[letter], rows) for letter, rows in _families(table)}
    return {"page": "\n".join(_page(table, findings.parent.name, runs or {})), **figures}


def _only_full() -> str:
    return f"{counted(sum(case.long for case in cases()), 'further case')} run with --full, or when they are named."


def _families(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for letter in FAMILIES:
        if not (rows := table[table["family"] == letter]).empty:
            yield letter, rows


def _page(table: pd.DataFrame, folder: str, runs: Mapping[str, Any]) -> Iterator[str]:
    held = int((table["verdict"] == "holds").sum())
    ran = counted(table["case"].nunique(), "case")
    yield INTRODUCTION
    form = table["form"].iloc[0]
    yield f"Last run, in the {form} form: {ran}, of whose {len(table):,} known values {held:,} hold. {_only_full()}\n"
    yield GRADES
    for letter, rows in _families(table):
        yield from _family(letter, rows, folder)
    yield from _coverage(coverage())
    yield from _counts(runs)


def _family(letter: str, rows: pd.DataFrame, folder: str) -> Iterator[str]:
    title, hidden = FAMILIES[letter], len(rows) - len(shown(rows))
    yield f"## {letter}: {title}\n"
    yield f"![{title}: simulated against known values]({folder}/{letter}.svg)\n"
    if hidden:
        yield f"Not on the plot: {counted(hidden, 'value')} of {len(rows):,}, which are bounds, 0, or were not run.\n"
    yield _row(["case", "grade", "model and source", "figure", "known", "simulated", "verdict"])
    yield "|---|---|---|---|---:|---:|---|"
    said = ""
    for row in rows.to_dict("records"):
        new, said = row["case"] != said, row["case"]
        about = [f"`{row['case']}`", row["grade"], f"{row['model']}. {row['source']}"] if new else ["", "", ""]
        yield _row([*about, *_finding(row)])
    yield ""


def _finding(row: Mapping[Any, Any]) -> list[str]:
    if not isinstance(row["figure"], str):
        return [str(row["said"]), "", "", str(row["verdict"])]
    give = row["half_width"] + row["tolerance"]
    known = f"{row['expected']:.8g}" if row["relation"] == "equal" else f"{row['relation']} {row['expected']:.8g}"
    found = f"{row['found']:.7g} ± {number(give)}" if give else f"{row['found']:.7g}"
    return [row["figure"], known, found, row["verdict"]]


def _coverage(table: Sequence[Covered]) -> Iterator[str]:
    yield "## What is covered\n"
    yield "Every id of the list of cases, how many instances of it are run, and what of it is left out.\n"
    yield _row(["id", "what", "cases", "left out, and why"])
    yield "|---|---|---:|---|"
    for one in table:
        yield _row([one.id, one.what, str(len(one.cases)), one.left_out])
    yield ""


def _counts(runs: Mapping[str, Any]) -> Iterator[str]:
    if not runs:
        return
    yield "## Counts of long runs\n"
    yield "What else was run for long, and how much of it; each command can be given again.\n"
    for name, run in runs.items():
        yield f"### {_words(name).capitalize()}\n"
        yield from _long_run(run)


def _long_run(run: Mapping[str, Any]) -> Iterator[str]:
    what = run["what"].strip()
    unfinished = "" if run.get("complete", True) else ", and not complete"
    yield f"{what[0].upper()}{what[1:]}. Run on {run['date']}{unfinished}{':' if 'command' in run else '.'}\n"
    if "command" in run:
        yield f'```console no-run="takes hours"\n$ {run["command"].strip()}\n```\n'
    yield _row(["what", "count"])
    yield "|---|---:|"
    lists = {what: said for what, said in run["counts"].items() if isinstance(said, list)}
    numbers = {what: count for what, count in run["counts"].items() if what not in lists}
    yield from (_row(cells) for cells in _flat(numbers))
    yield ""
    for what, said in lists.items():
        yield f"{_words(what).capitalize()}:\n"
        yield "\n".join(f"- {one}" for one in said) + "\n"
    if "stands_open" in run:
        yield f"Stands open: {run['stands_open'].strip()}.\n"


def _flat(counts: Mapping[str, Any], before: str = "") -> Iterator[list[str]]:
    """Give a row per number, counts within counts behind the name of what they are of."""
    for what, count in counts.items():
        name = f"{before}{_words(what)}"
        if isinstance(count, Mapping):
            yield from _flat(count, f"{name}: ")
        else:
            yield [name, f"{count:,}" if isinstance(count, int | float) else str(count)]


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
