"""The YAML reader: YAML 1.2 scalars, places, and everything it refuses."""

import pytest

from scmsim.scenario.located import Located
from scmsim.scenario.reader import read


def value_of(text: str) -> object:
    """Read a text that has nothing wrong with it."""
    reading = read(text, "x.yaml")
    assert reading.troubles == ()
    assert reading.root is not None
    return reading.root.plain()


def trouble_of(text: str) -> str:
    """Return the only thing that is wrong with a text."""
    (trouble,) = read(text, "x.yaml").troubles
    return str(trouble.problem())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("2026-12-24", "2026-12-24"),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-1.", -1.0),
        ("+7", 7),
        ("True", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("Null", None),
        ("''", ""),
        ("'12'", "12"),
        ('"true"', "true"),
        ("-.inf", float("-inf")),
        ("1 000", "1 000"),
        ("0b1", "0b1"),
        ("-", None),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    """Tests that scalars are read by the core schema of YAML 1.2 and nothing of YAML 1.1."""
    read_back = value_of(f"a: {text}") if text != "-" else value_of("a: null")
    assert read_back == {"a": value}
    assert type(read_back["a"]) is type(value)  # type: ignore[index]


def test_nan_is_read_as_a_float() -> None:
    """Tests that .nan is a float, so that the schema can refuse it."""
    (found,) = value_of("[.nan]")  # type: ignore[misc]
    assert found != found


def test_huge_integer_is_no_denial_of_service() -> None:
    """Tests that a number of a million digits is read at once, as infinity."""
    assert value_of("a: " + "9" * 1_000_000) == {"a": float("inf")}


def test_keys_are_texts_as_written() -> None:
    """Tests that keys are never converted: NO, 007 and true are names."""
    assert value_of("{NO: 1, 007: 2, true: 3, 1.0: 4, '': 5}") == {"NO": 1, "007": 2, "true": 3, "1.0": 4, "": 5}


def test_places_of_keys_and_values() -> None:
    """Tests that every value knows the line and column of itself and of its key."""
    root = read("time:\n  horizon:   36\nlanes:\n- a -> b\n- {from: a,\n   to: c}\n", "beer.yaml").root
    assert root is not None

    def places(*path: str | int) -> tuple[str, str]:
        found = root.get(*path)
        assert found is not None
        return str(found.key_place), str(found.place)

    assert places("time", "horizon") == ("beer.yaml:2:3", "beer.yaml:2:14")
    assert places("lanes", 0) == ("beer.yaml:4:3", "beer.yaml:4:3")
    assert places("lanes", 1, "to") == ("beer.yaml:6:4", "beer.yaml:6:8")


def test_alias_keeps_its_own_path_and_the_place_of_its_anchor() -> None:
    """Tests that what an alias repeats is found under the alias's key, and stands where the anchor stands."""
    root = read("a: &x {b: 1}\nc: *x\n", "x.yaml").root
    found = root.get("c", "b") if root is not None else None
    assert found is not None
    assert (found.path, str(found.place)) == (("c", "b"), "x.yaml:1:11")


def test_json_is_read() -> None:
    """Tests that a JSON document is a scenario file, too."""
    assert value_of('{"a": [1, 2.5, null, true], "b": {"c": "\\u00e9"}}') == {
        "a": (1, 2.5, None, True),
        "b": {"c": "é"},
    }


def test_crlf_and_comments() -> None:
    """Tests that line endings of Windows and comments do not matter."""
    assert value_of("# hello\r\na: 1\r\nb:\r\n  c: x # no\r\n") == {"a": 1, "b": {"c": "x"}}


def test_all_troubles_of_a_text_are_collected() -> None:
    """Tests that duplicate keys, tags and merge keys are reported together, and the rest is still read."""
    reading = read("a: 1\na: 2\nb: !x 3\nc: {<<: {d: 1}, e: 4}\n", "x.yaml")
    assert [trouble.found for trouble in reading.troubles] == [
        "a key that is given twice",
        "the tag !x",
        "the merge key `<<`",
    ]
    assert reading.root is not None
    assert reading.root.plain() == {"a": 1, "b": "3", "c": {"e": 4}}


@pytest.mark.parametrize(
    "tag", ["!!python/name:os.system", "!!binary", "!!str", "!!set", "!local", "!<tag:x.org,2026:y>"]
)
def test_every_tag_is_refused(tag: str) -> None:
    """Tests that a tag on a scalar, a mapping, a list and a key is refused by name."""
    for text in (f"a: {tag} x", f"a: {tag} {{}}", f"a: {tag} []", f"{tag} a: x"):
        assert f"found the tag {tag.replace('!<', '').rstrip('>')}" in trouble_of(text)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_limited(opening: str) -> None:
    """Tests that a hundred thousand levels are refused at once, whatever they are made of."""
    assert "found values nested too deeply; expected at most 50 levels" in trouble_of(opening * 100_000)


def test_explosion_of_aliases_is_refused_but_some_repetition_is_allowed() -> None:
    """Tests that aliases may repeat values up to a limit."""
    mild = "a: &a [1, 2, 3]\n" + "".join(f"b{i}: *a\n" for i in range(1000))
    assert value_of(mild)["b999"] == (1, 2, 3)  # type: ignore[index]
    wild = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    assert "found aliases that repeat more than 100000 values" in trouble_of(wild)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: @x", "x.yaml:1:4: found the character @; expected a value. A text that begins with @ needs quotes."),
        ("- a\nb: 1\n", "found a line that does not fit the list it stands in; expected `- item`"),
        ("a\nb: 1\n", "x.yaml:"),
        ("%FOO\n--- a", "x.yaml:"),
        ("a: [1, 2\nb: 3\n", "found a list that is not closed; expected `,` or `]`. It is opened at line 1, column 4."),
        ("a: b\n---\n", "found a second document; expected one scenario per file"),
        ("\x00", "x.yaml:1:1: found the control character U+0000; expected printable characters"),
        ("", "x.yaml:1:1: found an empty file; expected a scenario"),
        ("---\n...\n", "expected a scenario"),
    ],
)
def test_syntax_is_explained(text: str, said: str) -> None:
    """Tests that each error of syntax has a place and plain words."""
    assert said in trouble_of(text)


def test_text_without_lines_has_one_place() -> None:
    """Tests that a value of the command line stands at its option."""
    from scmsim.scenario.located import Place

    reading = read("{a: [1, !x 2]}", "", Place("--set p={a: [1, !x 2]}"))
    assert isinstance(reading.root, Located)
    assert str(reading.troubles[0].place) == "--set p={a: [1, !x 2]}"
