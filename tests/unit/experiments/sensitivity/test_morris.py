"""Morris's elementary effects, against known values and against SALib."""

import numpy as np
import pytest

from scmsim.errors import UsageError
from scmsim.experiments.sensitivity import morris


def curved(unit: np.ndarray) -> np.ndarray:
    """A function with a straight, a curved and a joint effect, and a factor without any."""
    return 3 * unit[..., 0] + 2 * unit[..., 1] ** 2 - 4 * unit[..., 1] * unit[..., 2] + 0 * unit[..., 3]


def test_salib_finds_the_same_on_the_same_trajectories() -> None:
    """Tests that mu, mu* and sigma agree with SALib's to rounding."""
    from SALib.analyze import morris as oracle

    paths = morris.sample(4, 20, seed=2)
    values = curved(paths)
    found = morris.effects(morris.elementary(paths, values))
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    theirs = oracle.analyze(problem, paths.reshape(-1, 4), values.ravel(), num_levels=morris.LEVELS, seed=1)
    assert found.mu == pytest.approx(np.asarray(theirs["mu"], dtype=float), abs=1e-12)
    assert found.mu_star == pytest.approx(np.asarray(theirs["mu_star"], dtype=float), abs=1e-12)
    assert found.sigma == pytest.approx(np.asarray(theirs["sigma"], dtype=float), abs=1e-12)


def test_a_straight_effect_has_no_spread_and_an_idle_factor_no_effect() -> None:
    """Tests that mu of a straight line is its slope with sigma 0, and that of an idle factor 0."""
    paths = morris.sample(4, 8, seed=1)
    found = morris.effects(morris.elementary(paths, curved(paths)))
    assert (found.mu[0], found.sigma[0]) == (pytest.approx(3.0), pytest.approx(0.0, abs=1e-12))
    assert found.mu_star[3] == 0
    assert found.sigma[1] > 0.5


def test_trajectories_stay_on_the_grid_and_use_all_of_it() -> None:
    """Tests that every point is one of four levels per factor, and every level occurs equally often at the start."""
    paths = morris.sample(3, 2000, seed=4)
    levels = np.round(paths * 3).astype(int)
    assert np.allclose(levels / 3, paths)
    assert np.bincount(levels[:, 0].ravel(), minlength=4) / 6000 == pytest.approx([0.25] * 4, abs=0.03)
    ups = np.diff(paths, axis=1).sum(axis=1) > 0
    assert ups.mean() == pytest.approx(0.5, abs=0.03)


def test_intervals_of_mu_cover() -> None:
    """Tests that 95 % intervals of mu cover the mean of very many trajectories in at least 170 of 200."""
    many = morris.sample(4, 20000, seed=9)
    exact = morris.elementary(many, curved(many)).mean(axis=0)[1]
    hits = 0
    for seed in range(200):
        paths = morris.sample(4, 10, seed)
        found = morris.effects(morris.elementary(paths, curved(paths)))
        hits += found.mu_low[1] <= exact <= found.mu_high[1]
    assert hits >= 170


def test_a_trajectory_with_a_hole_is_left_out() -> None:
    """Tests that an undefined figure takes its trajectory with it."""
    paths = morris.sample(2, 5, seed=1)
    values = 3 * paths[:, :, 0]
    values[2, 1] = np.nan
    assert morris.effects(morris.elementary(paths, values)).n == 4


def test_one_trajectory_is_refused() -> None:
    """Tests that nothing is said from a single trajectory."""
    with pytest.raises(UsageError, match="needs at least 2 trajectories, not 1"):
        morris.sample(3, 1, seed=1)
