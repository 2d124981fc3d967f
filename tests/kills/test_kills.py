"""Sweeps killed at random moments go on as if nothing had been; the long form is ``python tests/kills/campaign.py``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes that need no time to begin on Windows")
def test_killed_at_random_moments_nothing_is_lost_and_nothing_twice() -> None:
    """Tests that after five kills no run is lost or there twice, and that the tables are those of a quiet sweep."""
    command = [sys.executable, str(Path(__file__).with_name("campaign.py")), "--kills", "5", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == 5
    assert (found["lost"], found["twice"], found["different"], found["failed"]) == (0, 0, 0, [])
