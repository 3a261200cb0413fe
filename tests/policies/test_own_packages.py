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


def wanted() -> set[str]:
    """Our names, but for those of folders that are not there yet."""
    there = {name for name in own_packages.NAMES if (ROOT / name).is_dir()}
    return there | {"corridor", "run"}


def test_pyproject_lists_our_packages_and_no_others() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    setuptools, modules = tools["setuptools"], {"corridor", "run"}
    installed = {name.removesuffix("*") for name in setuptools["packages"]["find"]["include"]}
    checked = {name.removesuffix(".py") for name in tools["mypy"]["files"]}
    imports = tools["importlinter"]
    lists = {
        "packages": installed | modules,
        "first party": set(tools["ruff"]["lint"]["isort"]["known-first-party"]) - {"own_packages"},
        "types": checked - {"own_packages", "benchmarks"},
        "imports": {*imports["root_packages"]} | modules,
        "layers": {name.strip("()") for name in imports["contracts"][0]["layers"]} | modules,
    }
    ours = set(own_packages.NAMES)
    wrong = {what: (wanted() - names, names - ours) for what, names in lists.items()}
    assert {what: both for what, both in wrong.items() if any(both)} == {}
    assert {"own_packages", *modules} == set(setuptools["py-modules"])


def test_package_of_ours_that_is_not_there_yet_is_nobodys(monkeypatch) -> None:
    monkeypatch.setattr(own_packages, "NAMES", (*own_packages.NAMES, "json"))
    assert own_packages.foreign_packages(own_packages.NAMES) == {}


def test_none_of_ours_is_foreign() -> None:
    assert own_packages.foreign_packages() == {}
