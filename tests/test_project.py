"""The shape of the source tree, the package it makes, and the files around it."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
RUN_COMMAND = "python3 dev.py run scenarios/beer_game.yaml"
TEST_COMMAND = "python3 dev.py test"
WHEN_CALLED = {
    ("scmsim.scenario.scenario", "scmsim.scenario.load"),
}
"""Imports inside a function that close a cycle: a changed copy of a scenario is built as a loaded one is."""
LONGEST_MODULE, LONGEST_FUNCTION, MOST_ARGUMENTS = 400, 60, 6


def module_name(path: Path) -> str:
    """Name a module by its file."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path) for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_are_short(path: Path) -> None:
    """Tests that no module exceeds 400 lines, no function 60 lines and 6 arguments."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines_of(node) <= LONGEST_FUNCTION, node.name
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            assert len([one for one in arguments if one.arg not in ("self", "cls")]) <= MOST_ARGUMENTS, node.name


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without those of its docstring."""
    first = function.body[0]
    said = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) is not None else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


def imported_modules(path: Path) -> Iterator[str]:
    """Give every module of scmsim that a module imports, wherever it does, except for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node not in for_types:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else node.module
        elif isinstance(node, ast.Import) and node not in for_types:
            yield from (alias.name for alias in node.names)


def test_no_import_cycles() -> None:
    """Tests that no module imports itself through others, not even inside a function, but for what is listed."""
    edges = {(module_name(path), imported) for path in MODULES for imported in imported_modules(path)}
    graph = nx.DiGraph((one, other) for one, other in edges - WHEN_CALLED if other in NAMES)
    assert [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.stat().st_size], ids=module_name)
def test_modules_say_what_they_are(path: Path) -> None:
    """Tests that every module that holds anything begins with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_two_commands_stand_where_they_are_used() -> None:
    """Tests that README and .ci/run hold the same two commands, each on a line of its own."""
    for name in ("README.md", ".ci/run"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert {RUN_COMMAND, TEST_COMMAND} <= {line.strip().removeprefix("$ ") for line in lines}, name


def test_changelog_fragments_are_named_by_kind() -> None:
    """Tests that every fragment of the changelog has a known kind and says something."""
    fragments = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    for path in fragments:
        assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|deprecated|removed|fixed)\.md", path.name), path.name
        assert path.read_text(encoding="utf-8").strip()


def test_decisions_are_listed() -> None:
    """Tests that the index of decisions names every page."""
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert pages
    assert [name for name in pages if f"({name})" not in index] == []


def test_versions_agree() -> None:
    """Tests that pyproject.toml and CITATION.cff name one version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_runtime_dependencies_have_lower_bounds_only() -> None:
    """Tests that every dependency is bounded below and none is pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert all(re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", one) for one in project["dependencies"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that this source tree makes."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_wheel_holds_what_it_needs(wheel: Path) -> None:
    """Tests that the wheel brings every scenario with its tables, the marker of types and the licence, and no tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    data = (path for path in (SOURCE / "scmsim" / "verification").rglob("*.*") if path.suffix in (".yaml", ".csv"))
    verified = {path.relative_to(SOURCE).as_posix() for path in data}
    shipped = {
        f"scmsim/scenarios/{path.relative_to(ROOT / 'scenarios').as_posix()}"
        for path in (ROOT / "scenarios").rglob("*.*")
    }
    assert shipped | verified <= names
    assert "scmsim/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("tests" in name or "test_" in name for name in names)


def test_wheel_works_outside_the_clone(wheel: Path, tmp_path: Path) -> None:
    """Tests that an installed scmsim copies the beer game into an empty folder and runs it there: 204."""
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def scmsim(*arguments: str) -> str:
        command = [sys.executable, "-m", "scmsim", *arguments]
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, encoding="utf-8", check=True
        )
        return done.stdout

    assert scmsim("new", "beer_game").strip() == "beer_game.yaml"
    figures = json.loads(scmsim("run", "beer_game.yaml", "--format", "json"))["kpis"]
    chain = [row for row in figures if row["node"] is None and row["product"] is None]
    assert [row["mean"] for row in chain if row["metric"] == "total_cost"] == [204.0]
