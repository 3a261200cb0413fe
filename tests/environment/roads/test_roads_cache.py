"""A map is made once; whatever is wrong with the disk, a run goes on."""

import errno
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from environment.maps.archive import pack, unpack
from environment.maps.graphml import GraphMlFile
from environment.maps.load import RoadSource, load_map
from environment.maps.plane_grid import PlaneGrid
from environment.places.city import CityMap
from environment.places.sites import Sites
from environment.places.zones import Zones
from environment.roads import cache


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def made(monkeypatch):
    """How often a grid was made."""
    times = []
    load = PlaneGrid.load

    def counted(self, folder):
        times.append(self)
        return load(self, folder)

    monkeypatch.setattr(PlaneGrid, "load", counted)
    return times


def same(one, other):
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def whole_map():
    """A map with everything that a map can have."""
    texts, numbers = np.array(["a", "bé"]), np.array([1.5, 2.5])
    sites = Sites(texts, texts, numbers, numbers, np.array([2, 0]), district=texts)
    outline = np.array([[0.0, 0.0], [1.0, 1.0]])
    roads = PlaneGrid(rows=2, columns=2).load(Path()).roads
    return CityMap(
        roads=replace(roads, notes=("one", "two, with a comma")),
        zones=Zones(texts, numbers, numbers, np.array([0.25, 0.75])),
        stations=sites,
        hospitals=replace(sites, district=None),
        water=(outline, outline + 1),
        parks=(outline - 1,),
    )


def test_a_whole_map_survives_packing():
    city_map = whole_map()
    assert same(unpack(pack(city_map)), city_map)


def test_a_map_comes_from_disk_the_second_time(made, tmp_path):
    first, second = (load_map(PlaneGrid(), tmp_path) for _ in range(2))
    assert len(made) == 1
    assert same(first, second)


def test_another_parameter_another_map(made, tmp_path):
    load_map(PlaneGrid(rows=3), tmp_path)
    assert load_map(PlaneGrid(rows=4), tmp_path).roads.node_count == 40
    assert len(made) == 2


def test_a_new_version_of_a_source_makes_its_maps_anew(made, tmp_path, monkeypatch):
    load_map(PlaneGrid(), tmp_path)
    monkeypatch.setattr(PlaneGrid, "version", 2)
    load_map(PlaneGrid(), tmp_path)
    assert len(made) == 2


def test_a_file_is_known_by_its_bytes(tmp_path):
    (tmp_path / "town.graphml").write_text("one")
    source = GraphMlFile(file="town.graphml")
    before = source.fingerprint(tmp_path)
    assert source.fingerprint(tmp_path) == before
    (tmp_path / "town.graphml").write_text("two")
    assert source.fingerprint(tmp_path) != before


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_entry_is_made_anew(made, tmp_path, folder, share):
    good = load_map(PlaneGrid(), tmp_path)
    (entry,) = folder.rglob("*.npz")
    entry.write_bytes(entry.read_bytes()[: int(share * entry.stat().st_size)])
    assert same(load_map(PlaneGrid(), tmp_path), good)
    assert len(made) == 2
    assert same(load_map(PlaneGrid(), tmp_path), good)
    assert len(made) == 2  # and is whole again on disk


def test_a_flipped_bit_is_noticed(made, tmp_path, folder):
    good = load_map(PlaneGrid(), tmp_path)
    (entry,) = folder.rglob("*.npz")
    content = bytearray(entry.read_bytes())
    content[content.index(np.float64(200.0).tobytes())] ^= 1
    entry.write_bytes(content)
    assert same(load_map(PlaneGrid(), tmp_path), good)
    assert len(made) == 2


def test_an_entry_that_is_no_map_is_made_anew(made, tmp_path, folder):
    load_map(PlaneGrid(), tmp_path)
    (entry,) = folder.rglob("*.npz")
    cache.store("map", entry.stem, {"roads.name": np.asarray("x")})
    assert load_map(PlaneGrid(), tmp_path).roads.node_count == 100
    assert len(made) == 2


def test_a_folder_that_cannot_be_written_costs_one_note(made, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path / "file"))
    roads = load_map(PlaneGrid(), tmp_path).roads
    assert roads.node_count == 100
    assert roads.notes == (
        f"not cached for the next start: {tmp_path / 'file' / 'map'}: Not a directory",
    )


def test_a_full_disk_costs_one_note_and_leaves_nothing_half_written(tmp_path, folder, monkeypatch):
    def full(file, **_):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    roads = load_map(PlaneGrid(), tmp_path).roads
    assert roads.notes == (
        f"not cached for the next start: {folder / 'map'}: No space left on device",
    )
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_where_the_cache_is(monkeypatch):
    monkeypatch.delenv("CORRIDOR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache.cache_folder() == Path("/xdg/corridor")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.cache_folder() == Path.home() / ".cache" / "corridor"


def test_a_source_is_chosen_by_its_name():
    adapter = TypeAdapter(RoadSource)
    assert adapter.validate_python({"source": "plane_grid", "rows": 3}) == PlaneGrid(rows=3)
    with pytest.raises(ValidationError, match="'osm_file', 'graphml', 'place', 'plane_grid'"):
        adapter.validate_python({"source": "grid"})
