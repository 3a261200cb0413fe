"""What the layers promise of starting times, imports and files; `make lint` checks the layers."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLOCK_AND_AGENTS = {"mesa", "simpy", "solara"}
MAP_READERS_AND_CHARTS = {"osmnx", "osmium", "geopandas", "matplotlib", "plotly"}
PERSONAL_PATH = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/")
PIN = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*")


def run_python(*arguments: str) -> str:
    """Standard output of a fresh interpreter in the checkout, which may keep its bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def packages_loaded_by(modules: list[str]) -> set[str]:
    """Top-level packages in a fresh interpreter that has imported the modules."""
    imports = "; ".join(f"import {module}" for module in modules)
    program = f"import sys; {imports}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(run_python("-c", program).split())


def modules_of(layer: str) -> list[str]:
    files = sorted((ROOT / layer).rglob("[!_]*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


def project_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_help_loads_nothing_heavy() -> None:
    """How long it takes, `benchmarks/start.py` measures."""
    loaded = packages_loaded_by(["run"])
    assert "typer" in loaded
    heavy = {"numpy", "scipy", "pandas", "pydantic", "mesa", "numba", "loky"}
    assert not loaded & (heavy | MAP_READERS_AND_CHARTS)


@pytest.mark.parametrize("layer", ["environment", "policies"])
def test_lower_layers_load_no_clock_and_nothing_heavy(layer: str) -> None:
    loaded = packages_loaded_by(modules_of(layer))
    assert "numpy" in loaded
    assert not loaded & (CLOCK_AND_AGENTS | MAP_READERS_AND_CHARTS)


def test_worker_loads_no_map_reader_and_no_charts() -> None:
    if importlib.util.find_spec("experiments.batch.task") is None:
        pytest.skip("experiments/batch/task.py, what a worker imports, is not there yet")
    loaded = packages_loaded_by(["experiments.batch.task"])
    assert "simulation" in loaded
    assert not loaded & MAP_READERS_AND_CHARTS


def test_no_file_names_a_folder_of_its_authors_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in project_files()
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1)
        if PERSONAL_PATH.search(line) or str(ROOT) in line
    ]
    assert not found


def test_constraints_pin_every_declared_package_and_nothing_but_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not PIN.fullmatch(line)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[<>=\[;]", entry)[0] for entries in declared for entry in entries}
    assert names - {pin.partition("==")[0] for pin in pins} == set()
