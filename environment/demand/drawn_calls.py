"""Demand for ambulances: when, where and how badly people need one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.demand.calls import Calls
from environment.demand.conditions import (
    Condition,
    condition_mistakes,
    draw_conditions,
    specialty_rows,
)
from environment.demand.durations import Duration, lognormal_factors
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.demand.priorities import DEFAULT_PRIORITIES, PriorityClass
from environment.demand.recorded_times import TimeForm
from environment.errors import DataError
from environment.parameters import Parameters, Share
from environment.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from environment.places.addresses import AddressBook

MOST_CALLS = 50_000_000
TRIPS_PER_CALL = 3  # to the call, to the hospital, back to the station

Streams = Callable[[str], np.random.Generator]
"""Gives the random stream of a name, such as ``"demand.arrivals"``."""


def streams_of(event: str, streams: Streams) -> Streams:
    """The streams of one event, under the names that the everyday ones have without it."""
    return lambda name: streams(f"{event}.{name.removeprefix('demand.')}")


HourlyWeights = Annotated[
    tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...],
    Field(min_length=24, max_length=24),
]


class DemandParameters(Parameters):
    """Poisson calls over the day and the zones, and the needs of each."""

    calls_per_day: Annotated[
        float, Field(ge=0, le=10_000_000, description="mean of the Poisson process")
    ] = 60.0
    hourly_weights: Annotated[
        HourlyWeights | None, Field(description="relative call rate by hour of the day")
    ] = None
    address: Annotated[
        Literal["zone", "street"],
        Field(description="calls come from the centre of their zone, or anywhere on its streets"),
    ] = "street"
    priorities: Annotated[tuple[PriorityClass, ...], Field(min_length=1)] = DEFAULT_PRIORITIES
    conditions: Annotated[
        tuple[Condition, ...], Field(description="what patients have; the rest has none of them")
    ] = ()
    alarm_delay: Annotated[
        Duration, Field(description="from the onset of the emergency to the call")
    ] = Duration(mean_s=0.0)
    dispatch_delay: Annotated[
        Duration, Field(description="from the call until an ambulance can be chosen")
    ] = Duration(mean_s=120.0)
    mobilisation: Annotated[
        Duration, Field(description="from the order until a crew leaves its station")
    ] = Duration(mean_s=60.0)
    on_scene: Annotated[Duration, Field(description="from arrival until the crew leaves")] = (
        Duration(distribution="lognormal", mean_s=1200.0, cv=0.5)
    )
    transported_share: Annotated[
        Share, Field(description="share of calls that end in a hospital")
    ] = 0.75
    handover: Annotated[
        Duration, Field(description="from arrival at the hospital until the crew is clear")
    ] = Duration(distribution="lognormal", mean_s=1200.0, cv=0.5)
    unit_shares: Annotated[
        tuple[Share, ...],
        Field(min_length=1, description="share of calls that need one ambulance, two, …"),
    ] = (1.0,)
    trip_noise_cv: Annotated[
        float, Field(ge=0, le=2, description="coefficient of variation of trip times")
    ] = 0.0
    recorded_calls: Annotated[
        Path | None, Field(description="CSV of calls to replay in place of random ones")
    ] = None
    recorded_time: Annotated[
        TimeForm | None,
        Field(
            description="what numbers in the record count (seconds, excel, unix, unix_ms), or the "
            "pattern of its dates, as %d/%m/%Y %I:%M %p; without it, ISO dates"
        ),
    ] = None
    faulty_calls: Annotated[
        Literal["refuse", "drop"],
        Field(
            description="recorded calls off the map, after the run, or without moment or place: "
            "a mistake, or left out"
        ),
    ] = "refuse"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [p.name for p in self.priorities]
        mistakes = [
            *_wrong_sum("the shares of priorities", [p.share for p in self.priorities]),
            *_wrong_sum("unit_shares", self.unit_shares),
        ]
        if self.hourly_weights is not None and not sum(self.hourly_weights) > 0:
            mistakes.append("hourly_weights must not all be 0")
        if len(set(names)) < len(names):
            mistakes.append(f"the names of priorities must differ, got {', '.join(names)}")
        mistakes += condition_mistakes(self.conditions, list(dict.fromkeys(names)))
        if (most_urgent := self.priorities[0]).worsens is not None:
            mistakes.append(
                f"priority {most_urgent.name!r} is the most urgent, so it cannot have worsens"
            )
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self


def _wrong_sum(what: str, shares: Sequence[float]) -> list[str]:
    if abs(sum(shares) - 1) <= 1e-6:
        return []
    return [f"{what} must sum to 1, got {sum(shares):g}"]


def draw_calls(
    parameters: DemandParameters,
    addresses: AddressBook,
    horizon_s: float,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
    start_s: float = 0.0,
) -> Calls:
    """Draw all calls with onset from `start_s` on and before `horizon_s`.

    Each gets everything that it will need.
    """
    onset_s = draw_onsets_s(parameters, horizon_s, streams("demand.arrivals"), start_s)
    places = addresses.draw(len(onset_s), parameters.address, streams("demand.places"))
    known = pd.DataFrame({"onset_s": onset_s, **places})
    return complete_calls(parameters, known, streams, hospitals)


def draw_onsets_s(
    parameters: DemandParameters,
    horizon_s: float,
    rng: np.random.Generator,
    start_s: float = 0.0,
) -> NDArray[np.float64]:
    """Draw the sorted onsets of a Poisson process whose rate changes by hour of the day.

    There are none before `start_s`.

    Raises
    ------
    DataError
        If there would be more calls than memory holds.
    """
    edges_s, expected = _expected_onsets(parameters, horizon_s, start_s)
    if expected[-1] > MOST_CALLS:
        raise DataError(
            f"{expected[-1]:,.0f} calls are more than one run holds (at most {MOST_CALLS:,}); "
            "lower demand.calls_per_day or run.days"
        )
    marks = np.sort(rng.uniform(0.0, expected[-1], rng.poisson(expected[-1])))
    return np.interp(marks, expected, edges_s)


def expected_onsets(parameters: DemandParameters, horizon_s: float, start_s: float = 0.0) -> float:
    """How many onsets `draw_onsets_s` gives on average."""
    return float(_expected_onsets(parameters, horizon_s, start_s)[1][-1])


def _expected_onsets(
    parameters: DemandParameters, horizon_s: float, start_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges of the hours in seconds, and the expected onsets from the start until each."""
    weights = np.array(parameters.hourly_weights or [1.0] * 24)
    edges_s = np.append(np.arange(0.0, horizon_s, HOUR_S), horizon_s).clip(min=start_s)
    hour = (edges_s[:-1] // HOUR_S).astype(int) % 24
    per_second = parameters.calls_per_day / DAY_S * weights / weights.mean()
    return edges_s, np.append(0.0, np.cumsum(per_second[hour] * np.diff(edges_s)))


def complete_calls(
    parameters: DemandParameters,
    known: pd.DataFrame,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
) -> Calls:
    """Draw whatever is not in `known` (which has at least onset and place of each call)."""
    size = len(known)
    severity = streams("demand.severity")
    shares = [p.share for p in parameters.priorities]
    drawn = {
        "priority": _pick(severity, shares, size),
        "units": 1 + _pick(severity, parameters.unit_shares, size),
        "transported": severity.random(size) < parameters.transported_share,
        "alarm_delay_s": parameters.alarm_delay.draw(streams("demand.alarm_delay"), size),
        "dispatch_delay_s": parameters.dispatch_delay.draw(streams("demand.dispatch_delay"), size),
        "mobilisation_s": parameters.mobilisation.draw(streams("demand.mobilisation"), size),
        "scene_s": parameters.on_scene.draw(streams("demand.on_scene"), size),
        "handover_s": parameters.handover.draw(streams("demand.handover"), size),
    }
    table = _filled(known, drawn)
    if "called_s" not in table:
        table["called_s"] = table["onset_s"] + table["alarm_delay_s"]
    table["ready_s"] = table["called_s"] + table["dispatch_delay_s"]
    table = table.drop(columns=["alarm_delay_s", "dispatch_delay_s"])
    units = max(len(parameters.unit_shares), int(table["units"].max()) if size else 1)
    noise = _draw_trip_noise(parameters, (size, units), streams)
    return Calls(_with_course(table, parameters, hospitals, streams), noise)


def _filled(known: pd.DataFrame, drawn: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """What is known, and what was drawn wherever it is not."""
    table = known.assign(**{name: v for name, v in drawn.items() if name not in known})
    for name in drawn.keys() & set(known):
        whole = table[name].where(table[name].notna(), drawn[name])
        table[name] = whole.astype(drawn[name].dtype)
    return table


def _with_course(
    table: pd.DataFrame,
    parameters: DemandParameters,
    hospitals: HospitalParameters,
    streams: Streams,
) -> pd.DataFrame:
    """Draw what the patients have and how it goes on with them, by their true class."""
    size, classes = len(table), parameters.priorities
    everyday = {
        "incident": np.full(size, -1),
        "epidemic": np.zeros(size, dtype=bool),
        "triage_priority": table["priority"].to_numpy(),
    }
    table = _filled(table, everyday)
    true_class = table["triage_priority"].to_numpy()
    names = [p.name for p in classes]
    marks = streams("demand.conditions")
    drawn = {
        "condition": draw_conditions(parameters.conditions, names, true_class, marks),
        "stay_s": _draw_stays_s(hospitals, size, streams),
        "patience_s": _draw_by_class(
            [p.patience for p in classes], true_class, "demand.patience", streams
        ),
        "worsens_s": _draw_by_class(
            [p.worsens for p in classes], true_class, "demand.worsens", streams
        ),
    }
    table = _filled(table, drawn)
    needed = np.array([len(p.needs) for p in classes])[table["priority"]]
    return table.assign(
        specialty=specialty_rows(parameters.conditions, table["condition"].to_numpy()),
        units=np.maximum(table["units"], needed),
    )


def _draw_stays_s(
    hospitals: HospitalParameters, size: int, streams: Streams
) -> NDArray[np.float64]:
    """How long each patient would keep a bed if taken to a hospital; 0 if not admitted."""
    admitted = streams("demand.admission").random(size) < hospitals.admitted_share
    return np.where(admitted, hospitals.stay.draw(streams("demand.stay"), size), 0.0)


def _draw_by_class(
    durations: Sequence[Duration | None],
    priority: NDArray[np.int64],
    name: str,
    streams: Streams,
) -> NDArray[np.float64]:
    """Seconds by each call's class; infinite where the class has no such duration.

    Every class draws for all calls from the start of the stream, so that another duration for one
    class leaves the patients of the others as they are.
    """
    seconds = np.full(len(priority), np.inf)
    for row, duration in enumerate(durations):
        if duration is not None:
            drawn_s = duration.draw(streams(name), len(priority))
            seconds = np.where(priority == row, drawn_s, seconds)
    return seconds


def _pick(
    rng: np.random.Generator, shares: list[float] | tuple[float, ...], size: int
) -> NDArray[np.int64]:
    """Pick a row by share, from one uniform per call so that a changed share moves few."""
    edges = np.cumsum(shares)[:-1]
    return np.searchsorted(edges, rng.random(size), side="right")


def _draw_trip_noise(
    parameters: DemandParameters, size: tuple[int, int], streams: Streams
) -> NDArray[np.float64] | None:
    """Factors for each call, and in columns for each trip of each of its ambulances.

    Vehicles beyond those that a call's `units` ask for come with the skills that it needs; their
    trips are drawn apart, so that needs leave the trips of the others as they are.
    """
    cv, (calls, units) = parameters.trip_noise_cv, size
    if cv == 0:
        return None
    noise = lognormal_factors(streams("demand.trips"), cv, (calls, TRIPS_PER_CALL * units))
    more = max(0, max(len(p.needs) for p in parameters.priorities) - units)
    skilled = streams("demand.trips.needs")
    return np.hstack([noise, lognormal_factors(skilled, cv, (calls, TRIPS_PER_CALL * more))])
