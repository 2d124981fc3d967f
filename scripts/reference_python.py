"""The reference page of the Python library, from the docstrings of its public names."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import scmsim

HEAD = """# The Python library

<!-- Generated from the docstrings by `scripts/references.py`. Do not edit. -->

`import scmsim as sc` brings the names below; everything else may change without notice. Tables are pandas data
frames, figures are plotly figures, both show themselves in a notebook. Bad input raises one of the [errors](#errors),
never anything else.
"""
GROUPS = {
    "Read a scenario": ("load", "loads", "from_dict", "Scenario"),
    "Run it": ("run", "Result", "open"),
    "Experiments": ("replicate", "compare", "sweep", "optimize", "sensitivity", "stress", "diff"),
    "Errors": ("ScmsimError", "ScenarioError", "Problem", "SimulationError", "UsageError", "MissingExtra"),
}
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-+\n", re.MULTILINE)


def names() -> list[str]:
    """Return every public name that the page has to explain."""
    return [name for name in scmsim.__all__ if name != "__version__"]


def python_markdown() -> str:
    """Return the reference page of the library, as Markdown."""
    parts = [HEAD]
    for title, members in GROUPS.items():
        parts.append(f"## {title}\n")
        for name in members:
            parts += _section(name, getattr(scmsim, name))
    return "\n".join(parts).rstrip() + "\n"


def _section(name: str, value: Any) -> Iterator[str]:
    yield f"### `{name}`\n"
    if callable(value) and not inspect.isclass(value):
        yield f'```python no-run="how it is called"\nsc.{name}{_signature(value)}\n```\n'
    yield from _docstring(inspect.getdoc(value) or "")
    if inspect.isclass(value):
        yield from _members(value)


def _signature(function: Any) -> str:
    """Return the names and defaults of a function's arguments, without their types."""
    signature = inspect.signature(function)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _docstring(text: str) -> Iterator[str]:
    """Turn a docstring in numpydoc's form into Markdown."""
    pieces = SECTION.split(text)
    yield f"{_marked(pieces[0])}\n"
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title == "Examples":
            yield f'```pycon no-run="a doctest of the code"\n{body.strip()}\n```\n'
        elif title == "Notes":
            yield f"{_marked(body)}\n"
        else:
            yield f"**{title}**\n"
            yield from _entries(body)


def _entries(body: str) -> Iterator[str]:
    """Turn the entries of a section, each a name with an indented text below, into a list."""
    rows: list[list[str]] = []
    for line in body.strip("\n").split("\n"):
        if line.strip() and not line.startswith(" "):
            rows.append([line.strip()])
        elif line.strip() and rows:
            rows[-1].append(line.strip())
    for name, *said in rows:
        told = _marked(" ".join(said))
        yield f"- `{name.replace('`', '')}`{': ' if told else ''}{told}"
    yield ""


def _members(kind: type) -> Iterator[str]:
    """List the public methods and properties of a class that say what they are."""
    rows = []
    for name, member in vars(kind).items():
        said = inspect.getdoc(member) if isinstance(member, property | staticmethod | classmethod) else None
        if inspect.isfunction(member):
            said = inspect.getdoc(member)
        if said and not name.startswith("_"):
            call = f"{name}()" if not isinstance(member, property) else name
            rows.append(f"| `.{call}` | {_marked(said.split(chr(10) * 2)[0]).replace('|', chr(92) + '|')} |")
    if rows:
        yield "| member | what it is |\n|---|---|"
        yield "\n".join(rows) + "\n"


def _marked(text: str) -> str:
    paragraphs = [" ".join(each.split()) for each in text.strip().split("\n\n")]
    return "\n\n".join(paragraphs).replace("``", "`")
