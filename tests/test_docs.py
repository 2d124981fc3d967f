"""Every page says what is true: its code is run, its links lead somewhere, and nothing that there is goes untold."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

import scmsim

ROOT = Path(__file__).resolve().parent.parent
FENCED = RawFencedCodeBlockLexer(re.compile(r"(?P<language>\S*)(?P<options>[^\n]*)\n"))
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s>]+)>?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md"]
NOT_CODE = {"text", "{toctree}"}
"""What stands between fences and is nothing to be run."""
RUN_ELSEWHERE = {
    "python3 dev.py run scenarios/beer_game.yaml": "by .ci/run",
    "python3 dev.py test": "by .ci/run",
    "python3 dev.py test tests/oracles": "by .ci/run, with all other tests",
    "python3 -m venv .venv": "by dev.py",
    ". .venv/bin/activate": "nobody: it is the shell's",
    "pip install .": "by test_project.py, as a wheel",
}
"""Lines of a console that are no call of scmsim, and who runs them."""


class Block(NamedTuple):
    """A block of code in a page; ``line`` is where its code begins."""

    language: str
    options: str
    code: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Give the blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for region in regions(text):
        lexemes = region.lexemes
        line = text.count("\n", 0, region.start) + 2
        found.append(Block(lexemes["language"], lexemes["options"], str(lexemes["source"]), line))
    return found


def regions(text: str) -> list[Region]:
    """Give where the blocks of a text stand, in their order."""
    return sorted(FENCED(Document(text, "page")), key=lambda region: region.start)


def prose(page: Path) -> str:
    """Return a page without its blocks."""
    text, at, kept = page.read_text(encoding="utf-8"), 0, ""
    for region in regions(text):
        kept, at = kept + text[at : region.start], region.end
    return kept + text[at:]


def is_run(block: Block) -> bool:
    """Tell whether a block is run."""
    kept = block.language not in NOT_CODE or bool(option(block, "file"))
    return kept and "no-run" not in block.options


def option(block: Block, name: str) -> str:
    """Return what a block says behind ``name=``, in quotes or up to the next blank; nothing where it does not."""
    found = re.search(rf"(?:^|\s){name}=(?:\"([^\"]*)\"|(\S+))", block.options)
    return (found[1] or found[2] or "") if found else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_are_true(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scmsim: Callable) -> None:
    """Tests that the blocks of a page run one after another, in an empty folder or beside the shipped scenarios.

    A ``python`` block is executed; a block whose options name a file (``file=shop.yaml``) becomes that file; what a
    ``yaml`` block says is set at a place of a shipped scenario (``at=vmi:defaults.lane``), which has to be valid then;
    every line of a ``console`` block that calls scmsim must end well (or as ``exit=3`` says), and a block marked
    ``exact`` must print what it shows. Tutorials begin in an empty folder.
    """
    if page.parent.name != "tutorials":
        shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCMSIM_AUDIT", "0")  # pages are many, and their scenarios are audited elsewhere
    names: dict[str, Any] = {"__name__": page.stem}
    for block in filter(is_run, blocks(page)):
        if name := option(block, "file"):
            (tmp_path / name).write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)
        elif block.language == "yaml":
            insert_yaml(block)
        else:
            run_console(block, scmsim)


def insert_yaml(block: Block) -> None:
    """Set what a block says at a place of a shipped scenario."""
    name, _, path = option(block, "at").partition(":")
    assert path, f"line {block.line}: says neither file= nor at="
    key, _, value = " ".join(block.code.split()).partition(": ")
    assert scmsim.load(ROOT / "scenarios" / f"{name}.yaml").set(f"{path}.{key}={value}").network


def run_console(block: Block, scmsim: Callable) -> None:
    """Run the lines of a console block that call scmsim, and compare what they print when the block is exact."""
    for session in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        line, _, shown = session.partition("\n")
        words = shlex.split(line, comments=True)
        if line.strip() in RUN_ELSEWHERE or not words:
            continue
        assert words[0] == "scmsim", f"line {block.line}: nobody runs {line}"
        outcome = scmsim(*words[1:])
        expected = int(option(block, "exit") or 0)
        assert outcome.code == expected, f"line {block.line}: {line}\n{outcome.err}"
        if "exact" in block.options:
            printed = outcome.err if expected else outcome.out
            assert printed.rstrip() == shown.rstrip(), f"line {block.line}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_not_run_says_why(page: Path) -> None:
    """Tests that every block of code is of a kind that is run, or gives a reason why it is not."""
    for block in blocks(page):
        if "no-run" in block.options:
            assert option(block, "no-run"), f"line {block.line}: gives no reason"
        elif is_run(block) and not option(block, "file"):
            assert block.language in ("python", "console", "yaml"), f"line {block.line}: {block.language} is not run"


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub and the site make it."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page; what is said twice is numbered."""
    found: dict[str, int] = {}
    names = set()
    for heading in HEADING.findall(prose(page)):
        name = slug(heading)
        names.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return frozenset(names)


def links(page: Path) -> Iterator[str]:
    """Give where the links of a page lead, but for those in code."""
    text = prose(page)
    yield from LINK.findall(
        re.sub(r"(`+)(?:(?!`).)*\1(?!`)", lambda code: "code" if "](" in code[0] else code[0], text)
    )


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Tests that every link is an address on the web, or a file of the repository with the heading it names."""
    for link in links(page):
        address = urlsplit(link)
        if address.scheme:
            assert (address.scheme, bool(re.fullmatch(r"[\w.-]+\.[a-z]+", address.netloc))) == ("https", True), link
            continue
        target = (page.parent / unquote(address.path)).resolve() if address.path else page
        assert target.exists(), f"{link}: no such file"
        assert target.is_relative_to(ROOT), link
        if address.fragment:
            assert address.fragment in anchors(target), f"{link}: no such heading"


def test_pages_are_within_reach() -> None:
    """Tests that every page is linked from another one, or listed in a table of contents."""
    reached = {(page.parent / urlsplit(link).path).resolve() for page in LINKED for link in links(page)}
    for page in PAGES:
        for block in blocks(page):
            entries = block.code.split() if block.language == "{toctree}" else []
            reached |= {found.resolve() for entry in entries for found in page.parent.glob(f"{entry}.md")}
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == ["README.md"]
