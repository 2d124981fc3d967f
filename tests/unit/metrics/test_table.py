"""The KPI table: its rows and their names."""

from scmsim.metrics import CATALOGUE


def test_a_row_carries_the_names_of_its_own_level(bench):
    """Tests the rows of one metric: points, nodes, segments, products, chain, in this order."""
    frame = bench.measured(bench.factory(), (), [CATALOGUE["units_demanded"]]).astype(object)
    rows = frame[["segment", "node", "product"]].where(frame.notna(), None).values.tolist()
    assert rows == [
        [None, "factory", "car"],
        [None, "factory", "wheel"],
        [None, "mill", "wheel"],
        [None, "factory", None],
        [None, "mill", None],
        ["upstream", None, None],
        ["internal", None, None],
        [None, None, "car"],
        [None, None, "wheel"],
        [None, None, None],
    ]
    assert list(frame) == ["metric", "segment", "node", "product", "value", "unit"]


def test_the_rows_depend_on_the_network_alone(bench):
    """Tests that a run in which nothing happens has the same rows as another."""
    keys = ["metric", "segment", "node", "product", "unit"]
    empty = bench.measured(bench.chain())
    busy = bench.measured(bench.chain(), demand=[(0, 0, -1, 1, 5, 5, 0)], stock=[(0, 0, 5, 0, 0, 0)])
    assert empty[keys].equals(busy[keys])


def test_no_metrics_no_rows(bench):
    """Tests that measuring nothing gives an empty table with its columns."""
    frame = bench.measured(bench.chain(), (), [])
    assert frame.empty
    assert list(frame) == ["metric", "segment", "node", "product", "value", "unit"]
