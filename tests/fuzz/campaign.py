"""The long form of the fuzz tests: a number of damaged files, on two processes, in chunks that are kept.

    nice -n 10 python tests/fuzz/campaign.py --scenarios 200000 --tables 20000 --runs 5000 --commands 300

Scenario files and CSV files go through ``scmsim validate``, scenario files through ``scmsim run`` of three periods,
too, in one process for many; a few go through both in processes of their own. Every chunk is a line of
``runs/fuzz/chunks.jsonl``; begun again, the command goes on after those that are there. What is wrong is said as it is
found, with the seed that makes the file again: ``campaign.py --show scenario 4711``.
"""

import argparse
import faulthandler
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpus import Case, Corpus, laid_out
from trial import CODES, STOPPED, Outcome, Runner, limit_memory, peak_memory

CHUNK = 500
SHORT = ("--set", "time.horizon=3", "--set", "time.warm_up=0", "--replications", "1", "--format", "json")
UNEXPECTED = "this should not have happened"
NAMES = {"scenario": "scenario_files", "table": "csv_files", "run": "short_runs", "command": "in_their_own_process"}
"""What is tried, and what its counts are called."""
MEMORY = 1_000_000_000
STUCK = 300
"""Seconds after which a process that does not come back from some files is ended."""
QUICK = Path("/dev/shm")
"""Where files cost no disk, if there is such a place."""
PATIENCE = 60.0
"""Seconds for which a process of its own is waited for; its Python needs some to start."""
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
        """Return the damaged file of a seed, a CSV file for the kind ``table``."""
        return self.corpus.table_case(seed) if kind == "table" else self.corpus.scenario_case(seed)

    def tried(self, kind: str, seed: int) -> Outcome:
        """Let ``scmsim`` read the damaged file of a seed, and put back what it replaced."""
        case = self.case(kind, seed)
        file = self.box / case.file
        sound = file.read_bytes() if file.exists() else None
        file.write_bytes(case.data)
        settings = [part for override in case.overrides for part in ("--set", override)]
        try:
            if kind == "run":
                return self.runner("run", case.scenario, *SHORT, *settings)
            validate = self.alone if kind == "command" else self.runner
            found = validate("validate", case.scenario, *settings)
            if kind == "command" and not found.wrong:
                found = self.alone("run", case.scenario, *SHORT, *settings)
            return found
        finally:
            if sound is not None:
                file.write_bytes(sound)

    def alone(self, *arguments: str) -> Outcome:
        """Run ``scmsim`` with arguments as a process of its own, and judge what it does."""
        begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        command = [sys.executable, "-m", "scmsim", *arguments]
        try:
            said = subprocess.run(command, capture_output=True, cwd=self.box, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return Outcome(STOPPED, PATIENCE, f"no end within {PATIENCE:g} s")
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun
        text = (said.stdout + said.stderr).decode("utf-8", "replace")
        wrong = f"exit code {said.returncode}: {text[-1500:]}"
        sound = said.returncode in CODES[arguments[0]] and "Traceback" not in text and UNEXPECTED not in text
        return Outcome(said.returncode, seconds, "" if sound else wrong)


def chunk(kind: str, first: int, count: int, table: Table) -> dict[str, Any]:
    """Try the files of some seeds, and count what came of them."""
    codes: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    slowest = (0.0, first)
    for seed in range(first, first + count):
        if kind == "command" or (seed - first) % 50 == 0:
            faulthandler.dump_traceback_later(STUCK, exit=True)
        found = table.tried(kind, seed)
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
        table.tried("scenario", -1 - warm)
    limit_memory(MEMORY)
    _table.append(table)


def _chunk(task: tuple[str, int, int]) -> dict[str, Any]:
    return chunk(*task, _table[0])


def tasks(kind: str, total: int, done: set[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the chunks of a kind that are not done: kind, first seed, how many."""
    size = CHUNK // 20 if kind == "command" else CHUNK
    for first in range(0, total, size):
        if (kind, first) not in done:
            yield kind, first, min(size, total - first)


def campaign(wanted: Mapping[str, int], processes: int, folder: Path) -> list[dict[str, Any]]:
    """Try so many damaged files of each kind, but for what lies in the folder already, and return all chunks."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.resolve() / "chunks.jsonl"
    chunks = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    done = {(one["kind"], one["first"]) for one in chunks}
    todo = [task for kind, total in wanted.items() for task in tasks(kind, total, done)]
    scratch = tempfile.mkdtemp(prefix="scmsim-fuzz-", dir=QUICK if QUICK.is_dir() else None)
    try:
        with (
            log.open("a", encoding="utf-8") as file,
            ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (scratch,)) as pool,
        ):
            for future in as_completed([pool.submit(_chunk, task) for task in todo]):
                found = future.result()
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
    for kind, name in NAMES.items():
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
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--commands", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", nargs=2, metavar=("KIND", "SEED"), help="print the file of a seed, and try it")
    asked = parser.parse_args()
    if asked.show:
        return show(asked.show[0], int(asked.show[1]))
    wanted = {"command": asked.commands, "run": asked.runs, "table": asked.tables, "scenario": asked.scenarios}
    chunks = campaign(wanted, asked.processes, asked.folder)
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
        found = table.tried(kind, seed)
        os.chdir(Path(__file__).parent)
    print(found.code, f"{found.seconds:.2f} s", found.wrong)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
