"""The scenario of a plan that is tried: every vehicle a store, every centre a distributor.

A vehicle is a store with one truck and what its trips bring; a centre begins with what it has, and
nobody orders anything more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S, HOUR_S
from scenarios.scenario import Scenario

Array = NDArray[np.float64]
Units = NDArray[np.int64]

NEAR_S = 0.001
"""Driving time between two places that are one."""
APART_M = 1000.0
"""On the map of a trial, places stand in a row; how far they are is what its table of ways says."""


class Visit(NamedTuple):
    """A stop of a trip.

    Attributes
    ----------
    centre : int
    units : tuple of int
        Brought, of each item.
    not_before_s : float
        When unloading may begin.
    unload_s : float
    """

    centre: int
    units: tuple[int, ...]
    not_before_s: float = 0.0
    unload_s: float = 0.0


class PlannedRound(NamedTuple):
    """A trip of a vehicle.

    Attributes
    ----------
    vehicle : str
        Trips of the same vehicle are driven one after the other.
    depot : int
        The same for all trips of a vehicle.
    departure_s : float
        Loaded and off, if the vehicle is back from its trip before.
    visits : tuple of Visit
    """

    vehicle: str
    depot: int
    departure_s: float
    visits: tuple[Visit, ...]


Rounds = Sequence[PlannedRound]


class VehicleCost(NamedTuple):
    """What a vehicle costs.

    Attributes
    ----------
    if_used, per_km, per_h : float
        Money: once; by the kilometre; by the hour from when it sets out to when it is back.
    """

    if_used: float = 0.0
    per_km: float = 0.0
    per_h: float = 0.0


@dataclass(frozen=True, eq=False)
class TrialSetting:
    """Where plans are tried: places, prices, and what people will ask for.

    Parameters
    ----------
    depots, centres, items : tuple of str
        Their names.
    travel_s, distance_m : (p, p) float64
        Between all places, depots first; infinite where there is no way.
    mean, sd : (c, i) float64
        Of the demand of each centre for each item until the next delivery, units.
    unit_cost, holding_cost, shortage_cost : (c, i) float64
        Money a unit: ordered, left over, and asked for in vain.
    opening : (c, i) int64
        Units that are there before any truck comes.
    vehicle_cost : mapping of str to VehicleCost
        Of vehicles by name; none of the others costs anything.
    horizon_h : float
        Hours in which the demand comes up, in eighths of each day.
    patience_h : float
        Hours that people wait for what has not come yet, at least 3.
    """

    depots: tuple[str, ...]
    centres: tuple[str, ...]
    items: tuple[str, ...]
    travel_s: Array
    distance_m: Array
    mean: Array
    sd: Array
    unit_cost: Array
    holding_cost: Array
    shortage_cost: Array
    opening: Units
    vehicle_cost: Mapping[str, VehicleCost] = field(default_factory=dict)
    horizon_h: float = 24.0
    patience_h: float = 6.0


def write_map(setting: TrialSetting, folder: Path) -> None:
    """Write all places and the ways between them as two tables."""
    count = len(setting.depots) + len(setting.centres)
    places = pd.DataFrame({"node_id": range(count), "x": _x(count), "y": 0.0})
    places.to_csv(folder / "nodes.csv", index=False)
    rows = [
        (i, j, max(float(setting.travel_s[i, j]), NEAR_S), max(float(setting.distance_m[i, j]), 1))
        for i, j in product(range(count), repeat=2)
        if i != j and setting.travel_s[i, j] < inf
    ]
    links = pd.DataFrame(rows, columns=["from", "to", "time_s", "length_m"])
    links.to_csv(folder / "links.csv", index=False)


def _x(count: int) -> Array:
    return APART_M * np.arange(count, dtype=float)


def trial_scenario(setting: TrialSetting, rounds: Rounds, folder: Path) -> Scenario:
    """The scenario of a plan, without the demand of a run.

    Raises
    ------
    ScenarioError
        If it cannot be one, such as with a vehicle that brings nothing of an item there is.
    """
    x = _x(len(setting.depots) + len(setting.centres))
    hours = setting.horizon_h
    data = {
        "name": "a plan tried",
        "roads": {"source": "inter_city", "nodes": "nodes.csv", "links": "links.csv"},
        "run": {"days": hours * HOUR_S / DAY_S, "warm_up_days": 0, "trace": False},
        "demand": {"calls_per_day": 0},
        "policies": {"ordering": {"use": "fixed", "quantity": 0}},
        "supplies": {
            "items": [{"name": name} for name in setting.items],
            "times": {
                "request_every_h": hours,
                "order_every_h": hours,
                "patience_h": setting.patience_h,
            },
            "sites": {
                # Nobody asks it for anything; a supply side has one.
                "suppliers": [
                    {
                        "site_id": "the maker", "x": x[0], "y": 0,
                        "rate_per_day": dict.fromkeys(setting.items, 1.0),
                    }
                ],
                "stores": _stores(setting, rounds, x),
                "distributors": [
                    {
                        "site_id": name, "x": x[len(setting.depots) + c], "y": 0, "persons": 1,
                        "staff": 1_000_000,  # who comes is served at once, if there is anything
                        "stock": dict(zip(setting.items, setting.opening[c].tolist(), strict=True)),
                    }
                    for c, name in enumerate(setting.centres)
                ],
            },
        },
    }  # fmt: skip
    return Scenario.model_validate({**data, "folder": folder})


def _stores(setting: TrialSetting, rounds: Rounds, x: Array) -> list[dict[str, Any]]:
    """A store for each vehicle, with what its trips bring."""
    own: dict[str, list[PlannedRound]] = {}
    for one in rounds:
        own.setdefault(one.vehicle, []).append(one)
    stores = [
        _store(setting, f"{VEHICLE}{name}", x[of_vehicle[0].depot], of_vehicle)
        for name, of_vehicle in own.items()
    ]
    return stores or [_store(setting, f"{VEHICLE}none", x[0], [])]


VEHICLE = "vehicle: "
"""Before the names of the stores that stand for vehicles, so that none is that of a centre."""


def _store(setting: TrialSetting, name: str, x: float, rounds: Rounds) -> dict[str, Any]:
    units = [np.sum([v.units for v in one.visits], axis=0) for one in rounds]
    total = np.sum(units, axis=0, dtype=int) if rounds else np.zeros(len(setting.items), int)
    most = max((int(one.sum()) for one in units), default=0)
    return {
        "site_id": name,
        "x": x,
        "y": 0,
        "stock": dict(zip(setting.items, total.tolist(), strict=True)),
        # Whether a load fits is the plan's affair; items take a litre each here.
        "trucks": {"count": 1, "capacity_l": max(most, 1), "load_s": 0.0, "unload_s": 0.0},
        "trips": [_trip(setting, one) for one in rounds],
    }


def _trip(setting: TrialSetting, one: PlannedRound) -> dict[str, Any]:
    stops = [
        {
            "site": setting.centres[visit.centre],
            "units": {
                name: units for name, units in zip(setting.items, visit.units, strict=True) if units
            },
            "not_before_s": visit.not_before_s,
            "unload_s": visit.unload_s,
        }
        for visit in one.visits
        if any(visit.units)
    ]
    return {"not_before_s": one.departure_s, "stops": stops}
