"""The long form of the fuzz tests: a number of damaged files, on two processes, in chunks that are kept.

    nice -n 10 python tests/fuzz/campaign.py --scenarios 200000 --tables 20000

Every chunk is a line of ``runs/fuzz/chunks.jsonl``; begun again, the command goes on after those that are there. What is
wrong is said as it is found, with the seed that makes the file again: ``campaign.py --show scenario 4711``.
"""

import argparse
import faulthandler
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpus import Case, Corpus, laid_out
from trial import Outcome, Runner, limit_memory, peak_memory

CHUNK = 500
MEMORY = 1_000_000_000
STUCK = 300
"""Seconds after which a process that does not come back from some files is ended."""
QUICK = Path("/dev/shm")
"""Where files cost no disk, if there is such a place."""
FOLDER = Path("runs") / "fuzz"


class Table:
    """The folder on which damaged files are laid, one after another.

    Parameters
    ----------
    folder : Path
        An empty folder, which is entered.
    corpus : Corpus
        What is damaged.
    """

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.box = laid_out(folder)
        os.chdir(self.box)
        self.corpus = corpus
        self.runner = Runner(self.box)

    def case(self, kind: str, seed: int) -> Case:
        """Return the damaged file of a seed: of the kind ``scenario`` or ``table``."""
        return self.corpus.scenario_case(seed) if kind == "scenario" else self.corpus.table_case(seed)

    def tried(self, case: Case) -> Outcome:
        """Let ``scmsim validate`` read a damaged file, and put back what it replaced."""
        file = self.box / case.file
        sound = file.read_bytes() if file.exists() else None
        file.write_bytes(case.data)
        settings = [part for override in case.overrides for part in ("--set", override)]
        try:
            return self.runner("validate", case.scenario, *settings)
        finally:
            if sound is not None:
                file.write_bytes(sound)


def chunk(kind: str, first: int, count: int, table: Table) -> dict[str, Any]:
    """Try the files of some seeds, and count what came of them."""
    codes: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    slowest = (0.0, first)
    for seed in range(first, first + count):
        if (seed - first) % 50 == 0:
            faulthandler.dump_traceback_later(STUCK, exit=True)
        found = table.tried(table.case(kind, seed))
        codes[str(found.code)] += 1
        slowest = max(slowest, (found.seconds, seed))
        if found.wrong:
            wrong.append({"kind": kind, "seed": seed, "wrong": found.wrong})
    faulthandler.cancel_dump_traceback_later()
    return {
        "kind": kind, "first": first, "count": count, "codes": dict(codes), "slowest": slowest,
        "memory": peak_memory(), "wrong": wrong,
    }  # fmt: skip


_table: list[Table] = []


def _begin(folder: str) -> None:
    corpus = Corpus()
    table = Table(Path(tempfile.mkdtemp(dir=folder)), corpus)
    for warm in range(100):
        table.tried(table.case("scenario", -1 - warm))
    limit_memory(MEMORY)
    _table.append(table)


def _chunk(task: tuple[str, int, int]) -> dict[str, Any]:
    return chunk(*task, _table[0])


def tasks(kind: str, total: int, done: set[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the chunks of a kind that are not done: kind, first seed, how many."""
    for first in range(0, total, CHUNK):
        if (kind, first) not in done:
            yield kind, first, min(CHUNK, total - first)


def campaign(scenarios: int, tables: int, processes: int, folder: Path) -> list[dict[str, Any]]:
    """Try so many damaged files, but for what lies in the folder already, and return all chunks."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.resolve() / "chunks.jsonl"
    chunks = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    done = {(one["kind"], one["first"]) for one in chunks}
    todo = [*tasks("table", tables, done), *tasks("scenario", scenarios, done)]
    scratch = tempfile.mkdtemp(prefix="scmsim-fuzz-", dir=QUICK if QUICK.is_dir() else None)
    try:
        with (
            log.open("a", encoding="utf-8") as file,
            multiprocessing.get_context("spawn").Pool(processes, _begin, (scratch,)) as pool,
        ):
            for found in pool.imap_unordered(_chunk, todo):
                file.write(json.dumps(found) + "\n")
                file.flush()
                chunks.append(found)
                print(f"{sum(one['count'] for one in chunks):,} files", file=sys.stderr)
                for one in found["wrong"]:
                    print(f"{one['kind']} {one['seed']}: {one['wrong']}", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return chunks


def counts(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum the chunks up, one entry per kind."""
    found: dict[str, Any] = {}
    for kind, name in (("scenario", "scenario_files"), ("table", "csv_files")):
        own = [one for one in chunks if one["kind"] == kind]
        codes = sum((Counter(one["codes"]) for one in own), Counter[str]())
        found[name] = {
            "tried": sum(one["count"] for one in own),
            "valid": codes["0"],
            "invalid": codes["3"],
            "by_exit_code": dict(sorted(codes.items())),
            "wrong": sum(len(one["wrong"]) for one in own),
            "slowest_seconds": round(max((one["slowest"][0] for one in own), default=0.0), 2),
            "peak_memory_mb": round(max((one["memory"] for one in own), default=0) / 1e6),
        }
    return found


def main() -> int:
    """Do what the command line says; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=int, default=200_000)
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", nargs=2, metavar=("KIND", "SEED"), help="print the file of a seed, and try it")
    asked = parser.parse_args()
    if asked.show:
        return show(asked.show[0], int(asked.show[1]))
    chunks = campaign(asked.scenarios, asked.tables, asked.processes, asked.folder)
    print(json.dumps(counts(chunks), indent=2))
    return 1 if any(one["wrong"] for one in chunks) else 0


def show(kind: str, seed: int) -> int:
    """Print the damaged file of a seed and what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        table = Table(Path(folder), Corpus())
        case = table.case(kind, seed)
        print(case.file, *case.overrides, f"({len(case.data):,} bytes)")
        sys.stdout.flush()
        sys.stdout.buffer.write(case.data[:5000] + b"\n")
        found = table.tried(case)
        os.chdir(Path(__file__).parent)
    print(found.code, f"{found.seconds:.2f} s", found.wrong)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
