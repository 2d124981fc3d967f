"""What a plain scalar means: the rules of the YAML 1.2 core schema, used for scenario files, tables and overrides."""

import re
from typing import Any

_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o(?P<octal>[0-7]{1,300})|0x(?P<hex>[0-9a-fA-F]{1,300})")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
NUMBER_LIKE = frozenset("-+.0123456789")
"""The characters a number can begin with."""


def scalar(text: str) -> Any:
    """Read a plain scalar: null, a boolean, a number, or else the text itself.

    Unlike YAML 1.1, ``NO`` and ``12:30`` are texts and ``010`` is ten.

    Examples
    --------
    >>> [scalar(text) for text in ("NO", "12:30", "0o17", "1e3", "~", "true", "010", "1_000")]
    ['NO', '12:30', 15, 1000.0, None, True, 10, '1_000']
    """
    if text[:1] not in NUMBER_LIKE:
        return _WORDS.get(text, text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    based = _BASED.fullmatch(text)
    if based:
        return int(based["octal"], 8) if based["octal"] else int(based["hex"], 16)
    return text
