"""What the YAML parser says, said to somebody who has never met a parser."""

from yaml import MarkedYAMLError

from scmsim.scenario.located import Place
from scmsim.scenario.troubles import Trouble

MISPLACED = "A text that begins with { or [ needs quotes."
_INDENT = (
    "Compare the indentation of this line with that of its neighbours, and look for a missing colon or quote above it."
)
_SAID = (
    (
        "mapping values are not allowed",
        "a colon that cannot stand here",
        "one `key: value` per line",
        "A text with a colon and a space in it needs quotes; otherwise compare the indentation with the line above.",
    ),
    ("did not find expected key", "a line that does not fit the block it stands in", "`key: value`", _INDENT),
    ("did not find expected '-' indicator", "a line that does not fit the list it stands in", "`- item`", _INDENT),
    ("could not find expected ':'", "a line without a colon", "`key: value`", _INDENT),
    ("did not find expected ',' or ']'", "a list that is not closed", "`,` or `]`", "It is opened at {opened}."),
    ("did not find expected ',' or '}'", "a mapping that is not closed", "`,` or `}`", "It is opened at {opened}."),
    ("unexpected end of stream", "a quoted text that is not closed", "the closing quote", "It is opened at {opened}."),
    ("did not find expected node content", "the end of the text", "a value", "Is a bracket open?"),
    ("found duplicate anchor", "an anchor that is set twice", "another name", ""),
)


def syntax_trouble(error: MarkedYAMLError, text: str, place: Place) -> Trouble:
    """Turn an error of the YAML parser into a problem of the scenario."""
    said = str(error.problem or error.context or error)
    mark = error.problem_mark
    character = _character(text, mark.line, mark.column) if mark is not None else ""
    if character == "\t":
        return Trouble(place, None, "a tab character", "spaces", "YAML indents with spaces.")
    if "cannot start any token" in said:
        return Trouble(
            place, None, f"the character {character}", "a value", f"A text that begins with {character} needs quotes."
        )
    opened = (
        f"line {error.context_mark.line + 1}, column {error.context_mark.column + 1}"
        if error.context_mark
        else "an earlier line"
    )
    for part, found, expected, hint in _SAID:
        if part in said:
            return Trouble(place, None, found, expected, hint.format(opened=opened))
    return Trouble(place, None, said.removeprefix("found "), "YAML")


def _character(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line][column : column + 1] if line < len(lines) else ""
