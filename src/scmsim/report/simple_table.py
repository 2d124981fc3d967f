"""A table of texts as HTML, which scrolls inside its place where the screen is narrower."""

from collections.abc import Collection, Sequence

from scmsim.report.labels import in_html


def simple_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    names: int = 1,
    words: bool = False,
    strong: Collection[int] = (),
) -> str:
    """Write rows of texts: names on the left, numbers on the right.

    Parameters
    ----------
    heads : sequence of str
        The titles of the columns.
    rows : sequence of sequence of str
        Their texts, which are escaped here.
    names : int
        So many columns from the left hold names.
    words : bool
        Whether all columns hold words.
    strong : collection of int
        The rows that are totals.

    Examples
    --------
    >>> simple_table(["node", "cash"], [["<shop>", "12"]]).count("&lt;shop&gt;")
    1
    """
    width = len(heads) if words else names
    head = "".join(f'<th scope="col"{_side(at, width)}>{in_html(title)}</th>' for at, title in enumerate(heads))
    body = "".join(_row(row, width, at in strong) for at, row in enumerate(rows))
    table = f'<table class="wide"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _side(at: int, width: int) -> str:
    return ' class="name"' if 0 < at < width else ""


def _row(row: Sequence[str], width: int, strong: bool) -> str:
    cells = "".join(f"<td{_side(at, width)}>{in_html(text)}</td>" for at, text in enumerate(row) if at)
    return f'<tr{" class=total" if strong else ""}><th scope="row">{in_html(row[0])}</th>{cells}</tr>'
