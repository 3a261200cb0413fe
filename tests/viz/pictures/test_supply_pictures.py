"""Pictures of the supply side and the epidemic: what they show, and that real runs can be drawn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from environment.maps.plane_grid import PlaneGrid
from environment.places.zones import Zones
from environment.units import DAY_S
from experiments.batch.engine import run_batch
from scenarios.loader import load_scenario
from viz.maps.frame import frame_map
from viz.maps.supply_map import draw_districts
from viz.pictures.draw import draw_pictures
from viz.pictures.epidemic import calls_by_day, draw_epidemic, infectious_by_day
from viz.pictures.needs import OUTCOMES, draw_needs, needs_by_day
from viz.pictures.stock import draw_stock, stock_by_day
from viz.report.parts import caption_of

ITEM = {"name": "masks", "unit_cost": 1, "holding_cost": 0.01, "shortage_cost": 10}
SUPPLIES = {
    "supplies.items": [ITEM | {"per_1000_day": 40, "per_patient_day": 4, "per_mission": 2}],
    "supplies.sites.suppliers": [
        {"site_id": "works", "x": 800, "y": 800, "rate_per_day": {"masks": 900}}
    ],
    "supplies.sites.stores": [{"site_id": "store", "x": 400, "y": 400, "stock": {"masks": 900}}],
    "supplies.sites.distributors": [
        {"site_id": "west", "x": 0, "y": 0, "persons": 5000, "stock": {"masks": 300}},
        {"site_id": "east", "x": 800, "y": 600, "persons": 5000, "stock": {"masks": 300}},
    ],
}
OUTBREAK = {"epidemic.outbreaks": [{"district": "west", "day": 0, "cases": 20}]}


@pytest.fixture
def kept(monkeypatch):
    """Figures in place of files."""
    figures = []
    for module in ("stock", "needs", "epidemic"):
        monkeypatch.setattr(
            f"viz.pictures.{module}.save_picture", lambda figure, path: figures.append(figure)
        )
    return figures


def tables(stock_changes=(), needs=()):
    """A store (0) and two distributors (1 and 2), with one item."""
    return SimpleNamespace(
        sites=pd.DataFrame({"site": [0, 1, 2], "kind": ["store", "distributor", "distributor"]}),
        items=pd.DataFrame({"item": ["masks"]}),
        stock_changes=pd.DataFrame(
            stock_changes, columns=["time_s", "site", "item", "change", "units"]
        ),
        needs=pd.DataFrame(needs, columns=["item", "since_s", "units", "at_once", "given"]),
    )


def test_stock_is_the_mean_over_each_day():
    """100 come to a store at the start, and half leave it at noon; distributors share 30."""
    found = stock_by_day(
        tables(
            [
                (0.0, 0, "masks", "opening", 100),
                (0.0, 1, "masks", "opening", 10),
                (0.5 * DAY_S, 0, "masks", "sent", 50),
                (1.5 * DAY_S, 2, "masks", "received", 20),
                (1.75 * DAY_S, 1, "masks", "used", 10),
            ]
        ),
        2 * DAY_S,
    )
    assert found.index.tolist() == [0, 1]
    assert found["store", "masks"].tolist() == [75, 50]
    assert found["distributor", "masks"].tolist() == [10, (4 * 10 + 2 * 30 + 2 * 20) / 8]


def test_needs_are_told_apart_by_what_became_of_them():
    found = needs_by_day(
        tables(
            needs=[
                ("masks", 0.0, 10, 4, 7),
                ("masks", 0.9 * DAY_S, 5, 5, 5),
                ("masks", 2.1 * DAY_S, 3, 0, 0),
            ]
        ),
        3 * DAY_S,
    )
    assert found.loc["masks"].to_numpy().tolist() == [[9, 3, 3], [0, 0, 0], [0, 0, 3]]
    assert list(found) == list(OUTCOMES)


def test_bars_of_needs_stand_on_each_other(kept, tmp_path):
    index = pd.MultiIndex.from_product([["masks"], [0, 1]], names=["item", "day"])
    own = pd.DataFrame([[6, 3, 1], [10, 0, 0]], index, list(OUTCOMES))
    draw_needs({"off": own, "on": own * 2}, tmp_path / "needs.png", title="Needs")
    off, on = kept[0].axes
    tops = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in off.patches]
    assert tops == [(0, 6), (0, 10), (6, 9), (10, 10), (9, 10), (10, 10)]
    assert max(bar.get_y() + bar.get_height() for bar in on.patches) == 20
    assert [text.get_text() for text in off.texts] == ["95.0% given, 80.0% at once"]
    assert off.get_ylim() == on.get_ylim() == (0, pytest.approx(20 * 1.08))


def test_stock_has_a_line_for_each_arm_and_a_band_over_replications(kept, tmp_path):
    columns = pd.MultiIndex.from_tuples([("store", "masks"), ("distributor", "masks")])
    one, other = (pd.DataFrame([[k, 9], [3 * k, 9]], columns=columns) for k in (1.0, 3.0))
    draw_stock({"off": [one, other], "on": [one]}, tmp_path / "stock.png", title="Stock")
    at_stores, at_distributors = kept[0].axes
    off, on = at_stores.lines
    assert off.get_ydata().tolist() == [2, 6]
    assert on.get_ydata().tolist() == [1, 3]
    assert off.get_linestyle() != on.get_linestyle()  # so that they differ without colours
    (band,) = at_stores.collections  # of off, for on has but one replication
    assert band.get_paths()[0].vertices[:, 1].max() == 9
    assert at_distributors.get_title(loc="left") == "at distributors"
    assert at_stores.get_ylim()[0] == 0


def test_arms_with_the_same_epidemic_are_drawn_once(kept, tmp_path):
    infectious = pd.DataFrame({"north": [1.0, 2.0], "south": [0.0, 5.0]})
    calls = pd.DataFrame({"usual": [3.0, 4.0], "epidemic": [0.0, 2.0]})
    for other, lines in ((infectious, 2), (infectious * 2, 6)):  # two of these for the legend
        arms = {"off": infectious, "on": other}
        draw_epidemic(arms, {"off": calls, "on": calls}, tmp_path / "e.png", title="Epidemic")
        upper, lower = kept[-1].axes
        assert len(upper.lines) == lines
        assert upper.lines[1].get_ydata().tolist() == [0, 5]
        assert lower.get_title(loc="left") == "calls a day (off)"
        assert max(bar.get_y() + bar.get_height() for bar in lower.patches) == 6


def test_an_epidemic_of_which_nobody_calls_has_one_panel(kept, tmp_path):
    infectious = pd.DataFrame({"north": [1.0, 2.0]})
    calls = pd.DataFrame({"usual": [0.0, 0.0], "epidemic": [0.0, 0.0]})
    draw_epidemic({"off": infectious}, {"off": calls}, tmp_path / "e.png", title="Epidemic")
    (panel,) = kept[-1].axes
    assert (panel.get_xlim(), panel.get_xlabel()) == ((0, 2), "day")


def test_epidemic_by_day_and_district():
    """A run of two days: one call of the second day comes of the epidemic."""
    epidemic = pd.DataFrame(
        {"day": [0, 0, 1, 1], "district": ["b", "a", "b", "a"], "infectious": [1.0, 2.0, 3.0, 4.0]}
    )
    calls = pd.DataFrame({"called_s": [5.0, 1.5 * DAY_S, 1.6 * DAY_S], "epidemic": [0, 1, 0]})
    manifest = {"scenario": {"run": {"days": 1.5, "warm_up_days": 0.5}}}
    run = SimpleNamespace(
        epidemic=epidemic, calls=calls.astype({"epidemic": bool}), manifest=manifest
    )
    assert infectious_by_day(run).to_dict("list") == {"b": [1, 3], "a": [2, 4]}
    assert calls_by_day(run).to_dict("list") == {"usual": [1, 1], "epidemic": [0, 1]}


def test_land_has_the_colour_of_the_nearest_zone():
    roads = PlaneGrid(rows=5, columns=5).load(Path()).roads
    figure = Figure(figsize=(4, 4))
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    frame_map(ax, roads)
    west, _, east, _ = roads.bounds
    x = np.array([west, east])
    zones = Zones(np.array(["W", "E"]), x, np.full(2, 0.0), np.array([0.5, 0.5]))
    draw_districts(ax, roads, zones, np.array([0, 1]))
    (image,) = ax.images
    number = image.get_array()
    assert number[:, : number.shape[1] // 2 - 2].max() == 0
    assert number[:, number.shape[1] // 2 + 2 :].min() == 1
    (line,) = (contour for contour in ax.collections if contour.get_paths())
    assert line.get_paths()[0].vertices[:, 0] == pytest.approx((west + east) / 2, rel=0.01)


@pytest.fixture(scope="module")
def supplied(grid_scenario):
    return grid_scenario(run__days=3, demand__calls_per_day=20).changed(SUPPLIES | OUTBREAK)


def test_pictures_of_a_run_with_supplies(supplied, tmp_path):
    batch = run_batch({"run": supplied}, 2, out=tmp_path)
    drawn, left_out = draw_pictures(batch, tmp_path)
    assert left_out == []
    assert [path.name for path in drawn] == [
        "map.png",
        "response_times.png",
        "fleet_by_hour.png",
        "epidemic.png",
        "supply_map.png",
        "stock.png",
        "needs.png",
    ]
    for path in drawn:
        assert matplotlib.image.imread(path).std() > 0.02  # not blank
        assert caption_of(path) != path.stem.replace("_", " ")


def test_supplies_without_a_single_call_can_be_drawn(supplied, tmp_path):
    quiet = supplied.changed({"demand.calls_per_day": 1e-6, "epidemic.outbreaks": []})
    batch = run_batch({"run": quiet}, 1, out=tmp_path)
    drawn, left_out = draw_pictures(batch, tmp_path)
    assert [path.stem for path in drawn][1:] == ["fleet_by_hour", "supply_map", "stock", "needs"]
    assert left_out == ["No response_times.png: no call came in after the warm-up"]


def test_supplies_without_ambulances_are_drawn_alone(tmp_path):
    """Bug: the map of ambulances could not be drawn, and a shipped case ended in a traceback."""
    batch = run_batch({"run": load_scenario("covid-supplies", {"run.days": 1})}, 1, out=tmp_path)
    drawn, left_out = draw_pictures(batch, tmp_path)
    assert [path.stem for path in drawn] == ["epidemic", "supply_map", "stock", "needs"]
    assert left_out == []
