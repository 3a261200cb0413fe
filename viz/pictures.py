"""The pictures that go with a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from environment.districts import station_to_junction_s
from experiments.batch import Batch
from scenarios.scenario import Scenario
from simulation.metrics import counted_calls
from simulation.preparation import prepare
from viz.map import draw_map
from viz.response_times import draw_response_times

POOLED_REPLICATIONS = 20


def draw_pictures(batch: Batch, folder: Path) -> list[Path]:
    """Draw the map and the response times of a saved batch; returns what was drawn."""
    scenario = next(iter(batch.arms.values()))
    map_path, times_path = folder / "map.png", folder / "response_times.png"
    draw_coverage_map(scenario, map_path)
    draw_response_times(_pooled_calls(batch), times_path, title="Response times")
    return [map_path, times_path]


def draw_coverage_map(scenario: Scenario, path: Path) -> None:
    """Draw a scenario's city with its stations and how soon they reach each street."""
    ground = prepare(scenario)
    city = ground.city
    city_map = replace(
        city.map, zones=city.zones, stations=city.stations.sites, hospitals=city.hospitals.sites
    )
    manned = city.stations.sites.ambulances > 0
    if not manned.any():  # the scenario gives its fleet to stations by a policy
        manned[:] = True
    seconds = station_to_junction_s(city, ground.driving)[manned].min(axis=0)
    draw_map(
        city_map,
        path,
        title=scenario.name,
        subtitle="expected drive with lights and sirens from the nearest station, free flow",
        coverage_s=seconds,
    )


def _pooled_calls(batch: Batch) -> Mapping[str, pd.DataFrame]:
    """Counted calls of the first replications of each arm, put together."""
    pooled = {}
    for arm, runs in batch.summaries.groupby("arm", sort=False):
        numbers = runs["replication"].to_numpy(dtype=np.int64)[:POOLED_REPLICATIONS]
        tables = [counted_calls(batch.result(str(arm), int(number))) for number in numbers]
        pooled[str(arm)] = pd.concat(tables, ignore_index=True)
    return pooled
