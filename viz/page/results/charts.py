"""Charts of saved results: arms with intervals, response times, the fleet's day, attribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.attribution.factorial import ON
from experiments.attribution.price_sweep import PriceSweep
from experiments.attribution.shapley import Attribution
from experiments.compare import Comparison
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from simulation.measures.service import DUTY_STATES, by_state_and_hour, counted_calls
from simulation.tables.result import Result
from viz.page.plot import figure_of
from viz.page.theme import colours, series
from viz.pictures.fleet_by_hour import COLOURS, NAMES
from viz.terminal.console import shown_rows

Figure = dict[str, Any]
ROW_PX, FRAME_PX = 34, 76
SHOWN_SHARE, SHOWN_TARGETS, CURVE_POINTS = 0.99, 2.5, 200


def measures_of(comparison: Comparison) -> dict[str, str]:
    """The measures that can be shown, with what they are called."""
    return {name: _called(measure_of(name)) for name, _ in shown_rows(comparison.table)}


def _called(measure: Measure) -> str:
    section = measure.section
    return measure.heading if section in ("", "Supplies") else f"{measure.heading}, {section}"


def arms_figure(comparison: Comparison, name: str, dark: bool) -> Figure:
    """Each arm's mean with its interval."""
    measure = measure_of(name)
    rows = comparison.table[comparison.table["measure"] == name].iloc[::-1]
    values = rows[["mean", "low", "high"]] * measure.scale
    return _intervals(list(rows["arm"]), values, _axis(measure, measure.unit), dark)


def differences_figure(comparison: Comparison, name: str, dark: bool) -> Figure:
    """How each arm differs from the first, with its interval."""
    measure = measure_of(name)
    table = comparison.table
    rows = table[(table["measure"] == name) & (table["arm"] != comparison.base)].iloc[::-1]
    columns = ["difference", "difference_low", "difference_high"]
    values = rows[columns].set_axis(["mean", "low", "high"], axis=1) * measure.scale
    label = f"difference from {comparison.base}"
    title = _axis(measure, ", ".join(filter(None, (label, measure.unit_of_differences))))
    return _intervals(list(rows["arm"]), values, title, dark, zero=True)


def _axis(measure: Measure, unit: str) -> str:
    better = f"{measure.better} is better" if measure.better else ""
    return ", ".join(filter(None, (unit, better)))


def _intervals(
    names: Sequence[str], values: pd.DataFrame, title: str, dark: bool, *, zero: bool = False
) -> Figure:
    """A dot and its interval for each name."""
    page = colours(dark)
    mean = values["mean"].to_numpy(dtype=float)
    up = np.nan_to_num(values["high"].to_numpy(dtype=float) - mean)
    down = np.nan_to_num(mean - values["low"].to_numpy(dtype=float))
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": mean.tolist(),
        "y": list(names),
        "marker": {"size": 9, "color": page["accent"]},
        "error_x": {
            "type": "data", "array": up.tolist(), "arrayminus": down.tolist(),
            "symmetric": False, "color": page["accent"], "thickness": 1.8, "width": 5,
        },
        "hovertemplate": "%{y}: %{x:.4~r}<extra></extra>",
    }  # fmt: skip
    return figure_of(
        [trace], dark, FRAME_PX + ROW_PX * len(names),
        xaxis={"title": {"text": title}, "zeroline": zero, "zerolinecolor": page["faint"]},
        yaxis={"showgrid": False, "automargin": True, "type": "category",
               "range": [-0.6, len(names) - 0.4]},
        margin={"l": 20, "r": 16, "t": 8, "b": 44},
        showlegend=False,
    )  # fmt: skip


def shapley_figure(attribution: Attribution, name: str, dark: bool) -> Figure:
    """What each mechanism adds, and all of them together."""
    measure = measure_of(name)
    shares = attribution.shapley[attribution.shapley["measure"] == name]
    total = attribution.totals[attribution.totals["measure"] == name]
    names = [*shares["mechanism"], f"{ON} minus off"][::-1]
    values = (
        pd.concat(
            [
                shares[["value", "low", "high"]],
                total[["difference", "low", "high"]].rename(columns={"difference": "value"}),
            ]
        ).iloc[::-1]
        * measure.scale
    )
    page = colours(dark)
    value = values["value"].to_numpy(dtype=float)
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": value.tolist(),
        "y": names,
        "marker": {"color": [page["faint"], *[page["accent"]] * len(shares)]},
        "width": 0.6,
        "error_x": {
            "type": "data",
            "array": np.nan_to_num(values["high"].to_numpy(dtype=float) - value).tolist(),
            "arrayminus": np.nan_to_num(value - values["low"].to_numpy(dtype=float)).tolist(),
            "symmetric": False, "color": page["ink"], "thickness": 1.4, "width": 4,
        },
        "hovertemplate": "%{y}: %{x:.4~r}<extra></extra>",
    }  # fmt: skip
    return figure_of(
        [trace], dark, FRAME_PX + ROW_PX * len(names),
        xaxis={"title": {"text": _axis(measure, measure.unit_of_differences)},
               "zeroline": True, "zerolinecolor": page["ink"]},
        yaxis={"showgrid": False, "automargin": True},
        margin={"l": 20, "r": 16, "t": 8, "b": 44},
        showlegend=False,
    )  # fmt: skip


def price_figure(sweep: PriceSweep, name: str, dark: bool) -> Figure:
    """The difference of on from off by the price of coordination."""
    measure, page = measure_of(name), colours(dark)
    rows = sweep.table[sweep.table["measure"] == name]
    x = rows["price"].tolist()
    low, value, high = (
        (rows[column] * measure.scale).tolist() for column in ("low", "difference", "high")
    )
    band = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        {**band, "y": low},
        {**band, "y": high, "fill": "tonexty", "fillcolor": _faded(page["accent"])},
        {
            "type": "scatter", "mode": "lines+markers", "x": x, "y": value,
            "line": {"color": page["accent"], "width": 2},
            "hovertemplate": "%{x}: %{y:.4~r}<extra></extra>",
        },
    ]  # fmt: skip
    title = f"on minus off, {_axis(measure, measure.unit_of_differences)}"
    return figure_of(
        traces, dark, 260,
        xaxis={"title": {"text": sweep.key}},
        yaxis={"title": {"text": title}, "zeroline": True, "zerolinecolor": page["ink"],
               "automargin": True},
        margin={"l": 56, "r": 16, "t": 8, "b": 44},
        showlegend=False,
    )  # fmt: skip


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.2)"


def response_figure(runs: Mapping[str, Sequence[Result]], priority: str, dark: bool) -> Figure:
    """Share of the calls of a priority reached after so many minutes, a line an arm."""
    page, traces = colours(dark), []
    calls_of = {arm: _calls_of(own, priority) for arm, own in runs.items()}
    target_min = max(
        (float(c["target_s"].max()) / 60 for c in calls_of.values() if len(c)), default=1
    )
    end_min = _shown_min(list(calls_of.values()), target_min)
    for k, (arm, calls) in enumerate(calls_of.items()):
        minutes = np.sort(calls["response_s"].dropna().to_numpy()) / 60
        x = np.linspace(0, end_min, CURVE_POINTS)
        y = 100 * np.searchsorted(minutes, x, side="right") / max(len(calls), 1)
        colour = series(dark)[k % len(series(dark))]
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": arm, "x": x.tolist(), "y": y.tolist(),
                "line": {"width": 2.2, "color": colour, "dash": ("solid", "dash", "dot")[k % 3]},
                "hovertemplate": "%{x:.1f} min: %{y:.1f}%",
            }
        )  # fmt: skip
    line = {"type": "line", "x0": target_min, "x1": target_min, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": page["faint"], "width": 1, "dash": "dot"}}  # fmt: skip
    return figure_of(
        traces, dark, 300,
        xaxis={"title": {"text": "minutes from call to arrival; dotted: the target"},
               "range": [0, end_min]},
        yaxis={"title": {"text": "calls reached (%)"}, "range": [0, 101]},
        shapes=[line], showlegend=len(runs) > 1, margin={"l": 52, "r": 12, "t": 30, "b": 44},
    )  # fmt: skip


def _calls_of(runs: Sequence[Result], priority: str) -> pd.DataFrame:
    """The calls of a priority that count, of all runs together."""
    calls = pd.concat([counted_calls(one) for one in runs])
    return calls[calls["priority"] == priority]


def _shown_min(calls: Sequence[pd.DataFrame], target_min: float) -> float:
    """Where the axis of minutes ends: nearly all calls are reached, or twice the target is over."""
    known = (table["response_s"].dropna().to_numpy(dtype=float) for table in calls)
    ends = [float(np.quantile(own, SHOWN_SHARE)) / 60 for own in known if len(own)]
    return float(min(max([*ends, 1.1 * target_min]), SHOWN_TARGETS * target_min))


def fleet_figure(runs: Sequence[Result], dark: bool) -> Figure:
    """What ambulances on duty do, by the hour of the day."""
    page = colours(dark)
    every = pd.concat([by_state_and_hour(one) for one in runs])
    states = 100 * every.groupby(level=0, sort=True).mean().reindex(range(24), fill_value=0.0)
    own = {"idle": page["line"], "waiting_bay": page["ink"]}  # readable on any paper
    traces = [
        {
            "type": "bar", "name": NAMES[name], "x": list(range(24)), "y": states[name].tolist(),
            "marker": {"color": own.get(name, COLOURS[name]),
                       "line": {"width": 0}},
            "hovertemplate": "%{x}:00: %{y:.1f}%",
        }
        for name in DUTY_STATES
        if (states[name] > 0).any()
    ]  # fmt: skip
    return figure_of(
        traces, dark, 300, barmode="stack", bargap=0,
        xaxis={"title": {"text": "hour of the day"}, "tickvals": [0, 6, 12, 18, 24]},
        yaxis={"title": {"text": "ambulances on duty (%)"}, "range": [0, 100]},
        legend={"orientation": "v", "x": 1.01, "y": 1, "xanchor": "left", "yanchor": "top",
                "traceorder": "reversed"},
        margin={"l": 52, "r": 12, "t": 10, "b": 44},
    )  # fmt: skip
