"""Laws fitted to past demand: the parameters, the choice, and how good the fit is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from policies.base import PolicyError
from policies.ordering.fit import FITTED_LAWS, FittedDemand, fit_demand
from policies.ordering.laws.likelihood import FAMILIES

DRAWN = {
    "normal": lambda rng, n: rng.normal(200, 30, n),
    "poisson": lambda rng, n: rng.poisson(6, n),
    "negative_binomial": lambda rng, n: rng.negative_binomial(2, 0.1, n),
    "lognormal": lambda rng, n: rng.lognormal(3, 0.8, n),
    "gamma": lambda rng, n: rng.gamma(2, 30, n),
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_law_that_gave_the_demand_is_found(name: str) -> None:
    """Of 1,500 periods; its mean and deviation within 10 %, and no reason to doubt it."""
    demand = DRAWN[name](np.random.default_rng(11), 1_500)
    fitted = fit_demand(demand, samples=49)
    assert fitted.name == name
    assert fitted.law.mean == pytest.approx(demand.mean(), rel=0.05)
    assert fitted.chosen.p_value > 0.05


@pytest.mark.parametrize("name", ["lognormal", "gamma", "negative_binomial"])
def test_no_other_parameters_are_likelier(name: str) -> None:
    """A general search from elsewhere ends at the same likelihood."""
    demand = np.round(DRAWN[name](np.random.default_rng(3), 80)) + 1.0
    family = FAMILIES[name]
    fitted = fit_demand(demand, name, samples=0)
    if family.log_density is None:
        size = lambda m, s: (m * m / (s * s - m), m / s**2)  # noqa: E731

        def likelihood(m: float, s: float) -> float:
            return float(stats.nbinom(*size(m, s)).logpmf(demand).sum()) if s * s > m else -1e9
    else:

        def likelihood(m: float, s: float) -> float:
            return float(family.log_density(demand, m, s).sum()) if min(m, s) > 0 else -1e9

    found = optimize.minimize(
        lambda x: -likelihood(*x), (30.0, 40.0), method="Nelder-Mead", options={"fatol": 1e-10}
    )
    mean, sd = fitted.parameters.values()
    assert likelihood(mean, sd) >= -found.fun - 1e-7
    assert (mean, sd) == pytest.approx(found.x, rel=1e-3)


def test_likelihoods_are_scipys() -> None:
    """Of demands that are not whole by density, of whole ones as probabilities of these."""
    smooth = DRAWN["gamma"](np.random.default_rng(2), 60)
    gamma = {c.name: c for c in fit_demand(smooth, samples=0).candidates}["gamma"]
    assert gamma.law is not None
    shape = (gamma.law.mean / gamma.law.sd) ** 2
    peer = stats.gamma(shape, scale=gamma.law.mean / shape)
    assert gamma.log_likelihood == pytest.approx(peer.logpdf(smooth).sum(), rel=1e-9)
    assert gamma.aic == pytest.approx(4 - 2 * gamma.log_likelihood)
    assert gamma.distance == pytest.approx(stats.kstest(smooth, peer.cdf).statistic, rel=1e-9)
    counts = DRAWN["poisson"](np.random.default_rng(2), 60)
    fits = {c.name: c for c in fit_demand(counts, samples=0).candidates}
    assert fits["poisson"].log_likelihood == pytest.approx(
        stats.poisson(counts.mean()).logpmf(counts).sum(), rel=1e-9
    )
    normal = stats.norm(counts.mean(), counts.std())
    below = np.where(counts > 0, normal.cdf(counts - 0.5), 0)
    rounded = np.log(normal.cdf(counts + 0.5) - below)
    assert fits["normal"].log_likelihood == pytest.approx(rounded.sum(), rel=1e-9)


def test_p_values_of_a_true_law_are_spread_evenly() -> None:
    """40 samples: the mean of even p-values is 0.5, four standard errors are 0.18."""
    rng = np.random.default_rng(17)
    values = []
    for _ in range(40):
        fitted = fit_demand(rng.gamma(3, 20, 30), "gamma", samples=39)
        values.append(fitted.chosen.p_value)
    assert np.mean(values) == pytest.approx(0.5, abs=4 / math.sqrt(12 * 40))


def test_a_wrong_law_is_told_by_its_p_value() -> None:
    """Two regimes, which no built-in law has."""
    rng = np.random.default_rng(1)
    demand = np.concatenate([rng.normal(20, 2, 60), rng.normal(200, 5, 60)])
    fitted = fit_demand(demand)
    assert max(c.p_value for c in fitted.candidates if c.law) < 0.02


def test_the_table_shows_every_candidate() -> None:
    fitted = fit_demand([0, 3, 5, 2, 8, 1, 4], samples=0)
    table = fitted.table.set_index("law")
    assert sorted(table.index) == sorted(FAMILIES)
    assert table.loc["gamma", "why_not"] == table.loc["lognormal", "why_not"]
    assert table["aic"].dropna().is_monotonic_increasing
    assert table.index[0] == fitted.name
    assert list(fitted.parameters) in (["mean"], ["mean", "sd"])


def test_an_empirical_law_is_the_past() -> None:
    fitted = fit_demand([4, 4, 4, 4, 10], "empirical")
    assert fitted.law.quantile(0.8) == 4
    assert fitted.parameters == {"mean": 5.2, "sd": pytest.approx(2.4)}


@pytest.mark.parametrize(
    ("history", "law", "told"),
    [
        ([1, -2, 3, -4, 5], None, "got -2 in period 2 and 1 more"),
        ([1, 2, math.nan, 4, 5], None, "got nan in period 3"),
        ([1, 2, 3], None, "takes 5 past demands or more, got 3"),
        ([-1], None, "got -1 in period 1; a fit takes 5"),
        ([7] * 9, None, "all 9 demands are 7: there is no scatter to fit"),
        ([0] * 9, "poisson", "all 9 demands are 0"),
        (["a", 2, 3, 4, 5], None, "must be a number"),
        ([[1, 2], [3, 4]], None, r"one column of demands, got \(2, 2\)"),
        ([1, 2.5, 3, 4, 5], "poisson", "no poisson law fits: it gives whole demands only"),
        ([0, 2, 3, 4, 5], "gamma", "no gamma law fits: it gives no demand of 0"),
        ([4, 5, 4, 5, 4], "negative_binomial", "scatters no more than Poisson's"),
        ([1, 2, 3, 4, 5], "table", "no law 'table' is fitted"),
        ([1, 2, 3, 4, 5], "normall", "did you mean 'normal'"),
    ],
)
def test_what_cannot_be_fitted_is_told_in_one_line(history, law, told: str) -> None:
    with pytest.raises(PolicyError, match=told) as raised:
        fit_demand(history, law)
    assert "\n" not in str(raised.value)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 400), st.floats(0, 1e6)), min_size=5, max_size=20),
    st.sampled_from([None, *FITTED_LAWS]),
)
def test_any_history_is_fitted_or_refused(history, law) -> None:
    try:
        fitted = fit_demand(history, law, samples=3)
    except PolicyError:
        return
    assert isinstance(fitted, FittedDemand)
    assert math.isfinite(fitted.law.mean)
    assert fitted.law.quantile(0.9) >= fitted.law.quantile(0.5)
