"""What people write where a number, a switch or a text is expected, and what they should write."""

import re
from typing import Any

_SWITCHES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def hint_for(raw: Any, expected: str) -> str:
    """Return how to mend a value of the wrong type, or nothing.

    Examples
    --------
    >>> hint_for("95 %", "a number"), hint_for("1,000", "a number"), hint_for("yes", "true or false")
    ('Write 0.95.', 'Write 1000.', 'In YAML 1.2, yes is a text: write `true`.')
    """
    if isinstance(raw, str):
        return _hint_for_text(raw.strip(), expected)
    if isinstance(raw, int | float) and expected == "a text":
        return "Put it in quotes."
    return "Is what belongs to it indented below it?" if raw is None and expected.startswith("a mapping") else ""


def _hint_for_text(text: str, expected: str) -> str:
    if expected == "true or false" and text.casefold() in _SWITCHES:
        return f"In YAML 1.2, {text} is a text: write `{_SWITCHES[text.casefold()]}`."
    if "number" not in expected:
        return ""
    if re.fullmatch(r"[-+]?\d[\d.]*\s*%", text):
        return f"Write {float(text.rstrip('% ')) / 100:g}." if text.count(".") < 2 else ""
    if re.fullmatch(r"[-+]?\d{1,3}([_, ']\d{3})+(\.\d+)?", text):
        return f"Write {re.sub('[^-+0-9.]', '', text)}."
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"Write {text.replace(',', '.')}."
    return "Take the quotes away." if re.fullmatch(r"[-+]?\d+(\.\d+)?", text) else ""
