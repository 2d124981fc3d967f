"""How counts, lists and numbers are written wherever people read them."""

import re
from collections.abc import Sequence
from math import floor, isfinite, isnan, log10
from typing import Any

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str, *, lines: bool = False) -> str:
    """Write a text of somebody else's so that no terminal obeys it and no line of it looks like another's.

    Parameters
    ----------
    text : str
        The text.
    lines : bool
        It may have several lines, and tabs.

    Examples
    --------
    >>> print(plain("red \\x1b[31m ink"))
    red \\x1b[31m ink
    """
    return (_IN_LINES if lines else _CONTROL).sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def counted(count: int, noun: str) -> str:
    """Count something.

    Examples
    --------
    >>> counted(1, "replication"), counted(1200, "replication")
    ('1 replication', '1,200 replications')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def every(count: int, noun: str) -> str:
    """Say that all of some things are meant, however many there are.

    Examples
    --------
    >>> every(1, "difference"), every(2, "difference"), every(12, "difference")
    ('the one difference', 'both differences', 'all 12 differences')
    """
    return f"the one {noun}" if count == 1 else f"both {noun}s" if count == 2 else f"all {count:,} {noun}s"


def listed(names: Sequence[str], most: int = 0) -> str:
    """Join names as in a sentence.

    Parameters
    ----------
    names : sequence of str
        What is listed.
    most : int
        So many are named, and of the others only how many there are; 0 names all, and so does a single one too many.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2)
    ('a', 'a, b and c', 'a, b and 2 others')
    """
    rest = len(names) - most
    shown = [*names] if not most or rest <= 1 else [*names[:most], f"{rest:,} others"]
    *first, last = shown or [""]
    return f"{', '.join(first)} and {last}" if first else last


def plural(unit: str) -> str:
    """Write a unit in the plural; symbols and what is plural already stay as they are.

    Examples
    --------
    >>> plural("week"), plural("box"), plural("kg"), plural("litres")
    ('weeks', 'boxes', 'kg', 'litres')
    """
    if len(unit) < 3 or not unit[-1].isalpha() or unit.endswith("s"):
        return unit
    return unit + ("es" if unit.endswith(("x", "ch", "sh")) else "s")


def known(value: Any) -> Any:
    """Give a value that JSON has: None for a number that is undefined or infinite.

    Examples
    --------
    >>> known(float("nan")), known(2.5), known("shop")
    (None, 2.5, 'shop')
    """
    return None if isinstance(value, float) and not isfinite(value) else value


def number(value: float) -> str:
    """Write a number with three digits that count, or all before the point.

    Examples
    --------
    >>> number(12345.6), number(12.345), number(0.0123), number(0.0)
    ('12,346', '12.3', '0.0123', '0')
    """
    if not isfinite(value):
        return "?"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.6f}".rstrip("0").rstrip(".") if "e" in text else text.replace("-0", "0") if text == "-0" else text


def with_trust(mean: float, width: float) -> str:
    """Write a mean with its half width, to two digits of the latter; a width that rounding alone has left is 0.

    Examples
    --------
    >>> with_trust(0.97123, 0.0048), with_trust(12345.6, 131.0), with_trust(204.0, 0.0), with_trust(1.0, 1e-13)
    ('0.9712 ± 0.0048', '12,346 ± 131', '204 ± 0', '1 ± 0')
    """
    if not width > 1e-9 * abs(mean):
        return f"{number(mean)} ± {'?' if isnan(width) else 0}"
    digits = min(12, max(0, 1 - floor(log10(width))))
    return f"{mean:,.{digits}f} ± {width:,.{digits}f}"


def roughly(count: float) -> str:
    """Write a count that is only an estimate: two digits of it, rounded up.

    Examples
    --------
    >>> roughly(7), roughly(701), roughly(12_345)
    ('7', '710', '13,000')
    """
    scale = 10 ** max(0, len(str(int(count))) - 2)
    return f"{int(-(-count // scale) * scale):,}"


def figure(value: float) -> str:
    """Write a number of a formula: four digits, or all digits before the point.

    Examples
    --------
    >>> figure(264.767), figure(12345.6), figure(0.84162)
    ('264.8', '12346', '0.8416')
    """
    return f"{value:.0f}" if 1e3 <= abs(value) < 1e12 else f"{value:.4g}"


def exact(value: float) -> str:
    """Write a number the way a file does, with all its digits.

    Examples
    --------
    >>> exact(1_500_000.0), exact(0.02), exact(1 / 3)
    ('1500000', '0.02', '0.3333333333333333')
    """
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
