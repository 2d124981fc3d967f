"""Names and other texts on one line: what may stand in a table, on a terminal and in a page as it is."""

from typing import Annotated

from pydantic import Field

_LETTER = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
ON_ONE_LINE = f"^{_LETTER}*$"
"""No control characters, no line breaks, nothing that turns the direction of what follows."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=f"^{_LETTER}+$")]
