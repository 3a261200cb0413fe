"""Pictures of what runs show: the fleet by hour, green for ambulances, those of a batch."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from environment.districts import station_to_junction_s
from environment.roads.lights import light_of_node
from experiments.batch.engine import run_batch
from simulation.measures.service import DUTY_STATES
from simulation.preparation import prepare
from viz.pictures.cross_red import cross_red_of, draw_cross_red
from viz.pictures.draw import draw_coverage_map, draw_forced_greens, draw_pictures
from viz.pictures.fleet_by_hour import COLOURS, NAMES, draw_fleet_by_hour


@pytest.fixture
def day() -> pd.DataFrame:
    """Always a fifth on the scene, the rest at stations; nobody is on duty from 3 to 5."""
    states = pd.DataFrame(0.0, index=range(24), columns=list(DUTY_STATES))
    states["on_scene"], states["idle"] = 0.2, 0.8
    return states.drop(index=[3, 4])


def share_of(picture: np.ndarray, colour: str) -> float:
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return float((np.abs(picture[..., :3] * 255 - wanted).max(axis=2) < 2.5).mean())


def test_areas_are_as_large_as_the_shares(day, tmp_path):
    path = tmp_path / "fleet.png"
    draw_fleet_by_hour({"run": day}, path, title="Fleet")
    picture = matplotlib.image.imread(path)
    busy, idle = (share_of(picture, COLOURS[name]) for name in ("on_scene", "idle"))
    assert busy / idle == pytest.approx(0.25, rel=0.05)
    assert share_of(picture, COLOURS["to_call"]) == 0  # nobody ever is: not even in the legend
    day["to_call"] = 1e-6
    draw_fleet_by_hour({"run": day}, path, title="Fleet")
    assert share_of(matplotlib.image.imread(path), COLOURS["to_call"]) > 0


def test_every_state_has_a_name_and_a_colour_of_its_own():
    assert set(NAMES) == set(COLOURS) == set(DUTY_STATES)
    assert len(set(COLOURS.values())) == len(set(NAMES.values())) == len(DUTY_STATES)


@pytest.mark.parametrize(("arms", "height_px"), [(2, 640), (4, 1216)])
def test_three_panels_fit_in_a_row(day, tmp_path, arms, height_px):
    path = tmp_path / "fleet.png"
    draw_fleet_by_hour({f"arm {k}": day for k in range(arms)}, path, title="Fleet")
    assert matplotlib.image.imread(path).shape[0] == height_px


def greens(*rows: tuple[int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["light", "from_s", "cross_red_s"]).assign(held_vehicles=0.0)


def roads_with_lights():
    """Four junctions, of which two share a light."""
    return SimpleNamespace(
        x=np.array([0.0, 20.0, 500.0, 900.0]),
        y=np.array([0.0, 0.0, 100.0, 100.0]),
        has_signal=np.array([True, True, True, True]),
        is_split=np.zeros(4, dtype=bool),
        junction=np.arange(4),
        node_count=4,
        tail=np.array([0, 1, 2]),
        head=np.array([1, 2, 3]),
        length_m=np.array([20.0, 490.0, 400.0]),
    )


def run_with(table: pd.DataFrame):
    manifest = {"scenario": {"run": {"days": 2, "warm_up_days": 0}}}
    vehicles = fleet("S2", "S2", "S2")
    return SimpleNamespace(forced_greens=table, vehicles=vehicles, warm_up_s=0.0, manifest=manifest)


def test_cross_red_is_the_mean_a_day_where_the_light_stands():
    roads = roads_with_lights()
    assert light_of_node(roads).tolist() == [0, 0, 1, 2]
    runs = [
        run_with(greens((0, 10, 30.0), (0, 99_000, 10.0), (2, 50, 0.0))),
        run_with(greens((0, 10, 8.0), (1, 20, 4.0), (1, 200_000, 99.0))),  # after the end
    ]
    table = cross_red_of(runs, roads)
    assert table["cross_red_s"].to_dict() == {0: (40 + 8) / 2 / 2, 1: 4 / 2 / 2}
    assert table.loc[0, ["x", "y"]].tolist() == [10, 0]
    assert table.loc[1, ["x", "y"]].tolist() == [500, 100]


def test_areas_of_circles_are_in_proportion_and_the_legend_has_round_ones():
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    draw_cross_red(ax, pd.DataFrame({"x": [0, 1, 2], "y": 0, "cross_red_s": [75.0, 750.0, 30.0]}))
    drawn, *samples = [c for c in ax.collections if isinstance(c, PathCollection)]
    sizes = drawn.get_sizes()
    assert sizes / sizes[0] == pytest.approx([1, 0.1, 0.04])  # the largest first, below the others
    assert [c.get_label() for c in samples] == ["1 min of red a day", "10 min of red a day"]
    assert [c.get_sizes()[0] / sizes[0] for c in samples] == pytest.approx([0.08, 0.8])


def test_pictures_of_a_batch(grid_scenario, tmp_path):
    """The second arm has its lights switched; the map of that comes with it alone."""
    base = grid_scenario(
        roads__signal_every=2,
        signals__active=True,
        demand__priorities=[{"name": "high", "share": 1, "target_s": 25, "siren": True}],
    )
    arms = {"cycles": base, "waves": base.changed({"policies.signals": "green_wave"})}
    batch = run_batch(arms, 2, out=tmp_path)
    drawn, left_out = draw_pictures(batch, tmp_path)
    assert left_out == []
    names = [path.name for path in drawn]
    assert names == [
        "map.png",
        "response_times.png",
        "fleet_by_hour.png",
        "forced_greens_waves.png",
    ]
    assert all((tmp_path / name).stat().st_size > 5_000 for name in names)


def test_without_calls_there_is_no_picture_of_response_times(grid_scenario, tmp_path):
    """Bug: a picture without panels could not be drawn."""
    batch = run_batch({"run": grid_scenario(demand__calls_per_day=1e-6)}, 1, out=tmp_path)
    drawn, left_out = draw_pictures(batch, tmp_path)
    assert [path.name for path in drawn] == ["map.png", "fleet_by_hour.png"]
    assert left_out == ["No response_times.png: no call came in after the warm-up"]
    assert not (tmp_path / "response_times.png").exists()


@pytest.fixture
def drawn(monkeypatch):
    """What maps are drawn, and with which words, in place of the pictures."""
    maps = []

    def note(city_map, path, **words):
        maps.append(SimpleNamespace(city_map=city_map, path=path, **words))

    monkeypatch.setattr("viz.pictures.draw.draw_map", note)
    return maps


def fleet(*stations: str, shift_hours: float = 24.0) -> pd.DataFrame:
    return pd.DataFrame({"station": stations}).assign(shift_hours=shift_hours)


def test_share_within_target_stands_under_the_map(grid_scenario, drawn, tmp_path):
    """Zones A to D have 4, 3, 2 and 1 of 10 calls, and are 0, 60, 60 and 20 s from a station."""
    for target_s, share in ((6, "40%"), (30, "50%"), (90, "100%")):
        high = {"name": "high", "share": 1, "target_s": target_s, "siren": True}
        scenario = grid_scenario(demand__priorities=[high], travel__siren_speed_factor=1)
        draw_coverage_map(scenario, fleet("S1", "S2"), tmp_path / "map.png")
        assert drawn[-1].subtitle == (
            "expected drive with lights and sirens from the nearest station with vehicles, free "
            f"flow; {share} of demand within {target_s / 60:.3g} min"
        )


def test_the_map_shows_the_fleet_of_the_run(grid_scenario, drawn, tmp_path):
    """Bug: it showed the ambulances of the table of sites, wherever those of the run were."""
    high = {"name": "high", "share": 1, "target_s": 30, "siren": True}
    scenario = grid_scenario(demand__priorities=[high], travel__siren_speed_factor=1)
    assert prepare(scenario).city.stations.sites.ambulances.tolist() == [1, 1]
    draw_coverage_map(scenario, fleet(*["S2"] * 4, shift_hours=12), tmp_path / "a.png", arm="a")
    assert drawn[-1].city_map.stations.ambulances.tolist() == [0, 4]
    assert drawn[-1].title == f"{scenario.name}: a"
    assert "from the nearest station with vehicles of any shift, free flow" in drawn[-1].subtitle
    both = station_to_junction_s(prepare(scenario).city, prepare(scenario).driving)
    np.testing.assert_array_equal(drawn[-1].coverage_s, both[1])
    assert (both.min(axis=0) < both[1]).any()


def test_maps_of_a_batch_show_the_first_arm_that_was_run(grid_scenario, drawn, tmp_path):
    """Its name stands over the map only where the fleets of arms differ."""
    base = grid_scenario(fleet__ambulances=10)
    for more, title in (
        ({"fleet.available_after": "base"}, base.name),
        ({"policies.location": "demand_share"}, f"{base.name}: first"),
        ({"fleet.shifts": [{"name": "day", "hours": 12}]}, f"{base.name}: first"),
    ):
        folder = tmp_path / next(iter(more))
        batch = run_batch({"first": base, "other": base.changed(more)}, 1, out=folder)
        draw_pictures(batch, folder)
        assert drawn[-1].title == title
        assert drawn[-1].city_map.stations.ambulances.tolist() == [5, 5]


def test_all_cross_red_stands_under_its_map(grid_scenario, drawn, tmp_path):
    scenario = grid_scenario(roads__signal_every=2, signals__active=True)
    runs = [run_with(greens((0, 10, 2_400.0), (3, 20, 600.0)))]
    draw_forced_greens(scenario, runs, tmp_path / "greens.png")
    told = "red that cross traffic sees for it at 2 lights, 25 min a day in all"
    assert drawn[-1].subtitle == told
    assert drawn[-1].city_map.stations.ambulances.tolist() == [0, 3]
