"""Every page says what is true: its Python and its commands are run."""

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


class Block(NamedTuple):
    """A block of code in a page; ``line`` is where its code begins."""

    language: str
    options: str
    code: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Give the blocks of a page that are run, in their order."""
    text = page.read_text(encoding="utf-8")
    found = [Block(hit[1], hit[2], hit[3], text.count("\n", 0, hit.start()) + 2) for hit in FENCE.finditer(text)]
    return [block for block in found if "no-run" not in block.options]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_are_true(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scmsim: Callable) -> None:
    """Tests that the blocks of a page run one after another, in a folder that holds only the shipped scenarios.

    A ``python`` block is executed; a ``yaml`` block whose options name a file (``file=shop.yaml``) becomes that file;
    every line of a ``console`` block that calls scmsim must end well, and a block marked ``exact`` must print what it
    shows.
    """
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    for block in blocks(page):
        if block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)
        elif block.language == "yaml" and "file=" in block.options:
            name = block.options.partition("file=")[2].split()[0]
            (tmp_path / name).write_text(block.code, encoding="utf-8")
        elif block.language == "console":
            run_console(block, scmsim)


def run_console(block: Block, scmsim: Callable) -> None:
    """Run the lines of a console block that call scmsim, and compare what they print when the block is exact."""
    for session in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        line, _, shown = session.partition("\n")
        words = shlex.split(line, comments=True)
        if not words or words[0] != "scmsim":
            continue
        outcome = scmsim(*words[1:])
        assert outcome.code == 0, f"line {block.line}: {line}\n{outcome.err}"
        if "exact" in block.options:
            assert outcome.out.rstrip() == shown.rstrip(), f"line {block.line}: {line}"
