"""How long missions take on average, from every station to every zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.demand.drawn_calls import DemandParameters
from environment.places.city import City
from environment.traffic.driving import Driving, TravelParameters
from environment.units import HOURS_A_DAY

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MissionTimes:
    """Means over the classes of urgency and the hours of the day, each weighted by its calls.

    Attributes
    ----------
    to_zone_s : (s, z) float64
        From leaving a station until a patient at the centre of a zone is reached.
    busy_s : (s, z) float64
        From the order until an ambulance of a station can be sent again.
    """

    to_zone_s: Array
    busy_s: Array


class _Drives(NamedTuple):
    """Seconds of one way of driving: station to zone, zone to the nearest hospital, and back."""

    to_zone_s: Array
    to_hospital_s: Array
    home_from_hospital_s: Array


def mission_times(
    city: City,
    driving: Driving,
    demand: DemandParameters,
    travel: TravelParameters,
    *,
    ends_at_base: bool,
) -> MissionTimes:
    """Work out mean times from a scenario's durations, classes and streets.

    Patients go to the nearest hospital and are handed over at once; supplies and trip noise are
    left out.

    Parameters
    ----------
    city : City
    driving : Driving
    demand : DemandParameters
    travel : TravelParameters
    ends_at_base : bool
        Whether an ambulance can be sent again only once it is back at its station.
    """
    classes = demand.priorities
    siren = sum(one.share for one in classes if one.siren)
    siren_to_hospital = sum(one.share for one in classes if one.siren_to_hospital)
    slowness, access_s = _mean_slowness(demand, travel), _access_s(city, demand)
    with_siren, normal = (_drives(city, driving, slowness, siren=kind) for kind in (True, False))
    with_siren_s = access_s * city.access_share(siren=True)
    to_zone_s = _mean(siren, with_siren.to_zone_s, normal.to_zone_s)
    to_zone_s = to_zone_s + _mean(siren, with_siren_s, access_s)
    hospital_s = _mean(siren_to_hospital, with_siren.to_hospital_s, normal.to_hospital_s)
    transported = demand.transported_share
    busy_s = demand.mobilisation.mean_s + to_zone_s + demand.on_scene.mean_s
    hospital_s = hospital_s + _mean(siren_to_hospital, with_siren_s, access_s)
    busy_s = busy_s + transported * (hospital_s + demand.handover.mean_s)
    if ends_at_base:
        from_hospital_s = _mean(
            siren_to_hospital, with_siren.home_from_hospital_s, normal.home_from_hospital_s
        )
        from_scene_s = access_s + _home_s(city, driving, city.zone_node, slowness)
        busy_s = busy_s + _mean(transported, from_hospital_s, from_scene_s)
    return MissionTimes(to_zone_s, busy_s)


def _mean(share: float, one: Array, other: Array) -> Array:
    return share * one + (1 - share) * other


def _drives(city: City, driving: Driving, slowness: float, *, siren: bool) -> _Drives:
    stations, hospitals = city.stations, city.hospitals
    to_zone_s = slowness * driving.table_s(stations.node, city.zone_node, siren=siren)
    to_hospital_s = driving.table_s(city.zone_node, hospitals.node, siren=siren)
    nearest = (to_hospital_s + hospitals.access_s).argmin(axis=1)
    to_hospital_s = slowness * to_hospital_s[np.arange(len(nearest)), nearest]
    access_s = hospitals.access_s[nearest]
    home_s = _home_s(city, driving, hospitals.node, slowness)[:, nearest]
    share = city.access_share(siren=siren)
    return _Drives(
        stations.access_s[:, None] * share + to_zone_s,
        to_hospital_s + access_s * share,
        access_s + home_s,
    )


def _home_s(city: City, driving: Driving, nodes: NDArray[np.int64], slowness: float) -> Array:
    """From junctions back to each station, (s, n)."""
    stations = city.stations
    drive_s = slowness * driving.table_s(nodes, stations.node, siren=False)
    return stations.access_s[:, None] + drive_s.T


def _access_s(city: City, demand: DemandParameters) -> Array:
    """From the street to the centre of each zone; an address on a street is on it, (z,)."""
    access_s = city.addresses.zone_access_s
    return access_s if demand.address == "zone" else np.zeros_like(access_s)


def _mean_slowness(demand: DemandParameters, travel: TravelParameters) -> float:
    """Time of a drive over that in free flow, by the hours in which calls come."""
    weights = np.array(demand.hourly_weights or (1.0,) * HOURS_A_DAY)
    speed = np.array(travel.hourly_speed_factors or (1.0,) * HOURS_A_DAY)
    return float((weights / speed).sum() / weights.sum())
