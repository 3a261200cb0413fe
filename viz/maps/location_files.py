"""The files of a plan: map, front, GeoJSON, table of sites and all figures."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.places.sites import Sites
from experiments.location.located import LocatedPlan, Location, equipped_junctions
from simulation.tables.files import to_json, write_file
from viz.maps.city_map import draw_map
from viz.maps.frame import new_figure
from viz.pictures.style import BLUE, CROSS_RED, FAINT_INK, corridor_style, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAP, FRONT = "map.png", "front.png"


def write_location(found: Location, out: Path) -> list[str]:
    """Write all files into a folder; each is there whole or not at all.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    ResultError
        If one cannot be written.
    """
    files = {
        "location.json": to_json(found.to_dict()),
        "plan.geojson": to_json(found.plan.to_geojson()),
        "sites.csv": sites_csv(found.plan),
    }
    for name, content in files.items():
        write_file(out / name, content)
    draw_plan(found, out / MAP)
    if not found.front:
        return [*files, MAP]
    draw_front(found, out / FRONT)
    return [*files, MAP, FRONT]


def sites_csv(plan: LocatedPlan) -> bytes:
    """The plan's stations and the city's hospitals, as a scenario's ``places.sites`` takes them."""
    hospitals = plan.candidates.city.hospitals.sites
    columns = ["site_id", "name", "x", "y", "ambulances"]
    stations = pd.DataFrame(plan.sited())[columns].assign(kind="station", **_districts(plan))
    kept = {"bays": hospitals.bays, "beds": hospitals.beds, "specialties": hospitals.specialties,
            "district": hospitals.district}  # fmt: skip
    others = pd.DataFrame(
        {name: getattr(hospitals, name) for name in columns}
        | {name: values for name, values in kept.items() if values is not None}
    )
    text = io.StringIO()
    both = pd.concat([stations, others.assign(kind="hospital")], ignore_index=True)
    both.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode()


def _districts(plan: LocatedPlan) -> dict[str, NDArray[np.str_]]:
    """The district of each open station, where the city has any: of a junction, its first zone's.

    A city whose stations have none of their own gives each its own; so do plans.
    """
    sites, city = plan.candidates, plan.candidates.city
    own, of_zone = city.stations.sites, city.zones.district
    if own.district is None or of_zone is None:
        return {}
    known = dict(zip(own.site_id.tolist(), own.district.tolist(), strict=True))
    nearest = of_zone[sites.travel_s.argmin(axis=1)]
    names = [known.get(one, zone) for one, zone in zip(sites.site_id, nearest, strict=True)]
    return {"district": np.array(names)[plan.is_open]}


def draw_plan(found: Location, path: Path) -> None:
    """Draw the city with the stations of the plan, how soon they reach it, and equipped lights."""
    plan = found.plan
    sites, city = plan.candidates, plan.candidates.city
    rows = pd.DataFrame(plan.sited())
    stations = Sites(
        rows["site_id"].to_numpy(dtype=str), rows["name"].to_numpy(dtype=str),
        rows["x"].to_numpy(), rows["y"].to_numpy(), rows["ambulances"].to_numpy(),
    )  # fmt: skip
    shown = replace(city.map, zones=city.zones, stations=stations, hospitals=city.hospitals.sites)
    everywhere = np.arange(city.roads.node_count)
    with corridor_style():
        figure, ax = new_figure(city.roads)
        draw_map(
            shown,
            ax,
            title=f"{found.case}: {found.question.model}",
            subtitle=f"expected drive with lights and sirens from the nearest of {len(rows)} "
            f"stations with {plan.ambulances.sum()} ambulances; {plan.within_target:.1%} of demand "
            f"within {found.target_s / 60:.3g} min" + _lights_text(plan),
            coverage_s=sites.to_junctions_s(everywhere)[plan.is_open].min(axis=0),
        )
        _ring_lights(ax, plan)
        save_picture(figure, path)


def draw_front(found: Location, path: Path) -> None:
    """Draw the plans between cost and service, each with its ambulances."""
    with corridor_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 4.4), layout="constrained")
        ax = figure.subplots()
        cost = [plan.cost_per_day for plan in found.front]
        service = [plan.service_cost_per_day for plan in found.front]
        ax.plot(cost, service, color=BLUE, marker="o", markersize=6, linestyle=":")
        for plan in found.front:
            ax.annotate(
                f"{plan.stations} stations\n{plan.ambulances} ambulances",
                (plan.cost_per_day, plan.service_cost_per_day), xytext=(7, 4),
                textcoords="offset points", fontsize=7.5, color=FAINT_INK,
            )  # fmt: skip
        ax.margins(x=0.2, y=0.15)
        ax.set_title(f"{found.case}: cost and service, {found.plan.name}", fontsize=12)
        ax.set_xlabel("cost a day: stations, ambulances, transport and lights")
        ax.set_ylabel("cost a day: stations, ambulances\nand calls served too late")
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.yaxis.set_major_formatter("{x:,.0f}")
        save_picture(figure, path)


def _lights_text(plan: LocatedPlan) -> str:
    if not len(plan.is_equipped):
        return ""
    return f"; {plan.is_equipped.sum()} of {len(plan.is_equipped)} lights equipped (ringed)"


def _ring_lights(ax: Axes, plan: LocatedPlan) -> None:
    """A ring round each equipped light."""
    places = [(x, y) for _, x, y in equipped_junctions(plan)]
    if places:
        x, y = zip(*places, strict=True)
        ax.scatter(x, y, s=34, facecolor="none", edgecolor=CROSS_RED, linewidths=1.3, zorder=6)
