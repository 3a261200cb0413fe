"""The Hubei paper: its rebuilt input against hand sums, and searches that find what is there."""

import io
import itertools
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from environment.epidemic.spir import SpirParameters, shares_after_a_day
from experiments.errors import BatchError
from papers.hubei.claims import Hubei
from papers.hubei.delivery import check_partition, least_deliveries, printed_scale
from papers.hubei.experiment import Size, run_hubei
from papers.hubei.figure5 import (
    ALL,
    AS_PRINTED,
    MIXING,
    PRINTED,
    READINGS,
    Reading,
    Shapes,
    search,
    shapes_of,
    trajectory,
)
from papers.hubei.prefectures import SITE_DOSES, load_prefectures
from papers.hubei.report import draw_deliveries, draw_figure5
from papers.hubei.tables import print_hubei
from run import app
from viz.terminal.console import open_console


@pytest.fixture(scope="module")
def prefectures():
    return load_prefectures()


@pytest.fixture(scope="module")
def found():
    return Hubei(run_hubei(Size(2**4, 1, 20)))


def test_input_adds_up(prefectures):
    assert len(prefectures.names) == 17
    assert prefectures.persons.sum() == 57_752_557
    assert prefectures.confirmed.sum() == 9_074
    assert prefectures.by_region(prefectures.confirmed).tolist() == [791, 7_294, 989]


def test_groups_of_staff(prefectures):
    """Whole groups: more than the 605 that 9,074 / 15 would be, rounded up once."""
    assert prefectures.by_region(prefectures.groups).tolist() == [54, 490, 68]
    assert prefectures.groups.sum() == 612
    short = prefectures.confirmed - 15 * prefectures.groups
    assert ((short > -15) & (short <= 0)).all()


def test_regions_are_at_rest_and_not_the_best(prefectures):
    partition = check_partition(prefectures, 200)
    assert partition.is_at_rest
    assert partition.nearest == ("Yichang", "Wuhan", "Xiangyang")
    assert partition.excess == pytest.approx(0.24, abs=0.005)
    assert sorted(itertools.chain(*partition.best)) == sorted(prefectures.names)


def test_regions_that_lloyd_changes_are_told(prefectures):
    region = prefectures.region.copy()
    region[prefectures.names.index("Enshi")] = 1  # farther from Wuhan than from anywhere
    assert not check_partition(prefectures._replace(region=region), 20).is_at_rest


def test_printed_sites_are_places_on_a_map(prefectures):
    scale_km, off_km = printed_scale(prefectures)
    assert scale_km == pytest.approx(20.9, abs=0.1)
    assert off_km < 5
    elsewhere = prefectures._replace(lat=prefectures.lat[::-1])
    assert printed_scale(elsewhere)[1] > 20


def test_fewest_dose_km(prefectures):
    deliveries = least_deliveries(prefectures)
    doses, demand = deliveries.doses, 34_240 * prefectures.confirmed / 9_074
    assert deliveries.dose_km / 1e6 == pytest.approx(1.3961, abs=5e-5)
    assert deliveries.dose_km == pytest.approx(deliveries.bound_dose_km, rel=1e-7)
    assert (doses >= 0).all()
    assert doses.sum(axis=0) == pytest.approx(demand, rel=1e-6)
    assert doses.sum(axis=1) == pytest.approx(np.array(SITE_DOSES), rel=1e-6)


def test_only_one_order_begins_below_the_peak():
    for values in set(itertools.permutations(PRINTED)):
        assert (values[2] < 0.00035) == (values == PRINTED)


def test_trajectory_is_the_model_of_the_epidemic():
    """One that is read as a day's rates, beside the platform's own SPIR, day by day."""
    reading = READINGS[0]
    a, b, h = 0.2, 0.6, 0.3
    _, infectious = trajectory(reading, np.array([[a, b, h]]))
    steps_per_day = (len(infectious) - 1) // (28 * 7)
    persons = 1e6 * np.array([reading.start])
    spir = SpirParameters(
        infections_per_day=1.0, ruled_out_per_day=a, confirmed_per_day=b, removed_per_day=h
    )
    for day in range(1, 31):
        persons = np.einsum("dji,di->dj", shares_after_a_day(spir, persons), persons)
        # Runge-Kutta of order 4 with a fourth of a day: errors of some 1e-6 of everybody
        assert infectious[day * steps_per_day, 0] == pytest.approx(persons[0, 2] / 1e6, abs=1e-5)


def test_people_who_mix_among_themselves_are_an_epidemic_on_a_smaller_scale():
    s, p, i, r = (value / sum(PRINTED) for value in PRINTED)
    rates = np.array([[0.05, 0.3, 0.2], [0.5, 0.1, 0.05]])
    small = shapes_of(Reading("", PRINTED, sum(PRINTED), "week"), rates)
    large = shapes_of(Reading("", (s, p, i, r), 1.0, "week"), rates)
    assert small.peak_week == pytest.approx(large.peak_week)
    assert small.peak_share == pytest.approx(sum(PRINTED) * large.peak_share)


def test_shape_and_misfit_by_hand():
    shapes = Shapes(
        np.array([10.0, 5.0, 10.0]), np.array([0.00035, 0.00035, 0.0007]), np.array([0, 0, 1e-4])
    )
    assert shapes.parts.tolist() == [[True, False, True], [True, True, False], [True, True, False]]
    assert shapes.misfit == pytest.approx([0, np.log(2), np.log(2)])


def test_a_shape_that_is_there_is_found(monkeypatch):
    """Without it, a search that finds nothing would say nothing."""
    reading = Reading(MIXING, PRINTED, sum(PRINTED), "week")
    shape = shapes_of(reading, np.array([[0.05, 0.3, 0.25]]))
    monkeypatch.setattr("papers.hubei.figure5.PEAK_WEEK", float(shape.peak_week[0]))
    monkeypatch.setattr("papers.hubei.figure5.PEAK_SHARE", float(shape.peak_share[0]))
    monkeypatch.setattr("papers.hubei.figure5.NOTHING", float(shape.end_share[0]))
    searched = search(reading, 2**9, 10)
    assert searched.whole > 0
    assert searched.shape.parts.all()
    assert searched.shape.misfit[0] < 0.05


def test_readings_cover_the_text():
    own = [one for one in READINGS if one.is_of_the_paper]
    wanted = set(itertools.product((ALL, AS_PRINTED, MIXING), ("day", "week")))
    assert {(one.name, one.steps_unit) for one in own} == wanted
    assert all(one.start[1:] == PRINTED[1:] for one in READINGS)


def test_claims(found):
    verdicts = [claim.verdict for claim in found.claims]
    assert verdicts == [
        "holds",  # 63.1 %
        "in part",  # seriously hit
        "does not hold",  # epicentres
        "does not hold",  # Figure 5
        "in part",  # regions
        "holds",  # nearest to the middles
        "holds",  # coordinates
        "does not hold",  # 54 million
        "holds",  # groups
        "in part",  # doses
        "holds",  # help
        "cannot be checked",  # Table 8
    ]
    assert all(claim.basis in {"printed", "rebuilt"} for claim in found.claims)


def test_json_terminal_and_pictures(found, tmp_path):
    data = json.loads(found.to_json())
    assert [round(100 * row["case_share"], 1) for row in data["regions"]] == [8.7, 80.4, 10.9]
    assert sum(row["staff"] for row in data["regions"]) == 4_896
    assert len(data["figure5"]) == len(READINGS)
    told = " ".join(one["what"] for one in data["lost"])
    assert all(str(number) in told for number in range(1, 10))
    text = io.StringIO()
    print_hubei(open_console(file=text, width=80), found)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in text.getvalue()
    assert any(line.split()[:5] == ["Yichang", "791", "8.7", "54", "432"] for line in lines)
    for draw in (draw_figure5, draw_deliveries):
        draw(found, tmp_path / "picture.png")
        assert (tmp_path / "picture.png").stat().st_size > 10_000


@pytest.mark.parametrize("option", [["--replications", "3"], ["--resume"], ["--workers", "2"]])
def test_what_a_search_has_not_is_refused(option):
    result = CliRunner().invoke(app, ["reproduce", "hubei", *option])
    assert isinstance(result.exception, BatchError)
    assert "leave out --replications, --workers and --resume" in str(result.exception)
    assert result.stdout == ""
