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
import typer
from typer.testing import CliRunner

from environment.maps.load import load_map
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
LARGEST_PICTURE = 300_000
LARGEST_NOTEBOOK = 100_000
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN_JOB = (ROOT / "docs/how-to/main_job.md").read_text(encoding="utf-8")
QUICK = re.compile(
    r"corridor (scenarios|check-policy|simulate mine|simulate service|compare city --set run)"
)
"""Commands that take a second or two; the others are tested as slow ones."""
REPRODUCE_ZHAO = ["reproduce", "zhao"]
SLOW_PAGES = {"tutorial", "hypercube", "location", "attribution", "batches", "optimise"}
"""Pages whose Python takes more than a few seconds."""


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its NamedTuple looks its module up
    spec.loader.exec_module(module)
    return module


OUTPUTS = script("outputs")
PAGES = (*OUTPUTS.PAGES, ROOT / "CONTRIBUTING.md")


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
    """Every command of Corridor's that a page names."""
    lines = [(page, line.strip()) for page, text in blocks("sh") for line in text.splitlines()]
    ours = [(page, line.replace("python run.py", "corridor", 1)) for page, line in lines]
    return [(page, line) for page, line in ours if line.startswith("corridor")]


def commands_to_run() -> list[Any]:
    """Those that can be run here: none that needs others' data, serves, or takes many minutes.

    Two reproductions are left to their papers' own tests.

    One that several pages have is run once.
    """
    left_out = re.compile(
        r"FOLDER|place_by_name|corridor new|corridor view|corridor reproduce (?!.*--quick)"
        r"|corridor plan .*(needs|plan)\.xlsx|corridor reproduce (zaatari|scott-rutner)"
        r"|corridor optimise .*--trials 22"
    )
    return [
        pytest.param(page, line, id=line, marks=[] if QUICK.search(line) else [pytest.mark.slow])
        for line, page in {line: page for page, line in reversed(commands())}.items()
        if not left_out.search(line)
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
    yield enter
    for module in ("my_policies",):
        sys.modules.pop(module, None)


@pytest.mark.parametrize("name", ["scenarios", "command_line"])
def test_reference_is_up_to_date(name):
    reference = script("reference")
    page = reference.FOLDER / f"{name}.md"
    shown = page.read_text(encoding="utf-8").partition(reference.BEGIN)[2]
    assert shown.partition(reference.END)[0] == reference.pages()[page], (
        "run: python docs/reference.py"
    )


def test_reference_has_every_command_and_option():
    page = (ROOT / "docs/reference/command_line.md").read_text(encoding="utf-8")
    assert all(f"## corridor {name}\n" in page for name in root_command().names)
    for option in ("`--set KEY=VALUE`", "`--replications REPLICATIONS`", "`--quick`", "`--port"):
        assert option in page


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


@pytest.mark.parametrize(("page", "line"), commands(), ids=[line for _, line in commands()])
def test_command_can_be_asked(page, line):
    """Its name and options are right, also where it takes too long to be run here."""
    root, words = root_command(), shlex.split(line, comments=True)[1:]
    context = root.make_context("corridor", list(words))
    name, command, rest = root.resolve_command(context, words)
    command.make_context(name, rest, parent=context)


def root_command() -> Any:
    from run import app

    return typer.main.get_command(app)


@pytest.mark.parametrize(("page", "line"), commands_to_run())
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
    ended = CliRunner().invoke(app, shortened(words[1:]), catch_exceptions=True)
    assert ended.exit_code == 0, ended.output or ended.exception


def shortened(words: list[str]) -> list[str]:
    """The same command with two replications at most: whether it works does not hang on more."""
    given = next((place for place, word in enumerate(words) if word in {"--replications", "-n"}), 0)
    if given:
        return [*words[: given + 1], str(min(int(words[given + 1]), 2)), *words[given + 2 :]]
    takes_minutes = words[0] in {"compare", "warm-up", "hypercube"} or words[:2] == REPRODUCE_ZHAO
    return [*words, "--replications", "2"] if takes_minutes else words


def python_pages() -> list[Any]:
    pages = [page for page in PAGES if OUTPUTS.PYTHON.search(page.read_text(encoding="utf-8"))]
    return [
        pytest.param(
            page, id=page.stem, marks=[pytest.mark.slow] if page.stem in SLOW_PAGES else []
        )
        for page in pages
        if page.name != "policies.md"
    ]


@pytest.mark.parametrize("page", python_pages())
def test_python_runs_and_prints_what_is_shown(page, page_folder):
    page_folder(page)
    text = page.read_text(encoding="utf-8")
    shown = [block["output"] for block in OUTPUTS.PYTHON.finditer(text)]
    printed = list(OUTPUTS.python_outputs(text))
    wanted = [(got, want) for got, want in zip(printed, shown, strict=True) if want is not None]
    assert [got for got, _ in wanted] == [want for _, want in wanted], "run: python docs/outputs.py"


@pytest.mark.parametrize("source", ["graphml", "inter_city", "plane_grid", "synthetic_city"])
def test_sources_of_the_roads_page_can_be_simulated(source, page_folder):
    from simulation.model import simulate

    page = ROOT / "docs/how-to/roads.md"
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
    page = (ROOT / "docs/how-to/roads.md").read_text(encoding="utf-8")
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


def test_files_that_pages_name_are_there():
    named = re.compile(r"`([\w./-]+/[\w-]+\.(?:py|toml|ipynb))`")
    lost = [
        f"{page.name}: {path}"
        for page in PAGES
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).is_file()
    ]
    assert not lost


def anchors(page: Path) -> set[str]:
    """Where a link can lead on a page, as GitHub names it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_pictures_are_small():
    pictures = list((ROOT / "docs/images").glob("*.png"))
    assert pictures
    assert max(picture.stat().st_size for picture in pictures) < LARGEST_PICTURE


def test_figures_of_the_readme_are_those_of_the_main_job():
    """The five lines on what `make run` answers: their figures stand in the compared output."""
    answers = [line for line in README.splitlines() if line.startswith("- *")]
    figures = re.findall(r"\d+\.\d+", " ".join(answers))
    (output,) = OUTPUTS.CONSOLE.findall(MAIN_JOB)
    assert len(answers) == 5
    assert len(figures) > 15
    assert [figure for figure in figures if figure not in output[-1]] == []


def test_readme_fits_on_two_screens():
    assert len(README.splitlines()) <= 95
    for command in ("make run", "make test"):
        assert re.search(rf"^{command}  ", README, re.MULTILINE)


def test_notebooks_are_small():
    assert len(OUTPUTS.NOTEBOOKS) == 2
    assert max(notebook.stat().st_size for notebook in OUTPUTS.NOTEBOOKS) < LARGEST_NOTEBOOK
