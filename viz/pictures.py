"""The pictures that go with a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from environment.city import City
from environment.city_map import CityMap
from environment.districts import station_to_junction_s, station_to_zone_s
from experiments.batch import Batch
from scenarios.scenario import Scenario
from simulation.metrics import by_state_and_hour, counted_calls
from simulation.preparation import prepare
from simulation.result import Result
from viz.cross_red import cross_red_of
from viz.fleet_by_hour import draw_fleet_by_hour
from viz.map import draw_map
from viz.response_times import draw_response_times

POOLED_REPLICATIONS = 20


def draw_pictures(batch: Batch, folder: Path) -> list[Path]:
    """Draw the map and what the runs of a saved batch show; returns what was drawn."""
    runs = {arm: _runs_of(batch, arm) for arm in batch.summaries["arm"].unique()}
    calls = {arm: pd.concat(map(counted_calls, own)) for arm, own in runs.items()}
    states = {arm: _mean_by_hour(own) for arm, own in runs.items()}
    names = ("map.png", "response_times.png", "fleet_by_hour.png")
    map_path, times_path, fleet_path = (folder / name for name in names)
    draw_coverage_map(next(iter(batch.arms.values())), map_path)
    draw_response_times(calls, times_path, title="Response times")
    draw_fleet_by_hour(states, fleet_path, title="What ambulances on duty do")
    greens = [
        draw_forced_greens(batch.arms[arm], own, folder / f"forced_greens_{arm}.png")
        for arm, own in runs.items()
        if any(len(run.forced_greens) for run in own)
    ]
    return [map_path, times_path, fleet_path, *greens]


def draw_coverage_map(scenario: Scenario, path: Path) -> None:
    """Draw a scenario's city with its stations and how soon they reach each street."""
    ground = prepare(scenario)
    city = ground.city
    manned = city.stations.sites.ambulances > 0
    if not manned.any():  # the scenario gives its fleet to stations by a policy
        manned[:] = True
    to_zone_s = station_to_zone_s(city, ground.driving)[manned].min(axis=0)
    target_s = min(priority.target_s for priority in scenario.demand.priorities)
    share = city.zones.demand_share[to_zone_s <= target_s].sum()
    draw_map(
        _map_of(city),
        path,
        title=scenario.name,
        subtitle="expected drive with lights and sirens from the nearest station, free flow; "
        f"{share:.0%} of demand within {target_s / 60:.3g} min",
        coverage_s=station_to_junction_s(city, ground.driving)[manned].min(axis=0),
    )


def draw_forced_greens(scenario: Scenario, runs: Sequence[Result], path: Path) -> Path:
    """Draw a scenario's city with the lights that were switched for ambulances."""
    city = prepare(scenario).city
    cross_red = cross_red_of(runs, city.roads)
    draw_map(
        _map_of(city),
        path,
        title=f"{scenario.name}: green for ambulances",
        subtitle=f"red that cross traffic sees for it at {len(cross_red)} lights, "
        f"{cross_red['cross_red_s'].sum() / 60:,.0f} min a day in all",
        cross_red=cross_red,
    )
    return path


def _map_of(city: City) -> CityMap:
    return replace(
        city.map, zones=city.zones, stations=city.stations.sites, hospitals=city.hospitals.sites
    )


def _runs_of(batch: Batch, arm: str) -> list[Result]:
    """The first runs of an arm with their tables."""
    numbers = batch.summaries.loc[batch.summaries["arm"] == arm, "replication"]
    return [batch.result(arm, int(number)) for number in numbers[:POOLED_REPLICATIONS]]


def _mean_by_hour(runs: Sequence[Result]) -> pd.DataFrame:
    """Share of the fleet in each state by hour of the day, the mean over runs."""
    return pd.concat(map(by_state_and_hour, runs)).groupby(level=0).mean()
