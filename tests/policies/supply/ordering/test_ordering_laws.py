"""Every law of demand against SciPy's, against samples, and against itself many at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from policies.base import PolicyError
from policies.ordering.laws import (
    LAW_NAMES,
    MOMENT_LAWS,
    DemandLaw,
    Demands,
    GammaDemand,
    LognormalDemand,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
    TableDemand,
    demand_law,
    law_of_moments,
)

DRAWS = 200_000

LOG_SD = math.sqrt(math.log1p(0.625**2))
TABLE = ([0, 3, 10], [0.5, 0.3, 0.2])
LAWS: list[tuple[DemandLaw, Any]] = [
    (NormalDemand(50, 8), stats.norm(50, 8)),
    (LognormalDemand(40, 25), stats.lognorm(LOG_SD, scale=40 * math.exp(-(LOG_SD**2) / 2))),
    (GammaDemand(40, 25), stats.gamma(2.56, scale=625 / 40)),
    (PoissonDemand(7.5), stats.poisson(7.5)),
    (NegativeBinomialDemand(12, 6), stats.nbinom(6, 1 / 3)),
    (TableDemand(*TABLE), stats.rv_discrete(values=TABLE)),
    (
        TableDemand.from_sample([1, 1, 4, 6]),
        stats.rv_discrete(values=([1, 4, 6], [0.5, 0.25, 0.25])),
    ),
]
law_and_peer = pytest.mark.parametrize(
    ("law", "peer"), LAWS, ids=[f"{type(law).__name__}{k}" for k, (law, _) in enumerate(LAWS)]
)


@law_and_peer
def test_samples_have_the_probabilities_quantiles_and_shortages(law, peer) -> None:
    """Within four standard errors of 200,000 draws of SciPy's; the seed is fixed."""
    drawn = peer.rvs(size=DRAWS, random_state=np.random.default_rng(8))
    assert law.mean == pytest.approx(drawn.mean(), abs=4 * drawn.std() / math.sqrt(DRAWS))
    for probability in (0.1, 0.5, 0.9, 0.98):
        level = law.quantile(probability)
        met = (drawn <= level).mean()
        error = math.sqrt(met * (1 - met) / DRAWS)
        assert law.probability_met(level) == pytest.approx(met, abs=4 * error + 1e-12)
        assert met >= probability - 4 * math.sqrt(probability * (1 - probability) / DRAWS)
        short = np.maximum(drawn - level, 0)
        assert law.shortage(level) == pytest.approx(
            short.mean(), abs=4 * short.std() / math.sqrt(DRAWS) + 1e-12
        )


@law_and_peer
def test_agrees_with_scipy(law, peer) -> None:
    for level in (-3.0, 0.0, 0.5, 3.0, 11.0, 60.0, 200.0):
        assert law.probability_met(level) == pytest.approx(peer.cdf(level), abs=1e-12)
    for probability in (0.01, 0.3, 0.5, 0.77, 0.999):
        assert law.quantile(probability) == pytest.approx(peer.ppf(probability), rel=1e-9)


@pytest.mark.parametrize(
    "law", [GammaDemand(40, 25), GammaDemand(3, 5), NegativeBinomialDemand(12, 6)]
)
@pytest.mark.parametrize("level", [-2.0, 0.0, 3.5, 12.0, 55.25])
def test_shortage_is_what_the_distribution_leaves_above(law, level: float) -> None:
    """E (D - x)⁺ is the integral of P(D > x) from there on, by SciPy's quadrature or a sum."""
    if isinstance(law, GammaDemand):
        from scipy.integrate import quad

        above, _ = quad(lambda x: 1 - law.probability_met(x), max(level, 0), 2_000, limit=200)
        above += max(0.0, -level)
    else:
        values = np.arange(0, 2_000)
        mass = stats.nbinom(6, 1 / 3).pmf(values)
        above = np.maximum(values - level, 0) @ mass
    assert law.shortage(level) == pytest.approx(above, rel=1e-7)


numbers = st.floats(0.3, 5_000)
laws = st.one_of(
    st.builds(NormalDemand, numbers, st.floats(0.01, 2_000)),
    st.builds(lambda m, cv: LognormalDemand(m, m * cv), numbers, st.floats(0.01, 2)),
    st.builds(lambda m, cv: GammaDemand(m, m * cv), numbers, st.floats(0.01, 2)),
    st.builds(PoissonDemand, st.floats(0, 5_000)),
    st.builds(
        lambda m, more: NegativeBinomialDemand(m, math.sqrt(m) * more), numbers, st.floats(1.01, 30)
    ),
    st.builds(TableDemand.from_sample, st.lists(st.integers(0, 60), min_size=1, max_size=9)),
)


@settings(max_examples=80, deadline=None)
@given(laws, st.floats(0.001, 0.999))
def test_the_quantile_is_the_least_level_that_meets_demand(law: DemandLaw, probability) -> None:
    level = law.quantile(probability)
    assert law.probability_met(level) >= probability - 1e-9
    is_whole = isinstance(law, PoissonDemand | NegativeBinomialDemand | TableDemand)
    below = level - (1 if is_whole else 1e-6 * max(1.0, abs(level)))
    assert law.probability_met(below) < probability + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(laws, min_size=1, max_size=12), st.floats(-5, 9_000), st.floats(0.01, 0.99))
def test_many_together_are_each_alone(several, level: float, probability: float) -> None:
    """Also where a user's own law is among them."""

    class Own:
        mean = 4.0

        def probability_met(self, level: float) -> float:
            return float(level >= 4)

        def quantile(self, probability: float) -> float:
            return 4.0

        def shortage(self, level: float) -> float:
            return max(0.0, 4 - level)

        def over(self, periods: float) -> Own:
            return self

    several = [*several, Own()]
    together, size = Demands(several), len(several)
    for name, number in (
        ("shortage", level),
        ("probability_met", level),
        ("quantile", probability),
    ):
        asked = [getattr(law, name)(number) for law in several]
        assert getattr(together, name)(np.full(size, number)) == pytest.approx(asked, rel=1e-12)
    assert together.mean == pytest.approx([law.mean for law in several])


@pytest.mark.parametrize("law", [law for law, _ in LAWS])
def test_several_periods_have_the_sum_of_their_demands(law: DemandLaw) -> None:
    """Mean and variance add up; the variance by the second moment, the integral of 2 E (D - x)⁺."""
    three = law.over(3)
    assert three.mean == pytest.approx(3 * law.mean)

    def variance(of: DemandLaw) -> float:
        middle = np.arange(0, 1_200, 0.5) + 0.25
        second = 2 * Demands([of] * len(middle)).shortage(middle).sum() * 0.5
        return float(second - of.mean**2)

    if not isinstance(law, NormalDemand):
        assert variance(three) == pytest.approx(3 * variance(law), rel=2e-3)


def test_sums_of_a_table_are_enumerated() -> None:
    two = TableDemand([0, 1, 5], [0.5, 0.25, 0.25]).over(2)
    assert two.value.tolist() == [0, 1, 2, 5, 6, 10]
    assert two.probability.tolist() == [0.25, 0.25, 0.0625, 0.25, 0.125, 0.0625]
    with pytest.raises(
        PolicyError, match=r"periods must be whole for demand by a table .* got 1.5"
    ):
        two.over(1.5)
    with pytest.raises(PolicyError, match="more than 20,000 values"):
        TableDemand.from_sample(np.random.default_rng(1).random(300)).over(4)


def test_laws_by_name() -> None:
    assert demand_law("gamma", mean=4, sd=2) == GammaDemand(4, 2)
    assert demand_law("empirical", demand=[3, 1]).mean == 2
    assert set(MOMENT_LAWS) < set(LAW_NAMES)
    with pytest.raises(PolicyError, match=r"no law of demand 'gama' .*gamma"):
        demand_law("gama", mean=4, sd=2)
    with pytest.raises(PolicyError, match=r"a law 'poisson' takes mean, got mean, sd"):
        demand_law("poisson", mean=4, sd=2)
    with pytest.raises(PolicyError, match=r"sd must be above the root of the mean, 2, got 1.5"):
        demand_law("negative_binomial", mean=4, sd=1.5)


@pytest.mark.parametrize("name", MOMENT_LAWS)
def test_every_law_of_moments_has_its_mean(name: str) -> None:
    for mean, sd in ((30, 9), (30, 2), (5, 0), (0, 0), (0, 3)):
        assert law_of_moments(name, mean, sd).mean == mean
