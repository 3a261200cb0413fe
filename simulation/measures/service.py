"""Measures of a run: pure functions over its tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from agents.activity import ON_DUTY, ON_MISSION
from environment.gini import gini_by_row
from environment.units import DAY_S, HOUR_S
from simulation.tables.result import Result

MISSION_STATES = tuple(doing.label for doing in ON_MISSION)
DUTY_STATES = tuple(doing.label for doing in ON_DUTY)


def call_values(calls: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """What each call gives to the measures that are means over calls, in the order of the calls."""
    state, wait_s = calls["state"], calls["wait_s"].dropna().to_numpy()
    short = (state == "completed") & (calls["vehicles_short"] > 0)
    return {
        "response_s": calls["response_s"].dropna().to_numpy(),
        "in_target_share": calls["in_target"].to_numpy(dtype=float),
        "survival_share": calls["survival"].dropna().to_numpy(dtype=float),
        "lost_share": (state == "lost").to_numpy(dtype=float),
        "left_share": (state == "left").to_numpy(dtype=float),
        "short_share": short.to_numpy(dtype=float),
        "wait_s": wait_s,
        "waiting_share": (wait_s > 1e-6).astype(float),
        "called_off_per_call": calls["called_off"].to_numpy(dtype=float),
        "broken_down_per_call": calls["broken_down"].to_numpy(dtype=float),
    }


def counted_calls(result: Result) -> pd.DataFrame:
    """The calls that came in after the warm-up."""
    calls = result.calls
    return calls[calls["counted"]]


def response_measures(calls: pd.DataFrame) -> dict[str, float]:
    """Response time of a set of calls: mean, median, 90th percentile, share within target.

    A lost call has no response time, and is not within target.
    """
    response_s = calls["response_s"].dropna().to_numpy()
    median_s, p90_s = np.quantile(response_s, [0.5, 0.9]) if len(response_s) else (np.nan,) * 2
    return {
        "response_s": mean(response_s),
        "response_median_s": float(median_s),
        "response_p90_s": float(p90_s),
        "in_target_share": mean(calls["in_target"]),
    }


def by_zone(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls and their response by zone."""
    return _by(calls, calls["zone"])


def by_hour(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls and their response by hour of the day."""
    return _by(calls, (calls["called_s"] // HOUR_S % 24).astype("int64").rename("hour"))


def by_priority(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls and their response by priority."""
    return _by(calls, calls["priority"])


def utilisation(result: Result) -> float:
    """Share of the time on duty spent on missions, the way home included, after the warm-up.

    Breaks and breakdowns are time on duty; so are drives to another station, which are no missions.
    NaN if nobody was on duty.
    """
    seconds = _counted_hours(result)[_columns(DUTY_STATES)].sum()
    return _ratio(seconds[_columns(MISSION_STATES)].sum(), seconds.sum())


def by_state_and_hour(result: Result) -> pd.DataFrame:
    """Share of the fleet on duty in each state, by hour of the day, after the warm-up.

    One column for each of `DUTY_STATES`; hours in which nobody is on duty are not there.
    """
    hours = _counted_hours(result)
    seconds = hours.groupby(hours["hour"] % 24)[_columns(DUTY_STATES)].sum()
    on_duty_s = seconds.sum(axis=1)
    shares = seconds[on_duty_s > 0].div(on_duty_s[on_duty_s > 0], axis=0)
    return shares.set_axis(list(DUTY_STATES), axis=1)


def kilometres(result: Result) -> pd.DataFrame:
    """Kilometres with siren and without, by what they were driven for.

    Those of missions for calls after the warm-up, and of moves that began after it.
    """
    missions, moves = _counted_missions(result), _counted(result.moves, "left_s", result)
    siren_m = {
        "to_call": missions["to_call_m"] * missions["siren"],
        "to_hospital": missions["to_hospital_m"] * missions["to_hospital_siren"],
    }
    all_m = {
        "to_call": missions["to_call_m"],
        "to_hospital": missions["to_hospital_m"],
        "returning": missions["home_m"],
        "moving": moves["metres"],
    }
    siren_km = pd.Series({leg: metres.sum() / 1000 for leg, metres in siren_m.items()})
    all_km = pd.Series({leg: metres.sum() / 1000 for leg, metres in all_m.items()})
    with_siren = siren_km.reindex(all_km.index, fill_value=0.0)
    return pd.DataFrame({"siren_km": with_siren, "normal_km": all_km - with_siren})


def coverage_by_hour(result: Result) -> pd.DataFrame:
    """Means over time of what the coverage table tells, by hour of the day, after the warm-up."""
    pieces = _coverage_pieces(result)
    weighted = pieces[["available", "covered_share"]].mul(pieces["held_s"], axis=0)
    totals = weighted.groupby(pieces["hour"]).sum()
    return totals.div(pieces.groupby("hour")["held_s"].sum(), axis=0)


def redirections(result: Result) -> pd.DataFrame:
    """Ambulances called off on their way, by the priority that they left and that they went to.

    ``count``, and on average the kilometres and seconds driven in vain. Where no other call was the
    reason, the priority that they went to is "none".
    """
    priority = result.calls.set_index("call")["priority"].astype("str")
    missions = result.missions.sort_values(["ambulance", "dispatched_s"])
    following = missions.groupby("ambulance")[["call", "dispatched_s"]].shift(-1)
    sent_on = following["dispatched_s"] == missions["home_s"]
    table = missions.assign(
        left=missions["call"].map(priority),
        went_to=following["call"].map(priority).where(sent_on, "none"),
        driven_km=missions["to_call_m"] / 1000,
        driven_s=(missions["home_s"] - missions["departed_s"]).fillna(0.0),
    )
    table = table[
        (table["end"] == "called_off") & table["call"].isin(counted_calls(result)["call"])
    ]
    return table.groupby(["left", "went_to"]).agg(
        count=("call", "size"), driven_km=("driven_km", "mean"), driven_s=("driven_s", "mean")
    )


def hospital_load(result: Result) -> pd.DataFrame:
    """Patients brought to each hospital, and how their crews waited for a bay and handed over.

    Of calls after the warm-up.
    """
    missions = _counted_missions(result).dropna(subset="bay_s")
    table = missions.assign(
        wait_s=missions["bay_s"] - missions["at_hospital_s"],
        handover_s=missions["clear_s"] - missions["bay_s"],
    )
    return table.groupby("hospital").agg(
        patients=("call", "size"),
        wait_s=("wait_s", "mean"),
        wait_p90_s=("wait_s", lambda waits: waits.quantile(0.9)),
        handover_s=("handover_s", "mean"),
    )


def greens_by_light(result: Result) -> pd.DataFrame:
    """Forced greens of each light a day after the warm-up, with what they cost those who cross.

    ``greens``, ``cross_red_s`` and ``held_vehicles``, each a day.
    """
    greens = _counted(result.forced_greens, "from_s", result)
    totals = greens.groupby("light").agg(
        greens=("from_s", "size"),
        cross_red_s=("cross_red_s", "sum"),
        held_vehicles=("held_vehicles", "sum"),
    )
    return totals / (_counted_s(result) / DAY_S)


def survival_by_condition(result: Result) -> pd.DataFrame:
    """Calls of each condition that has a survival function, their survival and response."""
    calls = counted_calls(result).dropna(subset="survival")
    return calls.groupby("condition", observed=True).agg(
        calls=("call", "size"),
        survival_share=("survival", "mean"),
        response_s=("response_s", "mean"),
    )


TREND_BATCHES = 10
"""Of calls, whose mean waits are looked at for a trend."""
CYCLES = 3
"""Days that a run must have to tell a trend from the hours of the day."""


def wait_trend(result: Result, calls: pd.DataFrame) -> float:
    """Kendall's rank correlation of the wait with time: whether a queue grows during the run.

    Parameters
    ----------
    result : Result
    calls : DataFrame
        Those that count.

    Returns
    -------
    float
        See `rank_trend`; NaN, too, in a run of fewer than three days whose calls depend on the
        hour.
    """
    scenario = result.manifest["scenario"]
    weights = scenario.get("demand", {}).get("hourly_weights")
    if weights and scenario["run"]["days"] < CYCLES:
        return np.nan
    return rank_trend(calls.sort_values("called_s")["wait_s"].dropna().to_numpy())


def rank_trend(values: NDArray[np.float64]) -> float:
    """Kendall's rank correlation with time of the means of ten batches of values in a row.

    Parameters
    ----------
    values : (n,) float64
        In the order of time.

    Returns
    -------
    float
        From -1 to 1; equal means agree with neither direction. NaN with fewer than ten values.

    Notes
    -----
    M. G. Kendall, A new measure of rank correlation, Biometrika 30, 1938, 81-93. See
    `experiments.growing_queues` for what is concluded from it.
    """
    if len(values) < TREND_BATCHES:
        return np.nan
    means = np.array([batch.mean() for batch in np.array_split(values, TREND_BATCHES)])
    earlier, later = np.triu_indices(TREND_BATCHES, 1)
    return float(np.sign(means[later] - means[earlier]).mean())


def zone_gini(calls: pd.DataFrame) -> float:
    """How unequal zones are served: Gini coefficient of the zones' mean response times.

    Zones weigh by their calls; 0 means that all wait alike.
    """
    zones = calls.dropna(subset="response_s").groupby("zone")["response_s"].agg(["mean", "size"])
    return gini(zones["mean"], zones["size"])


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """Gini coefficient of non-negative values with weights: half the relative mean difference.

    Parameters
    ----------
    values, weights : (n,) array_like
    """
    value, weight = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if not (len(value) and (value * weight).sum() > 0):
        return float("nan")
    return float(gini_by_row(value[None], weight)[0])


def _by(calls: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    rows = {
        name: {"calls": len(own), **response_measures(own)}
        for name, own in calls.groupby(key, observed=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(str(key.name))


def km_per_call(result: Result, calls: pd.DataFrame) -> float:
    """Kilometres driven for some calls, the way home included, for each of them."""
    missions = result.missions[result.missions["call"].isin(calls["call"])]
    metres = missions[["to_call_m", "to_hospital_m", "home_m"]].to_numpy().sum()
    return _ratio(metres / 1000, len(calls))


def siren_km_per_call(result: Result, calls: pd.DataFrame) -> float:
    """Those driven with siren."""
    return _ratio(kilometres(result)["siren_km"].sum(), len(calls))


def waiting_bay_s(result: Result) -> float:
    """Mean seconds that a crew waits at a hospital until it can hand over; NaN without any."""
    missions = _counted_missions(result)
    return mean((missions["bay_s"] - missions["at_hospital_s"]).dropna())


def epidemic_measures(result: Result, calls: pd.DataFrame) -> dict[str, float]:
    """Cases of the whole run and its peak; of the calls, those that are counted."""
    table = result.epidemic
    if table.empty:
        return {}
    persons = table[["susceptible", "probable", "infectious", "removed"]].sum(axis=1)
    by_day = pd.DataFrame({"infectious": table["infectious"], "persons": persons})
    city = by_day.groupby(table["day"]).sum()
    return {
        "epidemic_calls": float(calls["epidemic"].sum()),
        "epidemic_cases": float(table["new_cases"].sum()),
        "peak_infectious_share": float((city["infectious"] / city["persons"]).max()),
    }


def moves_by_day(result: Result) -> dict[str, float]:
    """Moves to other stations and their kilometres, each a day."""
    moves, days = _counted(result.moves, "left_s", result), _counted_s(result) / DAY_S
    return {
        "moves_per_day": len(moves) / days,
        "km_moved_per_day": float(moves["metres"].sum()) / 1000 / days,
    }


def greens_by_hour(result: Result) -> dict[str, float]:
    """Red that cross traffic had for sirens, and vehicles held up, each an hour."""
    greens, hours = _counted(result.forced_greens, "from_s", result), _counted_s(result) / HOUR_S
    return {
        "forced_green_s_per_hour": float(greens["cross_red_s"].sum()) / hours,
        "held_vehicles_per_hour": float(greens["held_vehicles"].sum()) / hours,
    }


def coverage(result: Result) -> dict[str, float]:
    """Time-means of the share covered, and of the share of ambulances on duty that can be sent."""
    pieces, hours = _coverage_pieces(result), _counted_hours(result)
    held_s, whole_s = pieces["held_s"], pieces["held_s"].sum()
    on_duty_s = hours[_columns(DUTY_STATES)].to_numpy().sum()
    on_duty = hours["ambulance"].nunique() * _ratio(
        on_duty_s, on_duty_s + hours["off_duty_s"].sum()
    )
    available = _ratio((pieces["available"] * held_s).sum(), whole_s)
    return {
        "availability": _ratio(available, on_duty),
        "coverage": _ratio((pieces["covered_share"] * held_s).sum(), whole_s),
    }


def _coverage_pieces(result: Result) -> pd.DataFrame:
    """The coverage table cut at the turns of hours: what held for how long, after the warm-up."""
    table, (begin_s, end_s) = result.coverage, counted_span_s(result)
    known_s = table["time_s"].to_numpy()
    turns_s = np.arange(np.ceil(begin_s / HOUR_S), np.ceil(end_s / HOUR_S)) * HOUR_S
    from_s = np.unique(np.concatenate(([begin_s], known_s, turns_s)))
    from_s = from_s[(from_s >= begin_s) & (from_s < end_s)]
    row = np.searchsorted(known_s, from_s, side="right") - 1
    known = row >= 0
    held_s = np.diff(np.append(from_s, end_s))[known]
    from_s, row = from_s[known], row[known]
    pieces = table.iloc[row].reset_index(drop=True)
    return pieces.assign(held_s=held_s, hour=(from_s // HOUR_S % 24).astype("int64"))


def _counted_hours(result: Result) -> pd.DataFrame:
    begin_s, end_s = counted_span_s(result)
    from_s = result.hours["hour"] * HOUR_S
    return result.hours[(from_s >= begin_s) & (from_s < end_s)]


def _counted_missions(result: Result) -> pd.DataFrame:
    return result.missions[result.missions["call"].isin(counted_calls(result)["call"])]


def _counted(table: pd.DataFrame, begin: str, result: Result) -> pd.DataFrame:
    """Rows that begin in the time that counts."""
    begin_s, end_s = counted_span_s(result)
    return table[(table[begin] >= begin_s) & (table[begin] < end_s)]


def counted_span_s(result: Result) -> tuple[float, float]:
    """From when to when a run counts: after the warm-up, and on days that a record of calls covers.

    A record covers the days from its first call to its last, as the calls of the run tell.
    """
    scenario, begin_s = result.manifest["scenario"], result.warm_up_s
    end_s = begin_s + float(scenario["run"]["days"]) * DAY_S
    if scenario.get("demand", {}).get("recorded_calls") is None or result.calls.empty:
        return begin_s, end_s
    called_s = result.calls["called_s"]
    first_s, last_s = called_s.min() // DAY_S * DAY_S, (called_s.max() // DAY_S + 1) * DAY_S
    if first_s >= end_s or last_s <= begin_s:  # no recorded day counts
        return begin_s, end_s
    return max(begin_s, first_s), min(end_s, last_s)


def _counted_s(result: Result) -> float:
    begin_s, end_s = counted_span_s(result)
    return end_s - begin_s


def _columns(states: Sequence[str]) -> list[str]:
    return [f"{name}_s" for name in states]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def mean(values: pd.Series | NDArray[np.float64]) -> float:
    """Mean of some values; NaN without any."""
    return float(np.mean(values)) if len(values) else float("nan")
