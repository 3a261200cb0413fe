"""How soon a free ambulance could be in each zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.traffic.ways import next_junction

if TYPE_CHECKING:
    from agents.service.ambulance import Ambulance
    from simulation.model import EmergencyModel


def seconds_to_zones(model: EmergencyModel) -> NDArray[np.float64]:
    """Seconds with siren from the nearest free ambulance to each zone, (z,); infinite if none is.

    It asks nobody who decides, so that nothing goes otherwise than without it.
    """
    fleet, now_s, nodes = model.fleet, model.env.now, model.ground.city.zone_node
    free = [a for a in model.centre.ambulances if fleet.is_free(a.number)]
    if not free:
        return np.full(len(nodes), np.inf)
    places = {_place(model, ambulance) for ambulance in free}
    origin = np.array([node for node, _ in places], dtype=np.int64)
    lead_s = np.array([seconds for _, seconds in places])
    driving = model.world.driving
    drive_s = driving.table_s(origin, nodes, siren=True) / driving.speed_factor(now_s)
    soonest: NDArray[np.float64] = (lead_s[:, None] + drive_s).min(axis=0)
    return soonest


def _place(model: EmergencyModel, ambulance: Ambulance) -> tuple[int, float]:
    """The junction from which an ambulance would leave, and the seconds until then."""
    if ambulance.way is not None and ambulance.is_driving:
        node, in_s = next_junction(ambulance.way, model.env.now)
        return node, round(in_s, 1)
    node, access_s = model.world.stations[ambulance.station]
    return node, model.config.demand.mobilisation.mean_s + access_s
