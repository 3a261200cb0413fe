"""Somebody else's package of one of our plain names is found before anything is imported."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import own_packages

ROOT = Path(__file__).parents[2]
START = "import own_packages; own_packages.require_own_packages(); print('started')"


def start(*path: Path) -> subprocess.CompletedProcess[str]:
    """Start Python with folders on its path, as a console script does: nothing of ours first."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-P", "-S", "-c", START]
    return subprocess.run(
        command, env=environment, cwd=path[0], check=False, capture_output=True, text=True
    )


def test_nothing_is_said_where_all_is_well() -> None:
    answer = start(ROOT)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "started\n", "")


@pytest.mark.parametrize("file", ["agents/__init__.py", "viz.py", "run.py"])
def test_foreign_package_is_named(write, tmp_path, file: str) -> None:
    path = write(file, "raise SystemExit('imported')")
    answer = start(tmp_path, ROOT)
    name = path.relative_to(tmp_path).parts[0].removesuffix(".py")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == (
        f"{path} hides Corridor's own '{name}': Python finds it first\n"
        f"Take it off Python's path, or start with `python {ROOT / 'run.py'}`\n"
    )


def test_foreign_package_behind_ours_does_no_harm(write, tmp_path) -> None:
    write("agents/__init__.py", "raise SystemExit('imported')")
    assert start(ROOT, tmp_path).stdout == "started\n"


def test_folder_without_python_in_it_does_no_harm(tmp_path) -> None:
    (tmp_path / "environment").mkdir()
    assert start(tmp_path, ROOT).stdout == "started\n"


def test_names_are_those_of_the_project() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert {"run", *tools["importlinter"]["root_packages"]} == set(own_packages.NAMES)
    assert "own_packages" in tools["setuptools"]["py-modules"]


def test_none_of_ours_is_foreign() -> None:
    assert own_packages.foreign_packages() == {}
