"""Ctrl-C in `corridor locate`, at many places: the best plan so far, or one plain line."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import importlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
place = importlib.import_module(sys.argv[1])
*owners, name = sys.argv[2].split(".")
for owner in owners:
    place = getattr(place, owner)
real, come = getattr(place, name), []

def interrupted(*given, **named):
    if not come:
        come.append(True)
        signal.raise_signal(signal.SIGINT)
    return real(*given, **named)

setattr(place, name, interrupted)
sys.argv = ["corridor", "locate", "city", "--days", "10", *sys.argv[3:]]
from run import main
main()
"""
DEAR = "--with ambulance_cost_per_day=200 --with transport_cost_per_km=2"
ROBUST = f"--model robust {DEAR} --with time_limit_s=3 --with front=5".split()
SEARCH = "policies.siting.robust.outer_approximation"
SLOW = pytest.mark.slow
LINE = "interrupted before a plan was found\n"


def run(module: str, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, with Ctrl-C pressed when a function is called for the first time."""
    return subprocess.run(
        [sys.executable, "-c", CODE, module, name, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        ("scenarios.loader", "load_changed", ROBUST),
        pytest.param("experiments.location.locate", "simulate_days", ROBUST, marks=SLOW),
        ("policies.highs", "Search.__init__", ["--model", "mclp", "--with", "stations=5"]),
        pytest.param("policies.siting.sites", "perf_counter", ["--model", "p_center"], marks=SLOW),
    ],
)
def test_before_a_plan_there_is_one_line(module: str, name: str, words: list[str]) -> None:
    done = run(module, name, *words)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", LINE)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param(SEARCH, "OuterApproximation._begin", marks=SLOW),
        (SEARCH, "OuterApproximation._settle"),
        pytest.param("policies.highs", "Thread", marks=SLOW),
        ("policies.highs", "is_over"),  # in the thread of HiGHS
        pytest.param("experiments.location.robust_plans", "RobustPlans._located", marks=SLOW),
    ],
)
def test_then_there_is_the_best_plan_so_far(module: str, name: str) -> None:
    """Bugs: HiGHS still at work when Python ended, and tables of NaN."""
    done = run(module, name, *ROBUST)
    assert (done.returncode, done.stderr) == (130, "")
    lines = done.stdout.splitlines()
    heads = next(line.split() for line in lines if "as it is" in line)
    assert heads == ["as", "it", "is", "ellipsoid"]
    fleet = next(line.split() for line in lines if line.startswith(" Ambulances"))
    assert int(fleet[2]) > 0
    gap = next(line.split() for line in lines if line.startswith(" Proven gap"))
    assert 0 < float(gap[-1]) <= 100
    assert "interrupted" in done.stdout


def test_a_plan_that_is_found_is_shown_whole() -> None:
    done = run("viz.terminal.location", "print_location", "--model", "mclp", "--with", "stations=5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in time: its station is within" in done.stdout


def test_the_message_of_an_interruption_is_told() -> None:
    """Bug: Typer ends by it without a word, so nobody read how to go on."""
    code = """
import sys
import commands.simulate
import run
def stopped(*_):
    raise KeyboardInterrupt("stopped after 3 of 9 runs")
commands.simulate.load_case = stopped
sys.argv = ["corridor", "simulate", "city"]
run.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "stopped after 3 of 9 runs\n")
