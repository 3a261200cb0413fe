"""From a visitor's click to what a run is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import hypot
from typing import Any

from scenarios.errors import ScenarioError
from simulation.interventions import offers

Told = Mapping[str, Any]


def request_at(wish: Told, click: Told, base_map: Told) -> dict[str, Any]:
    """What a run is asked for, of what is to go wrong and where the map was clicked.

    Parameters
    ----------
    wish : mapping
        ``what``, one of `offers`, with ``hours``, ``radius`` and ``cases`` as the browser has them.
    click : mapping
        Of the map: ``id`` and ``kind`` of what stands there, ``x`` and ``y`` in metres.
    base_map : mapping
        The base map as the browser was told it.

    Raises
    ------
    ScenarioError
        If something else must be clicked, or a number is none.
    """
    what = str(wish["what"])
    offer = offers()[what]
    request: dict[str, Any] = {"kind": what}
    if offer.site:
        if click.get("kind") != offer.site:
            raise ScenarioError(f"{offer.how}: there is none where you clicked.")
        request[offer.site] = _site_id(str(click["id"]))
    for name in offer.asks:
        request |= _READERS[name](wish, click, base_map)
    return request


def request_for(site: str, what: str, hours: float) -> dict[str, Any]:
    """That a site closes or fails, by its id on the map, as in ``hospital-H1``."""
    return {"kind": what, offers()[what].site: _site_id(site), "hours": hours}


def _site_id(site: str) -> str:
    return site.partition("-")[2]


def kind_for(site: str) -> str:
    """How a site can be disrupted, by its id on the map; empty if it cannot."""
    kind = site.partition("-")[0]
    found = (what for what, offer in offers().items() if offer.site and offer.site == kind)
    return next(found, "")


def _place(_wish: Told, click: Told, _base_map: Told) -> dict[str, Any]:
    return {"x_m": float(click["x"]), "y_m": float(click["y"])}


def _nearest_district(_wish: Told, click: Told, base_map: Told) -> dict[str, Any]:
    districts, x_m, y_m = base_map["districts"], float(click["x"]), float(click["y"])
    if not districts:
        raise ScenarioError("This case has no districts.")
    nearest = min(districts, key=lambda one: hypot(one["x"] - x_m, one["y"] - y_m))
    return {"district": str(nearest["id"])}


def _number(wish: Told, name: str) -> float:
    try:
        return float(wish[name])
    except (KeyError, TypeError, ValueError):
        raise ScenarioError(f"{name} must be a number, got {wish.get(name)!r}") from None


_READERS: dict[str, Callable[[Told, Told, Told], dict[str, Any]]] = {
    "place": _place,
    "district": _nearest_district,
    "radius_m": lambda wish, _click, _base_map: {"radius_m": _number(wish, "radius")},
    "hours": lambda wish, _click, _base_map: {"hours": _number(wish, "hours")},
    "cases": lambda wish, _click, _base_map: {"cases": int(_number(wish, "cases"))},
}
"""How what an offer asks for is read."""
