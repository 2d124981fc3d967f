"""What people write where a number, a switch or a text is expected, and what they should write."""

import re
from typing import Any

from scmsim.specification import LARGEST
from scmsim.words import exact

_SWITCHES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0}
_OTHER_TIMES = frozenset({"month", "quarter", "year", "period"})
_SHORT = {"sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week", "wk": "week"}
_TIMES = {"dozen": 12.0, "hundred": 1e2, "k": 1e3, "thousand": 1e3, "mio": 1e6, "million": 1e6, "billion": 1e9}
_NOTHING = frozenset({"none", "no", "unlimited", "inf", "infinite", "infinity"})
_PER_CENT = frozenset({"%", "percent", "pct"})
_NUMBER = r"(?P<number>[-+]?\d+(?:\.\d+)?)"
_MEASURED = re.compile(rf"{_NUMBER}\s*(?P<unit>[^\W\d_]+|[%€$£¥])")
_PAID = re.compile(rf"(?P<unit>[A-Z]{{3}}|[€$£¥])\s*{_NUMBER}")


def hint_for(raw: Any, expected: str, time_unit: str = "") -> str:
    """Return how to mend a value of the wrong type, or nothing.

    Parameters
    ----------
    raw : object
        What is written.
    expected : str
        What should be, as a message says it.
    time_unit : str, optional
        The scenario's.

    Examples
    --------
    >>> hint_for("95 %", "a number"), hint_for("1,000", "a number"), hint_for("yes", "true or false")
    ('Write 0.95.', 'Write 1000.', 'In YAML 1.2, yes is a text: write `true`.')
    >>> hint_for("2 weeks", "a number of at least 0", "day")
    "Write 14: times are in the scenario's time unit (day)."
    """
    if isinstance(raw, str):
        return _hint_for_text(raw.strip(), expected, time_unit)
    if isinstance(raw, int | float) and expected == "a text":
        return "Put it in quotes."
    return "Is what belongs to it indented below it?" if raw is None and expected.startswith("a mapping") else ""


def number_in(raw: Any, time_unit: str = "") -> float | None:
    """Return the number that something written as a number, with a unit or as a percentage stands for.

    Examples
    --------
    >>> number_in("2 weeks", "day"), number_in("12 EUR"), number_in("30 %"), number_in("cheap"), number_in(True)
    (14.0, 12.0, 0.3, None, None)
    """
    if isinstance(raw, str):
        return _measured(raw.strip(), time_unit)[0]
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not -LARGEST <= raw <= LARGEST:
        return None
    return float(raw)


def per_cent(raw: Any, bound: float) -> str:
    """Return the hint for a share that is written as a percentage.

    Examples
    --------
    >>> per_cent(30, 1.0), per_cent(1.5, 1.0)
    ('For 30 % write 0.3.', '')
    """
    return f"For {raw:g} % write {raw / 100:g}." if bound == 1.0 and 2 <= raw <= 100 else ""


def _hint_for_text(text: str, expected: str, time_unit: str) -> str:
    if expected.startswith("true or false") and text.casefold() in _SWITCHES:
        return f"In YAML 1.2, {text} is a text: write `{_SWITCHES[text.casefold()]}`."
    if "number" not in expected:
        return ""
    if re.fullmatch(r"[-+]?\d{1,3}([_, ']\d{3})+(\.\d+)?", text):
        return f"Write {re.sub('[^-+0-9.]', '', text)}."
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"Write {text.replace(',', '.')}."
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
        return "Take the quotes away."
    number, why = _measured(text, time_unit)
    if number is None:
        return f"Write the number alone, {why}." if why else ""
    if number < 0 and re.search(r"\b0\b", expected):
        return ""
    return f"Write {figure(number)}{': ' if why else ''}{why}."


def may_be_left_out(raw: Any) -> bool:
    """Tell whether a text says that there is nothing.

    Examples
    --------
    >>> may_be_left_out("None"), may_be_left_out("nine")
    (True, False)
    """
    return isinstance(raw, str) and raw.strip().casefold() in _NOTHING


def _measured(text: str, time_unit: str) -> tuple[float | None, str]:
    """Return the number in a text of a number and a unit, and why it stands alone; no number where that is not sure."""
    match = _MEASURED.fullmatch(text) or _PAID.fullmatch(text)
    if match is None or abs(float(match["number"])) > LARGEST:
        return None, ""
    number, unit, own = float(match["number"]), _singular(match["unit"]), _singular(time_unit)
    in_unit = f"in the scenario's time unit ({time_unit})"
    if unit == own or (unit in _HOURS and own in _HOURS):
        return number if unit == own else number * _HOURS[unit] / _HOURS[own], f"times are {in_unit}"
    if unit in _HOURS or unit in _OTHER_TIMES:
        return None, in_unit
    if unit in _TIMES or unit in _PER_CENT:
        return number * _TIMES.get(unit, 0.01), ""
    return number, "a number stands without its unit"


def _singular(unit: str) -> str:
    word = unit.strip().casefold()
    word = word.removesuffix("s") if len(word) > 1 else word
    return _SHORT.get(word, word)


def figure(number: float) -> str:
    """Write a number the way a file does, without the digits that a conversion of units brings.

    Examples
    --------
    >>> figure(1_500_000.0), figure(0.1 + 0.2)
    ('1500000', '0.3')
    """
    return exact(float(f"{number:.12g}"))
