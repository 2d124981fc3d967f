"""What several experiments are told by keyword: typed dictionaries, which Python itself does not check, and numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from scmsim.errors import UsageError


def only_known(function: Callable[..., Any], given: Mapping[str, Any], known: type) -> None:
    """Refuse a keyword that is not among those of a typed dictionary, as Python refuses an unknown argument.

    Raises
    ------
    TypeError
        There is one.

    Examples
    --------
    >>> from typing import TypedDict
    >>> class Pace(TypedDict, total=False):
    ...     speed: float
    >>> only_known(print, {"sped": 3.0}, Pace)
    Traceback (most recent call last):
    ...
    TypeError: print() got an unexpected keyword argument 'sped'
    """
    for name in given:
        if name not in known.__annotations__:
            raise TypeError(f"{function.__name__}() got an unexpected keyword argument {name!r}")


def whole(name: str, value: Any, *, least: int) -> int:
    """Check a whole number.

    Raises
    ------
    UsageError
        It is none, or too small.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)
