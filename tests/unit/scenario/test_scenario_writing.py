"""Writing: whatever a scenario holds, reads back."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from scmsim.scenario.reader import read
from scmsim.scenario.writing import _Dumper

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20)
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.from_regex(r"[-+]?[0-9._:oxeE]{1,8}", fullmatch=True),
    st.sampled_from(
        ["NO", "yes", "~", "null", "<<", "=", "0o17", "1e3", "12:30", "2026-01-01", "!x", "&a", "*a", "- a"]
    ),
)


@given(
    st.dictionaries(
        TEXTS.filter(lambda key: key != "<<"),
        st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4), max_leaves=8),
        min_size=1,
    )
)
@example(
    {"a": "1e3", "b": "0o17", "c": "1_000", "d": "0x1F", "e": 1e-7, "f": 1e22, "g": "<<", "h": "\u2028", "i": "\ufeff"}
)
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    """Tests that the writer quotes what the rules of YAML 1.2 would read as something else, and nothing is lost."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    reading = read(text, "x.yaml")
    assert reading.troubles == ()
    assert reading.root is not None
    assert _listed(reading.root.plain()) == value


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return {key: _listed(entry) for key, entry in value.items()}
    return [_listed(entry) for entry in value] if isinstance(value, tuple) else value
