"""People who spend a part of the day in other districts."""

import numpy as np
import pytest

from environment.epidemic.contacts import Contacts
from environment.epidemic.days import Epidemic, EpidemicParameters, Outbreak
from environment.epidemic.movement import Movement, gravity_presence
from environment.epidemic.spir import I, R, S, SpirParameters, shares_after_a_day
from environment.epidemic.stochastic import draw_marks

PERSONS = {"a": 40_000, "b": 20_000, "c": 60_000}
DISTANCE = np.array([[0.0, 10, 40], [10, 0, 20], [40, 20, 0]])
GRAVITY = gravity_presence(Movement(away_share=0.1), list(PERSONS.values()), DISTANCE)


def mornings(presence: np.ndarray | None, days: int = 60, whole: bool = False) -> np.ndarray:
    parameters = EpidemicParameters(outbreaks=(Outbreak(district="a", cases=40),))
    streams = lambda name: np.random.default_rng([*name.encode()])  # noqa: E731
    marks = draw_marks(list(PERSONS), days, streams) if whole else None
    model = Epidemic(parameters, PERSONS, marks, presence)
    states = [model.start()]
    for _ in range(days):
        states.append(model.next_day(states[-1]).next_morning)
    return np.array([state.persons for state in states])


def test_gravity_by_hand():
    assert GRAVITY.sum(axis=1) == pytest.approx(np.ones(3))
    assert np.diag(GRAVITY) == pytest.approx([0.9] * 3)
    draws = np.array([20_000 / 10**2, 60_000 / 40**2])
    assert GRAVITY[0, 1:] == pytest.approx(0.1 * draws / draws.sum())


def test_who_stays_at_home_changes_nothing():
    assert mornings(np.eye(3)) == pytest.approx(mornings(None), rel=1e-9)
    nobody = gravity_presence(Movement(), list(PERSONS.values()), DISTANCE)
    assert (nobody == np.eye(3)).all()


@pytest.mark.parametrize("whole", [False, True])
def test_an_outbreak_reaches_others_and_nobody_moves_house(whole):
    course = mornings(GRAVITY, 90, whole)
    assert (course[-1, :, R] > 100).all()
    assert course.sum(axis=2) == pytest.approx(np.tile(list(PERSONS.values()), (91, 1)), rel=1e-12)
    closed = mornings(None, 90, whole)
    assert closed[-1, 1:, S].tolist() == [20_000, 60_000]


def test_who_is_everywhere_alike_is_one_large_district():
    """Where all spend the day by the same shares, everybody meets the same people."""
    everywhere = np.tile([0.5, 0.2, 0.3], (3, 1))
    persons = np.array([[39_000.0, 400, 600, 0], [19_990, 0, 10, 0], [60_000, 0, 0, 0]])
    spir, contacts = SpirParameters(), Contacts(np.ones(3), everywhere)
    apart = shares_after_a_day(spir, persons, contacts=contacts)
    together = shares_after_a_day(spir, persons.sum(axis=0, keepdims=True))[0]
    for own in apart:
        assert own[:, :I] == pytest.approx(together[:, :I], abs=1e-12)


def test_contacts_are_changed_where_people_meet():
    """Nobody from a meets anybody in a: those who are there by day are infected elsewhere."""
    presence = np.array([[1.0, 0], [0.5, 0.5]])
    persons = np.array([[900.0, 0, 100, 0], [900, 0, 100, 0]])
    contacts = Contacts(np.array([0.0, 1.0]), presence)
    _, force = contacts.force_per_infectious(0.4, persons)
    assert force == pytest.approx(np.array([[0, 0], [0, 0.4 * 0.5 * 0.5 / 500]]))


def test_wrong_shares():
    for presence, message in (
        (np.eye(2), r"presence must be \(3, 3\), got \(2, 2\)"),
        (np.diag([1, 1, 0.5]), "rows of presence must sum to 1, row 2 sums to 0.5"),
        (np.diag([1, 1, -1.0]), "presence must be >= 0, got -1"),
    ):
        with pytest.raises(ValueError, match=message):
            mornings(presence)
