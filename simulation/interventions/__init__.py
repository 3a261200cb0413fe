"""What can happen to a run, and what may be changed while it goes on: one file a kind.

Each kind is scheduled by the scenario or applied now by who looks on, and is undone when it is
over. It acts on the run's agents; its parameters are in `environment.disruptions`.
"""

from simulation.interventions.base import Intervention, Offer, RunParts
from simulation.interventions.registry import KINDS, offers, schedule

__all__ = [
    "KINDS",
    "Intervention",
    "Offer",
    "RunParts",
    "offers",
    "schedule",
]
