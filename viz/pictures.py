"""The pictures that go with a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.city import City
from environment.city_map import CityMap
from environment.districts import station_to_junction_s, station_to_zone_s
from experiments.batch import Batch
from scenarios.scenario import Scenario
from simulation.metrics import by_state_and_hour, counted_calls
from simulation.preparation import prepare
from simulation.result import Result
from viz.cross_red import cross_red_of
from viz.epidemic import calls_by_day, draw_epidemic, infectious_by_day
from viz.fleet_by_hour import draw_fleet_by_hour
from viz.map import draw_map
from viz.needs import draw_needs, needs_by_day
from viz.response_times import draw_response_times
from viz.stock import draw_stock, stock_by_day
from viz.supply_map import draw_supply_map

POOLED_REPLICATIONS = 20


class Pictures(NamedTuple):
    """The files that were drawn, and a line for each that was not, with the reason."""

    drawn: list[Path]
    left_out: list[str]


def draw_pictures(batch: Batch, folder: Path) -> Pictures:
    """Draw the maps and what the runs of a saved batch show, of which one must have succeeded."""
    runs = {arm: _runs_of(batch, arm) for arm in batch.summaries["arm"].unique()}
    drawn, left_out = Pictures([], [])
    if manned := {arm: own for arm, own in runs.items() if len(own[0].vehicles)}:
        drawn, left_out = _draw_ambulances(batch, manned, folder)
    if infected := {arm: own for arm, own in runs.items() if len(own[0].epidemic)}:
        drawn.append(_draw_epidemic(infected, folder / "epidemic.png"))
    if supplied := {arm: own for arm, own in runs.items() if own[0].supplies is not None}:
        drawn += _draw_supplies(batch, supplied, folder)
    return Pictures(drawn, left_out)


def _draw_ambulances(batch: Batch, runs: Mapping[str, Sequence[Result]], folder: Path) -> Pictures:
    """Draw the map and what ambulances do, of the arms that have any."""
    calls = {arm: pd.concat(map(counted_calls, own)) for arm, own in runs.items()}
    states = {arm: _mean(map(by_state_and_hour, own)) for arm, own in runs.items()}
    fleets = {arm: own[0].vehicles for arm, own in runs.items()}
    names = ("map.png", "response_times.png", "fleet_by_hour.png")
    map_path, times_path, fleet_path = (folder / name for name in names)
    first = next(iter(runs))
    draw_coverage_map(
        batch.arms[first], fleets[first], map_path, arm=first if _differ(fleets) else ""
    )
    drawn, left_out = [map_path], []
    if any(len(own) for own in calls.values()):
        draw_response_times(calls, times_path, title="Response times")
        drawn.append(times_path)
    else:
        left_out.append(f"No {times_path.name}: no call came in after the warm-up")
    draw_fleet_by_hour(states, fleet_path, title="What ambulances on duty do")
    greens = [
        draw_forced_greens(batch.arms[arm], own, folder / f"forced_greens_{arm}.png")
        for arm, own in runs.items()
        if any(len(run.forced_greens) for run in own)
    ]
    return Pictures([*drawn, fleet_path, *greens], left_out)


def draw_coverage_map(
    scenario: Scenario, vehicles: pd.DataFrame, path: Path, *, arm: str = ""
) -> None:
    """Draw a scenario's city with its stations and how soon those with vehicles reach each street.

    Parameters
    ----------
    scenario : Scenario
    vehicles : DataFrame
        The fleet of a run, as in its result.
    path : Path
    arm : str
        Whose fleet it is, where others have another.
    """
    ground = prepare(scenario)
    city = ground.city
    manned = _vehicles_by_station(city, vehicles) > 0
    to_zone_s = station_to_zone_s(city, ground.driving)[manned].min(axis=0)
    target_s = min(priority.target_s for priority in scenario.demand.priorities)
    share = city.zones.demand_share[to_zone_s <= target_s].sum()
    any_shift = " of any shift" if (vehicles["shift_hours"] < 24).any() else ""
    draw_map(
        _map_of(city, vehicles),
        path,
        title=f"{scenario.name}: {arm}" if arm else scenario.name,
        subtitle="expected drive with lights and sirens from the nearest station with vehicles"
        f"{any_shift}, free flow; {share:.0%} of demand within {target_s / 60:.3g} min",
        coverage_s=station_to_junction_s(city, ground.driving)[manned].min(axis=0),
    )


def draw_forced_greens(scenario: Scenario, runs: Sequence[Result], path: Path) -> Path:
    """Draw a scenario's city with the lights that were switched for ambulances."""
    city = prepare(scenario).city
    cross_red = cross_red_of(runs, city.roads)
    draw_map(
        _map_of(city, runs[0].vehicles),
        path,
        title=f"{scenario.name}: green for ambulances",
        subtitle=f"red that cross traffic sees for it at {len(cross_red)} lights, "
        f"{cross_red['cross_red_s'].sum() / 60:,.0f} min a day in all",
        cross_red=cross_red,
    )
    return path


def _draw_epidemic(runs: Mapping[str, Sequence[Result]], path: Path) -> Path:
    """Draw the course of an epidemic, the mean over runs."""
    infectious = {arm: _mean(map(infectious_by_day, own)) for arm, own in runs.items()}
    calls = {arm: _mean(map(calls_by_day, own)) for arm, own in runs.items()}
    draw_epidemic(infectious, calls, path, title="The epidemic")
    return path


def _draw_supplies(
    batch: Batch, runs: Mapping[str, Sequence[Result]], folder: Path
) -> Iterator[Path]:
    """Draw the supply side of the arms that have one."""
    first = next(iter(runs))
    yield draw_sites(batch.arms[first], runs[first][0].vehicles, folder / "supply_map.png")
    stocks: dict[str, list[pd.DataFrame]] = {}
    needs = {}
    for arm, own in runs.items():
        horizon_s = batch.arms[arm].run.horizon_s
        tables = [run.supplies for run in own if run.supplies is not None]
        stocks[arm] = [stock_by_day(one, horizon_s) for one in tables]
        needs[arm] = _mean(needs_by_day(one, horizon_s) for one in tables)
    draw_stock(stocks, folder / "stock.png", title="Stock")
    yield folder / "stock.png"
    draw_needs(needs, folder / "needs.png", title="What became of the needs of each day")
    yield folder / "needs.png"


def draw_sites(scenario: Scenario, vehicles: pd.DataFrame, path: Path) -> Path:
    """Draw a scenario's city with the sites of its supply side and their districts."""
    ground = prepare(scenario)
    draw_supply_map(
        _map_of(ground.city, vehicles),
        scenario.supplies.sites,
        ground.districts.rows_of_zones,
        path,
        title=f"{scenario.name}: supplies",
        subtitle="each district belongs to the distributor from which it is reached first",
    )
    return path


def _map_of(city: City, vehicles: pd.DataFrame) -> CityMap:
    """The map of a city whose stations have the vehicles of a run."""
    stations = replace(city.stations.sites, ambulances=_vehicles_by_station(city, vehicles))
    return replace(city.map, zones=city.zones, stations=stations, hospitals=city.hospitals.sites)


def _vehicles_by_station(city: City, vehicles: pd.DataFrame) -> NDArray[np.int64]:
    """How many vehicles each station has, all shifts together, (s,)."""
    counts = vehicles["station"].value_counts()
    return np.asarray(counts.reindex(city.stations.sites.site_id, fill_value=0), dtype=np.int64)


def _differ(fleets: Mapping[str, pd.DataFrame]) -> bool:
    """Whether arms have other vehicles than the first, or have them elsewhere."""
    first, *others = fleets.values()
    return not all(other.equals(first) for other in others)


def _runs_of(batch: Batch, arm: str) -> list[Result]:
    """The first runs of an arm with their tables."""
    numbers = batch.summaries.loc[batch.summaries["arm"] == arm, "replication"]
    return [batch.result(arm, int(number)) for number in numbers[:POOLED_REPLICATIONS]]


def _mean(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The mean over runs, row by row of their index."""
    every = pd.concat(list(tables))
    return every.groupby(level=list(range(every.index.nlevels)), sort=False).mean()
