"""A scenario: what a user wrote, and the network it stands for."""

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import Problem, UsageError
from scmsim.scenario import writing
from scmsim.scenario.header import comments
from scmsim.scenario.located import megabytes
from scmsim.scenario.network import Network
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.source import LARGEST_FILE, Source
from scmsim.ticks import from_ticks

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """A valid scenario. Made by `load`, `loads` or `from_dict`, never changed.

    Parameters
    ----------
    file : ScenarioFile
        Everything the file says, with tables, columns and defaults in their places.
    network : Network
        What follows from it, ready to run.
    header : dict
        The ``question``, ``source`` and ``answer`` in the comments at the top of the file.
    path : pathlib.Path or None
        The file it was read from.
    files : tuple of str
        The names of the CSV files that were read, in the scenario's folder.
    warnings : tuple of Problem
        What can be run and is hardly meant: what is said to no effect, or fails by itself. `scmsim validate` and
        `scmsim run` print it.
    """

    file: ScenarioFile
    network: Network = field(repr=False)
    header: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    source: Source = field(default_factory=Source, repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)
    warnings: tuple[Problem, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.file.name

    @cached_property
    def sha256(self) -> str:
        """The hash of what the scenario says, including the numbers read from CSV files, but not how it is written."""
        return writing.fingerprint(self.file)

    def __repr__(self) -> str:
        size = f"{len(self.file.nodes)} nodes, {len(self.file.lanes)} lanes"
        return f"Scenario({self.name!r}, {size}, horizon {self.file.time.horizon:g} {self.file.time.unit})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.file == other.file

    def __hash__(self) -> int:
        return hash(self.sha256)

    def to_yaml(self) -> str:
        """Write the scenario as one self-contained file: tables, columns and defaults are in their places."""
        return comments(self.header) + writing.to_yaml(self.file)

    def save(self, path: str | Path) -> Path:
        """Write the scenario to a file, and return its path.

        Raises
        ------
        UsageError
            The text would be too large to be read back.
        """
        text = self.to_yaml()
        size = len(text.encode())
        if size > LARGEST_FILE:
            raise UsageError(
                f"the scenario fills {megabytes(size)}, too much to be read back: copy its CSV files instead"
            )
        file = Path(path)
        file.write_text(text, encoding="utf-8", newline="\n")
        return file

    def set(self, *overrides: str) -> "Scenario":
        """Return a changed copy.

        Parameters
        ----------
        *overrides : str
            Each ``path=value``, as after ``--set`` on the command line.

        Raises
        ------
        ScenarioError
            The changed scenario is not valid.
        UsageError
            An override is not ``path=value``.
        """
        from scmsim.scenario.load import build

        return build(self.source.changed(overrides))

    def to_networkx(self) -> "networkx.MultiDiGraph[str]":
        """Return the network as a graph of networkx.

        Nodes carry ``kind``, ``segment``, ``label`` and, when given, ``x`` and ``y``; edges are lanes, keyed by their
        number, with ``products`` (joined by commas), ``order_delay`` and ``lead_time`` (their means, in time units).
        """
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=self.name)
        for name, node in self.network.nodes.items():
            place = dict(zip("xy", node.position, strict=True)) if node.position is not None else {}
            graph.add_node(name, kind=node.kind, segment=node.segment, label=node.label, **place)
        for lane in self.network.lanes:
            times: dict[str, Any] = {
                "order_delay": from_ticks(lane.order_delay.ticks),
                "lead_time": from_ticks(lane.lead_time.ticks),
            }
            products = ", ".join(lane.products)
            graph.add_edge(lane.origin, lane.destination, key=lane.index, products=products, **times)
        return graph

    def _repr_html_(self) -> str:
        time = self.file.time
        rows = [
            ("question", self.header.get("question", "")),
            ("time", f"{time.horizon:g} {time.unit}, the first {time.warm_up:g} not measured"),
            ("products", ", ".join(self.file.products)),
            ("nodes", ", ".join(self.file.nodes)),
            ("lanes", ", ".join(f"{lane.origin} → {lane.destination}" for lane in self.file.lanes)),
        ]
        cells = "".join(f"<tr><th>{key}</th><td>{escape(_short(said))}</td></tr>" for key, said in rows if said)
        return f"<table><caption>{escape(self.name)}</caption>{cells}</table>"


def _short(text: str, length: int = 500) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
