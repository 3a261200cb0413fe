"""What a worker process loads."""

import subprocess
import sys
from pathlib import Path

from experiments.batch.task import Failed, Outcome, Task, run_safely, run_task

PROGRAM = """
import sys
from experiments.batch.task import Outcome, Task, run_task
from scenarios.scenario import Scenario
task = Task("base", 0, Scenario.model_validate({"run": {"days": 0.5}}), {}, tables=True)
assert isinstance(run_task(task), Outcome)
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_whole_replication_loads_no_map_reader_and_no_charts():
    run_task_here_so_that_the_city_is_cached()
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", PROGRAM]
    loaded = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "pyarrow" in loaded.split()
    assert not {"osmnx", "osmium", "matplotlib", "geopandas", "solara"} & set(loaded.split())


def run_task_here_so_that_the_city_is_cached():
    from scenarios.scenario import Scenario

    task = Task("base", 0, Scenario.model_validate({"run": {"days": 0.5}}), {}, tables=False)
    outcome = run_task(task)
    assert isinstance(outcome, Outcome)
    assert outcome.files == {}
    assert outcome.summary["calls"] > 0


def test_whatever_goes_wrong_is_told(grid_scenario, monkeypatch):
    def break_down(*_):
        raise KeyError("zone")

    monkeypatch.setattr("experiments.batch.task.simulate", break_down)
    ending = run_safely(run_task, Task("base", 0, grid_scenario(), {}, tables=False))
    assert isinstance(ending, Failed)
    assert ending.message.startswith("KeyError: 'zone' (test_task.py, line ")
