"""Contacts that are changed from a day on."""

import numpy as np
import pytest
from pydantic import ValidationError

from environment.epidemic.contacts import ContactChange, Contacts, contact_factors
from environment.epidemic.days import Epidemic, EpidemicParameters, Outbreak
from environment.epidemic.spir import I, P, R, SpirParameters, shares_after_a_day
from environment.epidemic.stochastic import draw_marks
from environment.errors import DataError

TOWNS = {"north": 50_000, "south": 50_000}
OUTBREAKS = tuple(Outbreak(district=name, cases=50) for name in TOWNS)


def change(day: int, factor: float, district: str | None = None) -> ContactChange:
    return ContactChange(day=day, contact_factor=factor, district=district)


def mornings(days: int, *changes: ContactChange, whole: bool = False) -> np.ndarray:
    """Persons in each morning, (days + 1, 2, 4)."""
    parameters = EpidemicParameters(outbreaks=OUTBREAKS, interventions=changes)
    streams = lambda name: np.random.default_rng([*name.encode()])  # noqa: E731
    model = Epidemic(parameters, TOWNS, draw_marks(list(TOWNS), days, streams) if whole else None)
    states = [model.start()]
    for _ in range(days):
        states.append(model.next_day(states[-1]).next_morning)
    return np.array([state.persons for state in states])


def test_the_last_that_has_begun_holds():
    changes = [
        change(5, 0.5),
        change(5, 0.3, "south"),
        change(9, 1.0, "north"),
        change(12, 0.1),
    ]
    factors = {day: contact_factors(changes, day, list(TOWNS)).tolist() for day in (4, 5, 9, 12)}
    assert factors == {4: [1, 1], 5: [0.5, 0.3], 9: [1, 0.3], 12: [0.1, 0.1]}


@pytest.mark.parametrize("whole", [False, True])
def test_factor_one_changes_no_bit(whole):
    assert (mornings(40, change(3, 1.0), whole=whole) == mornings(40, whole=whole)).all()


def test_the_days_before_are_as_without_and_only_the_district_changes():
    with_change, without = mornings(40, change(20, 0.2, "south")), mornings(40)
    assert (with_change[:21] == without[:21]).all()
    assert (with_change[:, 0] == without[:, 0]).all()
    assert with_change[40, 1, R] < without[40, 1, R]


def test_a_changed_rate_is_the_rate_of_other_parameters():
    persons = np.array([[900.0, 60, 30, 10]])
    factor = Contacts(np.array([2.5]))
    changed = shares_after_a_day(SpirParameters(), persons, 40, factor)
    other = shares_after_a_day(SpirParameters(infections_per_day=1.0), persons, 40)
    assert changed == pytest.approx(other, abs=1e-14)
    without_steps = shares_after_a_day(SpirParameters(), persons, contacts=factor)
    assert without_steps == pytest.approx(changed, abs=1e-6)


def test_without_contacts_an_outbreak_ends_at_known_rates():
    """Nobody is infected any more, so that P and I solve a linear chain, known in closed form."""
    course, begin, spir = mornings(160, change(30, 0.0)), 30, SpirParameters()
    ill = course[begin, 0]
    leave = spir.ruled_out_per_day + spir.confirmed_per_day
    removed, days = spir.removed_per_day, np.arange(131)
    probable = ill[P] * np.exp(-leave * days)
    made = spir.confirmed_per_day * ill[P] / (leave - removed)
    infectious = ill[I] * np.exp(-removed * days) + made * (
        np.exp(-removed * days) - np.exp(-leave * days)
    )
    assert course[begin:, 0, P] == pytest.approx(probable, abs=1e-2)
    assert course[begin:, 0, I] == pytest.approx(infectious, abs=1e-2)
    assert course[-1, 0, I] < 0.01


def test_whole_persons_end_within_the_horizon():
    course = mornings(250, change(30, 0.1), whole=True)
    assert course[30, :, I].min() > 50
    assert course[-1][:, [P, I]].sum() == 0
    assert (course.sum(axis=2) == 50_000).all()
    endless = mornings(30, whole=True)
    assert (course[:31] == endless).all()


def test_where_nobody_lives():
    parameters = EpidemicParameters(outbreaks=OUTBREAKS, interventions=(change(1, 0.5, "east"),))
    with pytest.raises(
        DataError, match=r"interventions\[0\] must be in one of north, south, got 'east'"
    ):
        Epidemic(parameters, TOWNS)


@pytest.mark.parametrize("wrong", [{"contact_factor": -0.1}, {"contact_factor": 11}, {"day": -1}])
def test_wrong_changes(wrong):
    with pytest.raises(ValidationError):
        ContactChange(**{"day": 1, "contact_factor": 0.5, **wrong})
