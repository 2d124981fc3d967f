"""Something wrong at a place inside a scenario, before it is known where that place stands in a file."""

from typing import NamedTuple

from scmsim.errors import ScmsimError


class Finding(NamedTuple):
    """One thing wrong at ``path``, a sequence of keys and list positions from the root of the scenario.

    ``found`` may be empty, then what stands at the path is shown.
    """

    path: tuple[str | int, ...]
    found: str
    expected: str
    hint: str = ""


class Unresolvable(ScmsimError):  # noqa: N818
    """A scenario whose parts are each well formed but do not make a network.

    Parameters
    ----------
    findings : tuple of Finding
        At least one.
    """

    exit_code = 3

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found wrong."""
        found: tuple[Finding, ...] = self.args[0]
        return found

    def __str__(self) -> str:
        return "\n".join(f"{'.'.join(map(str, finding.path))}: {finding.expected}" for finding in self.findings)
