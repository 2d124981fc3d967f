"""The classroom scenarios: each asks a question in its header, and its answer holds when it is run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import scmsim

CLASSROOM = Path(__file__).parents[1] / "scenarios"
FILES = sorted(CLASSROOM.glob("*.yaml"))
STAGES = ("retailer", "wholesaler", "distributor", "brewery")
FIGURE = re.compile(r"(?P<value>\d[\d,]*(?:\.\d+)?)(?: ± (?P<give>\d+(?:\.\d+)?))?(?P<percent> %)?")


@dataclass(frozen=True)
class Claim:
    """Words of an answer, and what the numbers in them say: one metric at one node after another (None: the chain)."""

    scenario: str
    said: str
    metric: str
    nodes: tuple[str | None, ...]

    def figures(self) -> Iterator[tuple[float, float]]:
        """Return each number and how far the run may be from it: what ``±`` says, or half of its last digit."""
        for found in FIGURE.finditer(self.said):
            share = 0.01 if found["percent"] else 1.0
            digits = len(found["value"].partition(".")[2])
            give = float(found["give"]) if found["give"] else 0.5 * 10**-digits
            yield float(found["value"].replace(",", "")) * share, give * share * (1 + 1e-9)


CLAIMS = (Claim("beer_game", "46 + 50 + 54 + 54 = 204", "total_cost", (*STAGES, None)),)


@cache
def answer(name: str) -> str:
    """Return what the header of a classroom scenario claims."""
    return str(scmsim.load(CLASSROOM / f"{name}.yaml").header["answer"])


@cache
def kpis(name: str) -> pd.DataFrame:
    """Run a classroom scenario as it stands and return its KPIs."""
    return scmsim.run(scmsim.load(CLASSROOM / f"{name}.yaml"), record="summary").kpis


def figure(name: str, metric: str, node: str | None) -> float:
    """Return one KPI of a node (or a node's only stock), or of the whole chain."""
    rows = kpis(name).query("metric == @metric")
    if node is None:
        rows = rows[rows.segment.isna() & rows.node.isna() & rows["product"].isna()]
    else:
        node, _, product = node.partition("/")
        rows = rows[(rows.node == node) & (rows["product"] == product if product else rows["product"].isna())]
    return float(rows["mean"].iloc[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_header_states_question_source_and_answer(path: Path) -> None:
    """Tests that every classroom scenario loads and says what it asks, where it is from and what comes out."""
    scenario = scmsim.load(path)
    assert all(scenario.header.get(part) for part in ("question", "source", "answer"))
    assert scenario.header["question"].endswith("?")
    assert scenario.name == path.stem.replace("_", "-")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.scenario}-{claim.metric}")
def test_answer_holds(claim: Claim) -> None:
    """Tests that what an answer says comes out when the scenario is run as it stands."""
    assert claim.said in answer(claim.scenario)
    said = list(claim.figures())
    assert len(said) == len(claim.nodes)
    for (value, give), node in zip(said, claim.nodes, strict=True):
        assert figure(claim.scenario, claim.metric, node) == pytest.approx(value, abs=give), node


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_number_in_an_answer_goes_unchecked(path: Path) -> None:
    """Tests that every number in an answer is one of the claims that are checked."""
    left = answer(path.stem)
    for claim in CLAIMS:
        if claim.scenario == path.stem:
            left = left.replace(claim.said, "")
    assert not re.search(r"\d", left), left


def test_both_rounds_meet_the_same_demand() -> None:
    """Tests that the two rounds of the same draw meet bit-identical customers, whoever plays."""
    first, second = (
        scmsim.run(scmsim.load(CLASSROOM / f"beer_game_round_{number}.yaml")).demand.query("buyer == 'customer'")
        for number in (1, 2)
    )
    assert len(first) > 40
    pd.testing.assert_frame_equal(
        first[["time", "node", "quantity"]], second[["time", "node", "quantity"]], check_exact=True
    )
