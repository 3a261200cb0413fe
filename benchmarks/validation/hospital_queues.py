"""Queues at the hospital's door, beside M/M/c: for bays, for beds, and by urgency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.validation.check import (
    ONE_PLACE,
    SERVICE_S,
    Check,
    Measure,
    Runs,
    exponential,
    relaxation,
)
from benchmarks.validation.formulas import cobham_waits_s, erlang_c, mean_wait_s
from simulation.tables.result import Result

HUGE_FLEET = 120
"""So many ambulances that nobody ever waits for one, though their crews wait at the hospital."""


def bay_checks(run: Runs, bays: int, load: float) -> Iterator[Check]:
    """Crews wait until they can hand over: M/M/c at the hospital's door."""
    yield from _hospital_checks(
        run,
        f"bays, c = {bays}, a = {load:g}",
        (bays, load),
        {"bays": bays, "admitted_share": 0},
        {"handover": exponential(SERVICE_S)},
    )


def bed_checks(run: Runs, beds: int, load: float) -> Iterator[Check]:
    """Crews keep patients until there is a bed: M/M/c with the stay as its service."""
    yield from _hospital_checks(
        run,
        f"beds, c = {beds}, a = {load:g}",
        (beds, load),
        {"beds": beds, "admitted_share": 1, "stay": exponential(SERVICE_S)},
        {},
    )


def _hospital_checks(
    run: Runs,
    name: str,
    size: tuple[int, float],
    hospitals: Mapping[str, Any],
    demand: Mapping[str, Any],
) -> Iterator[Check]:
    servers, load = size
    scenario = run.scenario(
        ONE_PLACE,
        load,
        relaxation(servers, load),
        fleet={"ambulances": HUGE_FLEET},
        hospitals=hospitals,
        demand={"on_scene": 0, "transported_share": 1, **demand},
    )
    expected = {
        "wait at the hospital": mean_wait_s(servers, load, SERVICE_S),
        "waiting there": erlang_c(servers, load),
    }
    measures: dict[str, Measure] = {
        "wait at the hospital": lambda result: float(_waits_at_hospital_s(result).mean()),
        "waiting there": lambda result: float((_waits_at_hospital_s(result) > 1e-6).mean()),
    }
    yield from run.checks(name, scenario, expected, measures)


def _waits_at_hospital_s(result: Result) -> NDArray[np.float64]:
    """From arrival until clear, without the handover itself, of all counted calls."""
    calls = result.calls[result.calls["counted"]]
    return (calls["clear_s"] - calls["at_hospital_s"] - calls["handover_s"]).to_numpy()


def urgent_bay_checks(run: Runs, bays: int, load: float) -> Iterator[Check]:
    """Two classes, 30 and 70 % of all patients, are handed over by urgency (Cobham)."""
    shares = {"high": 0.3, "low": 0.7}
    scenario = run.scenario(
        ONE_PLACE,
        load,
        relaxation(bays, load),
        fleet={"ambulances": HUGE_FLEET},
        hospitals={"bays": bays, "admitted_share": 0},
        demand={
            "on_scene": 0,
            "transported_share": 1,
            "handover": exponential(SERVICE_S),
            "priorities": [{"name": n, "share": s, "target_s": 60} for n, s in shares.items()],
        },
    )
    waits_s = cobham_waits_s(bays, tuple(load * share for share in shares.values()), SERVICE_S)
    measures = {f"wait at the hospital[{name}]": _hospital_wait_of(name) for name in shares}
    expected = dict(zip(measures, waits_s, strict=True))
    yield from run.checks(
        f"bays by urgency, c = {bays}, a = {load:g}", scenario, expected, measures
    )


def _hospital_wait_of(priority: str) -> Measure:
    def wait_s(result: Result) -> float:
        calls = result.calls[result.calls["counted"]]
        return float(_waits_at_hospital_s(result)[calls["priority"] == priority].mean())

    return wait_s
