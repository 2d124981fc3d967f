"""Sobol indices, against known values and against SALib."""

import numpy as np
import pytest

from scmsim.errors import UsageError
from scmsim.experiments.sensitivity import sobol


def ishigami(unit: np.ndarray) -> np.ndarray:
    """Ishigami and Homma's function, a = 7, b = 0.1, of points in the unit cube."""
    x = (2 * unit - 1) * np.pi
    return np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


def sobol_g(unit: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sobol's g-function."""
    return np.prod((np.abs(4 * unit - 2) + weights) / (1 + weights), axis=-1)


def as_salib_has_it(values: np.ndarray) -> np.ndarray:
    """Put (A, B, AB_1, ...) in the order of SALib's samples: A, AB_1, ..., AB_k, B for every row."""
    return np.concatenate([values[:1], values[2:], values[1:2]]).T.ravel()


def test_ishigami_has_its_published_indices() -> None:
    """Tests that the indices of Ishigami's function are the exact ones.

    T. Ishigami and T. Homma (1990); the values, from the closed forms, also in A. Saltelli et al., *Sensitivity
    Analysis* (2000), section 2.9: first .3139, .4424, 0, total .5576, .4424, .2437.
    """
    found = sobol.indices(ishigami(sobol.sample(3, 8192, seed=1)))
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    for low, exact, high in zip(found.total_low, [0.5576, 0.4424, 0.2437], found.total_high, strict=True):
        assert low < exact < high


def test_sobol_g_has_its_exact_indices() -> None:
    """Tests that the indices of the g-function are 1 / (3 (1 + a_i)^2) / V: Saltelli and Sobol (1995)."""
    weights = np.array([0.0, 1.0, 4.5, 9.0])
    parts = 1 / (3 * (1 + weights) ** 2)
    variance = np.prod(1 + parts) - 1
    total = parts * np.array([np.prod(1 + np.delete(parts, at)) for at in range(4)]) / variance
    found = sobol.indices(sobol_g(sobol.sample(4, 8192, seed=3), weights))
    assert found.first == pytest.approx(parts / variance, abs=0.015)
    assert found.total == pytest.approx(total, abs=0.015)


@pytest.mark.parametrize("function", [ishigami, lambda unit: sobol_g(unit, np.array([0.0, 1.0, 9.0]))])
def test_salib_finds_the_same_on_the_same_points(function) -> None:
    """Tests that estimates agree with SALib's to rounding, and intervals with its own within a third."""
    from SALib.analyze import sobol as oracle

    values = function(sobol.sample(3, 256, seed=5))
    found = sobol.indices(values)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = oracle.analyze(problem, as_salib_has_it(values), calc_second_order=False, num_resamples=1000, seed=1)
    assert found.first == pytest.approx(theirs["S1"], rel=1e-9, abs=1e-12)
    assert found.total == pytest.approx(theirs["ST"], rel=1e-9, abs=1e-12)
    assert (found.total_high - found.total_low) / 2 == pytest.approx(theirs["ST_conf"], rel=0.33)
    assert (found.first_high - found.first_low) / 2 == pytest.approx(theirs["S1_conf"], rel=0.33)


def test_intervals_of_first_order_cover() -> None:
    """Tests that nominal 95 % intervals cover the exact index in most of 60 designs: at least 51 (p < 0.001 below)."""
    exact = 0.4424
    found = [sobol.indices(ishigami(sobol.sample(3, 256, seed=seed)), seed=seed) for seed in range(60)]
    assert sum(one.first_low[1] < exact < one.first_high[1] for one in found) >= 51


def test_what_does_not_vary_has_no_indices() -> None:
    """Tests that a constant gives NaN and not a division by zero."""
    found = sobol.indices(np.full((5, 8), 3.0))
    assert np.isnan(found.first).all()
    assert np.isnan(found.total_high).all()


def test_a_row_with_a_hole_is_left_out() -> None:
    """Tests that an undefined figure takes its row of the design with it, and nothing else."""
    values = ishigami(sobol.sample(3, 64, seed=1))
    holed = values.copy()
    holed[3, 10] = np.nan
    found = sobol.indices(holed)
    assert found.n == 63
    assert found.first == pytest.approx(sobol.indices(np.delete(values, 10, axis=1)).first)


@pytest.mark.parametrize("points", [1, 100])
def test_an_unbalanced_number_of_points_is_refused(points: int) -> None:
    """Tests that the number of points is a power of 2, and the message names one."""
    with pytest.raises(UsageError, match=rf"a power of 2 as their number of points, for instance \d+: not {points}$"):
        sobol.sample(3, points, seed=1)
