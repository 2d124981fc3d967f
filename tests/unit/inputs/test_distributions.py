"""Distributions: their law, their moments, their limits."""

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from scmsim.inputs import distributions as d
from scmsim.inputs.distributions import AnyDistribution, Distribution, RealDistribution
from scmsim.inputs.sampling import Array

Sample = Callable[..., Array]
moments = settings(derandomize=True, max_examples=60, deadline=None)
means = st.floats(0.1, 1e4)
spreads = st.floats(0.01, 3)


def test_sample_is_a_vector_of_floats(any_distribution: Distribution, sample: Sample) -> None:
    """Tests that n values come back as float64, also when there are none."""
    drawn = sample(any_distribution, 7)
    assert drawn.dtype == np.float64
    assert drawn.shape == (7,)
    assert sample(any_distribution, 0).shape == (0,)


def test_same_generator_same_values(any_distribution: Distribution, sample: Sample) -> None:
    """Tests that draws depend on the generator's state and on nothing else."""
    assert sample(any_distribution, 50, seed=3).tolist() == sample(any_distribution, 50, seed=3).tolist()
    assert sample(any_distribution, 50, seed=3).tolist() != sample(any_distribution, 50, seed=4).tolist()


def test_sample_has_the_stated_moments(any_distribution: Distribution, sample: Sample) -> None:
    """Tests that the mean of 100,000 draws is within 5 standard errors of the stated one, and the sd within 2 %."""
    drawn = sample(any_distribution, 100_000, seed=20)
    assert drawn.mean() == pytest.approx(
        any_distribution.mean_value, abs=5 * any_distribution.sd_value / math.sqrt(1e5)
    )
    assert drawn.std() == pytest.approx(any_distribution.sd_value, rel=0.02)


def test_nothing_below_the_lowest(any_distribution: Distribution, sample: Sample) -> None:
    """Tests that no draw lies below the stated lower end."""
    assert sample(any_distribution, 10_000).min() >= any_distribution.lowest


def test_repr_rebuilds(any_distribution: Distribution) -> None:
    """Tests that evaluating the repr gives an equal distribution."""
    assert eval(repr(any_distribution), vars(d).copy()) == any_distribution


def test_survives_pickling(any_distribution: Distribution, sample: Sample) -> None:
    """Tests that a distribution sent to another process is the same one."""
    sample(any_distribution, 1)
    assert pickle.loads(pickle.dumps(any_distribution)) == any_distribution


@pytest.mark.known_answer("distribution:normal")
@pytest.mark.known_answer("distribution:gamma")
@pytest.mark.known_answer("distribution:lognormal")
@pytest.mark.known_answer("distribution:uniform")
@pytest.mark.known_answer("distribution:exponential")
@pytest.mark.known_answer("distribution:triangular")
@pytest.mark.known_answer("distribution:weibull")
@pytest.mark.known_answer("distribution.rounding:none")
@pytest.mark.parametrize(
    ("distribution", "law"),
    [
        (d.Normal(mean=5, cv=0.4), stats.norm(5, 2)),
        (d.Gamma(mean=5, sd=2), stats.gamma(6.25, scale=0.8)),
        (d.Lognormal(mean=5, sd=2), stats.lognorm(math.sqrt(math.log(1.16)), scale=5 / math.sqrt(1.16))),
        (d.Uniform(low=2, high=4), stats.uniform(2, 2)),
        (d.Exponential(mean=4), stats.expon(scale=4)),
        (d.Triangular(low=1, mode=2, high=6), stats.triang(0.2, 1, 5)),
        (d.Triangular(low=1, mode=1, high=6), stats.triang(0, 1, 5)),
        (d.Weibull(shape=1.5, scale=3), stats.weibull_min(1.5, scale=3)),
    ],
)
def test_continuous_law(distribution: RealDistribution, law: Any, sample: Sample) -> None:
    """Tests that draws, moments and probabilities are those of scipy's distribution of that name."""
    assert stats.kstest(sample(distribution, 20_000, seed=5), law.cdf).pvalue > 1e-3
    assert (distribution.mean_value, distribution.sd_value) == pytest.approx((law.mean(), law.std()))
    points = np.linspace(-1, 12, 53)
    assert distribution.at_least(points) == pytest.approx(law.sf(points), abs=1e-12)


@pytest.mark.known_answer("distribution:poisson")
@pytest.mark.known_answer("distribution:negative_binomial")
@pytest.mark.known_answer("distribution:geometric")
@pytest.mark.known_answer("distribution:discrete")
@pytest.mark.known_answer("distribution:empirical")
@pytest.mark.known_answer("distribution.minimum:0")
@pytest.mark.known_answer("distribution.minimum:1")
@pytest.mark.parametrize(
    ("distribution", "law"),
    [
        (d.Poisson(mean=4), stats.poisson(4)),
        (d.NegativeBinomial(mean=4, sd=3), stats.nbinom(3.2, 4 / 9)),
        (d.NegativeBinomial(mean=4, dispersion=5 / 16), stats.nbinom(3.2, 4 / 9)),
        (d.Geometric(mean=4), stats.geom(0.25)),
        (d.Geometric(mean=4, minimum=0), stats.geom(0.2, loc=-1)),
        (
            d.Discrete(values=[2, 0, 5], weights=[0.3, 0.5, 0.2]),
            stats.rv_discrete(values=([0, 2, 5], [0.5, 0.3, 0.2]))(),
        ),
        (d.Empirical(values=[3, 3, 1, 7]), stats.rv_discrete(values=([1, 3, 7], [0.25, 0.5, 0.25]))()),
    ],
)
def test_discrete_law(distribution: Distribution, law: Any, sample: Sample) -> None:
    """Tests that shares of values and moments are those of scipy's distribution of that name."""
    drawn, n = sample(distribution, 40_000, seed=6), 40_000
    for value in range(12):
        share = law.pmf(value)
        assert (drawn == value).mean() == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / n) + 1e-12)
    assert (distribution.mean_value, distribution.sd_value) == pytest.approx((law.mean(), law.std()))


@moments
@given(means, spreads)
def test_moments_given_are_moments_had(mean: float, cv: float) -> None:
    """Tests that distributions given by mean and cv have that mean and that cv."""
    for kind in (d.Gamma, d.Lognormal, d.Weibull, d.Normal):
        distribution = kind(mean=mean, cv=cv)
        assert distribution.mean_value == pytest.approx(mean)
        assert distribution.sd_value == pytest.approx(cv * mean)


@moments
@given(means, spreads)
def test_sd_and_cv_say_the_same(mean: float, cv: float) -> None:
    """Tests that a spread given as sd draws what the same spread given as cv draws."""
    for kind in (d.Gamma, d.Lognormal, d.Weibull, d.Normal):
        by_cv, by_sd = (kind(**how).sample(np.random.default_rng(1), 5) for how in
                        ({"mean": mean, "cv": cv}, {"mean": mean, "sd": cv * mean}))  # fmt: skip
        assert by_cv == pytest.approx(by_sd)


@pytest.mark.parametrize("kind", [d.Gamma, d.Lognormal, d.Normal])
def test_no_spread_is_a_constant(kind: Any, sample: Sample) -> None:
    """Tests that a spread of 0 gives the mean every time, so that a sweep over the spread may begin at 0."""
    distribution = kind(mean=5, cv=0)
    assert sample(distribution, 4) == pytest.approx([5, 5, 5, 5])
    assert (distribution.mean_value, distribution.sd_value) == (5, 0)
    assert kind(mean=4.5, cv=0, rounding="half_up").mean_value == 5


@moments
@given(st.floats(-3, 3), st.floats(0.1, 5), st.floats(-4, 0), st.floats(0, 4))
def test_clipped_normal_moments(mean: float, sd: float, minimum: float, maximum: float) -> None:
    """Tests that the formula for the clipped normal agrees with numerical integration over its quantiles."""
    quantiles = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000, mean, sd).clip(minimum, maximum)
    clipped = d.Normal(mean=mean, sd=sd, minimum=minimum, maximum=maximum)
    assert clipped.mean_value == pytest.approx(quantiles.mean(), abs=1e-4)
    assert clipped.sd_value == pytest.approx(quantiles.std(), abs=1e-3)


@pytest.mark.parametrize(
    ("mean", "minimum", "maximum", "expected"), [(0, 50, None, (50, 0)), (0, None, -50, (-50, 0)), (9, 2, 4, (4, 0))]
)
def test_clipped_normal_far_away(
    mean: float, minimum: float | None, maximum: float | None, expected: tuple[float, float]
) -> None:
    """Tests that a normal distribution clipped far from its mean is the constant at which it is clipped."""
    clipped = d.Normal(mean=mean, sd=0.1, minimum=minimum, maximum=maximum)
    assert (clipped.mean_value, clipped.sd_value) == pytest.approx(expected, abs=1e-6)


def test_clipped_normal_stays_inside(sample: Sample) -> None:
    """Tests that draws beyond the limits are put on them, not drawn again."""
    drawn = sample(d.Normal(mean=0, sd=1, minimum=0, maximum=1), 10_000)
    assert (drawn.min(), drawn.max()) == (0, 1)
    assert (drawn == 0).mean() == pytest.approx(0.5, abs=0.025)


@pytest.mark.known_answer("distribution.rounding:half_up")
@pytest.mark.parametrize(
    ("distribution", "law"),
    [
        (d.Gamma(mean=0.6, cv=1.2, rounding="half_up"), stats.gamma(1 / 1.44, scale=0.6 * 1.44)),
        (
            d.Lognormal(mean=3, cv=0.5, rounding="half_up"),
            stats.lognorm(math.sqrt(math.log(1.25)), scale=3 / math.sqrt(1.25)),
        ),
        (d.Normal(mean=0.3, sd=2, rounding="half_up"), stats.norm(0.3, 2)),
        (d.Uniform(low=0.2, high=3.9, rounding="half_up"), stats.uniform(0.2, 3.7)),
        (d.Exponential(mean=0.7, rounding="half_up"), stats.expon(scale=0.7)),
        (d.Triangular(low=0, mode=1, high=5, rounding="half_up"), stats.triang(0.2, 0, 5)),
        (d.Weibull(shape=2, scale=3, rounding="half_up"), stats.weibull_min(2, scale=3)),
        (d.Scipy(name="gamma", arguments=[2], rounding="half_up"), stats.gamma(2)),
    ],
)
def test_rounded_moments(distribution: RealDistribution, law: Any, sample: Sample) -> None:
    """Tests that rounding gives whole units, with the moments of whole units."""
    whole = np.arange(-60, 2000)
    shares = law.cdf(whole + 0.5) - law.cdf(whole - 0.5)
    mean = (whole * shares).sum()
    assert distribution.mean_value == pytest.approx(mean, abs=1e-9)
    assert distribution.sd_value == pytest.approx(math.sqrt(((whole - mean) ** 2 * shares).sum()), abs=1e-9)
    drawn = sample(distribution, 1000)
    assert (drawn == np.floor(drawn)).all()


def test_rounded_after_clipping() -> None:
    """Tests that a normal distribution is clipped first and rounded then, in draws and in moments."""
    distribution = d.Normal(mean=0, sd=1, minimum=0.6, maximum=1.2, rounding="half_up")
    assert set(distribution.sample(np.random.default_rng(1), 100)) == {1.0}
    assert (distribution.mean_value, distribution.sd_value) == pytest.approx((1, 0))


@pytest.mark.parametrize(
    "distribution",
    [d.Uniform(low=2.5, high=2.5), d.Triangular(low=2.5, mode=2.5, high=2.5), d.Normal(mean=2.5, sd=0)],
    ids=lambda distribution: distribution.dist,
)
def test_no_width_is_a_constant(distribution: RealDistribution, sample: Sample) -> None:
    """Tests that a distribution of no width gives its one value, rounded a half upward where that is asked."""
    assert set(sample(distribution, 5)) == {2.5}
    assert (distribution.mean_value, distribution.sd_value) == (2.5, 0)
    rounded = type(distribution)(**{**distribution.model_dump(), "rounding": "half_up"})
    assert (rounded.mean_value, rounded.sd_value) == pytest.approx((3, 0))


def test_infinite_spread_stays_infinite() -> None:
    """Tests that a distribution without a finite variance says so, rounded or not."""
    for rounding in ("none", "half_up"):
        assert d.Scipy(name="pareto", arguments=[1.5], rounding=rounding).sd_value == math.inf


def test_base_class_says_what_to_define() -> None:
    """Tests that a distribution which defines nothing cannot be drawn from."""
    nameless = Distribution(dist="nameless")
    with pytest.raises(NotImplementedError):
        nameless.sample(np.random.default_rng(1), 1)
    with pytest.raises(NotImplementedError):
        RealDistribution(dist="nameless").sample(np.random.default_rng(1), 1)


def test_rounded_heavy_tail() -> None:
    """Tests that the far tail of a very skewed distribution counts in the moments of its rounded values."""
    distribution = d.Lognormal(mean=20, cv=3, rounding="half_up")
    assert distribution.sd_value == pytest.approx(60, rel=1e-3)


def test_rounded_wide() -> None:
    """Tests that rounding a wide distribution keeps the mean and adds a twelfth to the variance."""
    distribution = d.Gamma(mean=1e6, sd=1e5, rounding="half_up")
    assert distribution.mean_value == 1e6
    assert distribution.sd_value**2 == pytest.approx(1e10 + 1 / 12, rel=1e-15)


def test_scipy_object_is_accepted() -> None:
    """Tests that a frozen scipy distribution stands for itself wherever a distribution is accepted."""
    distribution = TypeAdapter(AnyDistribution).validate_python(stats.gamma(2, scale=3))
    assert distribution == d.Scipy(name="gamma", arguments=[2], parameters={"scale": 3})
    assert (distribution.mean_value, distribution.sd_value**2) == pytest.approx((6, 18))


def test_scipy_draws_are_scipys(sample: Sample) -> None:
    """Tests that draws are those that scipy makes with the same generator, counts included."""
    expected = stats.binom(10, 0.3).rvs(size=20, random_state=np.random.default_rng(1))
    assert sample(d.Scipy(name="binom", arguments=[10, 0.3]), 20).tolist() == expected.tolist()


def test_scipy_clipped_agrees_with_formula() -> None:
    """Tests that a clipped scipy normal, integrated numerically, has the moments of the closed formula."""
    integrated = d.Scipy(name="norm", arguments=[1, 2]).nonnegative()
    assert isinstance(integrated, d.Scipy)
    assert integrated.minimum == 0
    exact = d.Normal(mean=1, sd=2, minimum=0)
    assert (integrated.mean_value, integrated.sd_value) == pytest.approx((exact.mean_value, exact.sd_value))


@pytest.mark.known_answer("distribution:scipy")
def test_scipy_counts_clipped() -> None:
    """Tests that a count clipped at a value which it can take counts that value once."""
    clipped = d.Scipy(name="binom", arguments=[4, 0.5], minimum=2)
    assert clipped.mean_value == pytest.approx((11 * 2 + 4 * 3 + 1 * 4) / 16)
    assert clipped.sd_value == pytest.approx(math.sqrt((11 * 4 + 4 * 9 + 1 * 16) / 16 - 2.375**2))


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (d.Normal, {"mean": 5}, "neither sd nor cv given: give one"),
        (d.Gamma, {"mean": 5, "sd": 1, "cv": 1}, "sd and cv both given: give one"),
        (d.Normal, {"mean": -5, "cv": 1}, "cv needs a mean above 0: give sd"),
        (d.Normal, {"mean": 5, "sd": 1, "minimum": 3, "maximum": 2}, "minimum 3 is above maximum 2"),
        (d.Lognormal, {"mean": 1e9, "cv": 1e9}, r"a standard deviation of 1e\+18 is beyond the largest number"),
        (d.Gamma, {"mean": 0, "cv": 1}, "greater than 0"),
        (d.Uniform, {"low": 5, "high": 3}, "low 5 is above high 3"),
        (d.Triangular, {"low": 0, "mode": 7, "high": 3}, "mode 7 is not between low 0 and high 3"),
        (d.Weibull, {"shape": 2}, "shape and scale belong together: give both"),
        (d.Weibull, {"shape": 2, "scale": 1, "mean": 3}, "give either shape and scale, or mean with sd or cv"),
        (d.Weibull, {}, "give either shape and scale, or mean with sd or cv"),
        (d.Weibull, {"cv": 1, "sd": 2}, "belong together|give mean with sd or cv"),
        (d.Weibull, {"mean": 3}, "neither sd nor cv given: give one"),
        (d.Weibull, {"mean": 3, "cv": 1000}, "no Weibull distribution with cv 1000: give one between 0.00013 and 429"),
        (
            d.NegativeBinomial,
            {"mean": 4, "sd": 2},
            r"sd too small: a negative binomial's variance exceeds its mean \(sd > 2\)",
        ),
        (d.NegativeBinomial, {"mean": 4, "cv": 0.1}, r"cv too small: .* \(cv > 0.5\)"),
        (d.NegativeBinomial, {"mean": 4}, "none of sd, cv, dispersion given: give one"),
        (d.Geometric, {"mean": 0.5}, "mean 0.5 is below the smallest value 1: give minimum 0"),
        (d.Discrete, {"values": [1, 2], "weights": [0.5, 0.4]}, "weights not summing to 1: they sum to 0.9"),
        (d.Discrete, {"values": [1, 2], "weights": [1]}, "2 values but 1 weights"),
        (d.Discrete, {"values": [], "weights": []}, "at least 1 item"),
        (d.Empirical, {}, "neither values nor file given: list the values, or name a file and its column"),
        (d.Empirical, {"file": "times.csv"}, "file and column belong together: give both"),
        (d.Scipy, {"name": "gama"}, "scipy.stats has no distribution 'gama'"),
        (d.Scipy, {"name": "kstest"}, "scipy.stats has no distribution 'kstest'"),
        (d.Scipy, {"name": "gamma"}, "scipy.stats.gamma does not take these parameters: .*missing"),
        (d.Scipy, {"name": "gamma", "arguments": [-1]}, "scipy.stats.gamma has no"),
        (d.Scipy, {"name": "cauchy"}, "scipy.stats.cauchy has no finite mean with these parameters"),
    ],
)
def test_mistakes_are_named(kind: Any, fields: dict[str, Any], message: str) -> None:
    """Tests that each wrong combination of parameters is refused in words that say how to mend it."""
    with pytest.raises(ValidationError, match=message):
        kind(**fields)


def test_foreign_frozen_distribution_is_refused() -> None:
    """Tests that a frozen distribution which scipy.stats cannot rebuild by name is refused."""

    class Own(stats.rv_continuous):
        """A user's own distribution, under a name that scipy has."""

    with pytest.raises(ValidationError, match="only scipy.stats' own distributions can be written to a scenario"):
        TypeAdapter(AnyDistribution).validate_python(Own(name="norm")())


def test_weights_may_miss_by_rounding() -> None:
    """Tests that weights which sum to 1 but for rounding are accepted, and the last value can be drawn."""
    distribution = d.Discrete(values=list(range(10)), weights=[0.1] * 10)
    assert set(distribution.sample(np.random.default_rng(1), 1000)) == set(range(10))


def test_weightless_value_is_never_drawn(sample: Sample) -> None:
    """Tests that a value with weight 0 is neither drawn nor counted as the lowest, wherever it stands."""
    distribution = d.Discrete(values=[-1, 2, 3, 9], weights=[0, 0.5, 0.5, 0])
    assert set(sample(distribution, 1000)) == {2, 3}
    assert distribution.nonnegative() is distribution


def test_unread_file_is_named(sample: Sample) -> None:
    """Tests that drawing from a column which nobody has read says which column of which file."""
    with pytest.raises(
        ValueError, match="column 'days' of 'times.csv' has not been read: load the scenario from its file"
    ):
        sample(d.Empirical(file="times.csv", column="days"), 1)


def test_values_may_be_a_vector() -> None:
    """Tests that Python may give a numpy vector where a file lists numbers."""
    assert d.Empirical(values=np.array([1.0, 2.0])) == d.Empirical(values=[1, 2])  # type: ignore[arg-type]


def test_negative_number_is_no_time() -> None:
    """Tests that the helper refuses a number below 0."""
    with pytest.raises(ValueError, match="-2 is negative: a time or a size cannot be"):
        d.nonnegative(-2.0)
    assert d.nonnegative(2.0) == 2.0
