"""What every test may use, and the rule that no test is skipped unnoticed."""

import os
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parent.parent
STRICT_SKIPS = os.environ.get("SCMSIM_STRICT_SKIPS") == "1"
ALLOWED_SKIPS = ROOT / "tests" / "allowed_skips.txt"

os.environ.setdefault("SCMSIM_AUDIT", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the tests run in as many processes as there are cores

collect_ignore = ["oracles/stockpyl_side.py"]
"""What other interpreters run."""

settings.register_profile("fast", max_examples=50, derandomize=True, deadline=None, database=None)
settings.register_profile("planted", settings.get_profile("fast"), phases=(Phase.explicit, Phase.generate))
settings.register_profile("long", max_examples=2000, deadline=None)
settings.load_profile("fast")

unlisted_skips: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the full form of every check")
    parser.addoption("--scenarios", type=int, help="how many random scenarios the long form tries (test_everything)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        settings.load_profile("long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long checks out unless they are asked for."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def is_allowed(reason: str) -> bool:
    """Whether a reason to skip is on the committed list."""
    lines = ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines()
    return any(fnmatch(reason, line.strip()) for line in lines if line.strip() and not line.startswith("#"))


def note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Remember a skip that is not on the list."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not is_allowed(reason):
            unlisted_skips.append(f"{report.nodeid}: {reason}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    note_skip(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if STRICT_SKIPS and unlisted_skips and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if STRICT_SKIPS and unlisted_skips:
        terminalreporter.section("skips that are not in tests/allowed_skips.txt", red=True)
        for line in unlisted_skips:
            terminalreporter.write_line(line)


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def scmsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run ``scmsim`` with arguments, as a shell would."""
    from scmsim.cli.main import main

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["scmsim", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code
        out, err = capsys.readouterr()
        return Outcome(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def scenarios() -> Path:
    """The folder of the shipped scenarios."""
    return ROOT / "scenarios"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data outside the repository: in the folder that SCMSIM_SHARED names, or in ``shared`` beside it."""
    folder = Path(os.environ.get("SCMSIM_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip("needs the shared data: no folder ../shared/data, and SCMSIM_SHARED names none")
    return folder
