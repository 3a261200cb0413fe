"""What a visitor can break with a click."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import Any, NamedTuple

from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario


class Kind(NamedTuple):
    """A disruption that is on offer.

    Attributes
    ----------
    label : str
    site : str
        The kind of site that must be clicked; empty if anywhere will do.
    how : str
        What to click.
    """

    label: str
    site: str
    how: str


WHAT = {
    "road_closure": Kind("Close streets", "", "Click where streets are closed"),
    "hospital_closed": Kind("Close a hospital", "hospital", "Click the hospital"),
    "station_closed": Kind("Close a station", "station", "Click the station"),
    "supplier_disrupted": Kind("Fail a supplier", "supplier", "Click the supplier"),
    "outbreak": Kind("Begin an outbreak", "", "Click the district"),
}
"""By kind, as a scenario's file has them."""


def kinds_in(scenario: Scenario) -> list[str]:
    """Those that a case can suffer."""
    has = {
        "hospital_closed": scenario.needs_service,
        "station_closed": scenario.needs_service,
        "supplier_disrupted": scenario.supplies.is_there,
        "outbreak": scenario.epidemic.is_there,
    }
    return [kind for kind in WHAT if has.get(kind, True)]


def request_at(
    wish: Mapping[str, Any], click: Mapping[str, Any], ground: Mapping[str, Any]
) -> dict[str, Any]:
    """What a run is asked for, of what is to go wrong and where the map was clicked.

    Parameters
    ----------
    wish : mapping
        ``what``, one of `WHAT`, with ``hours``, ``radius`` and ``cases`` as the browser has them.
    click : mapping
        Of the map: ``id`` and ``kind`` of what stands there, ``x`` and ``y`` in metres.
    ground : mapping
        What the map was told of the ground.

    Raises
    ------
    ScenarioError
        If something else must be clicked, or a number is none.
    """
    what = str(wish["what"])
    site = WHAT[what].site
    if site and click.get("kind") != site:
        raise ScenarioError(f"{WHAT[what].how}: there is none where you clicked.")
    if site:
        return request_for(str(click["id"]), what, _number(wish, "hours"))
    x_m, y_m = float(click["x"]), float(click["y"])
    if what == "outbreak":
        district = _nearest_district(ground, x_m, y_m)
        return {"kind": what, "district": district, "cases": int(_number(wish, "cases"))}
    place = {"x_m": x_m, "y_m": y_m, "radius_m": _number(wish, "radius")}
    return {"kind": what, **place, "hours": _number(wish, "hours")}


def request_for(site: str, what: str, hours: float) -> dict[str, Any]:
    """That a site closes or fails, by its id on the map, as in ``hospital-H1``."""
    return {"kind": what, WHAT[what].site: site.partition("-")[2], "hours": hours}


def kind_for(site: str) -> str:
    """How a site can be disrupted, by its id on the map; empty if it cannot."""
    kind = site.partition("-")[0]
    return next((what for what, told in WHAT.items() if told.site and told.site == kind), "")


def _nearest_district(ground: Mapping[str, Any], x_m: float, y_m: float) -> str:
    districts = ground["districts"]
    if not districts:
        raise ScenarioError("This case has no districts.")
    return str(min(districts, key=lambda d: hypot(d["x"] - x_m, d["y"] - y_m))["id"])


def _number(wish: Mapping[str, Any], name: str) -> float:
    try:
        return float(wish[name])
    except (KeyError, TypeError, ValueError):
        raise ScenarioError(f"{name} must be a number, got {wish.get(name)!r}") from None
