"""Whole persons: their mean is the deterministic model, and runs that differ stay paired."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from environment.epidemic.days import Epidemic, EpidemicParameters, EpidemicState, Outbreak
from environment.epidemic.spir import I, P, R, S, SpirParameters, shares_after_a_day
from environment.epidemic.stochastic import (
    STAGES,
    TRANSITIONS,
    binomial_quantile,
    draw_marks,
    draw_moves,
    poisson_quantile,
)

WITHIN = 4.0
"""Standard errors: about one chance in 16,000 for each comparison, the seeds being fixed."""


def streams(seed: int):
    return lambda name: np.random.default_rng([seed, *name.encode()])


def names(count: int) -> list[str]:
    return [f"D{number}" for number in range(count)]


def is_mean(sample: np.ndarray, expected: float) -> bool:
    standard_error = sample.std(ddof=1) / np.sqrt(len(sample))
    return bool(abs(sample.mean() - expected) <= WITHIN * standard_error + 1e-9)


def test_the_quantile_is_scipys():
    rng = np.random.default_rng(8)
    trials = np.floor(10 ** rng.uniform(0, 7.5, 5000))
    rare, any_chance = 10 ** rng.uniform(-18, 0, 5000), rng.random(5000)
    for chance in (rare, 1 - rare, any_chance):
        for marks in (rng.random(5000), 10 ** rng.uniform(-15, 0, 5000)):
            got = binomial_quantile(marks, trials, chance)
            assert (got == binom.ppf(marks, trials, chance)).all()


def test_the_poisson_quantile_is_scipys():
    rng = np.random.default_rng(9)
    mean = np.append(10 ** rng.uniform(-6, 5, 5000), [0.0, 3.0, 3.0])
    marks = np.append(rng.random(5000), [0.9, 0.0, np.exp(-3.0)])
    got = poisson_quantile(marks, mean)
    assert (got[:5000] == poisson.ppf(marks[:5000], mean[:5000])).all()
    assert got[5000:].tolist() == [0, 0, 0]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10**7), st.floats(0, 1))
def test_the_quantile_is_a_number_of_persons(mark, trials, chance):
    got = binomial_quantile(*(np.array([float(x)]) for x in (mark, trials, chance)))[0]
    assert 0 <= got <= trials
    assert got == np.floor(got)


def test_quantiles_at_the_edges():
    marks = np.array([0.5, 0.5, 0.5, 0.0, 0.0, 1 - 2**-53])
    trials = np.array([0.0, 7.0, 7.0, 7.0, 7.0, 7.0])
    chance = np.array([0.5, 0.0, 1.0, 1.0, 0.5, 0.5])
    assert binomial_quantile(marks, trials, chance).tolist() == [0, 0, 7, 7, 0, 7]


def test_quantiles_rise_with_mark_trials_and_chance():
    low, high = np.linspace(0.01, 0.98, 50), np.linspace(0.02, 0.99, 50)
    hundred, some = np.full(50, 100.0), np.full(50, 0.3)
    base = binomial_quantile(low, hundred, some)
    assert (binomial_quantile(high, hundred, some) >= base).all()
    assert (binomial_quantile(low, hundred + 1, some) >= base).all()
    assert (binomial_quantile(low, hundred, some + 0.1) >= base).all()


def test_a_transition_stands_in_one_stage_only():
    all_of_them = [transition for stage in STAGES for transition in stage]
    assert len(set(all_of_them)) == len(all_of_them) == TRANSITIONS
    for stage in STAGES:  # so that those left of a compartment are known to the next stage
        assert len({origin for origin, _ in stage}) == len(stage)


def test_every_flow_of_a_day_has_the_deterministic_mean():
    """4,000 districts in the same state are as many replications."""
    persons = np.tile([300.0, 40.0, 60.0, 10.0], (4000, 1))
    shares = shares_after_a_day(SpirParameters(), persons)
    marks = draw_marks(names(4000), 1, streams(1))[0]
    moves = draw_moves(shares, persons, marks)
    assert (moves.sum(axis=1) == persons).all()
    expected = shares[0] * persons[0]
    for to in (S, P, I, R):
        for origin in (S, P, I, R):
            flow = moves[:, to, origin]
            assert is_mean(flow, expected[to, origin]), (to, origin)
            alone = persons[0, origin] * shares[0, to, origin] * (1 - shares[0, to, origin])
            assert flow.var(ddof=1) == pytest.approx(alone, rel=0.1, abs=0.01)


def test_in_a_large_population_the_mean_course_is_the_deterministic_one():
    """Beyond a day the two differ by terms of the order 1/N, here below the standard error."""
    days, replications = 30, 200
    districts = dict.fromkeys(names(replications), 1_000_000)
    start = EpidemicState(0, np.tile([988_000.0, 2000.0, 10_000.0, 0.0], (replications, 1)))
    marks = draw_marks(list(districts), days, streams(2))
    whole = Epidemic(EpidemicParameters(), districts, marks)
    smooth = Epidemic(EpidemicParameters(), {"D0": 1_000_000})
    state, expected = start, EpidemicState(0, start.persons[:1])
    for _ in range(days):
        state = whole.next_day(state).next_morning
        expected = smooth.next_day(expected).next_morning
        for compartment in (S, P, I, R):
            assert is_mean(state.persons[:, compartment], expected.persons[0, compartment])


def chance_to_die_out(spir: SpirParameters, days: int) -> tuple[float, float]:
    """Of an outbreak from one probable, or one infectious person in a boundless population.

    Daily branching: each stays, moves on or ends, and infects Poisson numbers of whom some are
    confirmed by the evening.
    """
    ones = [shares_after_a_day(spir, np.array([[1e9, *one]]))[0] for one in ([1, 0, 0], [0, 1, 0])]
    q_probable = q_infectious = 0.0
    for _ in range(days):
        quiet = [
            np.exp(1e9 * (shares[P, S] * (q_probable - 1) + shares[I, S] * (q_infectious - 1)))
            for shares in ones
        ]
        own = np.array([1.0, q_probable, q_infectious, 1.0]) @ ones[0][:, [P, I]]
        q_probable, q_infectious = own * quiet
    return float(q_probable), float(q_infectious)


def test_an_outbreak_from_one_case_may_die_out():
    spir = SpirParameters()
    _, in_60_days = chance_to_die_out(spir, 60)
    probable, ever = chance_to_die_out(spir, 2000)
    assert ever == pytest.approx(0.46, abs=0.005)
    assert ever < 1 / spir.reproduction_number  # which it is in continuous time
    assert probable == pytest.approx((1 + ever) / 2, abs=0.03)
    districts = dict.fromkeys(names(500), 10_000_000)
    outbreaks = tuple(Outbreak(district=name, cases=1) for name in districts)
    marks = draw_marks(list(districts), 60, streams(3))
    persons = persons_after(Epidemic(EpidemicParameters(outbreaks=outbreaks), districts, marks), 60)
    died_out = (persons[:, [P, I]].sum(axis=1) == 0).mean()
    standard_error = np.sqrt(in_60_days * (1 - in_60_days) / 500)
    assert died_out == pytest.approx(in_60_days, abs=WITHIN * standard_error)


def persons_after(epidemic: Epidemic, days: int, doses=None) -> np.ndarray:
    state = epidemic.start()
    for _ in range(days):
        state = epidemic.next_day(state, doses).next_morning
    return state.persons


@functools.cache
def outbreak_of_three(doses_protect: bool = True) -> Epidemic:
    outbreaks = tuple(Outbreak(district=name, cases=20) for name in names(3))
    parameters = EpidemicParameters(outbreaks=outbreaks, doses_protect=doses_protect)
    districts = dict.fromkeys(names(3), 20_000)
    return Epidemic(parameters, districts, draw_marks(list(districts), 40, streams(4)))


def test_no_doses_and_doses_that_protect_nobody_are_the_same_bit_for_bit():
    base = persons_after(outbreak_of_three(), 40, None)
    assert (persons_after(outbreak_of_three(), 40, [0, 0, 0]) == base).all()
    assert (persons_after(outbreak_of_three(False), 40, [100, 200, 300]) == base).all()
    assert (persons_after(outbreak_of_three(), 40, [100, 200, 300]) != base).any()


def test_doses_in_one_district_change_no_other():
    base = persons_after(outbreak_of_three(), 40, None)
    changed = persons_after(outbreak_of_three(), 40, [0, 500, 0])
    assert (changed[[0, 2]] == base[[0, 2]]).all()
    assert changed[1, I] < base[1, I]


def test_the_same_morning_gives_the_same_day():
    epidemic = outbreak_of_three()
    state = epidemic.start()
    before = state.persons.copy()
    first, again = epidemic.next_day(state, [1, 2, 3]), epidemic.next_day(state, [1, 2, 3])
    assert (first.moves == again.moves).all()
    assert (state.persons == before).all()


def test_more_days_and_districts_leave_the_marks_that_were_there():
    few, many = draw_marks(names(2), 5, streams(5)), draw_marks(names(4), 9, streams(5))
    assert (many[:5, :2] == few).all()
    assert few.shape == (5, 2, TRANSITIONS)


def test_paired_runs_differ_less_than_unpaired_ones():
    """Effect of doses on cases in 100 replications, with common marks and with others."""
    districts = dict.fromkeys(names(100), 50_000)
    outbreaks = tuple(Outbreak(district=name, cases=50) for name in districts)
    marks = [draw_marks(list(districts), 30, streams(seed)) for seed in (6, 7)]
    common, other = (
        Epidemic(EpidemicParameters(outbreaks=outbreaks), districts, own) for own in marks
    )
    base = persons_after(common, 30)[:, [P, I]].sum(axis=1)
    paired, unpaired = (
        persons_after(epidemic, 30, np.full(100, 20.0))[:, [P, I]].sum(axis=1) - base
        for epidemic in (common, other)
    )
    assert (paired < 0).mean() > 0.5
    assert paired.var(ddof=1) < 0.1 * unpaired.var(ddof=1)
