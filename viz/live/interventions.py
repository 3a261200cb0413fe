"""What may be changed while a run goes on, checked as a scenario is, and told in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from environment.demand.drawn_calls import DAY_S, HOUR_S
from environment.disruptions import Disruption
from environment.epidemic.days import Outbreak
from environment.roads.network import RoadNetwork
from policies.dispatch import DISPATCH
from policies.registry import DECISIONS
from scenarios.checks.contradictions import find_contradictions
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation import stepping_in
from simulation.policies import Sources, find_sources, make_policy
from simulation.settling import bare_districts

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

HOURS = 2.0
"""How long a disruption lasts where nobody says."""
_PREFIX = re.compile(r"^(?:[^:]*: )?(?:disruptions|epidemic\.outbreaks)[\w. ]*: ")

_HOURS = re.compile(r"(?: and)? from hour [\d.e+]+ to [\d.e+]+")

_REASONS = {
    "policies.location": "ambulances are given to stations before the run begins",
    "signals": "cycles and equipment of the lights belong to the city",
    "seed": "other patients would have called from the start",
    "run": "the length of the run decides which patients call",
    "roads": "the streets belong to the city",
    "places": "stations and zones belong to the city",
    "travel": "driving times belong to the city",
    "demand": "the patients of the whole run are drawn before it begins",
    "fleet": "the vehicles are settled before the run begins",
    "hospitals": "bays and beds are settled before the run begins",
    "dispatch_centre": "the crews have their standing orders from the start",
    "epidemic": "the course of the epidemic began with it; an outbreak can be added instead",
    "supplies": "stocks, sites and trucks are settled before the run begins",
    "coordination": "offices and planners are settled before the run begins",
    "disruptions": "planned ones belong to the scenario; others can be added on the map",
}


def changes_while_running(key: str) -> bool:
    """Whether a value of the scenario may be changed while it runs."""
    part, _, rest = key.partition(".")
    decision = rest.partition(".")[0]
    return part == "policies" and decision in DECISIONS and not DECISIONS[decision].is_taken_once


def why_not(key: str) -> str:
    """Why a value can only be changed with a new start; empty if it can be changed."""
    if changes_while_running(key):
        return ""
    reasons = [_REASONS[part] for part in _parents(key) if part in _REASONS]
    return f"{key} needs a new start: {reasons[0] if reasons else 'the run was built with it'}."


def _parents(key: str) -> list[str]:
    """The key itself and the tables around it, the nearest first."""
    parts = key.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def change(model: EmergencyModel, config: Scenario, key: str, value: Any) -> Scenario:
    """Have a policy decide otherwise from now on; returns the scenario as it now is run.

    Raises
    ------
    ScenarioError
        If the value needs a new start.
    CorridorError
        If it is not as it should be.
    """
    if not changes_while_running(key):
        raise ScenarioError(why_not(key))
    decision = DECISIONS[key.split(".")[1]]
    changed = config.changed({key: value})
    if decision.taken_by == "supply" and model.supply_side is None:
        raise ScenarioError(f"{key}: this scenario has no supplies")
    sources = find_sources(changed)
    problems = _new_problems(model, config, changed) or _bare(model, changed, sources)
    if problems:
        raise ScenarioError("\n".join(problems))
    stepping_in.replace_policy(model, decision, changed, sources)
    return changed


def _bare(model: EmergencyModel, changed: Scenario, sources: Sources) -> list[str]:
    if changed.dispatch_centre.when_busy == "lose":
        return []
    dispatch = make_policy(changed, DISPATCH, sources, model.draw)
    return bare_districts(model, changed, model.vehicles, [dispatch])


def disrupt(model: EmergencyModel, config: Scenario, request: Mapping[str, Any]) -> Scenario:
    """Have something go wrong from now on; returns the scenario with it.

    Parameters
    ----------
    model : EmergencyModel
    config : Scenario
        As it is run, with what has been added so far.
    request : mapping
        ``kind`` as in ``[[disruptions]]`` with its own keys, but ``hours`` in place of its times
        and ``x_m``, ``y_m`` (metres on the map) in place of ``x``, ``y``. ``road_closure`` with
        a place and no ``radius_m`` closes the nearest street. ``outbreak`` has ``district`` and
        ``cases``.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    asked = dict(request)
    if asked.get("kind") == "outbreak":
        return _outbreak(model, config, asked)
    if asked.get("kind") == "surge":
        raise ScenarioError("A surge needs a new start: its calls are drawn before the run begins.")
    told = _timed(_placed(model, asked), model.env.now)
    before = config.model_dump()["disruptions"]
    changed = _checked(config, {"disruptions": [*before, told]})
    problems = _new_problems(model, config, changed)
    if problems:
        raise ScenarioError("\n".join(problems))
    event: Disruption = changed.disruptions[-1]
    stepping_in.disrupt(model, event)
    return changed


def _timed(asked: dict[str, Any], now_s: float) -> dict[str, Any]:
    """With the times that a disruption has which begins now."""
    hours, now_hour = asked.pop("hours", HOURS), now_s / HOUR_S
    if asked.get("kind") == "mass_casualty":
        return {**asked, "at_hour": now_hour}
    if not isinstance(hours, int | float) or not 0 < hours <= 24 * 366:
        raise ScenarioError(f"hours must be > 0 and <= {24 * 366:,}, got {hours!r}")
    return {**asked, "from_hour": now_hour, "until_hour": now_hour + hours}


def _placed(model: EmergencyModel, asked: dict[str, Any]) -> dict[str, Any]:
    """With a place as the map has it, or the street that is nearest to it."""
    if "x_m" not in asked or "y_m" not in asked:
        return asked
    roads = model.ground.city.roads
    x_m, y_m = float(asked.pop("x_m")), float(asked.pop("y_m"))
    if asked.get("kind") == "road_closure" and "radius_m" not in asked:
        return {**asked, "streets": [nearest_street(roads, x_m, y_m)]}
    x, y = map_place(roads, x_m, y_m)
    return {**asked, "x": x, "y": y}


def map_place(roads: RoadNetwork, x_m: float, y_m: float) -> tuple[float, float]:
    """A place in the units of the map, from metres."""
    west, south, east, north = roads.bounds
    x0, y0 = (west + east) / 2, (south + north) / 2
    ends_x, ends_y = roads.to_metres(np.array([x0, x0 + 1]), np.array([y0, y0 + 1]))
    per_x, per_y = float(np.diff(ends_x)[0]), float(np.diff(ends_y)[0])
    return float(x0 + (x_m - ends_x[0]) / per_x), float(y0 + (y_m - ends_y[0]) / per_y)


def nearest_street(roads: RoadNetwork, x_m: float, y_m: float) -> tuple[int, int]:
    """Node ids of the ends of the street whose straight line comes nearest to a place."""
    first, last = roads.xy_m[roads.tail], roads.xy_m[roads.head]
    along = last - first
    place = np.array([x_m, y_m])
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(((place - first) * along).sum(axis=1) / square, 0.0, 1.0)
    away: NDArray[np.float64] = np.hypot(*(first + share[:, None] * along - place).T)
    piece = int(away.argmin())
    return int(roads.node_id[roads.tail[piece]]), int(roads.node_id[roads.head[piece]])


def _outbreak(model: EmergencyModel, config: Scenario, asked: Mapping[str, Any]) -> Scenario:
    """Have persons of a district fall ill in the next morning, where there is an epidemic."""
    if model.outbreak is None:
        raise ScenarioError("This scenario has no epidemic: add an outbreak to it and start anew.")
    day = len(model.outbreak.days)
    told = {key: value for key, value in asked.items() if key not in ("kind", "hours")}
    if told.get("district") not in model.outbreak.districts:
        known = ", ".join(model.outbreak.districts)
        raise ScenarioError(f"no district {told.get('district')!r}; there are {known}")
    if day * DAY_S >= config.run.horizon_s:
        raise ScenarioError("An outbreak would begin tomorrow, but the run ends before.")
    before = config.model_dump()["epidemic"]["outbreaks"]
    changed = _checked(config, {"epidemic.outbreaks": [*before, {**told, "day": day}]})
    outbreak: Outbreak = changed.epidemic.outbreaks[-1]
    model.outbreak.add_outbreak(outbreak)
    return changed


def _checked(config: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values; mistakes are told without where they would stand in it."""
    try:
        return config.changed(values)
    except ScenarioError as error:
        raise ScenarioError("\n".join(_plain(line) for line in str(error).splitlines())) from None


def _new_problems(model: EmergencyModel, before: Scenario, after: Scenario) -> list[str]:
    """What contradicts the city after a change and did not before."""
    city = model.ground.city
    known = set(find_contradictions(before, city))
    return [_plain(line) for line in find_contradictions(after, city) if line not in known]


def _plain(line: str) -> str:
    """A mistake without where it would stand in a scenario, and without the hours: it is now."""
    return _HOURS.sub("", _PREFIX.sub("", line))
