"""The files that the fuzz tests start from, and the folder in which damaged ones are tried."""

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from mutations import Material, mutated_scenario, mutated_table

ROOT = Path(__file__).resolve().parents[2]
MADE = Path(__file__).parent / "seeds"
SHIPPED, BAD = ROOT / "scenarios", ROOT / "tests" / "scenarios_bad"
LARGE = 4_000
"""Files above so many bytes are not damaged: they take long, and what they hold stands in others."""


@dataclass(frozen=True)
class Case:
    """One damaged file: its place in the folder, its bytes, the scenario to load, and changes on the command line."""

    file: str
    data: bytes
    scenario: str
    overrides: tuple[str, ...] = ()


@dataclass
class Corpus:
    """Everything there is to damage."""

    scenarios: list[str] = field(default_factory=list)
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sound = _texts([*sorted(SHIPPED.rglob("*.yaml")), *sorted(MADE.glob("*.yaml"))])
        texts = sound + _texts(sorted(BAD.glob("*.yaml")))
        self.scenarios = [text for text in texts if len(text) < LARGE]
        self.scenarios += sound * (2 * len(self.scenarios) // len(sound))
        for scenario in sorted(MADE.glob("*.yaml")):
            for table in sorted(MADE.glob("*.csv")):
                if table.name in scenario.read_text(encoding="utf-8"):
                    self.tables[table.name] = (scenario.name, table.read_text(encoding="utf-8"))
        self.material = Material(texts)
        self.cells = Material([text for _, text in self.tables.values()])

    def scenario_case(self, seed: int) -> Case:
        """Draw a damaged scenario file; one in twenty comes with a change on the command line."""
        chance = random.Random(f"scenario {seed}")
        data = mutated_scenario(chance, chance.choice(self.scenarios), self.material)
        overrides: tuple[str, ...] = ()
        if chance.random() < 0.05:
            words = [chance.choice(self.material.words) for _ in range(3)]
            overrides = (f"{'.'.join(words[: chance.randrange(1, 4)])}={chance.choice(self.material.words)}",)
        return Case("case.yaml", data, "case.yaml", overrides)

    def table_case(self, seed: int) -> Case:
        """Draw a damaged CSV file beside a sound scenario that reads it."""
        chance = random.Random(f"table {seed}")
        name = chance.choice(sorted(self.tables))
        scenario, text = self.tables[name]
        return Case(name, mutated_table(chance, text, self.cells), scenario)


def _texts(files: list[Path]) -> list[str]:
    return [path.read_text(encoding="utf-8", errors="replace") for path in files]


def laid_out(folder: Path) -> Path:
    """Fill a folder with the CSV files that scenarios name, with traps among them, and return where scenarios go."""
    box = folder / "box"
    box.mkdir(parents=True)
    (folder / "secret.csv").write_text("day,units\n1,4\n", encoding="utf-8")
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.csv").write_text("day,units\n1,4\n", encoding="utf-8")
    for path in [*BAD.glob("*.csv"), *MADE.glob("*.csv"), *MADE.glob("*.yaml")]:
        shutil.copy(path, box)
    for family in ("fmcg", "fmcg_policies"):
        shutil.copytree(SHIPPED / "fmcg", box / family)
    for link, target in (("link.csv", "../secret.csv"), ("way", "../outside"), ("loop.csv", "loop.csv")):
        (box / link).symlink_to(target)
    os.mkfifo(box / "pipe.csv")
    return box
