"""Whatever stands in a file or an option: it works, or it is a mistake that one message tells.

Every input is made from a seed, and the time for all is bounded: a slow machine tries fewer.
"""

import random
import signal
import time
from contextlib import contextmanager

import pytest

from environment.errors import CorridorError
from environment.maps.load import load_map
from environment.places.city import build_city
from scenarios.loader import load_changed, load_scenario
from scenarios.overrides import read_changes
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.preparation import prepare

pytestmark = pytest.mark.slow

SECONDS_EACH = 10
SECONDS_IN_ALL = 8
MOST_CHARACTERS = 5000

SITES = "site_id,kind,x,y,ambulances\nS1,station,0,0,2\nH1,hospital,400,400,\n"
FILES = {
    "sites.csv": SITES,
    "zones.csv": "zone_id,x,y,demand_share\nA,0,0,1\nB,400,0,2\n",
    "calls.csv": "called_s,x,y,priority,units,scene_s\n60,0,0,high,1,90\n120,400,400,,2,\n",
    "vehicles.csv": "vehicle,station,type,shift\nV1,S1,,\n",
}
GRID = """
[roads]
source = "plane_grid"
rows = 4
columns = 4
[run]
days = 0.02
warm_up_days = 0
[places]
sites = "sites.csv"
zones = "zones.csv"
[demand]
calls_per_day = 100
recorded_calls = "calls.csv"
[fleet]
vehicles = "vehicles.csv"
"""
OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="JOSM">
<node id="1" lat="0.0" lon="0.0"><tag k="highway" v="traffic_signals"/></node>
<node id="-2" lat="0.0" lon="0.01"/><node id="3" lat="0.01" lon="0.01"/>
<node id="4" lat="0.01" lon="0.0" action="delete"/>
<way id="5"><nd ref="1"/><nd ref="-2"/><nd ref="3"/>
<tag k="highway" v="primary"/><tag k="maxspeed" v="RU:urban;30 mph"/></way>
<way id="6"><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="residential"/>
<tag k="oneway" v="reversible"/><tag k="access" v="no"/></way>
<node id="7" lat="0.0" lon="0.005"><tag k="barrier" v="gate"/><tag k="emergency" v="yes"/></node>
<way id="8"><nd ref="1"/><nd ref="7"/><nd ref="3"/><tag k="highway" v="service"/>
<tag k="emergency" v="designated"/><tag k="maxspeed:forward" v="20"/></way>
<way id="9"><nd ref="3"/><nd ref="1"/><tag k="route" v="ferry"/><tag k="vehicle" v="yes"/>
<tag k="duration" v="00:20"/></way>
<relation id="10"><member type="way" ref="5" role="from"/><member type="node" ref="3" role="via"/>
<member type="way" ref="8" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction" v="only_left_turn"/></relation>
</osm>
"""
GRAPHML = """<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="x" for="node" attr.name="x" attr.type="string"/>
<key id="y" for="node" attr.name="y" attr.type="string"/>
<key id="h" for="edge" attr.name="highway" attr.type="string"/>
<key id="l" for="edge" attr.name="length" attr.type="double"/>
<key id="g" for="edge" attr.name="geometry" attr.type="string"/>
<key id="c" for="graph" attr.name="crs" attr.type="string"/>
<graph edgedefault="undirected"><data key="c">{'init': 'epsg:4326'}</data>
<node id="1"><data key="x">0.0</data><data key="y">0.0</data></node>
<node id="2"><data key="x">0.01</data><data key="y">0.0</data></node>
<edge source="1" target="2"><data key="h">['primary', 'tertiary']</data>
<data key="l">1112.0</data><data key="g">LINESTRING (0 0, 0.005 0.001, 0.01 0)</data></edge>
</graph></graphml>
"""
NASTY = [
    "", " ", "0", "-1", "1e300", "-1e300", "1e-300", "nan", "inf", "-inf", "1e999", "48,0", "999",
    "9223372036854775807", "9223372036854775808", "99999999999999999999999", "true", "yes", "no",
    "None", "0x10", "1_000", "1;2", "[1, 2]", "{'a': 1}", "[" * 2000, "(" * 2000, '"', "'", "\\",
    "\0", "\x1b[31m", "\u202e", "\U0001f691", "é" * 300, "x" * 20_000, "../..", "/dev/null", ",,,",
    "<a>", "&lt;", "&#0;", "%s", "%Y", "{}", "2026-01-01", "epsg:0", "POINT (0 0)", "LINESTRING",
]  # fmt: skip
TOML_NASTY = [
    "true", "-1", "0", "1", "1e300", "-1e300", "1e-300", "nan", "inf", "-inf", "9" * 30, "9" * 5000,
    '""', '"x"', f'"{"x" * 5000}"', '"a\\u0000b"', '"\\U0001F691"', "[]", "{}", "[[]]", "[1]",
    "[true]", '["a"]', "[1e300]", "{a = 1}", '{use = "nearest"}', '{use = "no:Such"}', "{use = 1}",
    '{source = "osm_file"}', '{kind = "surge"}', "[{}]", "1979-05-27T07:32:00Z", "07:32:00",
    "[" * 300 + "]" * 300, "'/dev/null'", '"."',
]  # fmt: skip


@contextmanager
def alarm():
    """Let nothing take longer than `SECONDS_EACH`."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS_EACH)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def try_all(inputs, use):
    """Use each input while there is time; tell which one is neither used nor refused."""
    end = time.monotonic() + SECONDS_IN_ALL
    tried = 0
    for one in inputs:
        if time.monotonic() > end:
            break
        tried += 1
        try:
            with alarm():
                use(one)
        except CorridorError as error:
            told = str(error)
            assert told.strip(), one
            assert max(map(len, told.splitlines())) < MOST_CHARACTERS + len(str(one)), one
        except Exception as error:  # noqa: BLE001
            pytest.fail(f"{type(error).__name__}: {error}\nof input number {tried}: {one!r:.3000}")
    assert tried > 20


def spoilt_bytes(content, rng):
    """A file with a few bytes changed, cut, doubled or put in."""
    spoilt = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        place = rng.randrange(len(spoilt) + 1)
        what = rng.randrange(4)
        if what == 0:
            spoilt[place : place + 1] = bytes([rng.randrange(256)])
        elif what == 1:
            del spoilt[place : place + rng.choice([1, 10, 200])]
        elif what == 2:
            spoilt[place:place] = spoilt[place : place + rng.choice([1, 10, 200])]
        else:
            spoilt[place:place] = rng.choice(NASTY).encode()
    return bytes(spoilt)


def spoilt_cells(text, rng):
    """A table with a few cells changed."""
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(rng.choice([1, 1, 3])):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(NASTY)
    return "\n".join(map(",".join, rows)).encode(errors="replace")


def spoilt_values(text, rng):
    """XML with a few attributes or texts changed."""
    parts = text.split('"') if rng.random() < 0.6 else text.replace(">", ">\2").split("\2")
    mark = '"' if len(parts) == len(text.split('"')) else ""
    for _ in range(rng.choice([1, 1, 3])):
        place = rng.randrange(1, len(parts))
        end = parts[place].find("<") if not mark else len(parts[place])
        parts[place] = rng.choice(NASTY) + parts[place][max(end, 0) :]
    return mark.join(parts).encode(errors="replace")


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "case.toml").write_text(GRID)
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_tables(folder, name):
    rng = random.Random(f"tables {name}")  # noqa: S311
    base = FILES[name]

    def use(content):
        (folder / name).write_bytes(content)
        simulate(load_scenario(folder / "case.toml"))

    try_all(
        (
            spoilt_cells(base, rng) if rng.random() < 0.7 else spoilt_bytes(base.encode(), rng)
            for _ in range(2000)
        ),
        use,
    )


@pytest.mark.parametrize(
    ("source", "name", "base"),
    [("osm_file", "town.osm", OSM), ("graphml", "town.graphml", GRAPHML)],
)
def test_maps(folder, monkeypatch, source, name, base):
    monkeypatch.setenv("CORRIDOR_CACHE", str(folder / "cache"))
    rng = random.Random(f"maps {name}")  # noqa: S311
    scenario = Scenario.model_validate(
        {"roads": {"source": source, "file": name}, "folder": folder}
    )

    def use(content):
        (folder / name).write_bytes(content)
        city_map = load_map(scenario.roads, folder)
        build_city(city_map, scenario.places, folder, needs_sites=False)

    try_all(
        (
            spoilt_values(base, rng) if rng.random() < 0.7 else spoilt_bytes(base.encode(), rng)
            for _ in range(3000)
        ),
        use,
    )


def keys_of(model, path=""):
    """Every dotted key of a scenario."""
    from scenarios.checks.fields import models_in

    for name, field in model.model_fields.items():
        yield f"{path}{name}"
        for inner in models_in(field.annotation):
            yield from keys_of(inner, f"{path}{name}.")


def test_scenarios_and_overrides(folder):
    rng = random.Random("scenarios")  # noqa: S311
    keys = sorted(set(keys_of(Scenario)) - {"folder"})
    assert len(keys) > 100

    def spoilt():
        if rng.random() < 0.15:
            return spoilt_bytes(GRID.encode(), rng), []
        chosen = rng.choices(keys, k=rng.choice([1, 1, 2]))
        return GRID.encode(), [f"{key}={rng.choice(TOML_NASTY)}" for key in chosen]

    def use(one):
        content, overrides = one
        (folder / "case.toml").write_bytes(content)
        prepare(load_changed(folder / "case.toml", read_changes(overrides)))

    try_all((spoilt() for _ in range(5000)), use)
