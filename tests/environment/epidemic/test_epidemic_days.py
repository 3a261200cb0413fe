"""Outbreaks and doses, day by day; the Hubei prefectures as districts."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from environment.epidemic.days import Epidemic, EpidemicParameters, EpidemicState, Outbreak
from environment.epidemic.spir import I, R, S, SpirParameters
from environment.epidemic.stochastic import draw_marks
from environment.errors import DataError

TOWNS = {"north": 5000, "south": 800}


def streams(name: str) -> np.random.Generator:
    return np.random.default_rng([*name.encode()])


def epidemic(*outbreaks: Outbreak, whole: bool = False, doses_protect: bool = True) -> Epidemic:
    parameters = EpidemicParameters(outbreaks=outbreaks, doses_protect=doses_protect)
    marks = draw_marks(list(TOWNS), 60, streams) if whole else None
    return Epidemic(parameters, TOWNS, marks)


def test_without_an_outbreak_nothing_happens():
    for whole in (False, True):
        quiet = epidemic(whole=whole)
        state = quiet.start()
        for _ in range(10):
            day = quiet.next_day(state)
            state = day.next_morning
            for flow in (day.new_suspected, day.new_cases, day.new_removed):
                assert flow.tolist() == [0, 0]
        assert state.day == 10
        assert state.persons.tolist() == [[5000, 0, 0, 0], [800, 0, 0, 0]]


def test_outbreaks_come_in_the_morning_of_their_days():
    model = epidemic(
        Outbreak(district="south", day=2, cases=5),
        Outbreak(district="south", day=2, cases=4),
        Outbreak(district="north", day=3, cases=7),
    )
    state, seeded = model.start(), []
    for _ in range(5):
        day = model.next_day(state)
        seeded.append(day.seeded.tolist())
        assert (day.new_cases >= day.seeded).all()
        state = day.next_morning
    assert seeded == [[0, 0], [0, 0], [0, 9], [7, 0], [0, 0]]


def test_an_outbreak_is_no_larger_than_those_who_can_fall_ill():
    model = epidemic(Outbreak(district="south", cases=900))
    assert model.next_day(model.start()).seeded.tolist() == [0, 800]


def test_doses_protect_the_susceptible_only_after_the_outbreak():
    model = epidemic(Outbreak(district="south", cases=100))
    day = model.next_day(model.start(), [30, 1000])
    assert day.seeded.tolist() == [0, 100]
    assert day.vaccinated.tolist() == [30, 700]
    assert day.next_morning.persons[:, S].tolist() == [4970, 0]
    assert day.new_removed[0] == 0  # doses are not counted as recovered or dead


def test_doses_above_the_threshold_stop_an_outbreak():
    """With a basic reproduction number of 2, half of all persons are enough."""
    model = epidemic(Outbreak(district="north", cases=5), Outbreak(district="south", cases=5))
    state = model.next_day(model.start(), [0.55 * 5000, 0]).next_morning
    suspected = []
    for _ in range(200):
        day = model.next_day(state)
        suspected.append(day.new_suspected)
        state = day.next_morning
    cases_of = np.sum(suspected, axis=0) / [5000, 800]
    assert cases_of[0] < 0.03
    assert cases_of[1] > 0.5


@pytest.mark.parametrize("whole", [False, True])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_nobody_is_made_or_lost(whole, data):
    model = epidemic(
        Outbreak(district="north", day=1, cases=30),
        Outbreak(district="south", day=data.draw(st.integers(0, 5)), cases=30),
        whole=whole,
    )
    state = model.start()
    for _ in range(15):
        doses = data.draw(st.lists(st.integers(0, 200), min_size=2, max_size=2))
        day = model.next_day(state, doses)
        before, after = state.persons, day.next_morning.persons
        assert (after >= 0).all()
        assert after.sum(axis=1) == pytest.approx([5000, 800], rel=1e-12)
        assert (day.vaccinated <= doses).all()
        gone = day.new_removed + day.vaccinated
        assert after[:, R] - before[:, R] == pytest.approx(gone, abs=1e-9)
        active = before[:, I] + day.new_cases - day.new_removed
        assert after[:, I] == pytest.approx(active, abs=1e-9)
        if whole:
            assert (after == np.floor(after)).all()
            assert after.sum(axis=1).tolist() == [5000, 800]
        state = day.next_morning


def test_doses_that_protect_nobody_change_no_bit():
    outbreak = Outbreak(district="north", cases=10)
    with_doses, without = (epidemic(outbreak, doses_protect=protect) for protect in (False, True))
    one, other = with_doses.start(), without.start()
    for _ in range(30):
        one = with_doses.next_day(one, [50, 3.5]).next_morning
        other = without.next_day(other).next_morning
    assert (one.persons == other.persons).all()


def test_every_mistake_is_told():
    parameters = EpidemicParameters(
        outbreaks=(Outbreak(district="east"), Outbreak(district="north"))
    )
    with pytest.raises(DataError) as told:
        Epidemic(parameters, {"north": 0, "south": 3})
    assert str(told.value).splitlines() == [
        "district 'north' must have a whole number of inhabitants >= 1, got 0",
        "outbreaks[0] must be in one of north, south, got 'east'",
    ]
    with pytest.raises(DataError, match="at least one district, got none"):
        Epidemic(EpidemicParameters(), {})


@pytest.mark.parametrize(
    ("whole", "doses", "message"),
    [
        (False, [1], r"one number for each of 2 districts, got shape \(1,\)"),
        (False, [1, -2], r"finite and >= 0, got \[-2.0\]"),
        (False, [math.nan, 1], r"finite and >= 0, got \[nan\]"),
        (True, [1, 0.5], r"whole numbers >= 0, got \[0.5\]"),
    ],
)
def test_wrong_doses(whole, doses, message):
    model = epidemic(whole=whole)
    with pytest.raises(ValueError, match=message):
        model.next_day(model.start(), doses)


def test_wrong_states():
    model = epidemic(whole=True)
    one_district = EpidemicState(0, np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"persons must be \(2, 4\), got \(1, 4\)"):
        model.next_day(one_district)
    halves = EpidemicState(0, np.array([[5.0, 0, 0, 0], [5.5, 0, 0, 0]]))
    with pytest.raises(ValueError, match=r"persons must be whole numbers >= 0, got \[5.5\]"):
        model.next_day(halves)


def test_wrong_marks_and_days_without_marks():
    with pytest.raises(ValueError, match=r"marks must be \(days, 2, 7\), got \(5, 1, 7\)"):
        Epidemic(EpidemicParameters(), TOWNS, np.zeros((5, 1, 7)))
    model = epidemic(whole=True)
    after_the_last = EpidemicState(60, model.start().persons)
    with pytest.raises(ValueError, match="days 0 to 59, got 60"):
        model.next_day(after_the_last)


@pytest.mark.parametrize("wrong", [{"cases": 0}, {"day": -1}, {"district": ""}, {"size": 3}])
def test_wrong_outbreaks(wrong):
    with pytest.raises(ValidationError):
        Outbreak(**{"district": "north", **wrong})


def test_the_prefectures_of_hubei(shared_data):
    """Nothing is fitted: the data holds one day's cumulative count, and rates need daily ones.

    Cases are the confirmed of 1 February 2020 and λ N = 1 as in the paper; the other rates are the
    defaults. Confirmed in the next week, drawn 40 times, must have the deterministic mean.
    """
    table = pd.read_csv(shared_data / "hubei" / "prefectures.csv")
    population = dict(zip(table["prefecture"], table["population_2020"].tolist(), strict=True))
    confirmed = table["confirmed_2020_02_01"].to_numpy(dtype=float)
    assert (len(population), sum(population.values()), confirmed.sum()) == (17, 57_752_557, 9074)
    persons = np.zeros((17, 4))
    persons[:, I] = confirmed
    persons[:, S] = table["population_2020"] - confirmed
    parameters = EpidemicParameters(spir=SpirParameters(infections_per_day=1.0))

    def confirmed_in_a_week(model: Epidemic) -> np.ndarray:
        state, new = EpidemicState(0, persons), np.zeros(17)
        for _ in range(7):
            day = model.next_day(state)
            new += day.new_cases
            state = day.next_morning
            assert state.persons.sum(axis=1) == pytest.approx(list(population.values()), rel=1e-12)
        return new

    expected = confirmed_in_a_week(Epidemic(parameters, population))
    drawn = []
    for replication in range(40):
        rng_of = lambda name, k=replication: np.random.default_rng([k, *name.encode()])  # noqa: E731
        marks = draw_marks(list(population), 7, rng_of)
        drawn.append(confirmed_in_a_week(Epidemic(parameters, population, marks)))
    standard_error = np.std(drawn, axis=0, ddof=1) / math.sqrt(40)
    assert (np.abs(np.mean(drawn, axis=0) - expected) <= 4 * standard_error).all()
    # Where hardly anybody has fallen ill yet, cases grow by the same factor everywhere.
    assert expected / confirmed == pytest.approx(np.full(17, (expected / confirmed)[0]), rel=0.02)
