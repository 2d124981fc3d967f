"""The bootstrap at the root, without installing anything."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parent.parent / "dev.py"


def test_an_old_python_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a Python before 3.11 gets one sentence and no traceback."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"^scmsim needs Python 3\.11 or later; this is Python [0-9.]+\.$"):
        runpy.run_path(str(DEV))


def test_without_a_task_it_explains_itself() -> None:
    """Tests that an unknown task shows the commands on stderr and fails."""
    done = subprocess.run([sys.executable, DEV, "tset"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "python3 dev.py test" in done.stderr


def test_a_python_without_pip_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a Python that can make no environment says what to install."""
    names = runpy.run_path(str(DEV))
    monkeypatch.setitem(names["make_environment"].__globals__, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="cannot make a virtual environment.*apt install python3-venv"):
        names["make_environment"]()
