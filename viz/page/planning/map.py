"""Maps of plans as Plotly charts: who serves whom, and how soon."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.places.city import City
from environment.roads.network import RoadNetwork
from environment.supply.places import contracts, own_stores
from experiments.location.located import LocatedPlan
from scenarios.scenario import Scenario
from simulation.preparation import ServiceArea
from viz.maps.streets import one_of_each_pair, road_lines
from viz.page.plot import figure_of
from viz.page.theme import colours, palette, series

HEIGHT_PX = 430
LEAST_RANK = ("residential", "living_street", "unclassified", "service", "road")
FINEST_M = 10.0
"""Lines that are told to the browser are no finer."""
MOST_STREETS = 4_000
LETTERS = {"supplier": "Su", "store": "St", "distributor": "D"}
Trace = dict[str, Any]


def plan_figure(plan: LocatedPlan, longest_s: float, dark: bool) -> dict[str, Any]:
    """Stations with their ambulances, and how long the drive to each zone takes."""
    city, sites = plan.candidates.city, plan.candidates
    roads = city.roads
    serving = plan.share.argmax(axis=0)
    drive_s = plan.drive_s[serving, np.arange(len(serving))]
    zone_xy = np.column_stack(roads.to_metres(city.zones.x, city.zones.y))
    rows = np.flatnonzero(plan.is_open)
    station_xy = np.column_stack(roads.to_metres(sites.x, sites.y))
    names = [sites.name[row] or sites.site_id[row] for row in rows]
    zones = _zones(city, zone_xy)
    texts = [
        f"{zone}: {seconds / 60:.1f} min from {sites.name[j] or sites.site_id[j]}"
        for zone, seconds, j in zip(city.zones.zone_id, drive_s, serving, strict=True)
    ]
    zones |= {
        "text": texts,
        "marker": zones["marker"]
        | {
            "color": (drive_s / 60).tolist(),
            "colorscale": _scale(dark),
            "cmin": 0,
            "cmax": longest_s / 60,
            "colorbar": {
                "orientation": "h", "thickness": 9, "len": 0.6, "outlinewidth": 0, "y": -0.02,
                "yanchor": "top", "ticksuffix": " min", "nticks": 6,
            },
        },
    }  # fmt: skip
    stations = _sites(
        station_xy[rows],
        [str(int(plan.ambulances[row])) for row in rows],
        [
            f"{name}: {plan.ambulances[row]} ambulances"
            for name, row in zip(names, rows, strict=True)
        ],
        palette(dark)["sites"]["station"],
    )
    served = _spokes(station_xy[serving], zone_xy, colours(dark)["faint"])
    return _map([_streets(roads, dark), served, zones, stations], dark)


def supply_figure(scenario: Scenario, area: ServiceArea, dark: bool) -> dict[str, Any]:
    """Districts of the distributors, their stores, and the suppliers of these."""
    places, system = area.supply_places, scenario.supplies.sites
    assert places is not None
    city, roads = area.city, area.city.roads
    zone_xy = np.column_stack(roads.to_metres(city.zones.x, city.zones.y))
    kinds = (
        ("supplier", system.suppliers), ("store", system.stores),
        ("distributor", system.distributors),
    )  # fmt: skip
    xy = {
        kind: np.column_stack(
            roads.to_metres(np.array([s.x for s in own]), np.array([s.y for s in own]))
        )
        for kind, own in kinds
    }
    district = area.districts.rows_of_zones
    tones = series(dark)
    zones = _zones(city, zone_xy)
    zones["marker"] |= {"color": [tones[row % len(tones)] for row in district], "opacity": 0.45}
    names = area.districts.names
    zones["text"] = [f"{z}: {names[d]}" for z, d in zip(city.zones.zone_id, district, strict=True)]
    store = own_stores(scenario.supplies, places, area.driving)
    lines = _spokes(xy["store"][store], xy["distributor"], colours(dark)["ink"], width=1.6)
    marks = [
        _sites(
            xy[kind],
            [LETTERS[kind]] * len(own),
            [f"{kind} {site.site_id}" for site in own],
            palette(dark)["sites"][kind],
        )
        for kind, own in kinds
    ]
    return _map([_streets(roads, dark), zones, lines, *marks], dark)


def who_serves_whom(scenario: Scenario, area: ServiceArea) -> list[tuple[str, str, str, str]]:
    """For each distributor: its zones and their demand, its store, and who makes for it."""
    places, system = area.supply_places, scenario.supplies.sites
    assert places is not None
    store = own_stores(scenario.supplies, places, area.driving)
    maker = contracts(scenario.supplies)
    district, share = area.districts.rows_of_zones, area.city.zones.demand_share
    row_of = {name: row for row, name in enumerate(area.districts.names)}
    rows = []
    for number, site in enumerate(system.distributors):
        own = district == row_of.get(site.site_id, -1)
        keeper = int(store[number])
        makers = dict.fromkeys(system.suppliers[row].site_id for row in maker[keeper])
        zones = f"{int(own.sum())} zones, {share[own].sum():.0%} of the demand"
        rows.append((site.site_id, zones, system.stores[keeper].site_id, ", ".join(makers)))
    return rows


def _zones(city: City, xy_m: NDArray[np.float64]) -> Trace:
    share = city.zones.demand_share * len(city.zones)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _whole(xy_m[:, 0]),
        "y": _whole(xy_m[:, 1]),
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": np.clip(6 * np.sqrt(share), 4, 12).round(1).tolist(),
            "line": {"width": 0}, "opacity": 0.9,
        },
    }  # fmt: skip


def _sites(xy_m: NDArray[np.float64], inside: list[str], texts: list[str], colour: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": _whole(xy_m[:, 0]),
        "y": _whole(xy_m[:, 1]),
        "text": [f"<b>{text}</b>" for text in inside],
        "textfont": {"color": "#FFFFFF", "size": 10},
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"size": 20, "color": colour, "line": {"width": 1.5, "color": "#FFFFFF"}},
    }


def _spokes(
    ends: NDArray[np.float64], others: NDArray[np.float64], colour: str, width: float = 0.7
) -> Trace:
    """Straight lines from who serves to whom."""
    gap = np.full(len(ends), np.nan)
    x = np.column_stack([ends[:, 0], others[:, 0], gap]).ravel()
    y = np.column_stack([ends[:, 1], others[:, 1], gap]).ravel()
    return {
        "type": "scatter", "mode": "lines", "x": _whole(x), "y": _whole(y), "hoverinfo": "skip",
        "line": {"width": width, "color": colour}, "opacity": 0.45,
    }  # fmt: skip


def _streets(roads: RoadNetwork, dark: bool) -> Trace:
    """The greater streets in faint lines."""
    once = one_of_each_pair(roads)
    classes = np.array([name not in LEAST_RANK for name in roads.road_classes])
    greater = once[classes[roads.road_class[once]]]
    shown = (greater if len(greater) else once)[:MOST_STREETS]
    x, y = roads.to_metres(*road_lines(roads, shown))
    return {
        "type": "scatter", "mode": "lines", "x": _whole(x), "y": _whole(y), "hoverinfo": "skip",
        "line": {"width": 1.3, "color": colours(dark)["line"]},
    }  # fmt: skip


def _whole(values: NDArray[np.float64]) -> list[int | None]:
    """Metres to the nearest ten; a gap is None."""
    rounded = (np.round(values / FINEST_M) * FINEST_M).tolist()
    return [None if isnan(value) else int(value) for value in rounded]


def _scale(dark: bool) -> list[list[Any]]:
    tones = palette(dark)["seconds"]
    return [[k / (len(tones) - 1), tone] for k, tone in enumerate(tones)]


def _map(traces: list[Trace], dark: bool) -> dict[str, Any]:
    hidden = {"visible": False, "showgrid": False}
    return figure_of(
        traces, dark, HEIGHT_PX,
        xaxis=hidden, yaxis={**hidden, "scaleanchor": "x"},
        margin={"l": 4, "r": 4, "t": 4, "b": 34}, showlegend=False, hovermode="closest",
    )  # fmt: skip
