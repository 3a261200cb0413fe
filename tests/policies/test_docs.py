"""Every block of docs/how-to/policies.md is run, and the example beside it."""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.check import check_policy
from scenarios.loader import load_scenario
from scenarios.overrides import read_overrides
from simulation.model import simulate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/policies.md").read_text()
EXAMPLE = ROOT / "examples" / "second_nearest.toml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Iterator[Path]:
    """A user's folder with the page's policy file and scenario file in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_policies.py").write_text(blocks("python")[0])
    (tmp_path / "my.toml").write_text(blocks("toml")[0])
    yield tmp_path
    sys.modules.pop("my_policies", None)


def test_page_has_the_blocks_that_are_tested_here() -> None:
    assert [len(blocks(language)) for language in ("python", "toml", "sh", "text")] == [10, 1, 1, 1]


@pytest.mark.parametrize("number", range(10))
def test_python_block_runs(folder: Path, number: int) -> None:
    code = blocks("python")[number]
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, f"block {number}", "exec"), names)  # noqa: S102
    assert bool(printed.getvalue()) == ("print(" in code)


@pytest.mark.parametrize("number", range(8))
def test_policy_of_a_block_keeps_the_contract(folder: Path, number: int) -> None:
    (folder / "block.py").write_text(blocks("python")[number])
    name = re.search(r"^class (\w+)", blocks("python")[number], re.MULTILINE)
    assert name is not None
    report = check_policy(None, f"block:{name[1]}", {}, [folder])
    assert report.problems == ()
    assert report.warnings == ()


def test_scenario_file_runs(folder: Path) -> None:
    scenario = load_scenario("my.toml")
    assert scenario.policies.dispatch.parameters == {"keep": 2}
    assert simulate(scenario).summary["calls"] > 20


def test_overrides_on_the_page_give_the_same_policy(folder: Path) -> None:
    line = re.search(r"The same on the command line is `(.*?)`", PAGE)
    assert line is not None
    overrides = read_overrides(re.findall(r"--set (\S+)", line[1]))
    dispatch = load_scenario("my.toml", overrides).policies.dispatch
    assert (dispatch.use, dispatch.parameters) == ("my_policies:KeepOneHome", {"keep": 2})


def test_commands_name_what_is_there(folder: Path) -> None:
    for line in blocks("sh")[0].splitlines():
        assert re.match(r"corridor (check-policy|simulate) ", line)
        for use in re.findall(r"\w+:\w+", line):
            assert check_policy("dispatch", use, {}, [folder]).passed


def test_example_runs_and_is_slower_than_the_nearest() -> None:
    scenario = load_scenario(EXAMPLE)
    own, nearest = simulate(scenario), simulate(scenario.changed({"policies.dispatch": "nearest"}))
    assert own.calls["onset_s"].equals(nearest.calls["onset_s"])
    assert own.summary["response_s"] > nearest.summary["response_s"] + 10


def test_example_keeps_the_contract() -> None:
    report = check_policy(None, "second_nearest:SecondNearest", {}, [EXAMPLE.parent])
    assert (report.decision, report.problems, report.warnings) == ("dispatch", (), ())
