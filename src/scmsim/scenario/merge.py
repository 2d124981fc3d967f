"""``defaults``, merged key by key into every stock, lane, ``make`` and demand of the file."""

from scmsim.scenario.located import Located

_TAGS = ("kind", "dist")
_SECTIONS = {"stock": "stock", "make": "make", "demand": "demand", "sales": "sale"}
"""The sections of a node, and where the defaults of their entries stand."""
NEEDS_A_PRICE = ("terms", "promotions", "credit_limit", "duty")
"""What can be said only of a lane with a price."""
PAID_LATER = ("net", "down_payment", "discount", "late", "late_fee")
"""What a lane's terms can say only of what is not wholly prepaid."""
PREPAID_ANYWAY = ("down_payment", "discount")
"""The same of end customers, who prepay only what they wait for."""


def merged(default: Located | None, own: Located) -> Located:
    """Return an entry with what its default adds to it.

    A mapping that says another ``kind`` (or ``dist``) than its default replaces it, as does anything that is not a
    mapping. What comes from the default keeps its own place.
    """
    if default is None or not (isinstance(default.value, dict) and isinstance(own.value, dict)):
        return own
    if any(_differ(default.value.get(tag), own.value.get(tag)) for tag in _TAGS):
        return own
    both = {key: entry for key, entry in default.value.items() if key not in own.value}
    both |= {key: merged(default.value.get(key), entry) for key, entry in own.value.items()}
    return own.like(both)


def with_defaults(root: Located) -> Located:
    """Return the scenario with its ``defaults`` merged into every entry that they are for."""
    defaults = root.entries("defaults")
    if not isinstance(root.value, dict) or not defaults:
        return root
    entries = dict(root.value)
    if "lanes" in entries and isinstance(entries["lanes"].value, list):
        entries["lanes"] = entries["lanes"].like(
            [_lane(merged(defaults.get("lane"), lane)) for lane in entries["lanes"].value]
        )
    if "nodes" in entries and isinstance(entries["nodes"].value, dict):
        nodes = entries["nodes"].value
        entries["nodes"] = entries["nodes"].like({name: _node(node, defaults) for name, node in nodes.items()})
    return root.like(entries)


def from_defaults(entry: Located | None) -> bool:
    """Tell whether something stands only under ``defaults``."""
    return entry is not None and entry.path[:1] == ("defaults",)


def _lane(lane: Located) -> Located:
    """Return a lane without the defaults that mean nothing there: of money without a price, of what is prepaid."""
    if not isinstance(lane.value, dict):
        return lane
    price = lane.get("price")
    if (price is None or price.value is None) and not lane.entries("prices"):
        return _without_defaults(lane, NEEDS_A_PRICE)
    return _prepaid(lane, PAID_LATER)


def _sale(sale: Located) -> Located:
    if not isinstance(sale.value, dict):
        return sale
    return _prepaid(sale if sale.items("promotions") else _without_defaults(sale, ("buy_ahead",)), PREPAID_ANYWAY)


def _prepaid(entry: Located, keys: tuple[str, ...]) -> Located:
    """Return an entry whose own `prepay` takes the place of what defaults say of paying later."""
    terms, prepay = entry.get("terms"), entry.get("terms", "prepay")
    if terms is None or prepay is None or prepay.value is not True or from_defaults(prepay):
        return entry
    return entry.like({**entry.value, "terms": _without_defaults(terms, keys)})


def _without_defaults(entry: Located, keys: tuple[str, ...]) -> Located:
    return entry.like({key: below for key, below in entry.value.items() if not (key in keys and from_defaults(below))})


def _node(node: Located, defaults: dict[str, Located]) -> Located:
    if not isinstance(node.value, dict):
        return node
    return node.like(
        {
            key: _section(_SECTIONS[key], defaults.get(_SECTIONS[key]), entry) if key in _SECTIONS else entry
            for key, entry in _with_finance(node, defaults.get("finance")).items()
        }
    )


def _with_finance(node: Located, default: Located | None) -> dict[str, Located]:
    """Return the entries of a node with the default money among them, except at a supplier, which keeps no books."""
    entries: dict[str, Located] = node.value
    kind = entries.get("kind")
    if default is None or kind is None or kind.value == "supplier":
        return entries
    own = entries.get("finance")
    return entries | {"finance": merged(default, own) if own is not None else default}


def _section(of: str, default: Located | None, section: Located) -> Located:
    if not isinstance(section.value, dict):
        return section
    filled = {product: _entry(default, entry) for product, entry in section.value.items()}
    return section.like({product: _sale(entry) for product, entry in filled.items()} if of == "sale" else filled)


def _entry(default: Located | None, entry: Located) -> Located:
    if isinstance(entry.value, list):
        return entry.like([merged(default, one) for one in entry.value])
    return merged(default, entry)


def _differ(default: Located | None, own: Located | None) -> bool:
    return default is not None and own is not None and default.value != own.value
