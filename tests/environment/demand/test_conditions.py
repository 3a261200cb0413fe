"""What patients have, and which hospitals can treat it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import chisquare

from environment.demand.conditions import Condition, draw_conditions, specialties_of, specialty_rows
from environment.demand.drawn_calls import DemandParameters
from environment.demand.hospitals import (
    HospitalParameters,
    hospital_means,
    missing_specialties,
)
from environment.demand.record import read_recorded_calls
from environment.errors import DataError
from environment.maps.load import load_map
from environment.maps.plane_grid import PlaneGrid
from environment.places.city import PlaceParameters, build_city
from environment.places.sites import read_sites
from simulation.streams import streams

ARREST = Condition(name="arrest", shares={"high": 0.2}, survival="de_maio")
STROKE = Condition(name="stroke", shares={"high": 0.3, "low": 0.1}, specialty="neurology")
TRAUMA = Condition(name="trauma", shares={"high": 0.5}, specialty="trauma")
BURN = Condition(name="burn", shares={"low": 0.05}, specialty="trauma")
PRIORITIES = ("high", "low")


def test_shares_of_conditions_by_priority():
    priority = np.repeat([0, 1], [40_000, 60_000])
    drawn = draw_conditions([ARREST, STROKE, BURN], PRIORITIES, priority, np.random.default_rng(1))
    high = np.bincount(drawn[:40_000] + 1, minlength=4)
    low = np.bincount(drawn[40_000:] + 1, minlength=4)
    assert high[3] == low[1] == 0
    assert chisquare(high[:3], [20_000, 8_000, 12_000]).pvalue > 0.001
    assert chisquare(low[[0, 2, 3]], [51_000, 6_000, 3_000]).pvalue > 0.001


def test_conditions_may_fill_a_priority():
    priority = np.zeros(1000, dtype=int)
    drawn = draw_conditions(
        [TRAUMA, ARREST, STROKE], PRIORITIES, priority, np.random.default_rng(2)
    )
    assert drawn.min() == 0


@given(st.floats(0, 0.4), st.floats(0, 0.5))
def test_a_larger_share_makes_more_ill_and_heals_nobody(share, more):
    priority = np.zeros(200, dtype=int)

    def ill(size):
        condition = Condition(name="arrest", shares={"high": size})
        return draw_conditions([condition], PRIORITIES, priority, np.random.default_rng(3)) == 0

    assert (ill(share) <= ill(share + more)).all()


def test_each_specialty_has_one_row():
    conditions = [ARREST, TRAUMA, STROKE, BURN]
    assert specialties_of(conditions) == ("trauma", "neurology")
    rows = specialty_rows(conditions, np.array([-1, 0, 1, 2, 3]))
    assert rows.tolist() == [-1, -1, 0, 1, 0]
    assert specialty_rows([], np.array([-1, -1])).tolist() == [-1, -1]


WRONG = {
    "an unknown priority": (
        [{"name": "burn", "shares": {"hgih": 0.1}}],
        r"condition 'burn' names the priority 'hgih'; .* high, low, .* \(did you mean 'high'\?\)",
    ),
    "too many": (
        [{"name": n, "shares": {"low": 0.6}} for n in "ab"],
        r"conditions of priority 'low' must have shares of at most 1 in all, got 1\.2",
    ),
    "twice": ([{"name": "a", "shares": {"low": 0.1}}] * 2, "names of conditions must differ"),
    "an unknown function": (
        [{"name": "a", "shares": {"low": 0.1}, "survival": "larson"}],
        r"must be one of de_maio, larsen, valenzuela, got 'larson' \(did you mean 'larsen'\?\)",
    ),
    "a specialty of two words": (
        [{"name": "a", "shares": {"low": 0.1}, "specialty": "heart surgery"}],
        "must be one word, without spaces or semicolons, got 'heart surgery'",
    ),
    "an empty specialty": (
        [{"name": "a", "shares": {"low": 0.1}, "specialty": ""}],
        "must be one word, without spaces or semicolons, got ''",
    ),
    "the name of no condition": (
        [{"name": "none", "shares": {"low": 0.1}}],
        "must not be 'none', which in a record of calls means: no condition",
    ),
    "no name": ([{"name": "", "shares": {"low": 0.1}}], r"conditions\.0\.name"),
}


@pytest.mark.parametrize(("conditions", "message"), WRONG.values(), ids=list(WRONG))
def test_conditions_that_cannot_be(conditions, message):
    with pytest.raises(ValidationError, match=message):
        DemandParameters.model_validate({"conditions": conditions})


def test_every_mistake_is_told_at_once():
    conditions = [{"name": "a", "shares": {"lo": 0.1, "hi": 0.1, "low": 0.9}}] * 2
    with pytest.raises(ValidationError) as caught:
        DemandParameters.model_validate({"conditions": conditions})
    for part in ("must differ", "'lo'", "'hi'", "got 1.8"):
        assert part in str(caught.value)


SITES = """\
site_id,kind,x,y,ambulances,bays,beds,specialties
S,station,0,0,3,,,
G,hospital,800,0,,4,,
T,hospital,0,800,,,120,trauma; neurology
U,hospital,800,800,,1,30,trauma burns
"""
PLAIN = "site_id,kind,x,y,ambulances\nS,station,0,0,3\nG,hospital,800,0,\nT,hospital,0,800,\n"


@pytest.fixture
def hospitals(tmp_path):
    def hospitals(text):
        (tmp_path / "sites.csv").write_text(text, encoding="utf-8")
        return read_sites(tmp_path / "sites.csv")[1]

    return hospitals


def test_hospitals_have_what_the_table_gives_them(hospitals):
    sites = hospitals(SITES)
    assert sites.specialties.tolist() == ["", "trauma neurology", "trauma burns"]
    shared = HospitalParameters(bays=2, specialties=("neurology",))
    means = hospital_means(shared, sites, [TRAUMA, STROKE])
    assert means.bays.tolist() == [4, 2, 1]
    assert means.beds.tolist() == [np.inf, 120, 30]
    assert means.has_specialty.tolist() == [[False, True], [True, True], [True, False]]


def test_hospitals_without_specialties_beside_others_have_none(hospitals):
    means = hospital_means(HospitalParameters(), hospitals(SITES), [TRAUMA])
    assert means.has_specialty.tolist() == [[False], [True], [True]]


def test_where_nobody_names_specialties_all_hospitals_have_all(hospitals):
    for text in (PLAIN, "site_id,kind,x,y,specialties\nS,station,0,0,\nG,hospital,0,0,\n"):
        means = hospital_means(HospitalParameters(), hospitals(text), [TRAUMA, STROKE])
        assert means.has_specialty.all()
        assert means.has_specialty.shape[1] == 2
        assert np.isinf(means.bays).all()
        assert np.isinf(means.beds).all()
        assert missing_specialties(HospitalParameters(), hospitals(text), [TRAUMA]) == []


def test_no_conditions_need_no_specialties(hospitals):
    assert hospital_means(HospitalParameters(), hospitals(SITES), []).has_specialty.shape == (3, 0)


def test_a_specialty_that_no_hospital_has(hospitals):
    heart = Condition(name="infarction", shares={"high": 0.1}, specialty="cardiology")
    typo = Condition(name="stroke", shares={"high": 0.1}, specialty="neurolgy")
    lines = missing_specialties(HospitalParameters(), hospitals(SITES), [TRAUMA, heart, typo])
    needs = "condition {!r} needs the specialty {!r}, which no hospital has{}".format
    assert lines == [
        needs("infarction", "cardiology", "; there are: burns, neurology, trauma"),
        needs("stroke", "neurolgy", " (did you mean 'neurology'?)"),
    ]
    bare = HospitalParameters(specialties=())
    lines = missing_specialties(bare, hospitals(PLAIN), [heart])
    assert lines == [needs("infarction", "cardiology", "; none has any")]


@pytest.mark.parametrize(("column", "value"), [("bays", "0"), ("beds", "-3"), ("bays", "1.5")])
def test_bays_and_beds_that_cannot_be(hospitals, column, value):
    text = f"site_id,kind,x,y,{column}\nS,station,0,0,\nG,hospital,0,0,{value}\n"
    with pytest.raises(DataError, match=f"row 3: {column} must be a whole number >= 1"):
        hospitals(text)


def read_calls(tmp_path, text, **parameters):
    (tmp_path / "sites.csv").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "calls.csv").write_text(text, encoding="utf-8")
    places = PlaceParameters(sites="sites.csv")
    city = build_city(load_map(PlaneGrid(), tmp_path), places, tmp_path)
    demand = DemandParameters(**parameters)
    return read_recorded_calls(
        tmp_path / "calls.csv", demand, city.addresses, places, streams(1, 0)
    ).table


def test_recorded_conditions_and_stays(tmp_path):
    text = (
        "called_s,x,y,priority,condition,stay_s\n"
        "0,0,0,high,stroke,0\n1,0,0,high,none,3600\n2,0,0,high,,\n3,0,0,low,burn,7200\n"
    )
    certain = Condition(name="arrest", shares={"high": 1.0})
    stroke, burn = (c.model_copy(update={"shares": {"low": 0.1}}) for c in (STROKE, BURN))
    table = read_calls(tmp_path, text, conditions=(certain, stroke, burn))
    assert table["condition"].tolist() == [1, -1, 0, 2]
    assert table["specialty"].tolist() == [0, -1, -1, 1]
    drawn_s = table["stay_s"].iloc[2]
    assert table["stay_s"].tolist() == [0, 3600, drawn_s, 7200]
    assert table["stay_s"].dtype == float


def test_an_unknown_recorded_condition(tmp_path):
    text = "called_s,x,y,condition\n0,0,0,none\n1,0,0,stroek\n"
    match = r"row 3: condition must be one of stroke, none, got 'stroek' \(did you mean 'stroke'"
    with pytest.raises(DataError, match=match):
        read_calls(tmp_path, text, conditions=(STROKE,))
