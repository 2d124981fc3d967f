"""Scenario files and CSV files that somebody damaged, by accident or on purpose."""

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

NUMBERS = (
    "0", "-0", "-1", "1e-7", "1e-320", "1e308", "-1e308", "1e309", ".inf", "-.inf", ".nan", "NaN", "9007199254740993",
    "1e15", "1e16", "9" * 32, "0x7fffffff", "0o17", "1_000", "1,000", "1e", "1e+", ".5", "5.", "0.1e-400",
    "-2147483649", "1e6", "1e9",
)  # fmt: skip
TEXTS = (
    "", " ", "null", "~", "true", "yes", "[]", "{}", "''", '""', "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)",
    "<script>alert(1)</script>", "$(touch owned)", "`touch owned`", "../../x", "..\\..\\x", "/etc/passwd", "C:\\x",
    "a.b", "a -> b", "a: b", "# c", "- d", "? e", "| f", "> g", "%h", "!!int 3", "!x y", "&a b", "*a", "<<", "x" * 300,
    '"\\e[31mred\\e[0m"', '"\\x9b31m"', '"\\u202eabc"', '"\\0"', '"\\ud800"', '"line\\nbreak"', "'it''s'",
    "\u202eabc", "\u200b", "\u00a0", "\ufeff", "\u2028", "e\u0301", "\U0001f4a9", "\u0130", "\uff11\uff12", "\u0661",
    "2023-01-01", "12:30:45", "2 weeks", "50%", "3 days", "{kind: normal, mean: 1, sd: 1}", "{kind: scripted}",
)  # fmt: skip
FILES = (
    "../secret.csv", "link.csv", "way/secret.csv", "loop.csv", "pipe.csv", "/etc/passwd", "/dev/zero", "C:\\secret.csv",
    "\\\\host\\share.csv", "~/secret.csv", "file:///etc/passwd", "http://localhost/x.csv", "demand.csv", "./demand.csv",
    "sub/../demand.csv", "demand.csv\\0", "con", "nul.csv", ".", "", "a" * 600, "fmcg/sales.csv", "fmcg//sales.csv",
    "secret\u2024csv", "$HOME/secret.csv", "%TEMP%\\x.csv", "demand.csv/", "demand.csv/x", "|cat demand.csv", "-",
)  # fmt: skip
BYTES = (0, 7, 9, 10, 13, 27, 32, 34, 35, 38, 39, 42, 44, 45, 58, 91, 92, 93, 123, 125, 127, 128, 192, 254, 255)
FRONTS = (
    "&a ",
    "*a ",
    "!!str ",
    "!!python/object/apply:os.system ",
    "!x ",
    "<<: ",
    "? ",
    "- ",
    "[",
    "{",
    '"',
    "'",
    "|",
)
LONGEST = 500_000
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
WORD = re.compile(r"[\w./-]+")
FILE = re.compile(r"[\w/]+\.csv")

Chance = random.Random
Change = Callable[[Chance, str, "Material"], str]


class Material:
    """What mutants are made of: the texts to change, their trees, and the words that occur in them.

    Parameters
    ----------
    texts : sequence of str
        Scenario files or CSV files.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.words = sorted({word for text in texts for word in WORD.findall(text)})
        self._trees: dict[str, Any] = {}

    def tree(self, text: str) -> Any:
        """Return what a text holds as YAML, or None where it holds nothing that can be read."""
        if text not in self._trees:
            try:
                few = text.count("*") < 10  # what stands for itself many times over is damaged as a text only
                found = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if few else None
                self._trees[text] = _copied(found)
            except (yaml.YAMLError, ValueError, TypeError):
                self._trees[text] = None
        return self._trees[text]


def word(chance: Chance, material: Material) -> str:
    """Draw something that may stand where a value stands."""
    return chance.choice(chance.choice((NUMBERS, TEXTS, FILES, material.words)))


def lines_of(chance: Chance, text: str) -> tuple[list[str], int, int]:
    """Return the lines of a text, and the first and the last of some that stand together."""
    lines = text.splitlines(keepends=True) or [""]
    first = chance.randrange(len(lines))
    return lines, first, min(len(lines), first + chance.choice((1, 1, 1, 2, 3, 8)))


def flip_letter(chance: Chance, text: str, material: Material) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chr(chance.choice(BYTES)) + text[at + chance.randrange(2) :]


def cut_letters(chance: Chance, text: str, material: Material) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice((1, 2, 5, 40)) :]


def truncate(chance: Chance, text: str, material: Material) -> str:
    return text[: chance.randrange(len(text) + 1)]


def cut_lines(chance: Chance, text: str, material: Material) -> str:
    lines, first, last = lines_of(chance, text)
    return "".join(lines[:first] + lines[last:])


def repeat_lines(chance: Chance, text: str, material: Material) -> str:
    lines, first, last = lines_of(chance, text)
    times = chance.choice((2, 2, 2, 3, 50))
    return "".join(lines[:first] + lines[first:last] * times + lines[last:])


def move_lines(chance: Chance, text: str, material: Material) -> str:
    lines, first, last = lines_of(chance, text)
    rest = lines[:first] + lines[last:]
    at = chance.randrange(len(rest) + 1)
    return "".join(rest[:at] + lines[first:last] + rest[at:])


def indent(chance: Chance, text: str, material: Material) -> str:
    lines, first, last = lines_of(chance, text)
    front = chance.choice((" ", "  ", "\t", " " * 40, " " * 20_000, "- ", "# ", "\u00a0"))
    return "".join(lines[:first] + [front + line for line in lines[first:last]] + lines[last:])


def splice(chance: Chance, text: str, material: Material) -> str:
    other = chance.choice(material.texts)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


def splice_lines(chance: Chance, text: str, material: Material) -> str:
    lines, first, last = lines_of(chance, text)
    others, start, end = lines_of(chance, chance.choice(material.texts))
    return "".join(lines[:first] + others[start:end] + lines[last:])


def change_number(chance: Chance, text: str, material: Material) -> str:
    return _replaced(chance, NUMBER, text, chance.choice(NUMBERS))


def change_word(chance: Chance, text: str, material: Material) -> str:
    return _replaced(chance, WORD, text, word(chance, material))


def change_file(chance: Chance, text: str, material: Material) -> str:
    return _replaced(chance, FILE, text, chance.choice(FILES))


def decorate(chance: Chance, text: str, material: Material) -> str:
    found = list(WORD.finditer(text))
    if not found:
        return text
    at = chance.choice(found).start()
    return text[:at] + chance.choice(FRONTS) * chance.choice((1, 1, 1, 1, 60, 3000)) + text[at:]


def inflate(chance: Chance, text: str, material: Material) -> str:
    """Make one word, or a run of brackets, or a list very long."""
    size = chance.choice((1_000, 20_000, 60_000))
    found = list(WORD.finditer(text))
    if not found:
        return "[" * size
    at = chance.choice(found)
    long = chance.choice(("x" * size, "9" * size, "[" * size, "[" + "1, " * size + "1]", "{a: " * size, " " * size))
    return text[: at.start()] + long + text[at.end() :]


def bomb(chance: Chance, text: str, material: Material) -> str:
    """Add anchors that stand for one another, ten times each."""
    rows = [f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]" for n in range(1, chance.choice((2, 5, 12)))]
    return "\n".join(["b0: &b0 [1]", *rows, ""]) + text


def rarely(chance: Chance, text: str, material: Material) -> str:
    """Make a file long, which takes time to read, in a tenth of the cases in which it is asked for."""
    if chance.random() < 0.9:
        return change_word(chance, text, material)
    return chance.choice((inflate, inflate, bomb))(chance, text, material)


def _replaced(chance: Chance, pattern: re.Pattern[str], text: str, new: str) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text + new
    at = chance.choice(found)
    return text[: at.start()] + new + text[at.end() :]


TEXT_CHANGES: tuple[Change, ...] = (
    flip_letter, cut_letters, truncate, cut_lines, repeat_lines, move_lines, indent, splice, splice_lines,
    change_number, change_number, change_word, change_word, change_file, decorate, decorate, rarely,
)  # fmt: skip
TABLE_CHANGES: tuple[Change, ...] = (
    flip_letter, cut_letters, truncate, cut_lines, repeat_lines, move_lines, splice, splice_lines,
    change_number, change_number, change_word, change_word, rarely,
)  # fmt: skip


def changed_tree(chance: Chance, tree: Any, material: Material) -> Any:
    """Return a tree in which values are exchanged, dropped, doubled, renamed, or replaced by strange ones."""
    tree = _copied(tree)
    for _ in range(chance.choice((1, 1, 1, 1, 2, 4))):
        places = list(_places(tree))
        if not places:
            return tree
        holder, key = chance.choice(places)
        _change_node(chance, holder, key, places, material)
    return tree


def _change_node(chance: Chance, holder: Any, key: Any, places: list[tuple[Any, Any]], material: Material) -> None:
    other, its_key = chance.choice(places)
    what = chance.randrange(9)
    if what == 0:
        holder[key] = _copied(other[its_key])
    elif what == 1:
        holder[key], other[its_key] = _copied(other[its_key]), _copied(holder[key])
    elif what == 2:
        del holder[key]
    elif what == 3 and isinstance(holder, dict):
        holder[word(chance, material)] = _copied(holder[key])
    elif what == 4 and isinstance(holder, dict):
        holder[word(chance, material)] = holder.pop(key)
    elif what == 5:
        strange = chance.choice(list(_places(material.tree(chance.choice(material.texts)))) or [(holder, key)])
        holder[key] = _copied(strange[0][strange[1]])
    elif what == 6:
        holder[key] = chance.choice(([holder[key]], {word(chance, material): holder[key]}, [holder[key]] * 3))
    elif what == 7:
        holder[key] = _strange_number(chance)
    else:
        holder[key] = word(chance, material)


def _strange_number(chance: Chance) -> Any:
    return chance.choice((0, -1, 1e-9, 1e-6, 1e9, 1e15, 1e300, -1e300, 5e-324, 0.1, 3, 10**30, 2**63, True, None, 7.5))


def _copied(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=str))


def _places(tree: Any) -> Any:
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else []
        for key in keys:
            yield here, key
            waiting.append(here[key])


def mutated_scenario(chance: Chance, text: str, material: Material) -> bytes:
    """Return a damaged scenario file."""
    tree = material.tree(text) if chance.random() < 0.4 else None
    if isinstance(tree, dict):
        text = _written(chance, changed_tree(chance, tree, material))
    if not isinstance(tree, dict) or chance.random() < 0.1:
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
            text = chance.choice(TEXT_CHANGES)(chance, text, material)[:LONGEST]
    return encoded(chance, text)


def _written(chance: Chance, tree: Any) -> str:
    if chance.random() < 0.7:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    return str(yaml.dump(tree, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True))


def mutated_table(chance: Chance, text: str, material: Material) -> bytes:
    """Return a damaged CSV file."""
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
        text = chance.choice(TABLE_CHANGES)(chance, text, material)[:LONGEST]
    if chance.random() < 0.1:
        text = text.replace(",", chance.choice((";", "\t", "|", ",,", '","', "\x00")))
    if chance.random() < 0.05:
        text = text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\x0b", "\u2028")))
    return encoded(chance, text)


def encoded(chance: Chance, text: str) -> bytes:
    """Write a text as bytes, now and then in another encoding, with a mark, or with bytes exchanged."""
    kind = chance.random()
    if kind < 0.9:
        return text.encode("utf-8", "surrogatepass")
    if kind < 0.94:
        return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1", "cp1252")), "replace")
    data = bytearray(text.encode("utf-8", "surrogatepass") or b" ")
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.choice((chance.randrange(256), 0, 255))
    return bytes(data)
