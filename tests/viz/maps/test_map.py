"""The picture of a city: what is drawn where, in which size, and how it reaches the disk."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from environment.maps.synthetic_city import SyntheticCity
from environment.places.city import CityMap
from environment.places.sites import Sites
from environment.roads.network import GEOGRAPHIC, PLANE, RoadNetwork
from viz.maps.city_map import draw_map
from viz.maps.coverage import minute_bands
from viz.maps.labels import spread_symbols
from viz.maps.streets import road_lines
from viz.pictures.style import LAND, SECONDS_SCALE, SERIES, WATER


@pytest.fixture(scope="module")
def city() -> CityMap:
    return SyntheticCity().load(Path())


@pytest.fixture(scope="module")
def coverage_s(city: CityMap) -> np.ndarray:
    roads = city.roads
    size = (roads.node_count, roads.node_count)
    graph = csr_array((roads.free_flow_s, (roads.tail, roads.head)), shape=size)
    assert city.stations is not None
    stations, _ = roads.nearest_node(city.stations.x, city.stations.y)
    return dijkstra(graph, indices=stations, min_only=True)


def grid(rows: int, columns: int, crs: str, x_step: float, y_step: float) -> RoadNetwork:
    """Rows of streets, each two-way, crossing columns; on a globe about 40.7 degrees north."""
    number = np.arange(rows * columns).reshape(rows, columns)
    pairs = np.concatenate(
        [
            np.column_stack((number[:, :-1].ravel(), number[:, 1:].ravel())),
            np.column_stack((number[:-1].ravel(), number[1:].ravel())),
        ]
    )
    pairs = np.unique(np.concatenate((pairs, pairs[:, ::-1])), axis=0)
    edge_count = len(pairs)
    return RoadNetwork(
        name="grid",
        crs=crs,
        node_id=np.arange(rows * columns),
        x=np.tile(np.arange(columns) * x_step, rows) - (74.0 if crs == GEOGRAPHIC else 0.0),
        y=np.repeat(np.arange(rows) * y_step, columns) + (40.7 if crs == GEOGRAPHIC else 0.0),
        has_signal=np.zeros(rows * columns, dtype=bool),
        tail=pairs[:, 0].astype(np.int32),
        head=pairs[:, 1].astype(np.int32),
        length_m=np.full(edge_count, 100.0),
        speed_kph=np.full(edge_count, 30.0),
        road_class=np.zeros(edge_count, dtype=np.int16),
        road_classes=("residential",),
        shape_start=np.zeros(edge_count + 1, dtype=np.int64),
        shape_x=np.array([]),
        shape_y=np.array([]),
    )


def axes(width_in: float = 8, height_in: float = 8):
    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.05, 0.08, 0.9, 0.84))


def colour_share(picture: np.ndarray, colour: str) -> float:
    """Share of the picture's points that have a colour, to two steps of 255."""
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return float((np.abs(picture[..., :3] * 255 - wanted).max(axis=2) < 2.5).mean())


def test_picture_of_the_default_city(city: CityMap, tmp_path: Path) -> None:
    path = tmp_path / "new" / "city.png"
    draw_map(city, path, title="City")
    picture = matplotlib.image.imread(path)
    height, width, _ = picture.shape
    assert 1_500 < width < 2_200
    assert width / height == pytest.approx(12 / 10, rel=0.15)
    assert 0.01 < colour_share(picture, WATER) < 0.06
    assert 0.3 < colour_share(picture, LAND) < 0.85
    assert [p.name for p in path.parent.iterdir()] == ["city.png"]  # nothing unfinished is left


def test_same_city_same_picture(city: CityMap, tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw_map(city, tmp_path / f"{name}.png")
        draw_map(city, tmp_path / f"{name}.svg")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")


def test_failed_picture_leaves_the_old_one(
    city: CityMap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "city.png"
    path.write_bytes(b"old")

    def half_written(_: Figure, target: Path, **__: object) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", half_written)
    with pytest.raises(OSError, match="No space"):
        draw_map(city, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_global_state(city: CityMap, tmp_path: Path) -> None:
    before = dict(plt.rcParams)
    draw_map(city, tmp_path / "city.png")
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before


def test_legend_says_what_is_drawn(city: CityMap, coverage_s: np.ndarray) -> None:
    ax = axes()
    draw_map(city, ax, coverage_s=coverage_s, calls_xy=city.roads.xy_m[:50], show_demand=True)
    legend = ax.get_legend()
    assert legend is not None
    assert {text.get_text() for text in legend.get_texts()} == {
        "station, with its ambulances",
        "hospital",
        "traffic light",
        "call",
        "demand zone (area: share of calls)",
    }


def test_every_site_is_named_and_no_name_covers_another(city: CityMap) -> None:
    ax = axes(11, 9)
    draw_map(city, ax)
    ax.figure.canvas.draw()
    assert city.stations is not None
    assert city.hospitals is not None
    names = {*city.stations.name, *city.hospitals.name}
    shown = [t for t in ax.texts if t.get_text() in names]
    assert {t.get_text() for t in shown} == names
    boxes = [t.get_window_extent() for t in shown]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_too_many_names_are_left_out_rather_than_piled_up() -> None:
    roads = grid(10, 10, PLANE, 100.0, 100.0)
    x = np.full(120, 450.0)
    sites = Sites(
        site_id=np.array([f"S{k}" for k in range(120)]),
        name=np.array([f"A station with a long name, number {k:03d}" for k in range(120)]),
        x=x,
        y=x,
        ambulances=np.ones(120, dtype=np.int64),
    )
    ax = axes(8, 8)
    draw_map(CityMap(roads, stations=sites), ax)
    named = [t for t in ax.texts if t.get_text().startswith("A station")]
    assert 1 <= len(named) < 120


def test_globe_is_not_stretched() -> None:
    """A square of 1 km at 40.7 degrees north is drawn as a square."""
    latitude = np.radians(40.7)
    degree_m = np.pi / 180 * 6_371_009.0
    roads = grid(11, 11, GEOGRAPHIC, 100 / degree_m / np.cos(latitude), 100 / degree_m)
    ax = axes(8, 6)
    draw_map(CityMap(roads), ax)
    west, south, east, north = roads.bounds
    low, high = ax.transData.transform([(west, south), (east, north)])
    width, height = high - low
    assert width == pytest.approx(height, rel=2e-3)
    bar = next(t for t in ax.texts if t.get_text().endswith(" m"))
    assert bar.get_text() == "200 m"  # the map shows about 1.3 km


def test_scale_bar_is_as_long_as_it_says(city: CityMap) -> None:
    ax = axes()
    draw_map(city, ax)
    bar = ax.lines[-1]
    x = np.asarray(bar.get_xdata())
    assert "2 km" in {t.get_text() for t in ax.texts} or "1 km" in {t.get_text() for t in ax.texts}
    text = next(t.get_text() for t in ax.texts if t.get_text().endswith(" km"))
    assert x.max() - x.min() == pytest.approx(1000 * float(text.split()[0]))


def test_every_street_is_drawn_once(city: CityMap) -> None:
    roads = city.roads
    x, y = road_lines(roads, np.arange(roads.edge_count))
    steps = np.hypot(np.diff(x), np.diff(y))
    assert np.isnan(x).sum() == roads.edge_count
    assert np.nansum(steps) == pytest.approx(roads.length_m.sum(), rel=1e-5)


def test_far_places_are_dark(city: CityMap, tmp_path: Path) -> None:
    """Half a minute in the west and nine minutes in the east: light left, dark right."""
    path = tmp_path / "halves.png"
    draw_map(city, path, coverage_s=np.where(city.roads.x < 6_000, 30.0, 540.0))
    grey = matplotlib.image.imread(path)[..., :3].mean(axis=2)
    height, width = grey.shape
    middle = grey[height // 4 : 3 * height // 4]
    west, east = middle[:, : width // 2 - 60], middle[:, width // 2 + 60 : -60]
    assert np.median(west) > 0.8
    assert np.median(east) < 0.5


def isochrones(ax) -> dict[float, np.ndarray]:
    """Points of the lines of each whole minute."""
    (lines,) = [c for c in ax.collections if isinstance(c, QuadContourSet) and not c.filled]
    return {
        level: path.vertices
        for level, path in zip(lines.levels, lines.get_paths(), strict=True)
        if len(path.vertices)
    }


def test_isochrones_run_where_their_minutes_are(city: CityMap) -> None:
    """One metre more to the east takes a fifteenth of a second more: a minute is 900 m."""
    ax = axes(11, 9)
    west = city.roads.x.min()
    draw_map(city, ax, coverage_s=(city.roads.x - west) / 15)
    found = isochrones(ax)
    assert len(found) >= 5
    for minute, points in found.items():
        assert np.median(points[:, 0]) - west == pytest.approx(900 * minute, abs=40)
    said = {t.get_text() for t in ax.texts if t.get_text().endswith("\N{THIN SPACE}min")}
    assert said >= {f"{minute:g}\N{THIN SPACE}min" for minute in list(found)[1:4]}


def test_spots_too_small_to_be_told_have_no_line(city: CityMap) -> None:
    ax = axes(11, 9)
    roads = city.roads
    middle = np.hypot(*(roads.xy_m - np.median(roads.xy_m, axis=0)).T)
    draw_map(city, ax, coverage_s=np.where(middle < 60, 400.0, 100.0))
    assert isochrones(ax) == {}
    draw_map(city, larger := axes(11, 9), coverage_s=np.where(middle < 1_500, 400.0, 100.0))
    assert isochrones(larger)


def test_minutes_give_way_to_names_and_to_the_scale(city: CityMap, coverage_s: np.ndarray) -> None:
    ax = axes(11, 9)
    draw_map(city, ax, coverage_s=coverage_s)
    ax.figure.canvas.draw()
    minutes = [t for t in ax.texts if t.get_text().endswith("\N{THIN SPACE}min")]
    others = [t.get_window_extent() for t in ax.texts if t not in minutes and t.get_text()]
    boxes = [t.get_window_extent() for t in minutes]
    assert len(boxes) > 10
    scale = ax.lines[-1].get_window_extent()
    assert not any(a.overlaps(b) for a in boxes for b in (*others, scale))
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    frame = ax.get_window_extent()
    assert all(b.x0 > frame.x0 and b.x1 < frame.x1 for b in boxes)
    assert all(b.y0 > frame.y0 and b.y1 < frame.y1 for b in boxes)


def test_coverage_must_fit_the_junctions(city: CityMap, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{city.roads.node_count} junctions, got 3"):
        draw_map(city, tmp_path / "city.png", coverage_s=np.zeros(3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unreached", ["some", "all"])
def test_unreached_junctions_are_left_blank(
    city: CityMap, coverage_s: np.ndarray, tmp_path: Path, unreached: str
) -> None:
    partly = coverage_s.copy()
    partly[(city.roads.x > 6_000) | (unreached == "all")] = np.inf
    draw_map(city, tmp_path / "whole.png", coverage_s=coverage_s)
    draw_map(city, tmp_path / "partly.png", coverage_s=partly)
    land = {
        name: colour_share(matplotlib.image.imread(tmp_path / f"{name}.png"), LAND)
        for name in ("whole", "partly")
    }
    assert land["partly"] > land["whole"] + 0.2


@pytest.mark.parametrize(
    ("most_s", "limits"),
    [
        (470.0, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (900.0, [0, 2, 4, 6, 8, 10, 12, 14, 16]),
        (100.0, [0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]),
        (7_000.0, [0, 20, 40, 60, 80, 100, 120]),
    ],
)
def test_bands_have_round_limits(most_s: float, limits: list[float]) -> None:
    np.testing.assert_allclose(minute_bands(np.full(100, most_s)), limits)


def test_symbols_at_one_place_are_moved_until_they_touch() -> None:
    ax = axes()
    ax.set(xlim=(0, 100), ylim=(0, 100))
    places = np.array([[50.0, 50.0], [50.0, 50.0], [10.0, 10.0]])
    moved = ax.transData.transform(spread_symbols(ax, places, symbol_pt=12))
    size = 12 * ax.figure.dpi / 72
    assert size <= np.hypot(*(moved[0] - moved[1])) < 1.3 * size
    np.testing.assert_allclose(moved[2], ax.transData.transform((10, 10)))


def test_map_without_anything_but_streets(tmp_path: Path) -> None:
    path = tmp_path / "grid.svg"
    draw_map(CityMap(grid(5, 8, PLANE, 150.0, 150.0)), path)
    assert path.stat().st_size > 2_000


def test_forty_thousand_streets(tmp_path: Path) -> None:
    roads = grid(101, 101, PLANE, 100.0, 100.0)
    assert roads.edge_count == 40_400
    classes = ("residential", "tertiary", "secondary", "primary", "motorway")
    mixed = replace(
        roads,
        road_class=(np.arange(roads.edge_count) % 5).astype(np.int16),
        road_classes=classes,
        has_signal=np.arange(roads.node_count) % 3 == 0,
    )
    draw_map(CityMap(mixed), tmp_path / "grid.png")
    assert (tmp_path / "grid.png").stat().st_size > 50_000


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_times_darken_steadily_so_that_grey_readers_see_them() -> None:
    scale = [luminance(colour) for colour in SECONDS_SCALE]
    assert all(a - b > 0.02 for a, b in pairwise(scale))


def test_series_colours_differ() -> None:
    assert len(set(SERIES)) == len(SERIES) == 6
