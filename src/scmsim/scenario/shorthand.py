"""What people write for short where a mapping or a list belongs, and how it is written out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scmsim.inputs.demand import Demand
from scmsim.inputs.returns import Returns
from scmsim.policies.base import Policy
from scmsim.policies.forecasting import Forecast
from scmsim.scenario.hints import figure, number_in
from scmsim.scenario.schema import Product, Time
from scmsim.scenario.schema_information import Clerks, Desks, Messages, Report, Share
from scmsim.scenario.schema_money import Break, EarlyPayment, Finance, Money, Promotion, Sale, Terms
from scmsim.scenario.schema_network import CrossDock, Make, Review, Stock
from scmsim.scenario.schema_transport import Dispatch, Fleet, LoadSize, Mode
from scmsim.scenario.shapes import Shape, elements, fields

LONGEST = 120
_BY_PRODUCT: dict[str, type] = {"sales": Sale, "stock": Stock, "make": Make, "demand": Demand}


class Setting(NamedTuple):
    """What a hint has to know of the scenario: its time unit and its products."""

    time_unit: str = "period"
    products: tuple[str, ...] = ()


def written_out(key: object, raw: Any, here: Sequence[Shape], setting: Setting) -> str:
    """Return the hint that writes out what is written for short, or nothing where it is not known what is meant.

    Parameters
    ----------
    key : object
        Where it stands.
    raw : object
        What is written there.
    here : sequence of Shape
        What may stand there.
    setting : Setting
        What is known of the scenario.

    Examples
    --------
    >>> written_out("terms", "30 days", [Shape(Terms)], Setting("day"))
    'Write {net: 30}.'
    """
    if raw is None or raw == "":
        return ""
    for shape in here:
        if shape.type is dict or get_origin(shape.type) is dict:
            return _by_product(str(key), raw, setting)
        if shape.type in _REMARKS and (long := _long(shape.type, raw, setting)):
            return _REMARKS[shape.type](long, raw, setting)
        if long := _long(shape.type, raw, setting):
            return f"Write {long}."
        if shape.family is not None and isinstance(raw, str) and raw in shape.family.kinds():
            more = "" if _is_complete(shape.family.kinds()[raw]) else f", with what it takes beside `{shape.tag}`"
            return f"Write {{{shape.tag}: {raw}}}{more}."
    return _in_a_list(raw, here, setting)


def _is_complete(kind: type[BaseModel]) -> bool:
    """Tell whether a kind takes nothing that has to be said."""
    try:
        kind()
    except ValidationError:
        return False
    return True


def _long(model: Any, raw: Any, setting: Setting) -> str:
    write = _LONG.get(model)
    return write(raw, setting) if write is not None and not isinstance(raw, Mapping) else ""


def _by_product(key: str, raw: Any, setting: Setting) -> str:
    """Write out what is said once where it is said by product."""
    number, first = number_in(raw, setting.time_unit), next(iter(setting.products), "PRODUCT")
    if key == "products":
        names = [raw] if isinstance(raw, str) else raw if isinstance(raw, tuple) else []
        plain = bool(names) and all(isinstance(name, str) for name in names)
        return f"Write {{{', '.join(f'{name}: {{}}' for name in names)}}}." if plain else ""
    if key == "prices" and number is not None:
        return f"Write `price: {figure(number)}` for every product, or {{{first}: {figure(number)}}} for one."
    long = _long(_BY_PRODUCT.get(key), raw, setting)
    return f"Write {{{first}: {long}}}." if long else ""


def _in_a_list(raw: Any, here: Sequence[Shape], setting: Setting) -> str:
    """Write out the list of one element that stands without its list."""
    if isinstance(raw, tuple):
        return ""
    for shape in elements([one for one in here if get_origin(one.type) is not tuple or ... in get_args(one.type)]):
        if get_origin(shape.type) is Literal and raw in get_args(shape.type):
            return f"Write [{raw}]."
        if shape.type is Break and isinstance(raw, Mapping) and (breaks := _breaks(raw)):
            return f"Write {breaks}."
        if isinstance(raw, Mapping) and not raw.keys().isdisjoint(fields([shape], raw)):
            long = _flow(raw)
            return (
                f"Write a list: [{long}]." if len(long) <= LONGEST else "Write a list: put `- ` before its first key."
            )
        if long := _long(shape.type, raw, setting):
            return f"Write {long}." if shape.type is Demand else f"Write [{long}]."
        if (shape.type is str and isinstance(raw, str)) or (shape.type is float and number_in(raw) is not None):
            return f"Write [{_flow(raw)}]."
    return ""


def _flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false"}.get(value, "null") if value is not None else "null"
    return figure(value) if isinstance(value, int | float) else str(value)


def _with(form: str) -> Callable[[Any, Setting], str]:
    """Return what writes a number into a form."""

    def write(raw: Any, setting: Setting) -> str:
        number = number_in(raw, setting.time_unit)
        return form.replace("#", figure(number)) if number is not None and number >= 0 else ""

    return write


def _report(raw: Any, setting: Setting) -> str:
    return "{interval: continuous}" if raw == "continuous" else _with("{interval: #}")(raw, setting)


def _terms(raw: Any, setting: Setting) -> str:
    if raw == "prepay":
        return "{prepay: true}"
    invoices = get_args(Terms.model_fields["invoice"].annotation)
    return f"{{invoice: {raw}}}" if raw in invoices else _with("{net: #}")(raw, setting)


def _early(raw: Any, setting: Setting) -> str:
    rate = number_in(raw, setting.time_unit)
    if rate is None or not 0 < rate <= 100:
        return ""
    return f"{{rate: {figure(rate if rate < 1 else rate / 100)}, within: 10}}"


def _breaks(raw: Mapping[Any, Any]) -> str:
    """Write out prices that are listed by the quantity from which they hold."""
    plain = all(str(start).isdecimal() and number_in(price) is not None for start, price in raw.items())
    found = [f"{{from: {start}, price: {_flow(price)}}}" for start, price in raw.items()]
    return f"[{', '.join(found)}]" if plain and found else ""


def _dispatch(raw: Any, setting: Setting) -> str:
    return "{when: full, minimum_load: {units: 20}}" if raw == "full" else _with("{every: #}")(raw, setting)


def _cross_dock(raw: Any, setting: Setting) -> str:
    return "{}" if raw is True else _with("{handling_time: #}")(raw, setting)


def _share(raw: Any, _setting: Setting) -> str:
    kinds = ["point_of_sale"] if raw is True else [raw] if isinstance(raw, str) else raw
    known = (
        isinstance(kinds, Sequence)
        and kinds
        and all(isinstance(kind, str) and kind in Share.model_fields for kind in kinds)
    )
    return "{" + ", ".join(f"{kind}: true" for kind in kinds) + "}" if known else ""


def _name(key: str) -> Callable[[Any, Setting], str]:
    """Return what writes a text under a key."""
    return lambda raw, _setting: f"{{{key}: {raw}}}" if isinstance(raw, str) and len(raw) <= 50 else ""


def _money(raw: Any, setting: Setting) -> str:
    return "{}" if raw is True else _name("currency")(raw, setting)


_CONSTANT = _with("{kind: constant, value: #}")
_LONG: dict[Any, Callable[[Any, Setting], str]] = {
    Report: _report,
    Share: _share,
    Messages: _with("{invoice: #}"),
    Clerks: _with("{number: #, time: 0.5}"),
    Desks: _with("{order_processing: {number: #, time: 0.5}}"),
    Terms: _terms,
    EarlyPayment: _early,
    Finance: _with("{cash: #}"),
    Sale: _with("{price: #}"),
    Promotion: _with("{from: 10, until: 20, discount: #}"),
    Money: _money,
    Time: _with("{horizon: #}"),
    Product: _name("unit"),
    Stock: _with("{initial: #}"),
    Make: _with("{lead_time: #}"),
    Review: _with("{interval: #}"),
    Policy: _with("{kind: base_stock, level: #}"),
    Demand: _CONSTANT,
    Forecast: _CONSTANT,
    Returns: _with("{share: #}"),
    CrossDock: _cross_dock,
    Dispatch: _dispatch,
    LoadSize: _with("{units: #}"),
    Mode: _with("{lead_time: #}"),
    Fleet: _with("{number: #}"),
}
"""How a scalar is written out, by what belongs at its place."""


def _report_remark(long: str, raw: Any, setting: Setting) -> str:
    number = number_in(raw, setting.time_unit)
    if number is None:
        return f"Write {long}."
    every, after = (f"{{{key}: {figure(number)}}}" for key in ("interval", "delay"))
    return f"Write {every} for the time from report to report, {after} for the time that each takes."


def _early_remark(long: str, raw: Any, setting: Setting) -> str:
    return f"Write {long}, which is for paying within 10 of the scenario's time unit ({setting.time_unit})."


_REMARKS: dict[Any, Callable[[str, Any, Setting], str]] = {
    Report: _report_remark,
    EarlyPayment: _early_remark,
    Clerks: lambda long, _raw, _setting: f"Write {long}: `time` is what one message takes.",
    Desks: lambda long, _raw, _setting: f"Write {long}: `time` is what one message takes.",
    Messages: lambda long, _raw, _setting: f"Write {long}, or the name of another message.",
    LoadSize: lambda long, _raw, _setting: f"Write {long}, or `weight` or `volume`.",
}
"""What is said of the long form, where it holds more than was written."""
