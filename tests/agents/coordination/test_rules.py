"""Ranks and grades of one common rule, and none without it."""

from types import SimpleNamespace

import numpy as np
import pytest

from agents.coordination.rules import FirstComeFirstServed, Triage
from environment.supply.needs import Who
from policies.coordination import RulesPrice


def rule(grades=3, severity=(0.0, 0.9, 1.0, 3.0, 7.0)):
    """One rule in a world of two suppliers, one store and some districts."""
    government = SimpleNamespace(known_severity=lambda: np.array(severity))
    supply = SimpleNamespace(suppliers=[0, 1], stores=[0], government=government)
    return Triage(RulesPrice(assessment_h=0.5, grades=grades), supply)


def test_crews_come_first_and_the_public_last():
    ranks = [rule().rank(who) for who in (Who.CREW, Who.HOSPITAL, Who.ILL, Who.PUBLIC)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4
    assert len({FirstComeFirstServed().rank(who) for who in Who}) == 1


def test_severity_is_graded_by_doubling_and_urgency_by_half_days():
    severity, urgency = rule().graded(
        np.array([0.0, 0.9, 1.0, 3.0, 7.0]), np.array([[0.0, 0.49], [0.5, 0.99], [1.0, 9.0]])
    )
    assert severity.tolist() == [0, 0, 1, 2, 2]  # log2(1 + 7) is 3, and the third grade is the last
    assert urgency.tolist() == [[0, 0], [1, 1], [2, 2]]


@pytest.mark.parametrize(("grades", "worst"), [(1, 0), (2, 1), (100, 99)])
def test_no_more_grades_than_the_rule_tells_apart(grades, worst):
    severity, urgency = rule(grades).graded(np.array([0.0, 1e40]), np.array([[0.0], [1e9]]))
    assert severity.max() == urgency.max() == worst


def test_without_a_rule_nobody_is_worse_off():
    severity, urgency = FirstComeFirstServed().graded(
        np.array([3.0, 7.0]), np.array([[5.0], [0.0]])
    )
    assert not severity.any()
    assert not urgency.any()
    assert FirstComeFirstServed().weights_of_places([0, 1, 2]) is None
    assert FirstComeFirstServed().assessment_s == 0


def test_suppliers_serve_the_order_for_the_worst_district_first():
    severity = np.array([0.0, 1.0])
    assert rule().order_rank(severity) == -1
    assert FirstComeFirstServed().order_rank(severity) == 0


def test_a_place_weighs_by_the_grade_of_its_district():
    """Sites 0 to 2 are suppliers and the store, then come five districts."""
    assert rule().weights_of_places([2, 3, 5, 7]).tolist() == [1, 1, 2, 3]


def test_an_assessment_takes_half_an_hour():
    assert rule().assessment_s == 1800
