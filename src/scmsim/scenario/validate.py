"""From a tree to a scenario that keeps to the schema, or to everything that is wrong with it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scmsim.scenario.catalogue import AnyDemand
from scmsim.scenario.findings import Finding
from scmsim.scenario.located import Located
from scmsim.scenario.messages import INCOMPLETE, findings
from scmsim.scenario.references import references
from scmsim.scenario.schema import Defaults, ScenarioFile, Tables
from scmsim.scenario.schema_money import Finance, Sale
from scmsim.scenario.schema_network import Lane, Make, Stock
from scmsim.scenario.shapes import shapes
from scmsim.scenario.shorthand import Setting
from scmsim.scenario.troubles import Trouble, locate

_DEFAULTS: dict[str, Any] = {
    "stock": Stock,
    "lane": Lane,
    "make": Make,
    "demand": AnyDemand,
    "sale": Sale,
    "finance": Finance,
}


def validated(root: Located, troubles: list[Trouble]) -> ScenarioFile | None:
    """Return the scenario a merged tree describes, or None after reporting what keeps it from being one."""
    file, found = _schema(root)
    found += [*_defaults(root), *references(root)]
    troubles.extend(locate(root, finding) for finding in found)
    if not isinstance(root.value, dict):
        hint = "Begin with `scmsim: 1` and one `key: value` per line."
        troubles.append(Trouble(root.place, None, _kind(root.value), "a mapping", hint))
    if file is None or troubles:
        return None
    stock = root.get("defaults", "stock")
    return file.model_copy(update={"defaults": Defaults(stock=_complete(stock)), "tables": Tables()})


def _schema(root: Located) -> tuple[ScenarioFile | None, list[Finding]]:
    if not isinstance(root.value, dict):
        return None, []
    try:
        return ScenarioFile.model_validate(root.plain()), []
    except ValidationError as error:
        return None, findings(error.errors(include_url=False), root, shapes(ScenarioFile), setting(root))


def setting(root: Located) -> Setting:
    """Return what hints have to know of the scenario, as far as it is written."""
    unit = root.get("time", "unit")
    known = unit is not None and isinstance(unit.value, str)
    return Setting(
        str(unit.value) if unit is not None and known else "period", tuple(map(str, root.entries("products")))
    )


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "a single value"


def _defaults(root: Located) -> list[Finding]:
    """Check what the sections of ``defaults`` hold, without asking them to be complete."""
    found = []
    for section, model in _DEFAULTS.items():
        entry = root.get("defaults", section)
        if entry is None or not isinstance(entry.value, dict):
            continue
        try:
            _adapter(model).validate_python(entry.plain())
        except ValidationError as error:
            real = [problem for problem in error.errors(include_url=False) if problem["type"] not in INCOMPLETE]
            for finding in findings(real, entry, shapes(model), setting(root)):
                found.append(finding._replace(path=("defaults", section, *finding.path)))
    return found


def fits(plain: Mapping[str, Any]) -> bool:
    """Whether a merged scenario as plain data holds to the schema, its defaults included."""
    try:
        ScenarioFile.model_validate(plain)
    except ValidationError:
        return False
    return all(_default_fits(section, plain.get("defaults", {}).get(section)) for section in _DEFAULTS)


def _default_fits(section: str, plain: Any) -> bool:
    try:
        if isinstance(plain, Mapping):
            _adapter(_DEFAULTS[section]).validate_python(plain)
    except ValidationError as error:
        return all(problem["type"] in INCOMPLETE for problem in error.errors(include_url=False))
    return True


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _complete(stock: Located | None) -> Stock | None:
    """Return the default stock, without those of its keys that are only complete together with an entry's own."""
    if stock is None or not isinstance(stock.value, dict):
        return None
    plain = stock.plain()
    try:
        return Stock.model_validate(plain)
    except ValidationError as error:
        incomplete = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
        return Stock.model_validate({key: value for key, value in plain.items() if key not in incomplete})
