"""The pictures that go with a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.districts import station_to_junction_s, station_to_zone_s
from environment.places.city import City, CityMap
from experiments.batch.engine import Batch
from scenarios.scenario import Scenario
from simulation.measures.service import by_state_and_hour, counted_calls
from simulation.preparation import prepare
from simulation.tables.result import Result
from viz.maps.city_map import draw_map
from viz.maps.supply_map import draw_supply_map
from viz.pictures.cross_red import cross_red_of
from viz.pictures.epidemic import calls_by_day, draw_epidemic, infectious_by_day
from viz.pictures.fleet_by_hour import draw_fleet_by_hour
from viz.pictures.needs import draw_needs, needs_by_day
from viz.pictures.response_times import draw_response_times
from viz.pictures.stock import draw_stock, stock_by_day

POOLED_REPLICATIONS = 20
NEEDS_TITLE = "What became of the needs of each day"

Draw = Callable[[Path], object]
"""Draws a picture into a file, whose ending says how."""


class Drawing(NamedTuple):
    """A picture that can be drawn: its name, how, and whether it is a map.

    Maps are pixels unless somebody asks for more; charts are lines too, being light as such.
    """

    name: str
    draw: Draw
    is_map: bool = False


class Pictures(NamedTuple):
    """The files that were drawn, and a line for each that was not, with the reason."""

    drawn: list[Path]
    left_out: list[str]


def draw_pictures(batch: Batch, folder: Path, *, maps_as_svg: bool = False) -> Pictures:
    """Draw the maps and what the runs of a saved batch show, of which one must have succeeded.

    All are drawn as PNG, which are those that are told of; charts stand beside as SVG.

    Parameters
    ----------
    batch : Batch
    folder : Path
    maps_as_svg : bool
        Maps as well; they take some hundred kB each.
    """
    drawings, left_out = drawings_of(batch)
    return Pictures(draw_all(drawings, folder, maps_as_svg=maps_as_svg), left_out)


def draw_all(drawings: Iterable[Drawing], folder: Path, *, maps_as_svg: bool = False) -> list[Path]:
    """Draw pictures as PNG, charts and, if asked for, maps also as SVG; returns the PNG files."""
    drawn = []
    for name, draw, is_map in drawings:
        drawn.append(folder / f"{name}.png")
        draw(drawn[-1])
        if maps_as_svg or not is_map:
            draw(folder / f"{name}.svg")
    return drawn


def drawings_of(batch: Batch) -> tuple[list[Drawing], list[str]]:
    """What can be drawn of a saved batch, and a line for each picture that cannot."""
    runs = {arm: _runs_of(batch, arm) for arm in batch.summaries["arm"].unique()}
    drawings: list[Drawing] = []
    left_out: list[str] = []
    if manned := {arm: own for arm, own in runs.items() if len(own[0].vehicles)}:
        drawings, left_out = _of_ambulances(batch, manned)
    if infected := {arm: own for arm, own in runs.items() if len(own[0].epidemic)}:
        drawings.append(Drawing("epidemic", partial(_draw_epidemic, infected)))
    if supplied := {arm: own for arm, own in runs.items() if own[0].supplies is not None}:
        drawings += _of_supplies(batch, supplied)
    return drawings, left_out


def _of_ambulances(
    batch: Batch, runs: Mapping[str, Sequence[Result]]
) -> tuple[list[Drawing], list[str]]:
    """The map and what ambulances do, of the arms that have any."""
    calls = {arm: pd.concat(map(counted_calls, own)) for arm, own in runs.items()}
    states = {arm: _mean(map(by_state_and_hour, own)) for arm, own in runs.items()}
    fleets = {arm: own[0].vehicles for arm, own in runs.items()}
    first = next(iter(runs))
    told = first if _differ(fleets) else ""
    drawings = [
        Drawing(
            "map",
            partial(draw_coverage_map, batch.arms[first], fleets[first], arm=told),
            is_map=True,
        )
    ]
    left_out = []
    if any(len(own) for own in calls.values()):
        times = partial(draw_response_times, calls, title="Response times")
        drawings.append(Drawing("response_times", times))
    else:
        left_out.append("No response_times.png: no call came in after the warm-up")
    hours = partial(draw_fleet_by_hour, states, title="What ambulances on duty do")
    drawings.append(Drawing("fleet_by_hour", hours))
    drawings += [
        Drawing(
            f"forced_greens_{arm}", partial(draw_forced_greens, batch.arms[arm], own), is_map=True
        )
        for arm, own in runs.items()
        if any(len(run.forced_greens) for run in own)
    ]
    return drawings, left_out


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
    area = prepare(scenario)
    city = area.city
    manned = _vehicles_by_station(city, vehicles) > 0
    to_zone_s = station_to_zone_s(city, area.driving)[manned].min(axis=0)
    target_s = min(priority.target_s for priority in scenario.demand.priorities)
    share = city.zones.demand_share[to_zone_s <= target_s].sum()
    any_shift = " of any shift" if (vehicles["shift_hours"] < 24).any() else ""
    draw_map(
        _map_of(city, vehicles),
        path,
        title=f"{scenario.name}: {arm}" if arm else scenario.name,
        subtitle="expected drive with lights and sirens from the nearest station with vehicles"
        f"{any_shift}, free flow; {share:.0%} of demand within {target_s / 60:.3g} min",
        coverage_s=station_to_junction_s(city, area.driving)[manned].min(axis=0),
    )


def draw_forced_greens(scenario: Scenario, runs: Sequence[Result], path: Path) -> None:
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


def _draw_epidemic(runs: Mapping[str, Sequence[Result]], path: Path) -> None:
    """Draw the course of an epidemic, the mean over runs."""
    infectious = {arm: _mean(map(infectious_by_day, own)) for arm, own in runs.items()}
    calls = {arm: _mean(map(calls_by_day, own)) for arm, own in runs.items()}
    draw_epidemic(infectious, calls, path, title="The epidemic")


def _of_supplies(batch: Batch, runs: Mapping[str, Sequence[Result]]) -> Iterator[Drawing]:
    """The supply side of the arms that have one."""
    first = next(iter(runs))
    stocks: dict[str, list[pd.DataFrame]] = {}
    needs = {}
    for arm, own in runs.items():
        horizon_s = batch.arms[arm].run.horizon_s
        tables = [run.supplies for run in own if run.supplies is not None]
        stocks[arm] = [stock_by_day(one, horizon_s) for one in tables]
        needs[arm] = _mean(needs_by_day(one, horizon_s) for one in tables)
    sites = partial(draw_sites, batch.arms[first], runs[first][0].vehicles)
    yield Drawing("supply_map", sites, is_map=True)
    yield Drawing("stock", partial(draw_stock, stocks, title="Stock"))
    yield Drawing("needs", partial(draw_needs, needs, title=NEEDS_TITLE))


def draw_sites(scenario: Scenario, vehicles: pd.DataFrame, path: Path) -> None:
    """Draw a scenario's city with the sites of its supply side and their districts."""
    area = prepare(scenario)
    draw_supply_map(
        _map_of(area.city, vehicles),
        scenario.supplies.sites,
        area.districts.rows_of_zones,
        path,
        title=f"{scenario.name}: supplies",
        subtitle="each district belongs to the distributor from which it is reached first",
    )


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
