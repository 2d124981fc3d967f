"""What validators say, as what was found and what was expected."""

RULES = (
    (r"give (.*): found (.*)", r"\2", r"\1"),
    (r"(.*) should (not )?be (.*): found (.*)", r"\4", r"\1 \2\3"),
    (r"(.*) belong together: give both", r"only one of \1", "both"),
    (r"weights not summing to 1: they sum to (.*)", r"weights that sum to \1", "weights that sum to 1"),
    (r"(\d+) values but (\d+) weights", r"\1 values and \2 weights", "as many weights as values"),
    (
        r"(block_length) (\d+) is longer than the record of (\d+) values",
        r"a \1 of \2",
        r"one of at most \3, all values recorded",
    ),
    (r"(\w+) too small: (.*) \((.*)\)", r"too small an \1", r"\3: \2"),
    (r"(\w+) (\S+) is above (\w+) (\S+)", r"\1 \2 above \3 \4", r"\1 not above \3"),
    (r"(\w+) (\S+) is not between (\w+) (\S+) and (\w+) (\S+)", r"\1 \2", r"a \1 from \4 to \6"),
    (r"scipy\.stats has no distribution (.*)", r"the name \1", "a distribution of scipy.stats"),
    (r"can be negative \(down to (.*)\).*", r"values down to \1", "no values below 0"),
    (r"(.*) is less than a millionth of the time unit.*", r"\1", "at least 0.000001, the length of a tick"),
    (r"(.*) is negative: .*", r"\1", "a number of at least 0"),
    (r"(.*) does not apply: (.*)", r"\1", r"no \1: \2"),
    (r"(.*): give (.*)", r"\1", r"\2"),
    (r"(.*): found (.*)", r"\2", r"\1"),
)
"""Each form in which they say it, and how that reads in a message; the first that fits counts."""
