"""A user's own policy in the simulator: it decides, and what it does wrong ends the run clearly."""

import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from policies.base import PolicyError
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel, simulate
from simulation.policies import find_sources

ROOT = Path(__file__).parents[2]
PREAMBLE = "from policies.base import Assignment, Move\n"
SECOND_NEAREST = """\
from policies.base import Assignment


class SecondNearest:
    def choose(self, call, view):
        return [Assignment(n) for n in view.nearest(call, 2)[-1:]]
"""

RunWith = Callable[..., EmergencyModel]


@pytest.fixture
def model_with(write, town: Scenario) -> RunWith:
    """The town with a class `Own` of the given body; its first line is line 3 of own.py."""

    def model_with(body: str, decision: str = "dispatch") -> EmergencyModel:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        write("own.py", f"{PREAMBLE}class Own:\n{lines}")
        model = EmergencyModel(town.changed({f"policies.{decision}": "own:Own"}))
        model.watch.limit_s = 0.3
        return model

    return model_with


def choosing(expression: str) -> str:
    return f"def choose(self, call, view):\n    return {expression}"


def moving(expression: str) -> str:
    return f"def move(self, view):\n    return {expression}"


def test_own_policy_decides(write, town: Scenario) -> None:
    write("own.py", SECOND_NEAREST)
    own = simulate(town.changed({"policies.dispatch": "own:SecondNearest"}))
    nearest = simulate(town)
    assert own.calls["onset_s"].equals(nearest.calls["onset_s"])
    assert own.summary["response_s"] > nearest.summary["response_s"] + 20
    assert list(own.manifest["policies"]) == ["dispatch"]


def test_parameters_reach_the_policy(model_with: RunWith, town: Scenario) -> None:
    body = "def __init__(self, limit):\n    raise ValueError(limit)\n" + choosing("[]")
    with pytest.raises(PolicyError, match=r"own:Own: missing a required argument: 'limit'"):
        model_with(body)
    values = {"policies.dispatch": "own:Own", "policies.dispatch.limit": 42}
    with pytest.raises(PolicyError, match=r"own:Own: raised ValueError: 42 when made \(own.py"):
        EmergencyModel(town.changed(values))


@pytest.mark.parametrize(
    ("decision", "body", "message"),
    [
        (
            "dispatch",
            choosing("[Assignment(0)]"),
            r"Own chose ambulance 0, which is busy; idle: (1|2|1, 2)",
        ),
        ("dispatch", choosing("7"), r"Own answered 7; expected a sequence of Assignment, empty .*"),
        ("dispatch", choosing("[Assignment(3)]"), r"Own chose ambulance 3; .* from 0 to 2"),
        (
            "dispatch",
            choosing("[Assignment(a.number) for a in view.available]"),
            r"Own chose 3 ambulances for a call that needs 1",
        ),
        (
            "dispatch",
            "def choose(self, call, view):\n    view.waiting = 0",
            r"Own raised AttributeError: property 'waiting' .* has no setter \(own.py, line 4\)",
        ),
        (
            "dispatch",
            "def choose(self, call, view):\n    view.seen = 0",
            r"Own raised AttributeError: .* has no attribute 'seen'.* \(own.py, line 4\)",
        ),
        (
            "dispatch",
            "def choose(self, call, view):\n    return view.available.pop()",
            r"Own raised AttributeError: 'tuple' .* 'pop' \(own.py, line 4\)",
        ),
        ("dispatch", choosing("view.travel_time_s(0, 10**9)"), r"Own: travel_time_s\(0, 10000000"),
        ("dispatch", choosing("view.nearest(call, 1, [3])"), r"Own: nearest\(among=\[3\]\): amb.*"),
        ("dispatch", choosing("view.nearest(call, 1, [-1])"), r"Own: nearest\(among=\[-1\]\): .*"),
        ("dispatch", choosing("1 / 0"), r"Own raised ZeroDivisionError: .* \(own.py, line 4\)"),
        ("hospital", choosing("2"), r"Own chose hospital 2; expected a number from 0 to 1"),
        ("hospital", choosing("view.hospitals[0]"), r"Own chose hospital 'Old'; expected a num.*"),
        (
            "hospital",
            "def choose(self, call, view):\n    view.patients[0] += 1",
            r"Own raised TypeError: 'tuple' .* assignment \(own.py, line 4\)",
        ),
        (
            "hospital",
            "def choose(self, call, view):\n    while True:\n        pass",
            r"Own did not .*",
        ),
        (
            "relocation",
            moving("0"),
            r"Own answered 0; expected a sequence of Move, empty if every.*",
        ),
        ("relocation", moving("1 / 0"), r"Own raised ZeroDivisionError: .* \(own.py, line 4\)"),
        (
            "relocation",
            moving("[Move(9, 'East')]"),
            r"Own moved ambulance 9, which is not available; available: ([0-2]|, )+",
        ),
        (
            "relocation",
            moving("[Move(a.number, 'Est') for a in view.available]"),
            r"Own moved ambulance [0-2] to 'Est', which is no station \(did you mean 'East'\?\)",
        ),
        (
            "relocation",
            moving("view.travel_to_station_s(-1)"),
            r"Own: .*-1.*",
        ),
        (
            "dispatch",
            "def choose(self, call, view):\n    while True:\n        pass",
            r"Own did not decide within 0.3 s; does it loop\?",
        ),
    ],
)
def test_what_it_does_wrong_is_told(
    model_with: RunWith, decision: str, body: str, message: str
) -> None:
    with pytest.raises(PolicyError) as error:
        model_with(body, decision).run()
    assert re.match(message, str(error.value)), str(error.value)
    assert "\n" not in str(error.value)


def test_loop_is_stopped_in_another_thread_too(model_with: RunWith) -> None:
    model = model_with("def choose(self, call, view):\n    while True:\n        pass")
    errors: list[PolicyError] = []

    def run() -> None:
        try:
            model.run()
        except PolicyError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    assert [str(error) for error in errors] == ["Own did not decide within 0.3 s; does it loop?"]
    assert not [thread for thread in threading.enumerate() if thread.name == "policy watch"]


def test_own_relocation_policy_decides(model_with: RunWith, town: Scenario) -> None:
    body = moving("[Move(view.freed, 'East')] if view.freed is not None else []")
    moved, stayed = model_with(body, "relocation").run(), simulate(town)
    assert moved.calls["onset_s"].equals(stayed.calls["onset_s"])
    missions, at_home = moved.missions, stayed.missions
    east = EmergencyModel(town).area.city.stations.node[1]
    started = missions[missions["from_station"]].groupby("ambulance")["from_node"]
    assert (started.last() == east).all()  # once freed, they all wait there
    assert (at_home[at_home["from_station"]].groupby("ambulance")["from_node"].nunique() == 1).all()


def test_location_policy_cannot_change_the_city(write, town: Scenario) -> None:
    write("own.py", "class Own:\n    def place(self, view):\n        view.given[0] = 9\n")
    with pytest.raises(PolicyError, match=r"Own raised ValueError: .*read-only \(own.py, line 3\)"):
        EmergencyModel(town.changed({"policies.location": "own:Own"}))
    assert EmergencyModel(town).area.city.stations.sites.ambulances.tolist() == [2, 1]


def test_hospital_times_are_the_policys_own(model_with: RunWith) -> None:
    spoiling = "def choose(self, call, view):\n    view.travel_times_s(call)[:] = -1\n    return 0"
    model = model_with(spoiling, "hospital")
    before_s = model.area.driving.to_hospitals_s(0, False).copy()
    model.run()
    assert np.array_equal(model.area.driving.to_hospitals_s(0, False), before_s)


def test_view_ranks_as_nearest_does(write, town: Scenario) -> None:
    """What a policy can work out from the view is what the compiled search finds."""
    write(
        "own.py",
        """\
        from policies.base import Assignment
        from policies.dispatch.nearest import Nearest

        class Own:
            def choose(self, call, view):
                ranked = sorted(view.available, key=lambda a: view.arrival_in_s(a, call))
                times_s = [view.arrival_in_s(a, call) for a in ranked]
                found = view.nearest(call, 99)
                by_number = {a.number: view.arrival_in_s(a, call) for a in ranked}
                assert [round(by_number[n], 3) for n in found] == [round(t, 3) for t in times_s]
                assert view.nearest(call, 0) == []
                assert not view.is_available(-1) and not view.is_available(99)
                assert all(view.is_available(a.number) for a in ranked)
                return Nearest().choose(call, view)
        """,
    )
    busy = town.changed({"demand.calls_per_day": 200, "policies.dispatch": "own:Own"})
    missions = simulate(busy).missions
    assert len(missions) > 150
    assert (~missions["from_station"]).sum() > 20  # some were sent on their way home


def test_source_is_enough_in_another_process(write, town: Scenario, tmp_path: Path) -> None:
    path = write("own.py", SECOND_NEAREST)
    scenario = town.changed({"policies.dispatch": "own:SecondNearest"})
    sources = find_sources(scenario)
    here = simulate(scenario, 1, sources)
    path.unlink()
    with pytest.raises(PolicyError, match=r"no file own.py"):
        simulate(scenario)
    program = (
        "import pickle, sys; from simulation.model import simulate; "
        "print(simulate(*pickle.load(sys.stdin.buffer)).summary['response_s'])"
    )
    (tmp_path / "elsewhere").mkdir()
    answer = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps((scenario, 1, sources)),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path / "elsewhere",
        check=True,
        capture_output=True,
    )
    assert float(answer.stdout) == here.summary["response_s"]


def test_policy_is_found_here_before_beside_the_scenario(
    write, town: Scenario, tmp_path: Path, monkeypatch
) -> None:
    write("own.py", SECOND_NEAREST)
    write("here/own.py", SECOND_NEAREST + "# here\n")
    scenario = town.changed({"policies.dispatch": "own:SecondNearest"})
    assert Path(find_sources(scenario)["dispatch"].path).parent == tmp_path
    monkeypatch.chdir(tmp_path / "here")
    assert Path(find_sources(scenario)["dispatch"].path).parent == tmp_path / "here"


def test_gate_takes_numpy_numbers(model_with: RunWith, town: Scenario) -> None:
    body = "import numpy as np\n" + choosing("(Assignment(self.np.int64(view.nearest(call)[0])),)")
    result = model_with(body).run()
    assert np.array_equal(result.missions["ambulance"], simulate(town).missions["ambulance"])
