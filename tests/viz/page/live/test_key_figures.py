"""The figures over the map."""

from __future__ import annotations

from math import nan

import pytest

from simulation.measures.catalogue import measure_of
from viz.page.live.key_figures import key_figures, number_text, verdict

RESPONSE, WAITING, BUSY = map(measure_of, ("response_s", "waiting_calls", "busy_share"))
KNOWN = {measure.name: measure for measure in (BUSY, WAITING, RESPONSE)}


def test_the_most_telling_come_first():
    told = key_figures(KNOWN, [{"response_s": 435.0, "waiting_calls": 3.0}])
    assert [(one["key"], one["value"], one["unit"]) for one in told] == [
        ("response_s", "7.2", "min"),
        ("waiting_calls", "3", ""),
        ("busy_share", "–", "%"),
    ]


def test_two_runs_and_their_difference():
    before, after = {"response_s": 435.0}, {"response_s": 360.0}
    told = key_figures(KNOWN, [before, after])[0]
    assert (told["value"], told["other"]) == ("7.2", "6.0")
    assert (told["difference"], told["verdict"]) == ("−1.2", "better")


@pytest.mark.parametrize(
    ("measure", "difference", "judged"),
    [
        (RESPONSE, 0.3, "worse"),
        (RESPONSE, 0.04, "same"),  # it shows as 0.0
        (RESPONSE, nan, "same"),
        (BUSY, -9.0, "same"),  # neither is better in itself
    ],
)
def test_verdicts(measure, difference, judged):
    assert verdict(measure, difference) == judged


def test_numbers_as_people_read_them():
    assert [number_text(12_345.6, 0), number_text(-0.04, 1), number_text(nan, 1)] == [
        "12,346",
        "0.0",
        "–",
    ]
