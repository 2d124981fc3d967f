"""Defects planted on purpose, one per known trap: each must be caught by the test that is named for it.

`defects.yaml` holds the patches. Every one is applied to a copy of the package, and the named test is run on that copy.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

import scmsim

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = Path(scmsim.__file__).parent
DEFECTS = yaml.safe_load((HERE / "defects.yaml").read_text(encoding="utf-8"))
Outcome = tuple[int, str]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, str], Outcome]]:
    """Give what runs a test on a package, and tells pytest's exit code and what it printed."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(HERE / "forks.py")]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forks:
        printed = tmp_path_factory.mktemp("printed") / "output.txt"

        def run(source: Path, test: str) -> Outcome:
            assert forks.stdin is not None
            assert forks.stdout is not None
            print(
                json.dumps({"source": str(source), "test": test, "output": str(printed)}), file=forks.stdin, flush=True
            )
            code = int(forks.stdout.readline())
            return code, printed.read_text(encoding="utf-8", errors="replace")

        yield run
        forks.terminate()


def test_there_are_enough_and_they_differ():
    """Tests that at least twenty defects are planted, each once, and that it takes many tests to catch them."""
    assert len(DEFECTS) >= 20
    assert len({defect["name"] for defect in DEFECTS}) == len(DEFECTS)
    assert len({(defect["file"], defect["old"], defect["new"]) for defect in DEFECTS}) == len(DEFECTS)
    assert len({defect["caught_by"] for defect in DEFECTS}) >= 15


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: re.sub(r"\W+", "-", defect["name"]))
def test_a_planted_defect_is_caught(defect, outcome, tmp_path):
    """Tests that the named test fails on a copy of the package with the defect in it."""
    target = tmp_path / "scmsim" / defect["file"]
    shutil.copytree(PACKAGE, tmp_path / "scmsim")
    text = target.read_text(encoding="utf-8")
    assert text.count(defect["old"]) == 1, f"the patch no longer fits {defect['file']}"
    target.unlink()
    target.write_text(text.replace(defect["old"], defect["new"]), encoding="utf-8")
    for stale in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
        stale.unlink()
    code, output = outcome(tmp_path, defect["caught_by"])
    assert code == 1, f"not caught (exit code {code}):\n{output[-3000:]}"
    assert re.search(r"\d+ failed", output), output[-3000:]


def test_the_named_tests_exist():
    """Tests that every named test is one of the suite, which passes without a defect: so a failure means the defect."""
    named = sorted({defect["caught_by"] for defect in DEFECTS})
    command = [sys.executable, "-m", "pytest", *named, "-q", "--collect-only", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stdout.count("::") >= len(named)
