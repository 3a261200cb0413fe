"""Turning within a link of a table of travel times, at places beside its straight line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.maps.inter_city import InterCityTable, turning_note
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.redirects import RULES, nearest_along
from environment.traffic.traffic_lights import SignalParameters, draw_lights
from environment.traffic.ways import Way, next_turn
from simulation.streams import streams

THREE = "node_id,x,y\n0,0,0\n1,4000,0\n2,10000,0\n"
LINKS = "from,to,time_s,two_way\n0,2,1000,yes\n0,1,450,yes\n1,2,600,yes\n"


def drive(folder: Path, redirect: str, nodes: str = THREE, links: str = LINKS) -> Driving:
    (folder / "nodes.csv").write_text(nodes)
    (folder / "links.csv").write_text(links)
    table = InterCityTable(nodes="nodes.csv", links="links.csv", redirect=redirect)
    roads = table.load(folder).roads
    assert turning_note(redirect) in roads.notes
    lights = draw_lights(roads, SignalParameters(active=False), streams(1, 0))
    return Driving(roads, TravelParameters(), lights, np.array([0]), redirect=RULES[redirect])


@pytest.mark.parametrize(
    ("redirect", "turns"),
    [
        # The first place is nearest up to 2 km and 200 s, the second up to 7 km and 700 s.
        ("nearest_place", {0: (0, 0), 199: (0, 0), 201: (1, 0), 699: (1, 0), 701: (2, 0)}),
        # From the second place to the end it takes 600 s: one is there at 400 s.
        ("at_places", {0: (0, 0), 1: (1, 399), 400: (1, 0), 401: (2, 599), 900: (2, 100)}),
        ("at_the_end", {0: (0, 0), 1: (2, 999), 900: (2, 100)}),
    ],
)
def test_three_places_in_a_line_by_hand(tmp_path, redirect, turns) -> None:
    way = Way(0, 2, 50.0, 1000.0, False, drive(tmp_path, redirect))
    found = {at_s: next_turn(way, 50.0 + at_s) for at_s in turns}
    assert found == {at_s: (node, pytest.approx(in_s)) for at_s, (node, in_s) in turns.items()}
    assert next_turn(way, 40.0) == (0, pytest.approx(10.0))  # it has not left yet


@pytest.mark.parametrize("left_s", [0.0, 0.1, 1 / 3, 86_400.7, 1e6 + 0.1, 123_456.789])
@pytest.mark.parametrize("slower", [1.0, 1.1, 4 / 3])
def test_halfway_between_two_places_is_the_one_behind_whatever_rounding_says(
    tmp_path, left_s, slower
) -> None:
    way = Way(0, 2, left_s, 1000.0 * slower, False, drive(tmp_path, "nearest_place"))
    assert [next_turn(way, left_s + at_s * slower)[0] for at_s in (200, 700)] == [0, 1]


def test_a_trip_that_takes_twice_as_long_passes_places_twice_as_late(tmp_path) -> None:
    way = Way(0, 2, 0.0, 2000.0, False, drive(tmp_path, "at_places"))
    assert next_turn(way, 700.0) == (1, pytest.approx(100.0))


def some_places(seed: int, count: int) -> tuple[np.ndarray, str, str]:
    """Places anywhere, and a table of times with detours."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10_000, (count, 2)).round(1)
    nodes = "node_id,x,y\n" + "".join(f"{k},{x},{y}\n" for k, (x, y) in enumerate(xy.tolist()))
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    far = {(a, b): np.hypot(*(xy[a] - xy[b])) / 10 * rng.uniform(1, 2) + 1 for a, b in pairs}
    links = "".join(f"{a},{b},{far[a, b]:.3f}\n" for a, b in pairs)
    return xy, nodes, f"from,to,time_s\n{links}"


@given(st.integers(0, 10_000), st.integers(3, 12), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_nobody_is_later_for_turning_than_by_driving_to_the_end(
    tmp_path_factory, seed, count, share
) -> None:
    _, nodes, links = some_places(seed, count)
    driving = drive(tmp_path_factory.mktemp("table"), "at_places", nodes, links)
    everywhere = np.arange(count)
    table_s = driving.table_s(everywhere, everywhere, siren=False)
    way = Way(0, 1, 0.0, float(table_s[0, 1]), False, driving)
    now_s = share * way.drive_s
    node, in_s = next_turn(way, now_s)
    there_s = in_s + table_s[node]
    by_the_end_s = way.drive_s - now_s + table_s[1]
    assert (there_s <= by_the_end_s + 0.01).all()  # the router counts in milliseconds


@given(st.integers(0, 10_000), st.integers(2, 12))
@settings(max_examples=50, deadline=None)
def test_the_nearest_along_a_line_is_the_nearest_of_all(seed, count) -> None:
    xy, _, _ = some_places(seed, count)
    places, until = np.empty(count, np.int64), np.empty(count)
    found = nearest_along(xy, 0, 1, places, until)
    for share in np.linspace(0, 1, 23):
        point = xy[0] + share * (xy[1] - xy[0])
        far_m = np.hypot(*(xy - point).T)
        k = min(int(np.searchsorted(until[:found], share)), found - 1)
        assert far_m[places[k]] == pytest.approx(far_m.min(), abs=1e-6)
