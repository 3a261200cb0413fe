"""Scenario discovery: the box of worlds in which a conclusion fails.

Boxes by PRIM and by a tree; each is tried on worlds by which it was not found, and against chance.
"""

from __future__ import annotations

from experiments.discovery.boxes import Axes, Box, Share, sharing
from experiments.discovery.condition import Condition, read_condition
from experiments.discovery.discover import Discovery, discover, discover_among, save_discovery
from experiments.discovery.effects import Effects, read_effects
from experiments.discovery.trials import Trials

__all__ = [
    "Axes",
    "Box",
    "Condition",
    "Discovery",
    "Effects",
    "Share",
    "Trials",
    "discover",
    "discover_among",
    "read_condition",
    "read_effects",
    "save_discovery",
    "sharing",
]
