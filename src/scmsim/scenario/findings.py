"""Something wrong at a place inside a scenario, before it is known where that place stands in a file."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing wrong at ``path``, a sequence of keys and list positions from the root of the scenario.

    ``found`` may be empty, then what stands at the path is shown.
    """

    path: tuple[str | int, ...]
    found: str
    expected: str
    hint: str = ""
