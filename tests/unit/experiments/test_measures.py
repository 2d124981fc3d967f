"""Tests of how figures are named and chosen."""

from pathlib import Path

import pytest

from scmsim.errors import UsageError
from scmsim.experiments.measures import MOST_BY_DEFAULT, Measure, chosen, measures, positions, usual
from scmsim.scenario.load import load, loads
from scmsim.scenario.network import Network


@pytest.fixture(scope="module")
def network(scenarios: Path) -> Network:
    """The beer game."""
    return load(scenarios / "beer_game.yaml").network


def names(network: Network, *wanted: str) -> list[str]:
    """The addresses of what is chosen."""
    return [str(one) for one in chosen(network, wanted)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fill_rate", ["fill_rate"]),
        ("fill_rate@retailer", ["fill_rate@retailer"]),
        ("fill_rate@kind=retailer", ["fill_rate@retailer"]),
        ("fill_rate@retailer/beer", ["fill_rate@retailer/beer"]),
        ("fill_rate@re*/*", ["fill_rate@retailer/beer"]),
        ("total_cost@segment=downstream", ["total_cost@segment=downstream"]),
        ("total_cost@product=b*", ["total_cost@product=beer"]),
        (
            " total_cost@* ",
            ["total_cost@brewery", "total_cost@distributor", "total_cost@wholesaler", "total_cost@retailer"],
        ),
    ],
)
def test_addresses_choose(network: Network, wanted: str, found: list[str]) -> None:
    """Tests that an address chooses the figures it says, and that a star stands for nodes only, not for segments."""
    assert sorted(names(network, wanted)) == sorted(found)


def test_every_address_leads_back(network: Network) -> None:
    """Tests that the address of every figure there is chooses that figure alone."""
    every = measures(network)
    assert len({str(one) for one in every}) == len(every)
    for one in every[:: len(every) // 40]:
        assert chosen(network, [str(one)]) == [one]


def test_figures_are_chosen_once_in_the_order_of_asking(network: Network) -> None:
    """Tests that what is asked for twice comes once, where it was asked for first."""
    assert names(network, "total_cost", "fill_rate@retailer", "fill_rate@*", "total_cost")[:2] == [
        "total_cost",
        "fill_rate@retailer",
    ]
    assert len(names(network, "fill_rate@*", "fill_rate@retailer")) == len(names(network, "fill_rate@*"))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("fil_rate", "no metric 'fil_rate'. Did you mean `fill_rate`?"),
        ("qqq", "no metric 'qqq'. The metrics are fill_rate, "),
        (
            "fill_rate@retailr",
            "no figure 'fill_rate@retailr'. Did you mean `fill_rate@retailer`? Of fill_rate there are: ",
        ),
        ("fill_rate@kind=shop", "no figure 'fill_rate@kind=shop'."),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(network: Network, wanted: str, said: str) -> None:
    """Tests that an unknown metric or address is refused with the nearest there is."""
    with pytest.raises(UsageError) as refused:
        chosen(network, [wanted])
    assert str(refused.value).startswith(said)


def test_the_usual_figures(network: Network) -> None:
    """Tests that the chain's figures are chosen first, then nodes' where the chain has none, and not too many."""
    found = usual(network)
    assert Measure("total_cost") in found
    assert Measure("total_cost", node="retailer") not in found
    assert Measure("order_variance_ratio", node="retailer") in found
    assert len(found) <= MOST_BY_DEFAULT


def test_positions_in_another_network(network: Network) -> None:
    """Tests that a figure which a network does not have is named."""
    keys = {name: [getattr(one, name) for one in measures(network)] for name in Measure._fields}
    every = measures(network)
    assert positions([every[5], every[2]], keys) == [5, 2]
    with pytest.raises(UsageError, match="there is no figure fill_rate@moon in this network"):
        positions([Measure("fill_rate", node="moon")], keys)


def test_names_with_signs_in_them_are_addressed_whole(network: Network, scenarios: Path) -> None:
    """Tests that a node called depot/north is found by its name, its products below it, and the ambiguous refused."""
    text = (scenarios / "beer_game.yaml").read_text(encoding="utf-8").replace("wholesaler", "depot/north")
    other = loads(text).network
    assert chosen(other, ["fill_rate@depot/north"]) == [Measure("fill_rate", node="depot/north")]
    assert chosen(other, ["fill_rate@depot/north/beer"]) == [Measure("fill_rate", node="depot/north", product="beer")]
    twice = loads(text.replace("depot/north", "retailer/beer")).network
    with pytest.raises(UsageError, match="address of 2 figures, of node 'retailer', product 'beer' and of node"):
        chosen(twice, ["fill_rate@retailer/beer"])
