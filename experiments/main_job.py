"""What ``python run.py`` asks, and where its answer goes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from experiments.batch.folder import BATCH
from experiments.errors import BatchError

CASE = "metropolis"
QUESTION = "What does coordination change, and which mechanism changes it?"
HEADLINES = ("response_s", "in_target_share", "fill_rate", "acquisition_s")
"""Measures of which effects, pairs and prices are shown."""
SHOWN = (
    "calls",
    "response_s",
    "response_p90_s",
    "in_target_share",
    "survival_share",
    "waiting_share",
    "utilisation",
    "km_per_call",
    "epidemic_cases",
    "zone_response_gini",
    "fill_rate",
    "least_district_fill_rate",
    "acquisition_s",
    "stock_out_share",
    "spoilt_share",
    "bullwhip",
    "truck_km_per_day",
    "supply_cost_per_day",
    "coordination_cost_per_day",
)
"""Measures that the terminal shows; the report and the files have all."""


@dataclass(frozen=True)
class Size:
    """How much is run.

    Attributes
    ----------
    replications : int
        Of each of the 16 combinations.
    price_factors : tuple of float
        By which all prices of coordination are multiplied, one after the other, beside 1.
    price_replications : int
    """

    replications: int
    price_factors: tuple[float, ...]
    price_replications: int


QUICK = Size(8, (0.5, 4.0, 12.0), 4)
FULL = Size(32, (0.5, 2.0, 4.0, 8.0, 16.0), 16)


def clear_folder(folder: Path) -> Path:
    """Remove what an earlier main job left, and nothing else.

    Raises
    ------
    BatchError
        If the folder holds something that is no batch.
    """
    if folder.exists():
        if not (folder / BATCH).is_file():
            raise BatchError(f"{folder}: holds no batch of Corridor's; move it out of the way")
        shutil.rmtree(folder)
    return folder
