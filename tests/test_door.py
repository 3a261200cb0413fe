"""The door from Python: what it runs is what the command line and the modules behind it run."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import corridor

ROOT = Path(__file__).parents[1]
DAYS = {"run.days": 0.2}
MORE = {"fleet.ambulances": 30}


@pytest.fixture(scope="module")
def city() -> corridor.Scenario:
    return corridor.load("city", DAYS)


@pytest.fixture
def write(tmp_path):
    """Writes a file into the test's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


def told(call, *arguments, **named) -> list[str]:
    """The lines of the error that a call ends with."""
    with pytest.raises(corridor.CorridorError) as caught:
        call(*arguments, **named)
    return str(caught.value).splitlines()


def python(program: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """A program in a fresh interpreter that finds these folders first."""
    command = [sys.executable, "-P", "-c", program]
    environment = {"PYTHONPATH": ":".join(map(str, path)), "PATH": ""}
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )


def test_examples_of_the_docstrings():
    found = doctest.testmod(corridor)
    assert found.attempted > 20
    assert found.failed == 0


def test_everything_that_is_named_is_there():
    assert [name for name in corridor.__all__ if getattr(corridor, name) is None] == []
    with pytest.raises(AttributeError, match="module 'corridor' has no attribute 'simulat'"):
        _ = corridor.simulat


def test_importing_it_loads_nothing_heavy():
    program = "import corridor, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = set(python(program, ROOT).stdout.split())
    assert {"corridor", "environment"} <= loaded
    assert not loaded & {"numpy", "pandas", "pydantic", "mesa", "typer", "rich", "simulation"}


def test_foreign_package_is_named(write, tmp_path):
    path = write("agents/__init__.py", "")
    last = python("import corridor", tmp_path, ROOT).stderr.splitlines()[-2:]
    assert last == [
        f"ImportError: {path} hides Corridor's own 'agents': Python finds it first",
        "Take it off Python's path, or rename it",
    ]


def test_users_own_run_is_not_in_its_way(write, tmp_path):
    write("run.py", "")
    assert python("import corridor; print('fine')", tmp_path, ROOT).stdout == "fine\n"


def test_case_is_a_name_a_file_or_a_scenario(city, write):
    path = write("mine.toml", "[run]\ndays = 3\n")
    assert corridor.load(str(path)) == corridor.load(path)
    assert corridor.load(path, {"run.warm_up_days": 1}).run.horizon_s == 4 * 86_400
    assert corridor.load(path).name == "mine"
    assert corridor.load(city) is city
    changed = corridor.load(city, MORE)
    assert (changed.fleet.ambulances, changed.run.days, city.fleet.ambulances) == (30, 0.2, None)


def test_data_is_the_folder_of_the_files(write, city):
    write("sites.csv", "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,0,0,0\n")
    folder = write("city.toml", '[places]\nsites = "sites.csv"\n').parent
    assert corridor.load(folder / "city.toml").folder == folder
    assert corridor.load(city, data=folder).folder == folder
    assert told(corridor.load, "city", data="nowhere") == ["nowhere: no such folder"]


def test_mistakes_tell_what_they_are_in(city):
    lines = told(corridor.load, "city", {"run.day": 2, "fleet.ambulances": 0})
    assert lines == [
        "changes: unknown key 'run.day' (did you mean 'run.days'?)",
        "changes: fleet.ambulances must be >= 1, got 0",
    ]
    arms = {"base": {}, "a": {"run.day": 2}, "b": {"fleet.ambulances": 0}}
    assert told(corridor.compare, "city", arms) == [
        "arm a: unknown key 'run.day' (did you mean 'run.days'?)",
        "arm b: fleet.ambulances must be >= 1, got 0",
    ]
    assert told(corridor.compare, city, arms) == [
        "arm a: city: unknown key 'run.day' (did you mean 'run.days'?)",
        "arm b: city: fleet.ambulances must be >= 1, got 0",
    ]


def test_run_is_that_of_the_model_behind_it(city):
    from simulation.model import simulate

    mine, same = corridor.simulate(city, 3), simulate(city, 3)
    assert isinstance(mine, corridor.Result)
    assert mine.manifest["replication"] == 3
    assert mine.files() == same.files()
    assert mine.summary["calls"] == 62


def test_comparison_is_that_of_the_command_line(city, tmp_path):
    from run import app

    arms = {"base": {}, "more": MORE}
    mine = corridor.compare(city, arms, 2, workers=1, out=tmp_path / "runs")
    words = ["--arm", "base", "--arm", "more:fleet.ambulances=30", "--set", "run.days=0.2"]
    shown = CliRunner().invoke(app, ["compare", "city", *words, "-n", "2", "-w", "1", "--json"])
    assert json.loads(mine.to_json()) == json.loads(shown.stdout)
    assert mine.batch.result("more", 1).summary["calls"] == 47
    again = corridor.compare(city, arms, 3, workers=1, out=tmp_path / "runs", resume=True)
    assert again.batch.replications == 3


def test_batch_of_one_and_of_several(city):
    one = corridor.batch(city, 2, workers=1)
    both = corridor.batch({"small": city, "more": corridor.load(city, MORE)}, 2, workers=2)
    assert one.summaries["arm"].to_list() == ["run", "run"]
    assert both.summaries["arm"].to_list() == ["small", "small", "more", "more"]
    of_small = both.summaries.query("arm == 'small'").drop(columns="arm")
    pd.testing.assert_frame_equal(of_small, one.summaries.drop(columns="arm"))
    assert told(corridor.batch, {}) == told(corridor.compare, "city", {})


def test_attribution_adds_up(city, tmp_path):
    gain = corridor.attribute(city, 2, mechanisms=["rules"], workers=1, out=tmp_path / "gain")
    assert list(gain.batch.arms) == ["off", "on"]
    added = gain.shapley.set_index("measure")["value"]
    assert added.equals(gain.totals.set_index("measure")["difference"].rename("value"))
    assert (tmp_path / "gain" / "attribution.json").is_file()
    lines = told(corridor.attribute, city, mechanisms=["rule"])
    assert lines == ["no mechanism 'rule' (did you mean 'rules'?)"]


def test_location_asks_a_model_with_its_parameters(city):
    found = corridor.locate(city, "mclp", stations=3, ambulances=9, days=20)
    assert isinstance(found, corridor.Location)
    assert [row["ambulances"] for row in found.plan.sited()] == [3, 3, 3]
    assert told(corridor.locate, city, "mclp", station=3) == [
        "unknown parameter 'station' (did you mean 'stations'?)"
    ]


def test_policy_of_ones_own(write, monkeypatch, tmp_path):
    write(
        "mine.py",
        """
        class Mine:
            def __init__(self, keep=0):
                self.keep = keep

            def choose(self, call, view):
                return []
        """,
    )
    monkeypatch.chdir(tmp_path)
    report = corridor.check_policy("mine:Mine", "dispatch", {"keep": 1})
    assert report.passed
    assert [line[:27] for line in report.warnings] == ["Mine let the call wait in e"]
    absent = corridor.check_policy("mine:Yours", "dispatch")
    assert (absent.passed, len(absent.problems)) == (False, 1)
    assert "no class 'Yours'" in absent.problems[0]
