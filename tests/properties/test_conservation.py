"""Laws of runs that are compared with each other."""

import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings

import scmsim as sc

sys.path.insert(0, str(Path(__file__).parent))

from laws import Run
from random_scenarios import scenarios


def _run(mapping, seed=1):
    run = Run(sc.from_dict(mapping).network, seed)
    return run.network, run.tables


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_file_changes_nothing(mapping):
    """Tests that nodes, lanes and products listed the other way round give the same facts, bit for bit."""
    turned = (
        mapping
        | {key: dict(reversed(mapping[key].items())) for key in ("nodes", "products")}
        | {"lanes": mapping["lanes"][::-1]}
    )
    _, first = _run(mapping)
    _, second = _run(turned)
    for name in first:
        assert np.array_equal(first[name], second[name]), name


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_a_longer_horizon_does_not_change_the_past(mapping):
    """Tests that the facts of a run are the beginning of the facts of a longer one."""
    longer = mapping | {"time": mapping["time"] | {"horizon": mapping["time"]["horizon"] * 2}}
    network, first = _run(mapping)
    _, second = _run(longer)
    for name, rows in first.items():
        past = second[name][second[name][:, 0] < network.calendar.end]
        assert np.array_equal(rows, past), name


@given(scenarios())
@settings(max_examples=30, deadline=None)
def test_the_same_seed_gives_the_same_facts(mapping):
    """Tests that two runs of one seed agree bit for bit."""
    _, first = _run(mapping, seed=7)
    _, second = _run(mapping, seed=7)
    assert all(np.array_equal(first[name], second[name]) for name in first)
