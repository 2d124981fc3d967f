"""Digests of the tables of every shipped scenario: what a version computes, down to the ninth digit.

    python tests/golden/golden.py               which tables have changed, and their first rows that differ
    python tests/golden/golden.py --write       the same, and the new digests written to digests.yaml
    python tests/golden/golden.py --print NAME  the digests of one scenario, or of several

A table's digest is of its text as CSV: whole numbers, texts and flags as they are, other numbers with nine significant
digits, and 0 for what is nearer to it than 1e-9. So it stays the same on another processor or with another build of
numpy, where the last digits may be different. What changes is compared with what the committed source gives.

A scenario runs once, and for a shorter time where its tables would be long: see ``settings`` of its entry.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

import scmsim as sc

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
DIGESTS = Path(__file__).with_name("digests.yaml")
MOST_ROWS = 6_000
"""A scenario whose tables would be longer runs for a shorter time."""
LETTERS = 20
"""So much of a digest is kept."""
Entry = dict[str, Any]


def shipped() -> dict[str, Path]:
    """Return the shipped scenarios by name."""
    return {path.relative_to(SCENARIOS).with_suffix("").as_posix(): path for path in sorted(SCENARIOS.rglob("*.yaml"))}


def tables(path: Path, settings: Sequence[str] = ()) -> dict[str, str]:
    """Run a scenario once and return its tables, the figures among them, as texts."""
    result = sc.run(sc.load(path, settings), replications=1, audit=False)
    frames = {**result.tables, "kpis": result.kpis.drop(columns="half_width")}
    return {name: as_text(frame) for name, frame in frames.items()}


def as_text(frame: pd.DataFrame) -> str:
    """Write a table as CSV, numbers with nine significant digits and 0 for what is nearer to it than 1e-9.

    Examples
    --------
    >>> as_text(pd.DataFrame({"node": ["shop"], "units": [1 / 3], "rest": [-1e-17], "run": [1]}))
    'node,units,rest,run\\nshop,0.333333333,0,1\\n'
    """
    floats = frame.select_dtypes("float")
    nothing = (floats.abs() < 1e-9) & floats.notna()
    return frame.assign(**floats.mask(nothing, 0.0)).to_csv(index=False, lineterminator="\n", float_format="%.9g")


def digest(text: str) -> str:
    """Return the digest of a table."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:LETTERS]


def entry(path: Path, settings: Sequence[str]) -> Entry:
    """Run a scenario and return what is kept of it."""
    found = tables(path, settings)
    rows = {name: text.count("\n") - 1 for name, text in found.items()}
    return {
        "settings": list(settings),
        "tables": {name: f"{rows[name]} rows, {digest(text)}" for name, text in sorted(found.items())},
    }


def shortened(path: Path) -> list[str]:
    """Return the settings that make the tables of a scenario short enough."""
    time = sc.load(path).file.time
    rows = sum(text.count("\n") for text in tables(path).values())
    if rows <= MOST_ROWS:
        return []
    horizon = max(10, int(time.horizon * MOST_ROWS / rows) // 10 * 10)
    return [f"time.horizon={horizon}", f"time.warm_up={min(time.warm_up, horizon // 5):g}"]


def kept() -> dict[str, Entry]:
    """Return the committed digests, by scenario."""
    return yaml.safe_load(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.exists() else {}


def settings_of(name: str, path: Path, before: Mapping[str, Entry]) -> list[str]:
    """Return the settings under which a scenario runs here: those it had before, if it was there."""
    return list(before[name]["settings"]) if name in before else shortened(path)


def changes(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is different: scenario, table, what was kept and what there is now, empty where there is nothing."""
    for name in sorted(before.keys() | after.keys()):
        old, new = (entries.get(name, {"tables": {}})["tables"] for entries in (before, after))
        for table in sorted(old.keys() | new.keys()):
            if old.get(table) != new.get(table):
                yield name, table, old.get(table, ""), new.get(table, "")


def first_difference(old: str, new: str) -> str:
    """Say in which row two tables part, and what each has there.

    Examples
    --------
    >>> print(first_difference("t,units\\n1,4\\n2,5\\n", "t,units\\n1,4\\n2,6\\n"))
        t,units
    row 2:
      - 2,5
      + 2,6
    """
    before, after = old.splitlines(), new.splitlines()
    longest = max(len(before), len(after))
    rows = [lines + [""] * (longest - len(lines)) for lines in (before, after)]
    at = next((at for at, (one, other) in enumerate(zip(*rows, strict=True)) if one != other), None)
    if at is None:
        return "    the committed source gives the same: what it gives is not what was kept"
    head = f"    {after[0] if after else before[0]}\n" if at else ""
    return f"{head}row {at}:\n  - {rows[0][at]}\n  + {rows[1][at]}"


def committed_tables(name: str, settings: Sequence[str], revision: str) -> dict[str, str]:
    """Return the tables that the source of a revision gives for the scenario of that revision."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import golden; from pathlib import Path;"
        "print(json.dumps(golden.tables(Path(sys.argv[2]), sys.argv[3:])))"
    )
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", revision, "src", "scenarios"], cwd=ROOT, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        path = Path(folder) / "scenarios" / f"{name}.yaml"
        if not path.exists():
            return {}
        said = subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent), str(path), *settings],
            env={**os.environ, "PYTHONPATH": str(Path(folder) / "src")},
            stdout=subprocess.PIPE,
        )
        return json.loads(said.stdout) if said.returncode == 0 else {}


def tell(found: Sequence[tuple[str, str, str, str]], after: Mapping[str, Entry], revision: str) -> None:
    """Print every table that has changed, with the first row that differs from what a revision gives."""
    texts: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for name, table, old, new in found:
        print(f"{name}, {table}: {old or 'nothing'} -> {new or 'nothing'}")
        if old and new:
            if name not in texts:
                settings = after[name]["settings"]
                texts[name] = committed_tables(name, settings, revision), tables(shipped()[name], settings)
            print(first_difference(*(side.get(table, "") for side in texts[name])))


def main() -> int:
    """Do what the command line says; 1 when something has changed and nothing was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the new digests")
    parser.add_argument("--against", default="HEAD", metavar="REVISION", help="whose rows stand beside the new")
    parser.add_argument("--print", nargs="+", metavar="NAME", help="print the digests of scenarios and do nothing else")
    asked = parser.parse_args()
    before, names = kept(), shipped()
    wanted = {name: path for name, path in names.items() if not asked.print or name in asked.print}
    after = {name: entry(path, settings_of(name, path, before)) for name, path in wanted.items()}
    if asked.print:
        print(json.dumps(after))
        return 0
    found = list(changes(before, after))
    tell(found, after, asked.against)
    print(f"{len(found)} of {sum(len(one['tables']) for one in after.values())} tables differ from what was kept")
    if asked.write:
        text = "# Written by python tests/golden/golden.py --write; what the digests are of stands there.\n"
        DIGESTS.write_text(text + yaml.safe_dump(after, sort_keys=True, width=120), encoding="utf-8")
    return 1 if found and not asked.write else 0


if __name__ == "__main__":
    raise SystemExit(main())
