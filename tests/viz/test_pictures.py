"""Pictures of what runs show: the fleet by hour, green for ambulances, those of a batch."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from environment.roads.lights import light_of_node
from experiments.batch import run_batch
from simulation.metrics import DUTY_STATES
from viz.cross_red import cross_red_of, draw_cross_red
from viz.fleet_by_hour import COLOURS, NAMES, draw_fleet_by_hour
from viz.pictures import draw_coverage_map, draw_forced_greens, draw_pictures


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
        node_count=4,
        tail=np.array([0, 1, 2]),
        head=np.array([1, 2, 3]),
        length_m=np.array([20.0, 490.0, 400.0]),
    )


def run_with(table: pd.DataFrame):
    manifest = {"scenario": {"run": {"days": 2, "warm_up_days": 0}}}
    return SimpleNamespace(forced_greens=table, warm_up_s=0.0, manifest=manifest)


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
    names = [path.name for path in draw_pictures(batch, tmp_path)]
    assert names == [
        "map.png",
        "response_times.png",
        "fleet_by_hour.png",
        "forced_greens_waves.png",
    ]
    assert all((tmp_path / name).stat().st_size > 5_000 for name in names)


def subtitle_of(monkeypatch, draw):
    """What a function writes under the title of its map."""
    told = {}
    monkeypatch.setattr("viz.pictures.draw_map", lambda *_, **words: told.update(words))
    draw()
    return told["subtitle"]


def test_share_within_target_stands_under_the_map(grid_scenario, monkeypatch, tmp_path):
    """Zones A to D have 4, 3, 2 and 1 of 10 calls, and are 0, 60, 60 and 20 s from a station."""
    for target_s, share in ((6, "40%"), (30, "50%"), (90, "100%")):
        high = {"name": "high", "share": 1, "target_s": target_s, "siren": True}
        scenario = grid_scenario(demand__priorities=[high], travel__siren_speed_factor=1)
        subtitle = subtitle_of(
            monkeypatch, lambda case=scenario: draw_coverage_map(case, tmp_path / "map.png")
        )
        assert subtitle.endswith(f"{share} of demand within {target_s / 60:g} min")


def test_all_cross_red_stands_under_its_map(grid_scenario, monkeypatch, tmp_path):
    scenario = grid_scenario(roads__signal_every=2, signals__active=True)
    runs = [run_with(greens((0, 10, 2_400.0), (3, 20, 600.0)))]
    subtitle = subtitle_of(
        monkeypatch, lambda: draw_forced_greens(scenario, runs, tmp_path / "greens.png")
    )
    assert subtitle == "red that cross traffic sees for it at 2 lights, 25 min a day in all"
