"""What a file and a table say together, where each says a part."""

from scmsim.scenario.located import Located
from scmsim.scenario.troubles import Trouble


def united(own: Located, rows: Located, troubles: list[Trouble]) -> Located:
    """Return what two trees say together; what both say is reported."""
    if isinstance(own.value, dict) and isinstance(rows.value, dict):
        both = dict(own.value)
        for key, entry in rows.value.items():
            both[key] = united(own.value[key], entry, troubles) if key in own.value else entry
        return own.like(both)
    if isinstance(own.value, list) and isinstance(rows.value, list) and rows.path == ("lanes",):
        return own.like(_lanes(own.value, rows.value, troubles))
    if own.value is None and isinstance(rows.value, dict | list):
        return rows
    hint = f"The file says it at line {own.place.line}." if own.place.line else ""
    troubles.append(Trouble(rows.place, rows.path, "something that the scenario file says too", "one of the two", hint))
    return own


def _lanes(own: list[Located], rows: list[Located], troubles: list[Trouble]) -> list[Located]:
    """Add the rows to the lanes: a row about a lane that the file lists, without products, completes that lane."""
    lanes = list(own)
    places: dict[tuple[str, ...], list[int]] = {}
    for index, lane in enumerate(own):
        places.setdefault(_ends(lane), []).append(index)
    for row in rows:
        same = places.get(_ends(row), [])
        if len(same) == 1 and "products" not in row.value:
            rest = {key: entry for key, entry in row.value.items() if key not in ("from", "to")}
            lanes[same[0]] = united(lanes[same[0]], row.like(rest), troubles)
        else:
            lanes.append(row)
    return lanes


def _ends(lane: Located) -> tuple[str, ...]:
    return tuple(str(end.value) if (end := lane.get(key)) is not None else "" for key in ("from", "to"))
