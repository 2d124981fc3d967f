"""Damaged scenario files and CSV files: refused in words, at once, and without a look at anything else.

A few are tried here; ``python tests/fuzz/campaign.py`` tries 200,000 and 20,000.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.name == "nt":
    pytest.skip("needs signals, limits and links as Linux and macOS have them", allow_module_level=True)

sys.path.insert(0, str(Path(__file__).parent))

from campaign import Table, chunk, counts, tasks
from corpus import MADE, Corpus
from trial import LONGEST, Runner

from scmsim.cli import scenarios as commands

SEEDS = 5_000_000
"""Seeds that the long form does not try."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """What is damaged."""
    return Corpus()


@pytest.fixture
def table(corpus: Corpus, tmp_path: Path) -> Iterator[Table]:
    """A folder for damaged files, entered for as long as a test takes."""
    before = Path.cwd()
    yield Table(tmp_path / "fuzz", corpus)
    os.chdir(before)


@pytest.mark.parametrize(("kind", "count"), [("scenario", 150), ("table", 60), ("run", 20), ("command", 1)])
def test_damaged_files_are_refused_in_words(kind: str, count: int, table: Table) -> None:
    """Tests that no damaged file brings a traceback, an undocumented exit code, a long wait or a foreign file."""
    found = chunk(kind, SEEDS, count, table)
    assert [f"{one['kind']} {one['seed']}: {one['wrong']}" for one in found["wrong"]] == []
    assert sum(found["codes"].values()) == count
    assert found["memory"] < 4_000_000_000  # of all tests of this process; the long form has processes of its own


def test_the_long_form_counts_and_goes_on_where_it_was(table: Table) -> None:
    """Tests that chunks are summed up by kind, and that those that are done are left out."""
    made = {
        "kind": "table",
        "count": 500,
        "codes": {"0": 20, "3": 480},
        "slowest": [0.25, 7],
        "memory": 90e6,
        "wrong": [],
    }
    found = counts([{**made, "first": 0}, {**made, "first": 500}])["csv_files"]
    assert (found["tried"], found["valid"], found["invalid"]) == (1000, 40, 960)
    assert (found["wrong"], found["slowest_seconds"], found["peak_memory_mb"]) == (0, 0.25, 90)
    assert list(tasks("table", 1200, {("table", 0), ("table", 500)})) == [("table", 1000, 200)]
    assert table.case("table", 11) == table.case("table", 11) != table.case("table", 12)


def test_mutants_are_of_all_kinds(corpus: Corpus) -> None:
    """Tests that what is damaged is mostly refused and sometimes not, and that CSV files outside are asked for."""
    texts = [corpus.scenario_case(seed).data for seed in range(2000)]
    assert len(set(texts)) > 1900
    for part in (
        b"../secret.csv",
        b"link.csv",
        b"/etc/passwd",
        b"&a ",
        b"!!python",
        b"1e308",
        b"\xef\xbb\xbf",
        b"[[[[",
    ):
        assert any(part in text for text in texts), part


def opens_a_file() -> None:
    Path("..", "outside.csv").read_text(encoding="utf-8")


def starts_a_program() -> None:
    subprocess.run([sys.executable, "--version"], capture_output=True, check=True)


def fails() -> None:
    raise KeyError("x")


def computes() -> None:
    end = time.process_time() + 1
    while time.process_time() < end:
        pass


def colours() -> None:
    print("\x1b[31mred")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (opens_a_file, "reached for open"),
        (starts_a_program, "reached for subprocess.Popen"),
        (fails, "KeyError: 'x'"),
        (computes, "stopped after 0.1 s in"),
        (colours, "the control character U+001B on the terminal"),
    ],
)
def test_the_watch_sees_what_is_wrong(
    action: Callable[[], None], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests that what must not happen is noticed when it happens: otherwise that nothing is noticed says nothing."""
    box = tmp_path / "box"
    box.mkdir()
    sound = (MADE / "columns.yaml").read_bytes(), (MADE / "history.csv").read_bytes()
    for name, data in zip(("sound.yaml", "history.csv"), sound, strict=True):
        (box / name).write_bytes(data)
    (tmp_path / "outside.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.chdir(box)
    runner = Runner(box, longest=LONGEST)
    assert runner("validate", "sound.yaml").wrong == ""
    monkeypatch.setattr(commands, "scenario_path", lambda name: (action(), name)[1])
    assert said in Runner(box, longest=0.1)("validate", "sound.yaml").wrong
