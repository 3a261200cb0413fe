"""The epidemic of a run: its callers, its patients in beds, and its place on the clock."""

import numpy as np
import pandas as pd
import pytest

from environment.epidemic.days import Epidemic, EpidemicParameters
from environment.epidemic.spir import I
from environment.units import DAY_S
from simulation.measures.catalogue import summary
from simulation.model import EmergencyModel, simulate

OUTBREAKS = ({"district": "S1", "cases": 300}, {"district": "S2", "cases": 100, "day": 1})
FROM_BIRTH = [
    "onset_s", "called_s", "ready_s", "x", "y", "node", "access_s", "zone", "priority", "units",
    "mobilisation_s", "scene_s", "handover_s", "transported", "condition", "epidemic",
]  # fmt: skip
COMPARTMENTS = ["susceptible", "probable", "infectious", "removed"]


@pytest.fixture
def outbreak_in(grid_scenario):
    """Four days, 100,000 persons, two outbreaks; 24 ambulances."""

    def make(**changes):
        return grid_scenario(
            **{
                "run__days": 4,
                "demand__calls_per_day": 30,
                "demand__trip_noise_cv": 0.2,
                "demand__unit_shares": (0.8, 0.2),
                "fleet__ambulances": 24,
                "policies__location": "demand_share",
                "epidemic__outbreaks": OUTBREAKS,
                "epidemic__persons": 100_000,
                **changes,
            }
        )

    return make


def by_day_and_district(calls, horizon_days):
    """Calls by day of their onset and district; zone A is that of S1."""
    day = (calls["onset_s"] // DAY_S).astype(int)
    counts = pd.crosstab(day, calls["zone"] != "A").reindex(range(horizon_days), fill_value=0)
    return counts.to_numpy()


def test_every_call_of_the_table_is_answered(outbreak_in):
    result = simulate(outbreak_in())
    calls = result.calls[result.calls["epidemic"]]
    assert (result.calls["call"] == np.arange(len(result.calls))).all()
    assert (calls["call"] >= (~result.calls["epidemic"]).sum()).all()  # numbered after all others
    assert calls["onset_s"].max() < 4 * DAY_S
    table = result.epidemic["calls"].to_numpy().reshape(4, 2)
    assert (by_day_and_district(calls, 4) == table).all()
    assert table.sum() > 50
    assert (result.calls["state"] == "completed").all()
    assert set(calls["call"]) <= set(result.missions["call"])


def test_days_follow_from_each_other(outbreak_in):
    result = simulate(outbreak_in())
    for _, own in result.epidemic.groupby("district"):
        persons = own[COMPARTMENTS].sum(axis=1)
        assert persons.nunique() == 1
        gone = own["removed"].diff().dropna().to_numpy()
        assert (gone == (own["new_removed"] + own["vaccinated"])[:-1]).all()
        sick = own["infectious"].diff().dropna().to_numpy()
        confirmed_and_gone = own["new_cases"] - own["new_removed"]
        assert (sick == confirmed_and_gone[:-1]).all()
    assert result.epidemic.groupby("day")[COMPARTMENTS].sum().sum(axis=1).eq(100_000).all()
    seeded = result.epidemic.set_index(["day", "district"])["seeded"]
    assert seeded[seeded > 0].to_dict() == {(0, "S1"): 300, (1, "S2"): 100}


def test_who_moves_by_day_carries_it_to_another_district(outbreak_in):
    there = {"epidemic__outbreaks": OUTBREAKS[:1], "epidemic__spir": {"infections_per_day": 4.0}}
    closed = simulate(outbreak_in(**there)).epidemic.groupby("district")["new_cases"].sum()
    moving = simulate(outbreak_in(**there, epidemic__movement={"away_share": 0.2})).epidemic
    assert closed["S2"] == 0
    assert moving.groupby("district")["new_cases"].sum()["S2"] > 10
    assert (moving.groupby("day")[COMPARTMENTS].sum().sum(axis=1) == 100_000).all()


def test_measures(outbreak_in):
    result = simulate(outbreak_in(run__warm_up_days=1, run__days=3))
    measures, table = summary(result), result.epidemic
    counted = result.calls["counted"] & result.calls["epidemic"]
    assert measures["epidemic_calls"] == counted.sum() < table["calls"].sum()
    assert measures["epidemic_cases"] == table["new_cases"].sum()
    peak = table.groupby("day")["infectious"].sum().max()
    assert measures["peak_infectious_share"] == pytest.approx(peak / 100_000)
    assert not {"epidemic_calls", "epidemic_cases", "peak_infectious_share"} & set(
        summary(simulate(outbreak_in(epidemic__outbreaks=())))
    )


def test_policies_meet_the_same_callers(outbreak_in):
    near, own, short = (
        simulate(outbreak_in(**changes))
        for changes in (
            {},
            {"policies__dispatch": "district_only"},
            {"fleet__ambulances": 9, "dispatch_centre__queue": "first-come"},
        )
    )
    for other in (own, short):
        pd.testing.assert_frame_equal(near.calls[FROM_BIRTH], other.calls[FROM_BIRTH])
        pd.testing.assert_frame_equal(near.epidemic, other.epidemic)
    assert near.calls["response_s"].mean() < short.calls["response_s"].mean()


def test_others_are_as_without_an_epidemic(outbreak_in):
    ill, well = (simulate(outbreak_in(**c)) for c in ({}, {"epidemic__outbreaks": ()}))
    everyday = ill.calls[~ill.calls["epidemic"]]
    pd.testing.assert_frame_equal(everyday[FROM_BIRTH], well.calls[FROM_BIRTH])
    assert well.epidemic.empty
    assert list(well.epidemic) == list(ill.epidemic)


def test_a_longer_run_begins_like_a_shorter_one(outbreak_in):
    long, short = (simulate(outbreak_in(run__days=days)) for days in (4, 2.5))
    births = [name for name in FROM_BIRTH if name != "epidemic"]
    both = [r.calls[r.calls["epidemic"]].reset_index()[births] for r in (long, short)]
    begun = both[0][both[0]["onset_s"] < 2.5 * DAY_S].reset_index(drop=True)
    pd.testing.assert_frame_equal(begun, both[1])
    assert len(short.epidemic) == 2 * 3


def test_expected_courses_do_not_depend_on_chance(outbreak_in):
    scenario = outbreak_in(epidemic__stochastic=False)
    one, other = (simulate(scenario, replication).epidemic for replication in (0, 1))
    persons = [name for name in one if name != "calls"]
    pd.testing.assert_frame_equal(one[persons], other[persons])
    assert (one["calls"] != other["calls"]).any()


@pytest.mark.parametrize("stochastic", [True, False])
def test_calls_have_the_mean_of_the_deterministic_course(outbreak_in, stochastic):
    """By day and district, over 40 replications: within four standard errors.

    With as many ill as these, chance does not change the mean (its bias is of the order of one
    person in a district).
    """
    changes = {"demand__calls_per_day": 0, "epidemic__stochastic": stochastic}
    scenario = outbreak_in(**changes, epidemic__ambulance_share=0.05)
    replications = [simulate(scenario, number).epidemic["calls"] for number in range(40)]
    calls = np.array(replications, dtype=float)
    epidemic = Epidemic(EpidemicParameters(outbreaks=OUTBREAKS), {"S1": 40_000, "S2": 60_000})
    state, expected = epidemic.start(), []
    for _ in range(4):
        day = epidemic.next_day(state)
        expected += (0.05 * day.new_cases).tolist()
        state = day.next_morning
    standard_error = np.maximum(calls.std(axis=0, ddof=1), 0.1) / np.sqrt(40)
    assert (np.abs(calls.mean(axis=0) - expected) < 4 * standard_error).all()
    assert max(expected) > 10


class Vaccination:
    """Gives the same doses every day, and may tell somebody of each day."""

    def __init__(self, doses=(0.0, 0.0), hear=lambda day: None):
        self.doses, self.hear_of_epidemic = doses, hear

    def doses_given(self):
        return np.array(self.doses)


def run_with_doses(scenario, doses):
    model = EmergencyModel(scenario)
    model.outbreak.vaccination = Vaccination(doses)
    return model.run()


def test_doses_lower_cases_and_callers_stay_the_same(outbreak_in):
    scenario = outbreak_in(run__days=8)
    plain, vaccinated = (run_with_doses(scenario, doses) for doses in ([0.0, 0.0], [5000.0, 0.0]))
    cases = [r.epidemic.groupby("district")["new_cases"].sum() for r in (plain, vaccinated)]
    assert cases[1]["S1"] < cases[0]["S1"]
    assert cases[1]["S2"] == cases[0]["S2"]
    given = vaccinated.epidemic.query("district == 'S1'")["vaccinated"]
    assert given.tolist() == [0.0] + [5000.0] * 7  # those of a day protect from the next on
    known = [called_in_order(result) for result in (plain, vaccinated)]
    both = known[0].index.intersection(known[1].index)
    assert len(both) == len(known[1]) < len(known[0])
    pd.testing.assert_frame_equal(known[0].loc[both], known[1].loc[both])


def called_in_order(result):
    """Callers of the epidemic by day, district and place among those of both."""
    calls = result.calls[result.calls["epidemic"]]
    calls = calls.assign(day=calls["onset_s"] // DAY_S, south=calls["zone"] == "A")
    calls["rank"] = calls.groupby(["day", "south"]).cumcount()
    return calls.set_index(["day", "south", "rank"])[FROM_BIRTH]


def test_doses_that_do_not_protect(outbreak_in):
    scenario = outbreak_in(epidemic__doses_protect=False)
    plain, vaccinated = (run_with_doses(scenario, doses) for doses in ([0.0, 0.0], [5000.0, 9.0]))
    pd.testing.assert_frame_equal(plain.epidemic, vaccinated.epidemic)


def test_listeners_hear_of_each_day_when_it_begins(outbreak_in):
    model, heard = EmergencyModel(outbreak_in(run__days=2.5)), []
    model.outbreak.vaccination = Vaccination(hear=lambda day: heard.append((model.env.now, day)))
    result = model.run()
    assert [(now_s, day.day) for now_s, day in heard] == [(0, 0), (DAY_S, 1), (2 * DAY_S, 2)]
    cases = np.concatenate([day.new_cases for _, day in heard])
    assert (result.epidemic["new_cases"].to_numpy() == cases).all()


def test_beds_are_kept_up_to_those_there_are_and_free_in_the_end(outbreak_in):
    model = EmergencyModel(
        outbreak_in(
            epidemic__bed_share=0.02,
            hospitals__beds=9,
            hospitals__stay={"distribution": "exponential", "mean_s": 10_000},
        )
    )
    held = {}

    def watch(day):
        by_district = dict(zip(model.outbreak.districts, day.next_morning.persons, strict=True))
        # H1 belongs to S2, H2 to S1; the first morning all beds are free.
        for hospital, district in zip(model.centre.hospitals, ("S2", "S1"), strict=True):
            wanted = int(0.02 * by_district[district][I] + 0.5)
            held[day.day, district] = (hospital.beds.count, wanted)

    model.outbreak.vaccination = Vaccination(hear=watch)
    most = 0
    model.step()
    while model.running:
        model.step()
        most = max(most, *(hospital.beds.count for hospital in model.centre.hospitals))
    assert held[0, "S1"] == (5, 5)
    assert held[0, "S2"] == (0, 0)
    assert held[1, "S2"][1] == 2
    assert most == 9
    model.run()
    assert [hospital.beds.count for hospital in model.centre.hospitals] == [0, 0]
    assert (model.result().calls["state"] == "completed").all()


def test_nobody_goes_home_before_a_late_outbreak(outbreak_in):
    """No call comes in before day 2; crews keep their shifts, and the centre waits for it."""
    model = EmergencyModel(
        outbreak_in(
            demand__calls_per_day=0,
            epidemic__outbreaks=({"district": "S1", "cases": 300, "day": 2},),
            fleet__shifts=({"name": "day", "start_hour": 6, "hours": 14},),
        )
    )
    while model.env.now < 1.9 * DAY_S:
        model.step()
        assert model.running
        assert not model.centre.finished
    result = model.run()
    assert model.centre.finished
    assert not model.centre.expects_calls
    assert (result.calls["onset_s"] > 2 * DAY_S).all()
    assert (result.calls["state"] == "completed").all()
    hour = result.missions["dispatched_s"] / 3600 % 24
    assert hour.between(6, 20).all()


def test_a_district_where_nobody_lives(outbreak_in, files_in):
    """Zone E has no share of the demand, and station S3 alone serves it."""
    sites = "site_id,kind,x,y,ambulances\nS1,station,0,0,1\nS2,station,800,600,1\n"
    zones = "zone_id,x,y,demand_share\nA,0,0,4\nC,400,800,2\nD,800,800,1\nE,800,0,0\n"
    lonely = {
        "sites.csv": sites + "S3,station,800,0,1\nH1,hospital,800,0,0\n",
        "zones.csv": zones,
    }
    result = simulate(outbreak_in().model_copy(update={"folder": files_in(lonely)}))
    assert set(result.epidemic["district"]) == {"S1", "S2"}
    assert result.epidemic.query("day == 0")["susceptible"].sum() == 100_000
    assert "E" not in set(result.calls["zone"])
