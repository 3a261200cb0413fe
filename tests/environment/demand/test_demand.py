"""Random demand against what its parameters say; tolerances are 99.9 % of the sampling error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import binom, chisquare, kstest, norm

from environment.demand.conditions import Condition
from environment.demand.drawn_calls import DemandParameters, draw_calls, draw_onsets_s
from environment.demand.durations import Duration, lognormal_factors
from environment.demand.hospitals import HospitalParameters
from environment.demand.priorities import DEFAULT_PRIORITIES
from environment.errors import DataError
from simulation.preparation import prepare
from simulation.streams import streams

DAY = 86_400.0
HIGH, LOW = DEFAULT_PRIORITIES
Z = norm.ppf(0.9995)


@pytest.fixture(scope="module")
def city(grid_scenario):
    return prepare(grid_scenario()).city


def calls(city, days=100, seed=5, **parameters):
    demand = DemandParameters(calls_per_day=100, **parameters)
    return draw_calls(demand, city.addresses, days * DAY, streams(seed, 0)).table


def test_calls_by_hour_follow_their_weights():
    weights = (1, 1, 0, 0, 1, 2, 3, 5, 8, 8, 7, 7, 7, 6, 6, 6, 7, 8, 8, 6, 5, 4, 3, 2)
    demand = DemandParameters(calls_per_day=240, hourly_weights=weights)
    onset_s = draw_onsets_s(demand, 200 * DAY, np.random.default_rng(1))
    counts = np.bincount((onset_s % DAY // 3600).astype(int), minlength=24)
    assert counts[2] == counts[3] == 0
    assert len(onset_s) == pytest.approx(48_000, abs=Z * np.sqrt(48_000))
    open_hours = np.array(weights) > 0
    expected = np.array(weights)[open_hours] / sum(weights) * len(onset_s)
    assert chisquare(counts[open_hours], expected).pvalue > 0.001


def test_calls_come_as_a_poisson_process():
    demand = DemandParameters(calls_per_day=500)
    onset_s = draw_onsets_s(demand, 40 * DAY, np.random.default_rng(2))
    assert (np.diff(onset_s) >= 0).all()
    assert kstest(np.diff(onset_s), "expon", args=(0, DAY / 500)).pvalue > 0.001
    daily = np.bincount((onset_s // DAY).astype(int))
    dispersion = daily.var(ddof=1) / daily.mean()  # 1 for Poisson; error about sqrt(2 / 39)
    assert dispersion == pytest.approx(1, abs=Z * np.sqrt(2 / 39))


def test_a_broken_last_hour_counts_in_part():
    demand = DemandParameters(calls_per_day=24_000)
    counts = [len(draw_onsets_s(demand, 900.0, np.random.default_rng(k))) for k in range(100)]
    assert np.mean(counts) == pytest.approx(250, abs=Z * np.sqrt(250 / 100))
    onset_s = draw_onsets_s(demand, 5000.0, np.random.default_rng(1))
    assert 0 <= onset_s.min() < onset_s.max() < 5000


def test_shares_of_zones_priorities_units_and_transports(city):
    table = calls(city, transported_share=0.7, unit_shares=(0.6, 0.3, 0.1))
    size = len(table)

    def assert_shares(counts, shares):
        assert chisquare(counts, np.array(shares) * size).pvalue > 0.001

    assert_shares(np.bincount(table["zone"]), [0.4, 0.3, 0.2, 0.1])
    assert_shares(np.bincount(table["priority"]), [0.4, 0.6])
    assert_shares(np.bincount(table["units"])[1:], [0.6, 0.3, 0.1])
    low, high = binom.ppf([0.0005, 0.9995], size, 0.7)
    assert low <= table["transported"].sum() <= high


def test_needs_do_not_depend_on_each_other(city):
    table = calls(city, handover=Duration(distribution="exponential", mean_s=60))
    numbers = table[["zone", "priority", "transported", "scene_s", "handover_s"]].astype(float)
    correlation = numbers.corr().to_numpy()
    assert np.abs(correlation[~np.eye(5, dtype=bool)]).max() < 4.5 / np.sqrt(len(table))


DURATIONS = [
    Duration(mean_s=90),
    Duration(distribution="exponential", mean_s=90),
    Duration(distribution="gamma", mean_s=90, cv=0.4),
    Duration(distribution="gamma", mean_s=90, cv=1.7),
    Duration(distribution="lognormal", mean_s=90, cv=0.4),
    Duration(distribution="lognormal", mean_s=90, cv=1.2),
]


@pytest.mark.parametrize("duration", DURATIONS, ids=lambda d: f"{d.distribution}-{d.cv:g}")
def test_durations_have_their_mean_and_spread(duration):
    drawn_s = duration.draw(np.random.default_rng(3), 200_000)
    cv = 0.0 if duration.distribution == "constant" else duration.cv
    assert drawn_s.min() >= 0
    assert drawn_s.mean() == pytest.approx(90, abs=Z * 90 * cv / np.sqrt(200_000) + 1e-9)
    batches = drawn_s.reshape(100, 2000).std(axis=1)
    error = Z * batches.std(ddof=1) / 10
    assert drawn_s.std() == pytest.approx(90 * cv, abs=error + 0.01 * 90 * cv)


def test_durations_are_of_their_kind():
    rng = np.random.default_rng(4)
    exponential = Duration(distribution="exponential", mean_s=50).draw(rng, 20_000)
    assert kstest(exponential, "expon", args=(0, 50)).pvalue > 0.001
    gamma = Duration(distribution="gamma", mean_s=50, cv=0.5).draw(rng, 20_000)
    assert kstest(gamma, "gamma", args=(4, 0, 12.5)).pvalue > 0.001
    sigma = np.sqrt(np.log(1.25))
    lognormal = Duration(distribution="lognormal", mean_s=50, cv=0.5).draw(rng, 20_000)
    scale = 50 / np.sqrt(1.25)
    assert kstest(lognormal, "lognorm", args=(sigma, 0, scale)).pvalue > 0.001


def test_noise_has_mean_one():
    factors = lognormal_factors(np.random.default_rng(5), 0.3, (100_000, 2))
    assert factors.mean() == pytest.approx(1, abs=Z * 0.3 / np.sqrt(200_000))
    assert factors.std() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("cv", [0, -1, float("nan"), float("inf"), 1e300])
def test_a_spread_that_is_none(cv):
    """Bug: an infinite spread was taken, and made durations that are no numbers."""
    with pytest.raises(ValidationError, match="cv"):
        Duration(distribution="lognormal", mean_s=10, cv=cv)


ANSWERED = (
    HIGH.model_copy(update={"needs": ("advanced", "first"), "patience": Duration(mean_s=900)}),
    LOW.model_copy(update={"worsens": Duration(distribution="exponential", mean_s=1800)}),
)
STROKE = Condition(name="stroke", shares={"high": 0.2}, specialty="neurology")
CHANGES = [
    ({"alarm_delay": Duration(distribution="exponential", mean_s=60)}, {"called_s", "ready_s"}),
    ({"dispatch_delay": Duration(distribution="gamma", mean_s=60)}, {"ready_s"}),
    ({"mobilisation": Duration(distribution="lognormal", mean_s=90, cv=0.3)}, {"mobilisation_s"}),
    ({"on_scene": Duration(distribution="gamma", mean_s=600)}, {"scene_s"}),
    ({"on_scene": Duration(mean_s=600)}, {"scene_s"}),
    ({"handover": Duration(distribution="exponential", mean_s=600)}, {"handover_s"}),
    ({"transported_share": 0.1}, {"transported"}),
    ({"unit_shares": (0.2, 0.8)}, {"units"}),
    ({"address": "zone"}, {"x", "y", "node"}),
    ({"priorities": ANSWERED}, {"units", "patience_s", "worsens_s"}),
    ({"conditions": [STROKE]}, {"condition", "specialty"}),
    ({"trip_noise_cv": 0.5}, set()),
]


@pytest.mark.parametrize(("change", "touched"), CHANGES, ids=lambda of: "-".join(sorted(of))[:40])
def test_a_parameter_changes_what_it_names_and_nothing_else(city, change, touched):
    """Bug: a random dispatch delay in place of a constant one changed every scene time."""
    before, after = calls(city, days=5), calls(city, days=5, **change)
    assert set(before) == set(after)
    differing = {name for name in before if not before[name].equals(after[name])}
    assert differing == touched


def test_needs_patience_and_worsening_go_by_priority(city):
    table = calls(city, priorities=ANSWERED, unit_shares=(0.5, 0.0, 0.5))
    high, low = table[table["priority"] == 0], table[table["priority"] == 1]
    assert set(high["units"]) == {2, 3}
    assert set(low["units"]) == {1, 3}
    assert set(high["patience_s"]) == {900}
    assert set(low["patience_s"]) == set(high["worsens_s"]) == {np.inf}
    assert kstest(low["worsens_s"], "expon", args=(0, 1800)).pvalue > 0.001


def test_patience_of_one_priority_leaves_that_of_the_others(city):
    spread = {"patience": Duration(distribution="gamma", mean_s=900)}
    other = {"patience": Duration(distribution="exponential", mean_s=60)}
    one = calls(city, priorities=(HIGH, LOW.model_copy(update=spread)))
    both = calls(city, priorities=(HIGH.model_copy(update=other), LOW.model_copy(update=spread)))
    low = one["priority"] == 1
    assert np.isfinite(both["patience_s"]).all()
    assert both.loc[low, "patience_s"].equals(one.loc[low, "patience_s"])


def test_needs_leave_the_trips_of_other_vehicles_as_they_are(city):
    def noise(**changes):
        demand = DemandParameters(calls_per_day=100, trip_noise_cv=0.3, **changes)
        return draw_calls(demand, city.addresses, 5 * DAY, streams(5, 0)).trip_noise

    before, after = noise(), noise(priorities=ANSWERED)
    assert (before.shape[1], after.shape[1]) == (3, 6)
    assert np.array_equal(after[:, :3], before)
    assert len(np.unique(after)) == after.size


def test_stays_of_admitted_patients(city):
    def stays(**changes):
        hospitals = HospitalParameters(**changes)
        demand = DemandParameters(calls_per_day=100)
        return draw_calls(demand, city.addresses, 100 * DAY, streams(5, 0), hospitals).table

    table = stays(admitted_share=0.3, stay=Duration(distribution="exponential", mean_s=DAY))
    admitted = table["stay_s"] > 0
    low, high = binom.ppf([0.0005, 0.9995], len(table), 0.3)
    assert low <= admitted.sum() <= high
    assert kstest(table.loc[admitted, "stay_s"], "expon", args=(0, DAY)).pvalue > 0.001
    longer = stays(admitted_share=0.6, stay=Duration(distribution="exponential", mean_s=DAY))
    assert longer.loc[admitted, "stay_s"].equals(table.loc[admitted, "stay_s"])
    assert longer.drop(columns="stay_s").equals(table.drop(columns="stay_s"))


def test_calls_without_new_features_have_none(city):
    table = calls(city, days=5)
    for name in ("specialty", "incident", "condition"):
        assert (table[name] == -1).all()
    assert np.isinf(table[["patience_s", "worsens_s"]]).all(axis=None)
    assert table["triage_priority"].equals(table["priority"].rename("triage_priority"))


def test_calls_from_some_hour_on():
    demand = DemandParameters(calls_per_day=2400)
    late = draw_onsets_s(demand, 9 * 3600, np.random.default_rng(1), start_s=7.5 * 3600)
    assert late.min() >= 7.5 * 3600
    assert len(late) == pytest.approx(150, abs=Z * np.sqrt(150))
    assert len(draw_onsets_s(demand, DAY, np.random.default_rng(1), start_s=2 * DAY)) == 0


def test_the_most_urgent_cannot_get_worse():
    wrong = [{"name": "high", "share": 1.0, "target_s": 480, "worsens": 600}]
    message = "priority 'high' is the most urgent, so it cannot have worsens"
    with pytest.raises(ValidationError, match=message):
        DemandParameters.model_validate({"priorities": wrong})


def test_another_seed_and_another_replication_draw_afresh(city):
    demand = DemandParameters(calls_per_day=100)
    drawn = [
        draw_calls(demand, city.addresses, DAY, streams(*key)).table["onset_s"].tolist()
        for key in ((1, 0), (1, 1), (2, 0), (1, 0))
    ]
    assert drawn[0] == drawn[3]
    assert not {*drawn[0]} & {*drawn[1]}
    assert not {*drawn[0]} & {*drawn[2]}


def test_addresses_lie_on_streets_of_their_zone(city):
    table = calls(city, days=20)
    roads, zones = city.roads, city.zones
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    # On a grid of 200 m a street point has at least one coordinate on a line.
    off_x, off_y = (np.abs(v - 200 * np.round(v / 200)) for v in (x, y))
    assert np.minimum(off_x, off_y).max() < 1e-6
    # Its street's middle is nearest to its own zone's centre.
    middle = np.column_stack(
        [np.where(off_x > 1e-6, np.floor(x / 200) * 200 + 100, np.round(x / 200) * 200),
         np.where(off_y > 1e-6, np.floor(y / 200) * 200 + 100, np.round(y / 200) * 200)]
    )  # fmt: skip
    centre = np.column_stack([zones.x, zones.y])
    distance_m = np.hypot(*(middle[:, None] - centre).transpose(2, 0, 1))
    own_m = distance_m[np.arange(len(table)), table["zone"]]
    assert (own_m <= distance_m.min(axis=1) + 1e-6).all()
    # One stops in front of it.
    assert roads.stop_xy_m(table["node"]) == pytest.approx(np.column_stack([x, y]), abs=1e-6)
    assert not table["access_s"].any()


def test_addresses_are_spread_evenly_along_streets(city):
    table = calls(city, days=20)
    along = np.maximum(table["x"] % 200, table["y"] % 200)
    assert kstest(along / 200, "uniform").pvalue > 0.001


def test_zone_centres_are_reached_off_the_road(files_in, grid_scenario):
    files = {"zones.csv": "zone_id,x,y,demand_share\nZ,430,220,1\n"}
    city = prepare(grid_scenario(files, places__access_kph=7.2)).city
    table = calls(city, days=1, address="zone")
    # 20 m from the street at (430, 200), at 2 m/s.
    assert table["access_s"].to_numpy() == pytest.approx(20 / 2)
    place_m = city.roads.stop_xy_m(table["node"])
    assert place_m == pytest.approx(np.tile([430.0, 200.0], (len(table), 1)), abs=1e-3)


def test_a_zone_without_people_has_no_calls(grid_scenario):
    text = "zone_id,x,y,demand_share\nP,0,0,0\nQ,800,800,2\nR,0,800,0\nT,800,0,3\nU,400,400,0\n"
    city = prepare(grid_scenario({"zones.csv": text})).city
    assert set(calls(city, days=20)["zone"]) == {1, 3}


@given(st.floats(0, 2000), st.floats(0.001, 3), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_any_rate_and_length(calls_per_day, days, seed):
    demand = DemandParameters(calls_per_day=calls_per_day)
    onset_s = draw_onsets_s(demand, days * DAY, np.random.default_rng(seed))
    assert ((onset_s >= 0) & (onset_s <= days * DAY)).all()
    expected = calls_per_day * days
    assert abs(len(onset_s) - expected) <= 6 * np.sqrt(expected) + 6


def test_more_calls_than_memory_holds():
    """Bug: NumPy was asked for them."""
    demand = DemandParameters(calls_per_day=10_000_000)
    with pytest.raises(DataError, match=r"100,000,000 calls are more .*at most 50,000,000"):
        draw_onsets_s(demand, 10 * DAY, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"calls_per_day": -1}, "greater than or equal to 0"),
        ({"calls_per_day": float("nan")}, "calls_per_day"),
        ({"calls_per_day": float("inf")}, "calls_per_day"),
        ({"hourly_weights": [0] * 24}, "hourly_weights must not all be 0"),
        ({"hourly_weights": [1] * 23}, "at least 24"),
        ({"hourly_weights": [-1] + [1] * 23}, "greater than or equal to 0"),
        ({"unit_shares": [0.5, 0.4]}, r"unit_shares must sum to 1, got 0\.9"),
        ({"unit_shares": []}, "at least 1"),
        ({"priorities": []}, "at least 1"),
        ({"on_scene": -5}, "greater than or equal to 0"),
        ({"on_scene": True}, "on_scene"),
        ({"transported_share": 1.5}, "less than or equal to 1"),
    ],
)
def test_demand_that_cannot_be(wrong, message):
    with pytest.raises(ValidationError, match=message):
        DemandParameters.model_validate(wrong)


def test_shares_and_names_of_priorities():
    one = {"name": "high", "share": 0.4, "target_s": 480}
    with pytest.raises(ValidationError, match=r"shares of priorities must sum to 1, got 0\.8"):
        DemandParameters.model_validate({"priorities": [one, {**one, "name": "low"}]})
    with pytest.raises(ValidationError, match="names of priorities must differ, got high, high"):
        DemandParameters.model_validate({"priorities": [one, {**one, "share": 0.6}]})
    with pytest.raises(ValidationError, match=r"priorities\.0\.name"):
        DemandParameters.model_validate({"priorities": [{**one, "name": "", "share": 1}]})


def test_what_does_not_fit_together_is_told_at_once():
    one = {"name": "high", "share": 0.4, "target_s": 480, "worsens": 60}
    wrong = {
        "priorities": [one, one],
        "unit_shares": [0.5, 0.4],
        "hourly_weights": [0] * 24,
        "conditions": [{"name": "burn", "shares": {"low": 0.1}}],
    }
    with pytest.raises(ValidationError) as caught:
        DemandParameters.model_validate(wrong)
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ").split("; ") == [
        "the shares of priorities must sum to 1, got 0.8",
        "unit_shares must sum to 1, got 0.9",
        "hourly_weights must not all be 0",
        "the names of priorities must differ, got high, high",
        "condition 'burn' names the priority 'low'",
        "it must be one of high, got 'low'",
        "priority 'high' is the most urgent, so it cannot have worsens",
    ]
