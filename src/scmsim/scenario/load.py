"""Scenario files in, scenarios out: every problem at once, each with its place."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.garbage import rare_collections
from scmsim.scenario.cautions import cautions
from scmsim.scenario.checks_experiments import Check, default_fits, experiment_troubles, factor_troubles
from scmsim.scenario.columns import with_columns
from scmsim.scenario.csvfile import Folder
from scmsim.scenario.findings import Unresolvable
from scmsim.scenario.lanes import spelled_out
from scmsim.scenario.located import Located, Place, from_plain
from scmsim.scenario.merge import with_defaults
from scmsim.scenario.network import Network
from scmsim.scenario.overrides import overridden, parsed
from scmsim.scenario.reader import Reading, read
from scmsim.scenario.resolve import resolve
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.source import Source, from_file, from_mapping
from scmsim.scenario.tables import with_tables
from scmsim.scenario.troubles import Trouble, below, locate, ordered
from scmsim.scenario.validate import setting, validated


def load(path: str | PathLike[str], overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path : str or path-like
        A YAML (or JSON) file, UTF-8.
    overrides : sequence of str
        Changes to what the file says, each ``path=value``: see `scmsim.scenario.overrides`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With everything that is wrong with the scenario, in the order of the file.
    UsageError
        The file does not exist or cannot be read, or an override is not ``path=value``.
    """
    try:
        source = from_file(fspath(path), tuple(overrides))
    except UsageError as error:
        raise UsageError(f"{_sentence(str(error), _shipped_hint(Path(path)))}") from None
    return build(source)


def _sentence(said: str, hint: str) -> str:
    return said + ("" if not hint else f" {hint}" if said.endswith("?") else f". {hint}")


def _shipped_hint(path: Path) -> str:
    """Say how to come by a shipped scenario that is called by its name and is no file here."""
    package = Path(str(files("scmsim")))
    folders = (package / "scenarios", package.parent.parent / "scenarios")
    shipped = {
        file.relative_to(folder).with_suffix("").as_posix() for folder in folders for file in folder.rglob("*.yaml")
    }
    name = path.as_posix().removesuffix(".yaml")
    if name not in shipped or path.exists():
        return ""
    return f"{name} is a scenario that comes with scmsim: `scmsim new {name}` copies it to {name}.yaml"


def loads(
    text: str, name: str = "<text>", folder: str | PathLike[str] | None = None, overrides: Sequence[str] = ()
) -> Scenario:
    """Read a scenario from a text.

    Parameters
    ----------
    text : str
        What a scenario file holds.
    name : str
        What messages call it.
    folder : path-like, optional
        Where the CSV files it names are; without it, it cannot name any.
    overrides : sequence of str
        Changes, each ``path=value``.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the scenario.

    Examples
    --------
    >>> scenario = loads('''
    ... scmsim: 1
    ... name: shop
    ... time: {horizon: 100}
    ... products: {tea: {}}
    ... nodes:
    ...   source: {kind: supplier}
    ...   shop:
    ...     kind: retailer
    ...     stock: {tea: {initial: 10, policy: {kind: base_stock, level: 10}}}
    ...     demand: {tea: {kind: poisson, mean: 4}}
    ... lanes: [source -> shop]
    ... ''')
    >>> scenario.name, len(scenario.network.points)
    ('shop', 2)
    """
    where = Path(folder) if folder is not None else None
    return build(Source(text=text, shown=name, folder=where, overrides=tuple(overrides)))


def from_dict(mapping: Mapping[str, Any], folder: str | PathLike[str] | None = None) -> Scenario:
    """Make a scenario of what a scenario file would hold, as Python data.

    Parameters
    ----------
    mapping : mapping
        The sections of a scenario; anywhere below, the objects of scmsim (policies, distributions, demands), frozen
        distributions of scipy and numpy's numbers may stand, too.
    folder : path-like, optional
        Where the CSV files it names are.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the scenario.
    UsageError
        It is not a mapping.
    """
    if not isinstance(mapping, Mapping):
        raise UsageError(f"a scenario should be a mapping, not {type(mapping).__name__}")
    where = Path(folder) if folder is not None else None
    return build(from_mapping(mapping, where))


def build(source: Source) -> Scenario:
    """Make the scenario that a source describes, its overrides included.

    Raises
    ------
    ScenarioError
        With everything that is wrong with it.
    UsageError
        An override is not ``path=value``.
    """
    with rare_collections():
        file, root, folder = _checked(source)
        network = _resolved(file, root, source)
        return Scenario(
            file=file,
            network=network,
            header=source.header,
            path=source.path,
            source=source,
            files=tuple(sorted(folder.used)),
            warnings=cautions(file, network, root, source.shown),
        )


def check(source: Source) -> None:
    """Look whether everything that a source says can stand where it does, without making a network of it.

    Raises
    ------
    ScenarioError
        With everything that cannot.
    """
    _checked(source)


def _checked(source: Source) -> tuple[ScenarioFile, Located, Folder]:
    troubles: list[Trouble] = []
    root, flagged = _read(source, troubles)
    file, folder = None, Folder(source.folder, source.prefix)
    if root is not None:
        laid_out = _laid_out(root, source, folder, troubles)
        root = with_columns(with_defaults(laid_out), folder, troubles)
        later: list[Trouble] = []
        file = validated(root, later)
        if source.experiments:
            valid = file is not None and not troubles
            later += experiment_troubles(Check(laid_out, folder, setting(root), values=valid))
        troubles += [trouble for trouble in later if not below(trouble.path, flagged)]
    if troubles or file is None or root is None:
        raise ScenarioError(ordered(troubles, source.shown))
    return file, root, folder


def factor_problems(scenario: Scenario, vary: Sequence[tuple[str, Sequence[Any]]]) -> tuple[Problem, ...]:
    """Return what is wrong with paths of a scenario, and with the values that they shall take, in this order.

    Parameters
    ----------
    scenario : Scenario
        What they are paths of.
    vary : sequence of (str, sequence)
        Each path with its values.
    """
    check, source, found = _to_check(scenario), scenario.source, list[Trouble]()
    factors: list[tuple[str, Located]] = []
    for path, values in vary:
        entry = from_plain(list(values), Place(f"--vary {path}"), (path,))
        if any(path == known for known, _ in factors):
            hint = "Vary it once, over all values."
            found.append(Trouble(entry.place, (path,), f"{path} a second time", "each path in one factor", hint))
        else:
            factors.append((path, entry))
    found += factor_troubles(check, dict(factors))
    return ordered(found, source.shown)


def default_check(scenario: Scenario, path: str) -> Callable[[Any], bool]:
    """Return what tells at a glance whether a number fits at a path of the defaults; False calls for a closer look.

    Parameters
    ----------
    scenario : Scenario
        What it is a path of.
    path : str
        As after ``--set``.
    """
    return default_fits(_to_check(scenario), parsed(f"{path}=")[0]) or (lambda _: False)


def _to_check(scenario: Scenario) -> Check:
    source, troubles = scenario.source, list[Trouble]()
    root, _ = _read(source, troubles)
    if root is None:
        raise UsageError(f"{source.shown} cannot be read any more")
    folder = Folder(source.folder, source.prefix)
    laid_out = _laid_out(root, source, folder, troubles)
    return Check(laid_out, folder, setting(laid_out))


def _read(source: Source, troubles: list[Trouble]) -> tuple[Located | None, tuple[Any, ...]]:
    if source.mapping is not None:
        return from_plain(source.mapping, Place("")), ()
    reading = _reading(source.text, source.shown)
    troubles += reading.troubles
    return reading.root, reading.flagged


@lru_cache(maxsize=4)
def _reading(text: str, shown: str) -> Reading:
    """Read a text once where many scenarios are made of it: nothing changes a tree in its place."""
    return read(text, shown)


def _laid_out(root: Located, source: Source, folder: Folder, troubles: list[Trouble]) -> Located:
    """Write everything into the tree that stands elsewhere: overrides and tables; but for defaults and columns."""
    about_tables = [override for override in source.overrides if parsed(override)[0][0] == "tables"]
    others = [override for override in source.overrides if override not in about_tables]
    if source.mapping is None and not about_tables and root.get("tables") is None:
        root, found = _changed(source.text, source.shown, tuple(others[:-1]))
        troubles += found
        others = others[-1:]
    else:
        root = overridden(root, about_tables, troubles)
        root = with_tables(spelled_out(root, troubles), folder, troubles)
    root = spelled_out(overridden(root, others, troubles), troubles)
    if source.experiments or not isinstance(root.value, dict):
        return root
    return root.like({key: entry for key, entry in root.value.items() if key != "experiments"})


@lru_cache(maxsize=4)
def _changed(text: str, shown: str, overrides: tuple[str, ...]) -> tuple[Located, tuple[Trouble, ...]]:
    """Write changes into a text without tables once where many scenarios share all but their last one."""
    root, troubles = _reading(text, shown).root, list[Trouble]()
    if root is None:
        raise ValueError("only what could be read can be changed")
    return overridden(spelled_out(root, troubles), overrides, troubles), tuple(troubles)


def _resolved(file: ScenarioFile, root: Located, source: Source) -> Network:
    try:
        return resolve(file)
    except Unresolvable as error:
        troubles = [locate(root, finding) for finding in error.findings]
        raise ScenarioError(ordered(troubles, source.shown)) from None
