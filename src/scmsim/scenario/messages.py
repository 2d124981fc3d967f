"""What pydantic finds wrong, said in the words of the scenario file."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any, Literal, NamedTuple, get_origin

from pydantic_core import ErrorDetails

from scmsim.scenario.findings import Finding
from scmsim.scenario.hints import hint_for, may_be_left_out, per_cent
from scmsim.scenario.located import Located, Path, clipped, listed, one_of, shown
from scmsim.scenario.sayings import RULES
from scmsim.scenario.shapes import Shape, describe, elements, fields, step
from scmsim.scenario.shorthand import Setting, written_out
from scmsim.scenario.troubles import LEAVE_OUT, KeyFinding, did_you_mean
from scmsim.specification import LARGEST
from scmsim.words import exact

NO_SETTING = Setting()
INCOMPLETE = frozenset({"missing", "union_tag_not_found", "value_error"})
"""The errors that a mapping may have only because something is missing in it."""


class _Case(NamedTuple):
    """One error of pydantic, with what stands at its place and what may stand there."""

    error: ErrorDetails
    path: Path
    raw: Any
    here: list[Shape]
    parent: Any
    around: list[Shape]
    setting: Setting


def findings(
    errors: Sequence[ErrorDetails], root: Located, schema: list[Shape], setting: Setting = NO_SETTING
) -> list[Finding]:
    """Translate pydantic's errors.

    Parameters
    ----------
    errors : sequence of ErrorDetails
        With paths from the root.
    root : Located
        The tree that was validated.
    schema : list of Shape
        What the root may be.
    setting : Setting, optional
        What hints have to know of the whole scenario.
    """
    cases = [_case(error, root, schema, setting) for error in errors]
    return [_finding(case) for case in cases if not _only_follows(case)]


def _only_follows(case: _Case) -> bool:
    """Tell whether a list is called too short only because its elements, which are reported, are wrong."""
    length = len(case.raw) if isinstance(case.raw, Mapping | tuple) else 1
    return case.error["type"] == "too_short" and length >= case.error["ctx"]["min_length"]


def _case(error: ErrorDetails, root: Located, schema: list[Shape], setting: Setting) -> _Case:
    path: list[str | int] = []
    at, here, raw = root, schema, None
    parent, around = None, schema
    for part in error["loc"]:
        below = at.child(part)
        if below is None:
            continue
        parent, around = at, here
        here = step(here, part, _tags(at))
        at = below
        path.append(part)
    raw = at.value if isinstance(at.value, tuple) else at.plain()
    here = here + elements(here) if isinstance(raw, dict) else here
    if error["type"] == "missing":
        part = error["loc"][-1]
        return _Case(error, (*path, part), None, step(here, part, _tags(at)), raw, here, setting)
    return _Case(error, tuple(path), raw, here, parent.plain() if parent else None, around, setting)


def _tags(at: Located) -> Mapping[str, Any] | None:
    """Return the scalars of a mapping, which say what kind it is."""
    return {key: entry.value for key, entry in at.value.items()} if isinstance(at.value, dict) else None


def _finding(case: _Case) -> Finding:
    said = _SAID.get(case.error["type"])
    if said is not None:
        return said(case)
    if case.error["loc"] and case.error["loc"][-1] == "[key]":
        return KeyFinding(case.path, shown(case.error["input"]), "a name on one line, without control characters")
    number = _NUMBERS.get(case.error["type"])
    if number is not None:
        name, words = number
        bound = case.error["ctx"][name]
        hint = per_cent(case.raw, bound) if name == "le" else ""
        return Finding(case.path, shown(case.raw), f"a number {words} {_figure(bound)}", hint)
    return _wrong_type(case)


def _missing(case: _Case) -> Finding:
    return Finding(case.path, "nothing", describe(case.here) or "a value")


def _unknown_key(case: _Case) -> Finding:
    key = str(case.path[-1])
    raw = case.parent if isinstance(case.parent, Mapping) else None
    known = fields(case.around, raw)
    for shape in case.around:
        finding = _key_of_another_kind(case.path, key, shape, raw)
        if finding is not None:
            return finding
    return KeyFinding(case.path, f"an unknown key `{clipped(key)}`", one_of(list(known)), did_you_mean(key, known))


def _key_of_another_kind(path: Path, key: str, shape: Shape, raw: Any) -> Finding | None:
    chosen = shape.models(raw)
    if shape.family is None or len(chosen) != 1 or raw is None:
        return None
    kind = raw.get(shape.tag)
    common = shape.type.model_fields if hasattr(shape.type, "model_fields") else {}
    takes = [name for name in fields([shape], raw) if name not in (shape.tag, "note")]
    takes.sort(key=lambda name: name in common)
    owners = [name for name, model in shape.family.kinds().items() if key in model.model_fields and name != kind]
    hint = did_you_mean(key, takes)
    if owners and not hint:
        hint = f"`{key}` belongs to the {shape.noun} {listed(owners, 4)}."
    expected = f"what {kind} takes: {listed(takes)}" if takes else f"no key but `{shape.tag}`"
    return KeyFinding(path, f"an unknown key `{clipped(key)}` of the {shape.noun} {kind}", expected, hint)


def _no_kind(case: _Case) -> Finding:
    tag, kinds = _tag_and_kinds(case)
    return Finding((*case.path, tag), "nothing", one_of(kinds))


def _unknown_kind(case: _Case) -> Finding:
    tag, kinds = _tag_and_kinds(case)
    found = case.raw.get(tag) if isinstance(case.raw, Mapping) else None
    return Finding((*case.path, tag), shown(found), one_of(kinds), did_you_mean(found, kinds))


def _tag_and_kinds(case: _Case) -> tuple[str, list[str]]:
    tag = str(case.error["ctx"]["discriminator"]).strip("'")
    shapes = [shape for shape in case.here if shape.family is not None and shape.tag == tag]
    return tag, [kind for shape in shapes for kind in shape.family.kinds()]


def _one_of(case: _Case) -> Finding:
    names = re.findall(r"'((?:[^'\\]|\\.)*)'", str(case.error["ctx"]["expected"])) or [
        str(case.error["ctx"]["expected"])
    ]
    others = describe(shape for shape in case.here if get_origin(shape.type) is not Literal)
    expected = one_of(names) + (f" or {others}" if others else "")
    hint = did_you_mean(case.raw, names) or written_out(case.path[-1], case.raw, case.here, case.setting)
    return Finding(case.path, shown(case.raw), expected, hint)


def _rule(case: _Case) -> Finding:
    """Translate what a validator of ours said."""
    message = str(case.error["ctx"]["error"])
    for pattern, found, expected in RULES:
        match = re.fullmatch(pattern, message)
        if match is not None:
            return Finding(case.path, match.expand(found), match.expand(expected))
    return Finding(case.path, message, "")


def _too_few(case: _Case) -> Finding:
    least = case.error["ctx"]["min_length"]
    what = "entry" if isinstance(case.raw, Mapping) else "element"
    found = shown(case.raw) if case.raw else "an empty " + ("mapping" if isinstance(case.raw, Mapping) else "list")
    return Finding(case.path, found, f"at least {least} {what}" + ("s" if least > 1 else ""))


def _too_many(case: _Case) -> Finding:
    return Finding(
        case.path, shown(case.raw), describe(case.here) or f"at most {case.error['ctx']['max_length']} elements"
    )


def _text(case: _Case) -> Finding:
    if case.error["loc"][-1] == "[key]":
        return KeyFinding(case.path, f"the name {clipped(str(case.error['input']))!r}", _A_NAME)
    longest = case.error.get("ctx", {}).get("max_length")
    return Finding(case.path, shown(case.raw), f"a text of at most {longest} characters" if longest else _A_NAME)


_A_NAME = "a text on one line, of 1 to 200 characters"


def _not_finite(case: _Case) -> Finding:
    return Finding(case.path, shown(case.raw), "a finite number")


def _wrong_type(case: _Case) -> Finding:
    said = case.error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    custom = case.error["type"] not in _OF_PYDANTIC
    lists = [shape for shape in case.here if elements([shape])] if case.error["type"] in _LISTS else case.here
    expected = said if custom else describe(lists) or said
    hint = written_out(case.path[-1] if case.path else "", case.raw, case.here, case.setting)
    if not hint and may_be_left_out(case.raw) and any(shape.type is NoneType for shape in case.here):
        hint = LEAVE_OUT
    return Finding(case.path, shown(case.raw), expected, hint or hint_for(case.raw, expected, case.setting.time_unit))


def _figure(bound: float) -> str:
    return exact(bound) if abs(bound) != LARGEST else f"{bound:.0e}".replace("e+", "e")


_NUMBERS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "of at most"),
}
_LISTS = frozenset({"tuple_type", "list_type"})
_SAID: dict[str, Callable[[_Case], Finding]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_not_found": _no_kind,
    "union_tag_invalid": _unknown_kind,
    "literal_error": _one_of,
    "value_error": _rule,
    "too_short": _too_few,
    "too_long": _too_many,
    "string_too_short": _text,
    "string_too_long": _text,
    "string_pattern_mismatch": _text,
    "finite_number": _not_finite,
}
_OF_PYDANTIC = frozenset({
    "bool_type", "dict_type", "float_type", "int_from_float", "int_type", "list_type",
    "model_attributes_type", "model_type", "one_of", "string_type", "tuple_type",
})  # fmt: skip
