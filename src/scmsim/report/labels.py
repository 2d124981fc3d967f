"""How names and numbers are written: escaped for the place they stand in, and with as many digits as anyone reads."""

import json
import re
from html import escape
from math import floor, log10
from typing import Any

import pandas as pd

UNDEFINED = "–"
BREAKS = " _-/,"
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def in_html(text: object) -> str:
    """Escape a text for HTML, inside and outside of attributes.

    Examples
    --------
    >>> in_html('<script>"')
    '&lt;script&gt;&quot;'
    """
    return escape(str(text), quote=True)


def in_prose(text: object) -> str:
    """Escape a text for HTML, and set what stands between backticks as code.

    Examples
    --------
    >>> in_prose("a `<b>` of `lanes`")
    'a <code>&lt;b&gt;</code> of <code>lanes</code>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", in_html(text))


def in_plot(text: object, longest: int = 0) -> str:
    """Escape a text for plotly's labels and hovers, which read a subset of HTML, and shorten it to ``longest``.

    Examples
    --------
    >>> in_plot("<b>beer</b>")
    '&lt;b&gt;beer&lt;/b&gt;'
    >>> in_plot("a very long name of a node", 10)
    'a very lo…'
    """
    return escape(shorten(str(text), longest), quote=False)


def in_script(value: Any) -> str:
    """Write a value as JSON that can stand inside a script element whatever its texts hold.

    Examples
    --------
    >>> print(in_script({"name": "</script>"}))
    {"name":"\\u003c/script\\u003e"}
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).translate(_IN_SCRIPT)


def as_script(json_text: str) -> str:
    """Make a JSON text safe to stand inside a script element.

    Examples
    --------
    >>> print(as_script('{"name":"</script>"}'))
    {"name":"\\u003c/script\\u003e"}
    """
    return json_text.translate(_IN_SCRIPT)


def shorten(text: str, longest: int) -> str:
    """Cut a text to ``longest`` characters, the last of them an ellipsis; 0 leaves it whole.

    Examples
    --------
    >>> shorten("distributor", 6)
    'distr…'
    """
    return text if longest < 1 or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def wrapped(text: str, width: int = 13) -> str:
    """Write a label for plotly in at most two lines of ``width`` characters, broken between words where there are some.

    Examples
    --------
    >>> wrapped("central warehouse"), wrapped("central_warehouse"), wrapped("retailer")
    ('central<br>warehouse', 'central_<br>warehouse', 'retailer')
    """
    if len(text) <= width:
        return in_plot(text)
    cut = max((place + 1 for place in range(3, width) if text[place] in BREAKS), default=width)
    return f"{in_plot(text[:cut].strip())}<br>{in_plot(text[cut:].strip(), width)}"


def number(value: object) -> str:
    """Write a number with four significant digits at most, thousands apart; an undefined one is a dash.

    Examples
    --------
    >>> number(204.0), number(1234567.8), number(0.81234), number(12.348), number(None)
    ('204', '1,234,568', '0.8123', '12.35', '–')
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return UNDEFINED
    size = float(value)  # type: ignore[arg-type]
    if abs(size) >= 1000:
        return f"{size:,.0f}" if abs(size) < 1e12 else f"{size:.4g}"
    if size != 0 and abs(size) < 1e-4:
        return f"{size:.2e}"
    return _trimmed(f"{size:.{3 - floor(log10(abs(size)))}f}") if abs(size) >= 1 else _trimmed(f"{size:.4g}")


def compact(value: float) -> str:
    """Write a number for a narrow place: from a million on in millions.

    Examples
    --------
    >>> compact(428.9), compact(26500.0), compact(167_643_120.0)
    ('428.9', '26,500', '167.6 M')
    """
    return f"{number(value / 1e6)} M" if abs(value) >= 1e6 else number(value)


def half_width(value: float) -> str:
    """Write the half width of an interval with two significant digits.

    Examples
    --------
    >>> half_width(191.27), half_width(1.248), half_width(0.0351)
    ('191', '1.2', '0.035')
    """
    if value >= 100 or value <= 0:
        return f"{value:,.0f}"
    return _trimmed(f"{value:.{max(0, 1 - floor(log10(value)))}f}") if value >= 1e-6 else f"{value:.1e}"


def percent(value: object) -> str:
    """Write a share as a percentage with one decimal; an undefined one is a dash, and only 1 is 100 %.

    Examples
    --------
    >>> percent(0.8766), percent(1), percent(0.99999), percent(float("nan"))
    ('87.7 %', '100 %', '> 99.9 %', '–')
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return UNDEFINED
    share = float(value)  # type: ignore[arg-type]
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
