"""Fits, their intervals and projections, on counts that were made with known rates."""

from datetime import date
from math import sqrt

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from environment.epidemic.contacts import ContactChange
from environment.epidemic.spir import SpirParameters
from environment.errors import DataError
from experiments.epidemic import (
    FITTED,
    DailyCounts,
    Observation,
    fit,
    profile_interval,
    project,
    score,
    simulated_counts,
    weekly_table,
)
from experiments.epidemic.model import CountModel
from experiments.epidemic.profile import covers
from experiments.epidemic.projection import interval_score

RATES = SpirParameters(
    infections_per_day=1.0, ruled_out_per_day=0.5, confirmed_per_day=0.15, removed_per_day=0.12
)
PROBABLE = 300.0
TRUTH = dict(zip(FITTED, (0.5, 0.15, 0.12, PROBABLE), strict=True))
SCATTERED = Observation("negative_binomial")


def begun(days: int, persons: int = 200_000) -> DailyCounts:
    first = np.full(days + 1, 150.0)
    return DailyCounts("a", persons, date(2020, 1, 1), first, np.zeros(days + 1))


def drawn(seed: int, days: int = 60, **how) -> DailyCounts:
    return simulated_counts(RATES, begun(days), PROBABLE, np.random.default_rng(seed), **how)


def expected(days: int) -> DailyCounts:
    """Counts without chance, which are not whole."""
    model = CountModel(begun(days), Observation())
    means = model.means(np.array([[*RATES.rates, PROBABLE, 1.0, 0.1]]))[0]
    so_far = np.vstack([[0, 0], np.cumsum(means, axis=0)])
    return DailyCounts("a", 200_000, date(2020, 1, 1), 150 + so_far[:, 0], so_far[:, 1])


def test_likelihoods_are_those_of_scipy():
    values = np.array([[*RATES.rates, PROBABLE, 1.0, 0.07]])
    counts = drawn(0)
    means, seen = CountModel(counts, Observation()).means(values)[0], counts.new
    told = CountModel(counts, Observation()).log_likelihood(values)[0]
    assert told == pytest.approx(poisson.logpmf(seen, means).sum(), rel=1e-12)
    told = CountModel(counts, SCATTERED).log_likelihood(values)[0]
    size = 1 / 0.07
    assert told == pytest.approx(nbinom.logpmf(seen, size, size / (size + means)).sum(), rel=1e-10)


def test_counts_without_chance_give_the_rates_back():
    found = fit(expected(60))
    assert {name: found[name] for name in FITTED} == pytest.approx(TRUTH, rel=1e-3)
    assert found.spir.reproduction_number == pytest.approx(RATES.reproduction_number, rel=1e-3)


def test_the_contact_rate_can_be_fitted_where_another_rate_is_known():
    names = ("infections_per_day", "confirmed_per_day", "removed_per_day", "probable")
    found = fit(expected(60), names, {"ruled_out_per_day": 0.5})
    assert found["infections_per_day"] == pytest.approx(1.0, rel=1e-3)


def test_a_change_of_contacts_is_found():
    change = ContactChange(day=30, contact_factor=0.25)
    counts = drawn(1, observation=Observation(interventions=(change,)))
    found = fit(counts, (*FITTED, "contact_factor"), observation=Observation(change_day=30))
    assert covers(found, "contact_factor", 0.25)
    assert found["contact_factor"] == pytest.approx(0.25, rel=0.2)
    known = fit(counts, observation=Observation(interventions=(change,)))
    assert known.log_likelihood == pytest.approx(found.log_likelihood, abs=3)
    assert fit(counts).log_likelihood < found.log_likelihood - 100


def test_ends_of_a_profile_are_as_likely_as_they_must_be():
    found = fit(drawn(2))
    for name in ("removed_per_day", "confirmed_per_day"):
        estimate, low, high = profile_interval(found, name)
        assert low < estimate < high
        for end, inside in ((low, 1.01), (high, 0.99)):
            assert covers(found, name, end * inside)
            assert not covers(found, name, end / inside)


def test_what_the_counts_do_not_tell_has_no_end():
    """In the first days P and I hardly move: any a does, if b and P fit it."""
    found = fit(drawn(3, days=8))
    assert profile_interval(found, "ruled_out_per_day").low == 0


def test_scatter_is_found():
    found = fit(drawn(4, dispersion=0.05), (*FITTED, "dispersion"), observation=SCATTERED)
    assert covers(found, "dispersion", 0.05)
    # 120 counts whose own chance is small: the variance of a variance of 120 is 2 / 120.
    assert found["dispersion"] == pytest.approx(0.05, rel=4 * sqrt(2 / 120))


def test_days_held_out_lie_in_the_band():
    counts = drawn(5, days=74)
    found = fit(counts.until(60))
    projection = project(found, 28, np.random.default_rng(0))
    assert str(projection.last_day) == "2020-03-01"
    assert projection.mornings.sum(axis=2) == pytest.approx(200_000, rel=1e-9)
    result = score(projection, counts.new[60:])
    # 28 counts whose errors go together: three standard errors of 14 independent ones.
    assert result.coverage > 0.95 - 3 * sqrt(0.95 * 0.05 / 14)
    # A band that is too narrow, or is elsewhere, has a worse score.
    low, _, high = projection.band()[:, :14]
    for other in ((low + high) / 2, (low + high) / 2), (low * 0.8, high * 0.8):
        assert interval_score(*other, counts.new[60:]).mean() > result.interval_score


def test_interval_score_by_hand():
    told = interval_score([10, 10, 10], [20, 20, 20], [15, 8, 21], level=0.9)
    assert told.tolist() == pytest.approx([10, 10 + 20 * 2, 10 + 20 * 1])


def test_the_next_four_weeks_by_district():
    found = fit(drawn(6))
    projections = {name: project(found, 28, np.random.default_rng(0)) for name in ("x", "y")}
    table = weekly_table(projections)
    assert table["district"].tolist() == ["x"] * 4 + ["y"] * 4
    assert table["until"].astype(str).tolist()[:2] == ["2020-03-08", "2020-03-15"]
    for name in ("new_confirmed", "active", "probable"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    week = projections["x"].new[:, 7:14, 0].sum(axis=1)
    assert table["new_confirmed"][1] == pytest.approx(np.median(week), abs=0.5)


def test_what_cannot_be_fitted():
    with pytest.raises(DataError) as told:
        fit(drawn(0), ("speed", "contact_factor", "dispersion"))
    assert [line.partition(" ")[0] for line in str(told.value).splitlines()] == [
        "what", "contact_factor", "dispersion",
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"district 'a': nobody was confirmed in 5 days"):
        fit(begun(5))
    with pytest.raises(DataError, match="change_day must be from 1 to 59, the days that were"):
        fit(drawn(0), observation=Observation(change_day=60))
    with pytest.raises(DataError, match="what is known must be among"):
        fit(drawn(0), known={"speed": 1})
    with pytest.raises(DataError, match="removed_per_day must be finite and >= 0, got -1"):
        fit(drawn(0), known={"removed_per_day": -1})


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    """In 150 sets of counts: three standard errors of a share of 0.95."""
    count = 150
    fits = [fit(drawn(100 + seed)) for seed in range(count)]
    for name, value in TRUTH.items():
        coverage = np.mean([covers(one, name, value) for one in fits])
        assert coverage == pytest.approx(0.95, abs=3 * sqrt(0.95 * 0.05 / count))
