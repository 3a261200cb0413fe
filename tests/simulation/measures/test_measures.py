"""How measures are called and printed."""

import math

from simulation.measures.catalogue import MEASURES, measure_of
from simulation.model import simulate


def test_every_measure_of_a_run_has_an_entry_and_every_entry_a_measure(grid_scenario):
    names = {name.partition("[")[0] for name in simulate(grid_scenario()).summary}
    of_runs = {name: measure for name, measure in MEASURES.items() if measure.of is not None}
    of_features = {name for name, measure in of_runs.items() if measure.shown != "always"}
    assert set(of_runs) - of_features <= names <= set(of_runs)


def test_measure_of_one_priority_is_shown_like_that_of_all():
    measure = measure_of("response_s[high]")
    assert measure.name == "response_s[high]"
    assert measure.heading == "Response, mean (min)"
    assert (measure.part, measure.better) == ("high", "lower")
    assert measure.text(330.0) == "5.50"
    assert measure.difference_text(6.0) == "+0.10"


def test_shares_are_per_cent_and_differ_by_points():
    share = measure_of("in_target_share")
    assert share.text(0.8765) == "87.6"
    assert share.difference_text(-0.0123) == "-1.2"
    assert (share.unit, share.unit_of_differences) == ("%", "points")


def test_what_rounds_to_nothing_has_no_sign():
    wait = measure_of("wait_s")
    assert (wait.text(-1e-12), wait.difference_text(-1e-12)) == ("0.00", "0.00")
    assert (wait.text(-0.6), wait.difference_text(-0.6)) == ("-0.01", "-0.01")


def test_nothing_is_a_dash_and_a_stranger_its_own_label():
    assert measure_of("wait_s").text(math.nan) == "–"
    stranger = measure_of("cost_per_call")
    assert (stranger.heading, stranger.text(234.5)) == ("cost_per_call", "234.50")


def test_large_numbers_have_nothing_behind_the_point():
    bullwhip = measure_of("bullwhip")
    assert [bullwhip.text(value) for value in (999.5, 1000.4, -8441.83)] == [
        "999.50",
        "1,000",
        "-8,442",
    ]
    assert bullwhip.difference_text(1324.51) == "+1,325"
