"""Sweeps killed at random moments, and gone on with until they are done: nothing lost, nothing twice.

    nice -n 10 python tests/kills/campaign.py --kills 100

Every sweep is the real command in a process of its own, ended with SIGKILL at a moment drawn anywhere between its
beginning and the end that an undisturbed sweep would have, or while its ledger is made. After every kill the ledger
is looked into; when a sweep comes to its end, its tables are compared, byte for byte, with those of the undisturbed
one.
"""

import argparse
import contextlib
import io
import json
import math
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import scmsim.experiments.sweep.ledger as ledger
from scmsim.cli.main import main as scmsim

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 60}
products: {tea: {}}
nodes:
  mill: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 10, holding_cost: 1, backorder_cost: 9, policy: {kind: base_stock, level: 10}}}
    demand: {tea: {kind: poisson, mean: 4}}
lanes: [{from: mill, to: shop, lead_time: 1}]
"""
POINTS, REPLICATIONS = 40, 3
RUNS = POINTS * REPLICATIONS
MOST = 8
"""So often is one sweep killed before it may come to its end."""
COMMAND = ["sweep", "shop.yaml", "--vary", f"nodes.shop.stock.tea.policy.level=1:{POINTS}:1", "--no-report"]
COMMAND += ["--replications", str(REPLICATIONS), "--executor", "here"]
AT_THE_BEGINNING, FIRST_COMMIT = 0.25, 0.005
"""So many of the kills fall within so many seconds after the ledger's file is there."""
TABLES = ("runs.csv", "summary.csv", "scenario.yaml")


@dataclass
class Tally:
    """What was done and found."""

    kills: int = 0
    before_the_ledger: int = 0
    between: int = 0
    after_the_last_run: int = 0
    sweeps: int = 0
    longest_way: int = 0
    lost: int = 0
    twice: int = 0
    different: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything was."""
        return bool(self.lost or self.twice or self.different or self.failed)


def begun(out: str, *, every: bool) -> int:
    """Start the sweep in a process of its own that needs no time to import anything, and return its number.

    ``every`` has each run put on disk as soon as it is done, and not several at a time.
    """
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        sys.argv = ["scmsim", *COMMAND, "--out", out]
        if every:
            ledger.COMMIT_EVERY = 0
        with (
            Path(f"{out}.said").open("w", encoding="utf-8") as said,
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(said),
        ):
            scmsim()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0
    finally:
        os._exit(code)


def runs_in(out: str) -> Counter[tuple[int, int]]:
    """Count the runs on disk: how often each replication of each point is there."""
    place = Path(out) / "sweep.sqlite"
    if not place.exists():
        return Counter()
    with contextlib.closing(sqlite3.connect(place)) as database:
        try:
            return Counter(database.execute("SELECT point, replication FROM runs").fetchall())
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return Counter()
            raise


def killed(process: int, moment: float, since: Path | None = None) -> int | None:
    """Wait for a process and kill it at a moment; return its exit code if it was sooner done.

    The moment counts from now, or from that at which the file ``since`` is there.
    """
    end = time.monotonic() + moment if since is None else math.inf
    while time.monotonic() < end:
        if end == math.inf and since is not None and since.exists():
            end = time.monotonic() + moment
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001 if since is None else 0)
    os.kill(process, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return None if code == -signal.SIGKILL else code


def undisturbed() -> tuple[dict[str, bytes], float]:
    """Return the tables of a sweep that nobody disturbs, and how many seconds it takes."""
    since = time.monotonic()
    code = killed(begun("whole", every=False), 600)
    if code != 0:
        raise SystemExit(f"the undisturbed sweep ended with {code}: {Path('whole.said').read_text(encoding='utf-8')}")
    return {name: (Path("whole") / name).read_bytes() for name in TABLES}, time.monotonic() - since


def one_sweep(out: str, chance: random.Random, longest: float, left: int, tally: Tally) -> None:
    """Kill a sweep again and again, but at most ``left`` times, until it is done."""
    before: Counter[tuple[int, int]] = Counter()
    kills, every = 0, chance.random() < 0.5
    while True:
        process = begun(out, every=every)
        if kills >= left:
            code = killed(process, 600)
        elif chance.random() < AT_THE_BEGINNING:
            code = killed(process, chance.uniform(0, FIRST_COMMIT), Path(out) / "sweep.sqlite")
        else:
            code = killed(process, chance.uniform(0, longest))
        found = runs_in(out)
        tally.lost += sum((before - found).values())
        tally.twice += sum(count - 1 for count in found.values()) + max(0, len(found) - RUNS)
        before = found
        if code is not None:
            break
        kills += 1
        tally.kills += 1
        tally.before_the_ledger += not found
        tally.between += 0 < len(found) < RUNS
        tally.after_the_last_run += len(found) == RUNS
    if code:
        tally.failed.append(f"exit code {code}: {Path(f'{out}.said').read_text(encoding='utf-8')[-500:]}")
    tally.sweeps += 1
    tally.longest_way = max(tally.longest_way, kills)


def campaign(kills: int, seed: int) -> Tally:
    """Kill so many sweeps in the current folder, and compare what is left when they are done."""
    Path("shop.yaml").write_text(SHOP, encoding="utf-8")
    chance, tally = random.Random(seed), Tally()
    whole, seconds = undisturbed()
    while tally.kills < kills and not tally.failed:
        out = f"out{tally.sweeps}"
        one_sweep(out, chance, seconds, min(MOST, kills - tally.kills), tally)
        if not tally.failed:
            tally.different += {name: (Path(out) / name).read_bytes() for name in TABLES} != whole
            tally.lost += RUNS - len(runs_in(out))
        print(f"{tally.kills} of {kills} kills, {tally.sweeps} sweeps", file=sys.stderr, flush=True)
    return tally


def main() -> int:
    """Do what the command line says; 1 when anything was lost, twice or different."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        tally = campaign(asked.kills, asked.seed)
        os.chdir(Path(__file__).parent)
    print(json.dumps(vars(tally), indent=2))
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
