"""A city of four streets, small enough to be solved by hand, and runs in it.

Four streets meet at C; a fifth, one way, leads from N to E. Seconds of normal driving::

                 N ──────────┐
                 │ 100       │ 90, one way
        W ── 80 ─C─ 60 ── E ◄┘
                 │ 120
                 S

With siren all is 1.25 times as fast: W–C 64, C–E 48, C–N 80, C–S 96. Every street is 1000 m long,
the one-way street 1500 m. Off the road one moves at 18 km/h, 5 m/s.

Station A (ambulance 0) lies 50 m from W: 10 s. Station B (ambulance 1) lies at E. The hospital
lies 25 m from N: 5 s. A crew at its station is expected to take 60 s to leave.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scenarios.scenario import Scenario
from simulation.tables.result import Result

FILES = {
    "nodes.csv": "node_id,x,y\nW,-1000,0\nC,0,0\nE,1000,0\nN,0,1000\nS,0,-1000\n",
    "links.csv": (
        "from,to,time_s,length_m,two_way\n"
        "W,C,80,1000,yes\nC,E,60,1000,yes\nN,C,100,1000,yes\nC,S,120,1000,yes\nN,E,90,1500,no\n"
    ),
    "sites.csv": (
        "site_id,kind,x,y,ambulances\n"
        "A,station,-1000,50,1\nB,station,1000,0,1\nH,hospital,0,1025,0\n"
    ),
    "zones.csv": (
        "zone_id,x,y,demand_share\nwest,-1000,0,1\neast,1000,0,1\nsouth,0,-1000,1\ncentre,0,0,1\n"
    ),
}
W, C, E, N, S = (-1000, 0), (0, 0), (1000, 0), (0, 1000), (0, -1000)
TIMES = [
    "call", "ambulance", "from_station", "dispatched_s", "departed_s", "arrived_s",
    "left_scene_s", "clear_s", "home_s", "end",
]  # fmt: skip
Row = tuple[Any, ...]


def records(*calls: Mapping[str, Any]) -> str:
    """A record of calls at junctions, dispatched at once; what is not given is as usual here."""
    usual = {
        "priority": "high", "units": 1, "transported": 0, "dispatch_delay_s": 0,
        "mobilisation_s": 60, "scene_s": 100, "handover_s": 100,
    }  # fmt: skip
    rows = []
    for call in calls:
        x, y = call["place"]
        given = {name: value for name, value in call.items() if name != "place"}
        rows.append({"x": x, "y": y, **usual, **given})
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return "\n".join(lines) + "\n"


def city(files_in: Callable[[Mapping[str, str]], Path], files: Mapping[str, str]) -> Scenario:
    """The scenario of this city; `files` has at least its calls."""
    return Scenario.model_validate(
        {
            "folder": files_in({**FILES, **files}),
            "roads": {
                "source": "inter_city",
                "nodes": "nodes.csv",
                "links": "links.csv",
                "redirect": "at_the_end",  # of a link: at a junction, as on streets
            },
            "places": {"sites": "sites.csv", "zones": "zones.csv", "access_kph": 18},
            "travel": {"siren_speed_factor": 1.25},
            "signals": {"active": False},
            "run": {"days": 0.5, "warm_up_days": 0},
            "demand": {
                "recorded_calls": "calls.csv",
                "mobilisation": 60,
                "priorities": [
                    {"name": "high", "share": 0.5, "target_s": 300, "siren": True},
                    {"name": "low", "share": 0.5, "target_s": 480, "siren": False},
                ],
            },
        }
    )


def timeline(result: Result) -> list[Row]:
    """All missions by ambulance and time."""
    ordered = result.missions.sort_values(["ambulance", "dispatched_s"])
    return [tuple(row) for row in ordered[TIMES].itertuples(index=False)]
