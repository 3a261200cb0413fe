"""What the documentation shows is true: its files, commands, Python, outputs and tables."""

import importlib.util
import os
import re
import shlex
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

from environment.maps.load import load_map
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
LARGEST_PICTURE = 300_000
MANY = re.compile(r"--replications \d\d|compare city")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its NamedTuple looks its module up
    spec.loader.exec_module(module)
    return module


OUTPUTS = script("outputs")


def blocks(kind: str) -> list[tuple[Path, str]]:
    """Every code block of a kind, with its page; policies.md has tests of its own."""
    pattern = re.compile(rf"```{kind}\n(.*?)```", re.DOTALL)
    return [
        (page, text)
        for page in PAGES
        if page.name != "policies.md"
        for text in pattern.findall(page.read_text(encoding="utf-8"))
    ]


def ids(found: list[tuple[Path, str]]) -> list[str]:
    return [f"{page.stem}-{number}" for number, (page, _) in enumerate(found)]


def commands() -> list[tuple[Path, str]]:
    """Every command of Corridor's that a page names, but for those that need data of others.

    `corridor view` serves until Ctrl-C; its own tests try it.
    """
    lines = [(page, line.strip()) for page, text in blocks("sh") for line in text.splitlines()]
    return [
        (page, line)
        for page, line in lines
        if line.startswith("corridor") and "FOLDER" not in line and "place_by_name" not in line
        if not line.startswith("corridor view")
    ]


@pytest.fixture
def page_folder(tmp_path, monkeypatch):
    """A folder with the files that a page shows, and one processor."""

    def enter(page: Path) -> Path:
        OUTPUTS.lay_out(page.read_text(encoding="utf-8"), tmp_path)
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(tmp_path)
        return tmp_path

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    return enter


def test_reference_of_keys_is_up_to_date():
    reference = script("reference")
    page = reference.PAGE.read_text(encoding="utf-8")
    shown = page.partition(reference.BEGIN)[2].partition(reference.END)[0]
    assert shown == reference.reference(), "run: python docs/reference.py"


def test_reference_knows_units_limits_and_defaults():
    rows = {
        (name, row.key): row for name, own in script("reference").tables().items() for row in own
    }
    access = rows["`[places]`", "access_kph"]
    assert (access.unit, access.default, access.limits) == ("km/h", "`10`", "≥ 0.1")
    assert rows["`[travel]`", "hourly_speed_factors"].limits == "≥ 0.01, ≤ 100, 24 entries"
    assert rows["`[run]`", "days"][1:5] == ("number", "days", "`7`", "> 0, ≤ 36,525")
    assert rows["`[demand]`", "mobilisation"][1:4] == ("duration", "s", "`60`")
    assert rows['`[roads]` with `source = "osm_file"`', "file"].default == "required"
    assert rows["`[[fleet.types]]`", "skills"][1:5] == ("list of texts", "", "–", "")
    assert rows["`[fleet.breakdowns]`", "mean_hours_between"].unit == "h"
    assert rows["`[[epidemic.outbreaks]]`", "day"].unit == ""
    assert rows["`[demand]`", "calls_per_day"].unit == "per day"
    systems = rows["`[coordination]`", "systems"]
    assert systems.kind == 'list of `"ambulances"` or `"supplies"`'
    assert systems.default == '`["ambulances", "supplies"]`'
    closure, surge = (f'`[[disruptions]]` with `kind = "{k}"`' for k in ("road_closure", "surge"))
    assert rows[closure, "streets"].kind == "list of lists of whole numbers"
    assert rows[surge, "zones"].limits == "not empty"


def test_every_key_is_described():
    """Speeds by road class need no description."""
    bare = [
        (name, row.key)
        for name, own in script("reference").tables().items()
        for row in own
        if not row.description and "roads.speeds" not in name
    ]
    assert not bare


@pytest.mark.parametrize(("page", "text"), blocks("toml"), ids=ids(blocks("toml")))
def test_toml_is_a_scenario(page, text):
    Scenario.model_validate(tomllib.loads(text))


def in_turn(found: list[tuple[Path, str]]) -> list[Any]:
    """The commands as cases of a test; those that run many replications are slow."""
    return [
        pytest.param(*case, id=case[1], marks=[pytest.mark.slow] if MANY.search(case[1]) else [])
        for case in found
    ]


@pytest.mark.parametrize(("page", "line"), in_turn(commands()))
def test_command_works(page, line, page_folder):
    from run import app

    folder = page_folder(page)
    words = shlex.split(line, comments=True)
    if "--resume" in words:
        out = folder / words[words.index("--out") + 1]
        first = [
            *words[1 : words.index("--replications")],
            "--replications",
            "1",
            "--out",
            str(out),
        ]
        assert CliRunner().invoke(app, first).exit_code == 0
    ended = CliRunner().invoke(app, words[1:], catch_exceptions=True)
    assert ended.exit_code == 0, ended.output or ended.exception


@pytest.mark.parametrize(("page", "text"), blocks("python"), ids=ids(blocks("python")))
def test_python_runs(page, text, page_folder):
    page_folder(page)
    exec(compile(text, str(page), "exec"), {"__name__": "shown"})  # noqa: S102


@pytest.mark.parametrize("source", ["graphml", "inter_city", "plane_grid", "synthetic_city"])
def test_sources_of_the_roads_page_can_be_simulated(source, page_folder):
    from simulation.model import simulate

    page = ROOT / "docs/roads.md"
    folder = page_folder(page)
    if source == "graphml":
        (maker,) = [text for own, text in blocks("python") if own == page]
        exec(compile(maker, str(page), "exec"), {"__name__": "shown"})  # noqa: S102
    texts = [text for own, text in blocks("toml") if own == page and f'"{source}"' in text]
    (folder / "shown.toml").write_text(texts[0])
    result = simulate(load_scenario(folder / "shown.toml", {"run.days": 0.5}))
    assert (result.calls["state"] == "completed").all()
    assert len(result.calls) > 10


def test_notes_of_manhattan_are_those_shown(shared_data):
    page = (ROOT / "docs/roads.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    source = load_scenario("manhattan", {}, shared_data / "manhattan").roads
    notes = load_map(source, shared_data / "manhattan").roads.notes
    assert shown.splitlines() == list(notes)


def test_a_place_by_its_name(monkeypatch):
    """The example runs; in place of the download, a grid of streets where Delft is."""
    import networkx as nx

    from environment.maps import place
    from simulation.model import simulate

    side = 25
    grid = nx.MultiDiGraph(crs="epsg:4326")
    for row in range(side):
        for column in range(side):
            grid.add_node(side * row + column, x=4.32 + 0.003 * column, y=51.98 + 0.002 * row)
    for node in range(side * side):
        for other in [node + side, node + 1 if (node + 1) % side else -1]:
            if 0 < other < side * side:
                grid.add_edge(node, other, highway="residential")
                grid.add_edge(other, node, highway="residential")
    monkeypatch.setattr(place, "_download", {"Delft, Netherlands": grid}.__getitem__)
    monkeypatch.setattr("environment.roads.cache.fetch", lambda *_: None)
    monkeypatch.setattr("environment.roads.cache.store", lambda *_: None)
    scenario = load_scenario(ROOT / "examples/place_by_name.toml", {"run.days": 1})
    result = simulate(scenario)
    assert set(result.missions["station"]) == {"delft-1", "delft-2"}


def test_links_lead_somewhere():
    broken = []
    for page in PAGES:
        for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
            path = (page.parent / target).resolve() if target else page
            if not path.exists() or (anchor and anchor not in anchors(path)):
                broken.append(f"{page.name}: {target}#{anchor}")
    assert not broken


def anchors(page: Path) -> set[str]:
    """Where a link can lead on a page, as GitHub names it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_pictures_are_small():
    pictures = list((ROOT / "docs/images").glob("*.png"))
    assert pictures
    assert max(picture.stat().st_size for picture in pictures) < LARGEST_PICTURE


def shown_outputs() -> list[tuple[Path, str, str]]:
    return [
        (page, block["command"], block["output"])
        for page in PAGES
        for block in OUTPUTS.CONSOLE.finditer(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "command", "output"), shown_outputs(), ids=[c for _, c, _ in shown_outputs()]
)
def test_output_is_that_of_the_command(page, command, output, tmp_path):
    OUTPUTS.lay_out(page.read_text(encoding="utf-8"), tmp_path)
    assert OUTPUTS.output_of(command, tmp_path) == output, "run: python docs/outputs.py"
