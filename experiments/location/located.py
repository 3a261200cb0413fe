"""A plan for a city: stations, ambulances, who serves whom, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import GEOGRAPHIC
from experiments.location.candidates import Candidates
from experiments.location.question import LocationQuestion
from experiments.statistics import Interval

NOTHING = np.zeros(0, dtype=bool)


class Search(NamedTuple):
    """How a plan was found.

    Attributes
    ----------
    status : str
        ``optimal`` (within the gap asked for), ``time limit``, ``interrupted``, ``tolerance``, or
        ``not proven`` where a model proves nothing.
    objective, bound : float
        In the model's own units; NaN where there is none.
    gap : float
        Proven share of the objective that a better plan may save or win; NaN where nothing is.
    seconds : float
    """

    status: str
    objective: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True, eq=False)
class LocatedPlan:
    """A plan and its figures, which are the same for all models.

    Attributes
    ----------
    name : str
        Of the model, or the set that it is protected against.
    candidates : Candidates
    ambulances : (s,) int64
    share : (s, z) float64
        Part of each zone's calls that each station serves.
    drive_s : (s, z) float64
        Expected drive with siren, as the equipped lights let it be.
    is_equipped : (l,) bool
        Empty where lights are no decision.
    search : Search or None
        None for what the city has.
    within_target, mean_drive_s, longest_drive_s : float
        Share of demand whose station is within the target, and its drives.
    cost_per_day : float
        Of stations, ambulances, kilometres of the mean demand, and lights.
    days_held : Interval
        Share of the days on which no station is asked for more ambulances than it has.
    station_days_held : Interval
        Mean over these days of the share of open stations of which that is so.
    """

    name: str
    candidates: Candidates
    ambulances: NDArray[np.int64]
    share: NDArray[np.float64]
    drive_s: NDArray[np.float64]
    is_equipped: NDArray[np.bool_]
    search: Search | None
    within_target: float
    mean_drive_s: float
    longest_drive_s: float
    cost_per_day: float
    days_held: Interval
    station_days_held: Interval

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether a station has ambulances, (s,)."""
        return self.ambulances > 0

    def figures(self) -> dict[str, Any]:
        """What a row of the table has, and the search behind it."""
        return {
            "plan": self.name,
            "stations": int(self.is_open.sum()),
            "ambulances": int(self.ambulances.sum()),
            "within_target": self.within_target,
            "mean_drive_s": self.mean_drive_s,
            "longest_drive_s": self.longest_drive_s,
            "cost_per_day": self.cost_per_day,
            "lights": int(self.is_equipped.sum()),
            "days_held": self.days_held._asdict(),
            "station_days_held": self.station_days_held._asdict(),
            "search": None if self.search is None else self.search._asdict(),
        }

    def sited(self) -> list[dict[str, Any]]:
        """A row for each station: name, place and ambulances."""
        sites = self.candidates
        return [
            {
                "site_id": sites.site_id[j],
                "name": sites.name[j],
                "x": float(sites.x[j]),
                "y": float(sites.y[j]),
                "ambulances": int(self.ambulances[j]),
                "share_of_demand": float(self.share[j] @ sites.city.zones.demand_share),
            }
            for j in np.flatnonzero(self.is_open).tolist()
        ]

    def to_geojson(self) -> dict[str, Any]:
        """Stations, zones with the station that serves most of each, and equipped lights.

        Coordinates are those of the map: degrees, or metres of a plane, as the member
        ``coordinates_are`` says.
        """
        sites, zones = self.candidates, self.candidates.city.zones
        stations = [
            _point(row.pop("x"), row.pop("y"), {"kind": "station"} | row) for row in self.sited()
        ]
        served_by = self.share.argmax(axis=0)
        served = [
            _point(
                float(zones.x[i]), float(zones.y[i]),
                {
                    "kind": "zone", "zone_id": str(zones.zone_id[i]),
                    "demand_share": float(zones.demand_share[i]), "station": sites.site_id[j],
                    "drive_s": round(float(self.drive_s[j, i]), 1),
                },
            )
            for i, j in enumerate(served_by.tolist())
        ]  # fmt: skip
        lights = [
            _point(x, y, {"kind": "equipped_light", "junction": junction})
            for junction, x, y in equipped_junctions(self)
        ]
        degrees = sites.city.roads.crs == GEOGRAPHIC
        return {
            "type": "FeatureCollection",
            "coordinates_are": "degrees" if degrees else "metres of a plane",
            "features": [*stations, *served, *lights],
        }


@dataclass(frozen=True, eq=False)
class Location:
    """What a model answers for a city.

    Attributes
    ----------
    case : str
    question : LocationQuestion
    target_s : float
        Longest drive that is in time.
    calls_per_day : float
        Ambulances sent on a simulated day.
    present : LocatedPlan
        What the city has.
    plan : LocatedPlan
    beside : tuple of LocatedPlan
        Of a robust model, the plans that stand other sets, without its own.
    front : tuple of LocatedPlan
        Between the cheapest and the best service, those that no other beats in both.
    notes : tuple of str
    is_interrupted : bool
        Whether the user has stopped a search.
    """

    case: str
    question: LocationQuestion
    target_s: float
    calls_per_day: float
    present: LocatedPlan
    plan: LocatedPlan
    beside: tuple[LocatedPlan, ...]
    front: tuple[FrontPlan, ...]
    notes: tuple[str, ...]
    is_interrupted: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        plan = self.plan
        return {
            "case": self.case,
            "model": self.question.model,
            "target_s": self.target_s,
            "calls_per_day": self.calls_per_day,
            "present": self.present.figures(),
            "plan": plan.figures() | {"sites": plan.sited(), "equipped_lights": [
                junction for junction, _, _ in equipped_junctions(plan)
            ]},
            "beside": [one.figures() for one in self.beside],
            "front": [one._asdict() for one in self.front],
            "notes": list(self.notes),
        }  # fmt: skip


class FrontPlan(NamedTuple):
    """A plan between cost and service, as the model counts both at the worst demand."""

    cost_per_day: float
    service_cost_per_day: float
    stations: int
    ambulances: int
    gap: float


def equipped_junctions(plan: LocatedPlan) -> list[tuple[int, float, float]]:
    """Node id and place of a junction of each equipped light."""
    from environment.roads.lights import light_of_node

    roads = plan.candidates.city.roads
    light = light_of_node(roads)
    nodes = [int(np.flatnonzero(light == one)[0]) for one in np.flatnonzero(plan.is_equipped)]
    return [(int(roads.node_id[n]), float(roads.x[n]), float(roads.y[n])) for n in nodes]


def _point(x: float, y: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [x, y]},
        "properties": properties,
    }
