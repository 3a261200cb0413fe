"""Who is sent elsewhere on a link of a table of travel times, in a run solved by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import corridor

# A line of 10 km: station, village at 4 km, hospital. The first call is at the hospital: 1,000 s
# to drive and 100 s of work. On the way back, of 1,000 s, the second comes from the village.
FILES = {
    "nodes.csv": "node_id,x,y\n0,0,0\n1,4000,0\n2,10000,0\n",
    "links.csv": "from,to,time_s,two_way\n0,2,1000,yes\n0,1,450,yes\n1,2,600,yes\n",
    "sites.csv": "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,10000,0,0\n",
    "zones.csv": "zone_id,x,y,demand_share\n1,4000,0,1\n2,10000,0,1\n",
    "calls.csv": "called_s,x,y\n0,10000,0\n1500,4000,0\n",
    "line.toml": """
roads = { source = "inter_city", nodes = "nodes.csv", links = "links.csv" }
places = { sites = "sites.csv", zones = "zones.csv" }
run = { days = 1, warm_up_days = 0 }
travel = { siren_speed_factor = 1 }
[demand]
recorded_calls = "calls.csv"
dispatch_delay = 0
mobilisation = 0
on_scene = 100
transported_share = 0
trip_noise_cv = 0
""",
}


@pytest.mark.parametrize(
    ("redirect", "response_s"),
    [
        # At 1,500 s it is at 6 km, which is nearer to the village than to the hospital.
        ("nearest_place", 0),
        # The village is 450 s from the station: it is there 450 s before the end, at 1,650 s.
        ("at_places", 150),
        # It is at the station at 2,100 s, and drives 450 s back.
        ("at_the_end", 1050),
    ],
)
def test_a_call_beside_the_way_home(tmp_path, redirect, response_s) -> None:
    for name, text in FILES.items():
        Path(tmp_path, name).write_text(text)
    result = corridor.simulate(corridor.load(tmp_path / "line.toml", {"roads.redirect": redirect}))
    assert result.calls["response_s"].tolist() == pytest.approx([1000, response_s])
