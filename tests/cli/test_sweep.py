"""``scmsim sweep`` and ``scmsim export``, with real kills, a real full disk and real interruptions."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.experiments.sweep.result import open_sweep

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 100}
products: {tea: {}}
nodes:
  mill: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 10, holding_cost: 1, backorder_cost: 9, policy: {kind: base_stock, level: 10}}}
    demand: {tea: {kind: poisson, mean: 4}}
lanes: [{from: mill, to: shop, lead_time: 1}]
"""
BLOCK = """
experiments:
  sweep:
    vary: {nodes.shop.stock.tea.policy.level: [8, 10, 12]}
    replications: 3
    measures: [total_cost, fill_rate@shop]
"""
LEVEL = "nodes.shop.stock.tea.policy.level"
LARGE = ["sweep", "plain.yaml", "--vary", f"{LEVEL}=1:30:1", "--replications", "2", "--no-report"]
LARGE += ["--executor", "here", "--out", "out"]
RUNS = 60
SMALL = ["sweep", "shop.yaml", "--executor", "here", "--no-report", "--out", "out"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small scenario in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP + BLOCK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def plain(folder: Path) -> None:
    """A scenario that says nothing of a sweep, so that many figures are kept of every run."""
    (folder / "plain.yaml").write_text(SHOP, encoding="utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What an uninterrupted sweep, on two workers, writes to runs.csv."""
    out = tmp_path_factory.mktemp("whole") / "out"
    sc.sweep(sc.loads(SHOP), {LEVEL: "1:30:1"}, replications=2, where="local:2", out=out, report=False)
    return (out / "runs.csv").read_bytes()


def begun(*arguments: str, before: str = "") -> "subprocess.Popen[str]":
    """Start scmsim in the current folder as a process of its own, that has every run on disk as soon as it is done."""
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += f"{before}import scmsim.experiments.sweep.ledger as ledger; ledger.COMMIT_EVERY = 0; "
    code += "from scmsim.cli.main import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def there(out: str) -> int:
    """Count the runs that are on disk."""
    place = Path(out) / "sweep.sqlite"
    try:
        database = sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)
        count: int = database.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
    except sqlite3.DatabaseError:
        return 0
    database.close()
    return count


def wait_for(process: "subprocess.Popen[str]", out: str, runs: int) -> None:
    """Wait until so many runs are on disk, or the process has ended."""
    while process.poll() is None and there(out) < runs:
        time.sleep(0.02)


def stages(err: str) -> list[dict[str, object]]:
    """Read the lines of JSON on stderr."""
    return [json.loads(line) for line in err.splitlines() if line.startswith("{")]


def test_sweep_of_the_block_in_the_file(scmsim: Callable) -> None:
    """Tests that the file's own sweep is run, told of stage by stage, printed and kept."""
    outcome = scmsim("sweep", "shop.yaml", "--out", "out", "--executor", "here", "--format", "json")
    assert outcome.code == 0
    told = stages(outcome.err)
    assert [(one["stage"], one["done"], one["runs"]) for one in told] == [
        ("planned", 0, 9),
        ("checked", 0, 9),
        ("running", 0, 9),
        ("done", 9, 9),
    ]
    answer = json.loads(outcome.out)
    assert (answer["scenario"], answer["design"], answer["replications"]) == ("shop", "grid", 3)
    assert [point["factors"][LEVEL] for point in answer["points"]] == [8, 10, 12]
    found = open_sweep("out")
    assert answer["points"][1]["measures"]["total_cost"]["mean"] == pytest.approx(
        found.runs.query("point == 1")["total_cost"].mean()
    )
    assert {"manifest.json", "scenario.yaml", "runs.csv", "summary.csv", "sweep.sqlite"} <= set(os.listdir("out"))
    assert found.scenario.sha256 == sc.load("shop.yaml").sha256


def test_sweep_equals_single_runs(scmsim: Callable) -> None:
    """Tests that a point's figures are those of `scmsim run` with the same change, seed and replications."""
    out = scmsim("sweep", "shop.yaml", "--executor", "here", "--seed", 5, "--format", "json").out
    alone = sc.run(sc.load("shop.yaml", [f"{LEVEL}=12"]), seed=5, replications=3, record="summary").kpis
    cost = alone.query("metric == 'total_cost' and node.isna() and product.isna() and segment.isna()")
    assert json.loads(out)["points"][2]["measures"]["total_cost"] == pytest.approx(
        {"mean": cost["mean"].item(), "half_width": cost["half_width"].item()}
    )


@pytest.mark.usefixtures("plain")
def test_killed_at_any_moment_it_goes_on(scmsim: Callable, whole: bytes) -> None:
    """Tests that two kills with SIGKILL neither lose nor repeat a finished run, and leave the same bytes."""
    chance = random.Random(4)
    seen: list[int] = []
    for _ in range(2):
        before = there("out")
        process = begun(*LARGE)
        wait_for(process, "out", before + 1)
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.communicate()
        seen.append(there("out"))
        assert seen[-1] > before
    assert 0 < seen[0] < RUNS
    done = scmsim(*LARGE)
    assert done.code == 0
    told = stages(done.err)
    assert (told[0]["stage"], told[1]["done"]) == ("planned", seen[-1])
    assert (told[-1]["done"], told[-1]["new"]) == (RUNS, RUNS - seen[-1])
    assert Path("out/runs.csv").read_bytes() == whole


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a single process on Windows")
@pytest.mark.usefixtures("plain")
def test_interrupted_it_says_how_to_go_on() -> None:
    """Tests that Ctrl-C leaves with 130 and the way on, and that all that was done is there."""
    process = begun(*LARGE, "--executor", "local:2", "--replications", "40")
    wait_for(process, "out", 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    count = there("out")
    assert f"Interrupted: about {count:,} of 1,200 runs are in out. The same command goes on there: scmsim " in err
    assert 0 < count < 1200
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="no limits of resources on Windows")
@pytest.mark.usefixtures("plain")
def test_a_full_disk_loses_nothing(scmsim: Callable, whole: bytes) -> None:
    """Tests that a file that cannot grow any more ends the sweep with one sentence, and that it can go on after it.

    A tenth of the points is there and no file may become larger than twice the ledger, so that neither it nor what is
    written ahead of it has room for the rest, however fast that comes.
    """
    scmsim(*(part.replace("1:30:1", "1:3:1") for part in LARGE))
    before = there("out")
    limit = 2 * Path("out/sweep.sqlite").stat().st_size
    process = begun(*LARGE, before=f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); ")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    said = [line for line in err.splitlines() if not line.startswith("{")]
    assert len(said) == 1
    assert said[0].startswith("Error: out cannot be written: ")
    assert said[0].endswith("Every run finished before is kept: the same command goes on from there")
    count = there("out")
    assert 0 < before < count < RUNS
    assert stages(scmsim(*LARGE).err)[1]["done"] == count
    assert Path("out/runs.csv").read_bytes() == whole


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--vary", f"{LEVEL}=8,11,12"], f"point 1: there {LEVEL}=10, now {LEVEL}=11"),
        (["--seed", "2"], "the seed: there 1, now 2"),
        (["--measures", "total_cost"], "the figures: there total_cost, fill_rate@shop, now total_cost"),
        (["--vary", "time.horizon=10,20"], f"the factors: there {LEVEL}, now time.horizon"),
        (
            ["--replications", "2"],
            "replications: there 3, now 2 (more can be added, none taken away: ask for at least",
        ),
        (["--vary", f"{LEVEL}=8,10"], "points: there 3, now 2 (more can be added, none taken away: ask for at least"),
        (
            ["--set", "nodes.shop.stock.tea.holding_cost=2"],
            "the scenario has changed since: nodes.shop.stock.tea.holding_cost: 1 -> 2. Give another folder",
        ),
        (["--design", "one_at_a_time"], "the design: there grid, now one_at_a_time"),
    ],
)
def test_another_sweep_is_not_mixed_in(scmsim: Callable, change: list[str], said: str) -> None:
    """Tests that what has changed is told, that nothing is touched, and that --force begins anew."""
    first = SMALL
    scmsim(*first)
    before = Path("out/runs.csv").read_bytes()
    refused = scmsim(*first, *change)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert "replace it (force)" in refused.err
    assert Path("out/runs.csv").read_bytes() == before
    replaced = scmsim(*first, *change, "--force")
    assert (replaced.code, stages(replaced.err)[1]["done"]) == (0, 0)


def test_more_can_be_added(scmsim: Callable) -> None:
    """Tests that more replications and more points are done beside those that are there, and nothing again."""
    first = SMALL
    scmsim(*first)
    more = scmsim(*first, "--replications", 5, "--vary", f"{LEVEL}=8,10,12,14")
    assert (more.code, stages(more.err)[-1]["new"]) == (0, 20 - 9)
    assert scmsim(*first[:-1], "new", "--replications", 5, "--vary", f"{LEVEL}=8,10,12,14").code == 0
    assert Path("out/runs.csv").read_bytes() == Path("new/runs.csv").read_bytes()


def test_another_layout_of_the_file_is_the_same_sweep(scmsim: Callable, folder: Path) -> None:
    """Tests that comments and the block of experiments may change while the scenario does not."""
    first = SMALL
    scmsim(*first)
    text = (folder / "shop.yaml").read_text(encoding="utf-8")
    (folder / "shop.yaml").write_text("# a remark\n" + text.replace("[8, 10, 12]", "8:12:2"), encoding="utf-8")
    again = scmsim(*first)
    assert (again.code, stages(again.err)[1]["done"]) == (0, 9)


FAILING = [*SMALL, "--vary", "time.horizon=50,200"]
FAILING += ["--vary", "time.warm_up=10,60"]


def test_failed_points_are_recorded_and_repeated(scmsim: Callable) -> None:
    """Tests that a point that cannot be run is recorded with its error, the rest goes on, and the exit code tells."""
    outcome = scmsim(*FAILING)
    assert outcome.code == 4
    assert "Error: 3 of 12 runs failed, the first at point 1, replication 1: " in outcome.err
    assert "time.warm_up: found 60; expected less than the horizon, 50" in outcome.err
    found = open_sweep("out")
    assert found.runs.loc[found.runs["error"].notna(), "point"].tolist() == [1, 1, 1]
    assert found.summary[["runs", "failed"]].to_numpy().tolist() == [[3, 0], [0, 3], [3, 0], [3, 0]]
    assert found.summary["total_cost"].isna().tolist() == [False, True, False, False]
    again = scmsim(*FAILING)
    assert (again.code, stages(again.err)[-1]["new"]) == (4, 0)
    retried = scmsim(*FAILING, "--retry-failed")
    assert (retried.code, stages(retried.err)[-1]["new"]) == (4, 3)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--vary", "nodes.shpo.stock.tea.initial=1,2"], 3, "--vary nodes.shpo.stock.tea.initial: nodes.shpo: found"),
        (["--vary", "nodes.shpo.stock.tea.initial=1,2"], 3, "Did you mean `nodes.shop`?"),
        (["--vary", f"{LEVEL}=1,2,x,4"], 3, f"--vary {LEVEL}: {LEVEL}: found the text 'x'; expected a number"),
        (["--vary", f"{LEVEL}=1", "--vary", f"{LEVEL}=2"], 3, f"found {LEVEL} a second time"),
        (
            ["--vary", f"{LEVEL}=1", "--vary", "nodes.shop.stock.tea.policy={kind: base_stock, level: 9}"],
            3,
            f"found nodes.shop.stock.tea.policy, which {LEVEL} varies, too",
        ),
        (["--vary", f"{LEVEL}=1:2:0"], 2, "expected a step that is not 0: found '1:2:0'"),
        (["--vary", f"{LEVEL}=2:1:0.5"], 2, "expected a step that leads from the first to the second number"),
        (["--vary", f"{LEVEL}="], 2, "no values; expected some"),
        (["--vary", "level"], 2, "--vary 'level': expected PATH=VALUES"),
        (["--vary", "run.seed=1,2"], 2, "run.seed cannot be varied"),
        (["--vary", "name=a,b"], 2, "name cannot be varied: it is there to be read and changes no figure"),
        (["--vary", "nodes.shop.stock.tea.policy.order_multiple=inf"], 3, "Write null for that: nodes.shop.stock.tea."),
        (["--replications", "0"], 2, "expected a whole number of at least 1"),
        (["--design", "gird"], 2, "expected grid, random, latin_hypercube, sobol or one_at_a_time"),
        (["--design", "sobol"], 2, "the design sobol needs a number of points"),
        (["--points", "9"], 2, "a number of points is for the designs latin_hypercube, random, sobol, not for grid"),
        (["--vary", f"{LEVEL}=1..9"], 2, f"a grid needs the values of {LEVEL}"),
        (["--vary", f"{LEVEL}=1..9"], 2, "takes whole numbers only, as 1..9 says; 1.0..9.0 also tries those between"),
        (["--vary", f"{LEVEL}=0:9999:1", "--vary", "time.horizon=1:9999:1"], 2, "99,990,000 points are more than"),
        (["--vary", f"{LEVEL}=1:1000:1", "--replications", "20000"], 2, "20,000,000 runs, more than the 10,000,000"),
        (["--vary", f"{LEVEL}=1..9,lgo", "--design", "sobol"], 2, "perhaps with ,log or ,integer or ,real at its end"),
        (["--measures", "fill_rat"], 2, "no metric 'fill_rat'. Did you mean `fill_rate`?"),
        (["--excel"], 2, "--excel writes a file and needs a folder for it: add --out DIR"),
    ],
)
def test_what_is_refused_before_anything_runs(scmsim: Callable, arguments: list[str], code: int, said: str) -> None:
    """Tests that a sweep that cannot be carried out as asked is refused with the reason, and nothing is written."""
    out = [] if "--excel" in arguments else ["--out", "out"]
    outcome = scmsim("sweep", "shop.yaml", *arguments, *out)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in " ".join(outcome.err.replace("│", " ").split())
    assert not Path("out").exists()


def test_one_bad_value_among_thousands_is_found_first(scmsim: Callable) -> None:
    """Tests that a list of 6,000 values with a bad one is refused, with that value, before anything runs."""
    values = ",".join(str(value) for value in range(6000)).replace(",5500,", ",x15,")
    outcome = scmsim("sweep", "shop.yaml", "--vary", f"{LEVEL}={values}")
    assert outcome.code == 3
    told = [line for line in outcome.err.splitlines() if not line.startswith("{")]
    assert told == [f"--vary {LEVEL}: {LEVEL}: found the text 'x15'; expected a number", "1 problem"]


def test_strange_folders_are_refused(scmsim: Callable, folder: Path) -> None:
    """Tests that neither notes nor a run are written over, and that a run is replaced only by force."""
    (folder / "thesis").mkdir()
    (folder / "thesis" / "notes.txt").write_text("mine", encoding="utf-8")
    refused = scmsim("sweep", "shop.yaml", "--out", "thesis", "--force")
    assert (refused.code, "holds no run of scmsim" in refused.err) == (2, True)
    scmsim("run", "shop.yaml", "--out", "ran")
    assert "ran holds a run: give another folder" in scmsim("sweep", "shop.yaml", "--out", "ran").err
    assert scmsim("sweep", "shop.yaml", "--out", "ran", "--executor", "here", "--force").code == 0
    assert "ran is not a stored run: it holds a sweep" in scmsim("trace", "ran", "--order", 1).err


def test_export(scmsim: Callable) -> None:
    """Tests that a stored sweep is exported again from its ledger, whatever became of its tables."""
    scmsim(*SMALL)
    before = Path("out/runs.csv").read_bytes()
    Path("out/runs.csv").unlink()
    outcome = scmsim("export", "out")
    assert outcome.out.splitlines() == [str(Path("out", "runs.csv")), str(Path("out", "summary.csv"))]
    assert Path("out/runs.csv").read_bytes() == before
    assert scmsim("export", "out", "--format", "xml").code == 2
    assert "is not a stored run" in scmsim("export", ".").err


def test_table_and_csv_on_stdout(scmsim: Callable) -> None:
    """Tests that without a folder nothing is written, and that figures are printed as a table or as CSV."""
    table = scmsim("sweep", "shop.yaml", "--executor", "here")
    assert table.out.splitlines()[0].split()[0] == "point"
    assert len(table.out.splitlines()) == 5
    text = scmsim("sweep", "shop.yaml", "--executor", "here", "--format", "csv").out
    assert text.splitlines()[0] == f"point,{LEVEL},runs,failed,total_cost,total_cost half_width,fill_rate@shop," + (
        "fill_rate@shop half_width"
    )
    assert os.listdir() == ["shop.yaml"]
