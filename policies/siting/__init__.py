"""Where to put stations: covering models and robust models, usable without a simulation.

Places and travel times in, a plan with its proven gap out.
"""

from __future__ import annotations

from policies.siting.capacitated import CapacitatedClusters, capacitated_clusters
from policies.siting.costs import (
    AMBULANCE_COST_PER_DAY,
    LIGHT_COST_PER_DAY,
    SPEED_KPH,
    STATION_COST_PER_DAY,
    TRANSPORT_COST_PER_KM,
    UNMET_COST,
)
from policies.siting.k_means import k_means
from policies.siting.k_medoids import Medoids, k_medoids
from policies.siting.limits import Progress, SearchLimits, Watcher
from policies.siting.partition import PartitionCheck, check_partition
from policies.siting.sites import CoveringModel, Places, Siting, staffed
from policies.siting.station_search import cheapest_shares

__all__ = [
    "AMBULANCE_COST_PER_DAY",
    "LIGHT_COST_PER_DAY",
    "SPEED_KPH",
    "STATION_COST_PER_DAY",
    "TRANSPORT_COST_PER_KM",
    "UNMET_COST",
    "CapacitatedClusters",
    "CoveringModel",
    "Medoids",
    "PartitionCheck",
    "Places",
    "Progress",
    "SearchLimits",
    "Siting",
    "Watcher",
    "capacitated_clusters",
    "cheapest_shares",
    "check_partition",
    "k_means",
    "k_medoids",
    "staffed",
]
