"""Measures of a run: pure functions over its tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from environment.demand import HOUR_S
from simulation.result import Result
from simulation.tables import AMBULANCE_STATES


def summary(result: Result) -> dict[str, float]:
    """Every headline measure of a run by name; a measure without data is NaN.

    Only calls and hours after the warm-up count. Times are in seconds, shares between 0 and 1.
    """
    calls = counted_calls(result)
    measures = {
        "calls": float(len(calls)),
        **response_measures(calls),
        "lost_share": _mean(calls["state"] == "lost"),
        "wait_s": _mean(calls["wait_s"].dropna()),
        "waiting_share": _mean(calls["wait_s"].dropna() > 1e-6),
        "utilisation": utilisation(result),
        "km_per_call": _km_per_call(result, calls),
        "zone_response_gini": zone_gini(calls),
    }
    for name, own in calls.groupby("priority", observed=True):
        measures |= {f"{key}[{name}]": value for key, value in response_measures(own).items()}
    return measures


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
        "response_s": _mean(response_s),
        "response_median_s": float(median_s),
        "response_p90_s": float(p90_s),
        "in_target_share": _mean(calls["in_target"]),
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
    """Share of ambulance time spent on missions, the way home included, after the warm-up."""
    hours = result.hours[result.hours["hour"] * HOUR_S >= result.warm_up_s]
    busy_s = hours[[f"{name}_s" for name, _, _ in AMBULANCE_STATES]].to_numpy().sum()
    return float(busy_s / (busy_s + hours["idle_s"].sum()))


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
    order = np.argsort(value)
    share = weight[order] / weight.sum()
    amount = value[order] * share
    below = np.append(0.0, np.cumsum(amount))
    # Twice the area between the Lorenz curve and the diagonal, by trapezoids.
    return float(1 - (share * (below[1:] + below[:-1])).sum() / below[-1])


def _by(calls: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    rows = {
        name: {"calls": len(own), **response_measures(own)}
        for name, own in calls.groupby(key, observed=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(str(key.name))


def _km_per_call(result: Result, calls: pd.DataFrame) -> float:
    missions = result.missions[result.missions["call"].isin(calls["call"])]
    metres = missions[["to_call_m", "to_hospital_m", "home_m"]].to_numpy().sum()
    return float(metres / 1000 / len(calls)) if len(calls) else float("nan")


def _mean(values: pd.Series | NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
