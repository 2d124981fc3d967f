"""What a scenario was made from, so that it can be made again with a change."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.inputs.distribution_scipy import from_scipy
from scmsim.scenario import header
from scmsim.scenario.located import megabytes
from scmsim.scenario.writing import written

LARGEST_FILE = 5_000_000
"""The largest scenario file that is read, in bytes."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A text or a mapping, where it came from, and what was changed in it.

    ``shown`` is the file's name in messages and ``prefix`` what stands before the names of files beside it.
    ``experiments`` says whether the section of that name counts.
    """

    text: str = ""
    mapping: Mapping[str, Any] | None = None
    shown: str = ""
    path: Path | None = None
    folder: Path | None = None
    prefix: str = ""
    overrides: tuple[str, ...] = ()
    experiments: bool = True

    @property
    def header(self) -> dict[str, str]:
        """The question, source and answer that the leading comments state."""
        return header.header(self.text)

    def changed(self, overrides: tuple[str, ...]) -> "Source":
        """Return the same source with more changes."""
        return replace(self, overrides=self.overrides + overrides)

    def without_experiments(self) -> "Source":
        """Return the same scenario without its experiments; every line stays where it is."""
        mapping = self.mapping
        if mapping is not None:
            mapping = {key: entry for key, entry in mapping.items() if key != "experiments"}
        return replace(self, text=_EXPERIMENTS.sub(_blank, self.text), mapping=mapping, experiments=False)


_EXPERIMENTS = re.compile(r"^experiments:(?:[ \t].*)?\n(?:(?:[ \t#].*)?\n|[ \t#].*\Z)*", re.MULTILINE)
"""The section in a file that is written in blocks."""


def _blank(section: re.Match[str]) -> str:
    return section[0] if "&" in section[0] else "\n" * section[0].count("\n")


def from_mapping(mapping: Mapping[Any, Any], folder: Path | None) -> Source:
    """Take a scenario from Python data: models, scipy's distributions and numpy's numbers are taken apart."""
    return Source(mapping=_plain(mapping), folder=folder)


def from_file(path: str, overrides: tuple[str, ...]) -> Source:
    """Read a scenario file's text.

    Raises
    ------
    UsageError
        There is no such file, or it cannot be read.
    ScenarioError
        It is too large, or not UTF-8.
    """
    file = Path(path)
    data = _bytes(file, path)
    prefix = path[: len(path) - len(file.name)] if path.endswith(file.name) else ""
    folder = file.resolve().parent
    return Source(text=_decoded(data, path), shown=path, path=file, folder=folder, prefix=prefix, overrides=overrides)


def _bytes(file: Path, shown: str) -> bytes:
    try:
        if file.is_dir():
            raise UsageError(f"{shown} is a folder: expected a scenario file")
        size = file.stat().st_size
        if size > LARGEST_FILE:
            hint = "Move long parts into CSV files: see `tables`, and `file` with `column`."
            raise _refused(shown, f"a file of {megabytes(size)}", f"at most {megabytes(LARGEST_FILE)}", hint)
        return file.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"no file {shown}{_near(file)}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _near(file: Path) -> str:
    from difflib import get_close_matches

    try:
        names = [entry.name for entry in os.scandir(file.parent) if entry.name.endswith((".yaml", ".yml", ".json"))]
    except OSError:
        return ""
    near = get_close_matches(file.name, names, n=1)
    return f". Did you mean {file.with_name(near[0])}?" if near else ""


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02X} at position {error.start}, which is not UTF-8"
        raise _refused(shown, found, "UTF-8 text", "Save the file as UTF-8.") from None


def _refused(shown: str, found: str, expected: str, hint: str) -> ScenarioError:
    return ScenarioError((Problem(shown, "", found, expected, hint),))


def _plain(value: Any) -> Any:
    value = from_scipy(value)
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "model_fields_set"):
        return written(value)
    return value.tolist() if hasattr(value, "tolist") else value
