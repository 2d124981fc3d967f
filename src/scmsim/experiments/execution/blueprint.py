"""A scenario that can be made again anywhere: in another process, on another machine, with some of it changed."""

import hashlib
import shutil
import tempfile
import zlib
from atexit import register
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from scmsim.errors import UsageError
from scmsim.scenario.load import build
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.source import Source


@dataclass(frozen=True)
class Blueprint:
    """What a scenario is made from: its text or mapping, and what is in the CSV files it reads.

    It can be pickled, and needs no file of the machine on which it was drawn up.

    Parameters
    ----------
    source : Source
        Text or mapping, with the changes made so far.
    files : tuple of (str, bytes)
        Names of the files, and their contents, compressed.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> blueprint = Blueprint.of(load("scenarios/beer_game.yaml"))
    >>> blueprint.scenario(["time.horizon=10"]).file.time.horizon
    10.0
    """

    source: Source
    files: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def of(cls, scenario: Scenario, *others: Scenario) -> "Blueprint":
        """Draw up the blueprint of a scenario; ``others`` are changed copies of it that may read other files.

        Raises
        ------
        UsageError
            A file that it was made from cannot be read any more.
        """
        source = scenario.source.without_experiments()
        names = sorted({name for each in (scenario, *others) for name in each.files})
        if source.folder is None:
            return cls(source)
        return cls(source, tuple((name, _contents(source.folder / name)) for name in names))

    def scenario(self, overrides: Sequence[str] = ()) -> Scenario:
        """Make the scenario, with some of it changed.

        Parameters
        ----------
        overrides : sequence of str
            Each ``path=value``.

        Raises
        ------
        ScenarioError
            The changed scenario is not valid.
        """
        source = self.source.changed(tuple(overrides))
        return build(replace(source, folder=_unpacked(self.files)) if self.files else source)


def _contents(file: Path) -> bytes:
    try:
        return zlib.compress(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} cannot be read any more: {error.strerror or error}") from None


@lru_cache(maxsize=32)
def _unpacked(files: tuple[tuple[str, bytes], ...]) -> Path:
    """Write files to a folder of this process's own, which is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="scmsim-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    for name, contents in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(zlib.decompress(contents))
    return folder


def digest(blueprint: Blueprint) -> str:
    """Return a hash of everything that a blueprint says."""
    found = hashlib.sha256(repr(replace(blueprint.source, path=None, folder=None)).encode())
    for name, contents in blueprint.files:
        found.update(name.encode() + b"\0" + contents)
    return found.hexdigest()
