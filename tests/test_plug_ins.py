"""A user's own package: the one of the how-to page, built, installed and used as it stands there."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "your-own-policy.md"
FILE = re.compile(r"^```\w+[^\n]*?file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def call(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with more in its environment."""
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def test_a_package_of_ones_own_is_found(tmp_path: Path) -> None:
    """Tests that policy, demand and metric of the page's package, once installed, work in a run of the command line.

    By hand: 30, 10, 10, 10, 10 and again, every unit replaced the day after: 10 or 30 boxes stay, 26 on average, and
    130 boxes, 13 pallets, come in.
    """
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "install", "--disable-pip-version-check")
    uv = ("uv", "pip", "install", "--python", sys.executable)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", "site", ".")
    installed = call(*(pip if find_spec("pip") else uv), *options, folder=tmp_path)
    assert installed.returncode == 0, installed.stderr
    (tmp_path / "my_models.py").unlink()
    ran = call(
        *(sys.executable, "-m", "scmsim", "run", "market.yaml", "--format", "json"),
        folder=tmp_path,
        PYTHONPATH=str(tmp_path / "site"),
    )
    assert ran.returncode == 0, ran.stderr
    rows = json.loads(ran.stdout)["kpis"]
    found = {row["metric"]: row["mean"] for row in rows if row["node"] == "stall" and row["product"] is None}
    assert found["pallets_received"] == 13
    assert found["average_on_hand"] == 26
