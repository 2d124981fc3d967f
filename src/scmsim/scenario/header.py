"""The comments at the top of a scenario file: the question it asks, its source, its answer."""

import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache

_KEYS = ("question", "source", "answer")
_BEGIN = re.compile(r"(?:^|(?<=\s)\s)(question|source|answer):\s+")


def header(text: str) -> dict[str, str]:
    """Read the leading comments of a scenario file.

    Lines that begin with ``# question:``, ``# source:`` or ``# answer:`` are read, and the comment lines that continue
    them; several may stand on one line, two spaces apart.

    Examples
    --------
    >>> header("# question: how hard?   source: Sterman (1989)\\n# answer: even the best\\n#   pays 204\\nscmsim: 1\\n")
    {'question': 'how hard?', 'source': 'Sterman (1989)', 'answer': 'even the best pays 204'}
    """
    return dict(_read(text))


@lru_cache(maxsize=4)
def _read(text: str) -> dict[str, str]:
    """Read them once where many scenarios are made of one text."""
    found: dict[str, str] = {}
    key = ""
    for line in text.lstrip("\ufeff").splitlines():
        if not line.startswith("#"):
            break
        before, *pieces = _BEGIN.split(line.lstrip("#").strip())
        if key and before.strip() and not before.lstrip().startswith("yaml-language-server:"):
            found[key] = f"{found[key]} {before.strip()}".strip()
        for key, said in zip(pieces[::2], pieces[1::2], strict=True):
            found[key] = said.strip()
    return found


def comments(header: Mapping[str, str]) -> str:
    """Write a header as comments.

    Examples
    --------
    >>> print(comments({"question": "how hard?"}), end="")
    # question: how hard?
    """
    lines = [
        line
        for key in _KEYS
        if header.get(key)
        for line in textwrap.wrap(f"{key}: {header[key]}", 110, subsequent_indent="  ", break_on_hyphens=False)
    ]
    return "".join(f"# {line}\n" for line in lines)
