"""Random small scenarios on a grid, with any features of the full service switched on."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

SLOW_MORNING = (*[1.0] * 3, *[0.4] * 2, *[1.3] * 19)
SITES = """\
site_id,kind,x,y,ambulances,specialties
S1,station,0,0,1,
S2,station,800,600,1,
H1,hospital,800,0,0,cardiology
H2,hospital,0,800,0,cardiology burns
"""

some_runs = settings(
    derandomize=True,
    phases=[Phase.generate],  # a run is too long to be shrunk by hundreds of trials
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

durations = st.one_of(
    st.floats(0, 2000),
    st.builds(
        lambda kind, mean_s: {"distribution": kind, "mean_s": mean_s, "cv": 0.7},
        st.sampled_from(["exponential", "gamma", "lognormal"]),
        st.floats(1, 2000),
    ),
)

MEDICS = (
    {"name": "basic", "share": 0.5},
    {"name": "medic", "share": 0.5, "skills": ("advanced",)},
)
RESPONDERS = (
    {"name": "ambulance", "share": 0.6, "skills": ("advanced",)},
    {"name": "responder", "share": 0.4, "skills": ("first_aid",), "transports": False},
)
CONDITIONS = (
    {"name": "arrest", "shares": {"high": 0.3}, "survival": "de_maio"},
    {"name": "burn", "shares": {"low": 0.2}, "specialty": "burns"},
)
BREAKDOWNS = {"mean_hours_between": 2.0, "repair": {"distribution": "exponential", "mean_s": 2500}}
TIERS: Any = st.sampled_from(
    [((), ()), (MEDICS, ("advanced",)), (RESPONDERS, ("first_aid", "advanced"))]
)
EARLY = {"name": "early", "share": 0.5, "start_hour": 22, "hours": 5.5}
LATE = {"name": "late", "share": 0.5, "start_hour": 3, "hours": 8}
WITH_BREAK = {"break_after_hours": 1, "break_s": 1500}
SHIFTS = (
    (),
    ({"name": "all day", "hours": 24, **WITH_BREAK},),
    ({**EARLY, **WITH_BREAK}, LATE),
    (EARLY, {**LATE, **WITH_BREAK}),
    ({"name": "short", "start_hour": 1, "hours": 2.5},),
)
CLOSED_STREETS = (
    {"streets": ((6, 7), (7, 12), (1, 2))},
    {"streets": ((10, 11), (16, 17)), "one_way": True},
    {"x": 400.0, "y": 300.0, "radius_m": 50.0},
)
CASUALTIES = {
    "kind": "mass_casualty", "x": 400.0, "y": 200.0, "casualties": 7, "reported_as": "high",
    "triage": {"high": 0.3, "mid": 0.3, "low": 0.4}, "triage_s": 45.0, "spread_m": 80.0,
}  # fmt: skip
RELOCATION = (
    "home",
    {"use": "dmexclp", "target_s": 70.0},
    {"use": "compliance_table", "table": {"1": ["S2"], "2": ["S1", "S2"], "4": ["S2", "S2"]}},
)
GREEN_WAVE = {"use": "green_wave", "distance_m": 300.0}


@st.composite
def disruptions(draw):
    """Any of all kinds, at any time; closures cut nothing off."""

    def lasting(kind, **more):
        begin = draw(st.floats(0, 4))
        hours = {"from_hour": begin, "until_hour": begin + draw(st.floats(0.01, 3))}
        return {"kind": kind, **hours, **more}

    every = [
        lambda: lasting("road_closure", **draw(st.sampled_from(CLOSED_STREETS))),
        lambda: lasting("surge", factor=draw(st.sampled_from([1, 2.5, 6]))),
        lambda: lasting("station_closed", station=draw(st.sampled_from(["S1", "S2"]))),
        lambda: lasting("hospital_closed", hospital=draw(st.sampled_from(["H1", "H2"]))),
        lambda: {**CASUALTIES, "at_hour": draw(st.floats(0, 4))},
    ]
    return tuple(make() for make in every if draw(st.booleans()))


@st.composite
def priorities(draw, needs):
    """Three classes, of which the first needs skills and the others may grow impatient or worse."""
    maybe_s = st.one_of(st.none(), durations)
    siren = draw(st.booleans())
    return (
        {"name": "high", "share": 0.3, "target_s": 300, "siren_to_hospital": siren,
         "needs": needs, "patience": draw(maybe_s)},
        {"name": "mid", "share": 0.3, "target_s": 600, "worsens": draw(maybe_s),
         "needs": needs[1:] if draw(st.booleans()) else ()},
        {"name": "low", "share": 0.4, "target_s": 900, "siren": False, "worsens": draw(maybe_s),
         "patience": draw(maybe_s)},
    )  # fmt: skip


@st.composite
def everything(draw):
    """Any features together that do not contradict each other."""
    types, needs = draw(TIERS)
    lose = draw(st.sampled_from([False, False, True]))
    limit = st.sampled_from([None, 1, 2])
    chosen = {
        "seed": draw(st.integers(0, 2**63 - 1)),
        "roads__signal_every": draw(st.sampled_from([None, 1, 2])),
        "signals__active": True,
        "signals__equipped_share": draw(st.sampled_from([1, 0.5])),
        "travel__hourly_speed_factors": draw(st.sampled_from([None, SLOW_MORNING])),
        "run__days": draw(st.sampled_from([0.21, 0.3])),
        "run__coverage_every_s": draw(st.sampled_from([None, 700.0])),
        "demand__calls_per_day": draw(st.floats(20, 250)),
        "demand__address": draw(st.sampled_from(["zone", "street"])),
        "demand__dispatch_delay": draw(durations),
        "demand__mobilisation": draw(st.sampled_from([0, 60, 300])),
        "demand__on_scene": draw(durations),
        "demand__handover": draw(durations),
        "demand__transported_share": draw(st.sampled_from([0, 0.6, 1])),
        "demand__unit_shares": draw(st.sampled_from([(1.0,), (0.6, 0.3, 0.1)])),
        "demand__trip_noise_cv": draw(st.sampled_from([0, 0.4])),
        "demand__priorities": draw(priorities(needs)),
        "demand__conditions": draw(st.sampled_from([(), CONDITIONS])),
        "fleet__ambulances": draw(st.integers(3, 7)),
        "fleet__available_after": draw(st.sampled_from(["clear", "base"])),
        "fleet__shifts": draw(st.sampled_from(SHIFTS[:2] if lose else SHIFTS)),
        "fleet__breakdowns": draw(st.sampled_from([None, BREAKDOWNS])),
        "hospitals__bays": draw(limit),
        "hospitals__beds": draw(st.sampled_from([None, 2])),
        "hospitals__admitted_share": 0.4,
        "hospitals__stay": {"distribution": "exponential", "mean_s": 2000},
        "hospitals__divert_when_waiting": draw(limit),
        "dispatch_centre__when_busy": "lose" if lose else "wait",
        "dispatch_centre__queue": draw(st.sampled_from(["priority", "first-come"])),
        "dispatch_centre__redispatch": draw(st.booleans()),
        "policies__hospital": draw(st.sampled_from(["nearest", "least_busy", "soonest_handover"])),
        "policies__location": draw(st.sampled_from(["given", "demand_share"])),
        "policies__relocation": draw(st.sampled_from(RELOCATION)),
        "policies__signals": draw(st.sampled_from(["fixed", GREEN_WAVE])),
        "disruptions": draw(disruptions()),
    }
    return {**chosen, "fleet__types": types} if types else chosen
