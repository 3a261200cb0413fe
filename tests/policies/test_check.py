"""Every built-in policy keeps the contract, and whatever breaks it is named."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from policies import check
from policies.check import Report, check_policy
from policies.registry import DECISIONS
from policies.small_city import small_city

BUILT_INS = [(name, use) for name, decision in DECISIONS.items() for use in decision.built_in]
PARAMETERS: dict[tuple[str, str], dict[str, object]] = {
    ("dispatch", "preference_list"): {"lists": {"default": ["B", "A"], "north-west": ["A"]}},
    ("relocation", "compliance_table"): {"table": {"1": ["B"], "3": ["A", "B", "B"]}},
    ("ordering", "reorder_point"): {"reorder_point": 50, "order_up_to": 300.5},
    ("ordering", "fixed"): {"quantity": 50},
    ("routing", "exact"): {"beyond": "savings"},
    ("routing", "pyvrp"): {"objective": "time", "iterations": 10},
    ("location", "set_covering"): {"target_s": 3600},
    ("location", "backup_coverage"): {"target_s": 3600},
    ("location", "double_standard"): {"outer_target_s": 3600},
}
"""Of those that cannot be made or pass without, or are quicker so.

The check's own stations are A, B, C, ….
"""

LOCATION_SOLVERS = tuple(
    name for name in DECISIONS["location"].built_in if name not in {"given", "demand_share"}
)
"""Those that take their time, once, before a run."""

PREAMBLE = "import random\nimport numpy as np\nfrom policies.base import Assignment, Move\n"

CheckBad = Callable[..., Report]


@pytest.fixture
def checked(write, tmp_path) -> CheckBad:
    """Checks a class `Bad` with the given body; its first line is line 5 of bad.py."""

    def checked(body: str, decision: str | None = "dispatch", **parameters: object) -> Report:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        write("bad.py", f"{PREAMBLE}class Bad:\n{lines}")
        return check_policy(decision, "bad:Bad", parameters, [tmp_path])

    return checked


def choosing(expression: str) -> str:
    return f"def choose(self, call, view):\n    return {expression}"


def only_problem(report: Report) -> str:
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


@pytest.mark.parametrize(("decision", "name"), BUILT_INS)
def test_built_in_passes(decision: str, name: str, monkeypatch) -> None:
    monkeypatch.setattr(check, "small_city", city_of_many_stations)
    if name in LOCATION_SOLVERS:
        monkeypatch.setattr(check, "CITIES", 2)
        monkeypatch.setattr(check, "DECISIONS_PER_CITY", 3)
    report = check_policy(decision, name, PARAMETERS.get((decision, name), {}), [])
    assert report.problems == ()
    assert report.warnings == ()
    assert report.facts["decisions"] == 2 * check.CITIES * check.DECISIONS_PER_CITY
    assert report.facts["us_per_decision"] > 0.1


def city_of_many_stations(rng):
    """Drawn until it has the stations that `PARAMETERS` names."""
    while True:
        city = small_city(rng)
        if len(city.station_node) >= 2:
            return city


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pass", "bad:Bad has no method choose(call, view), which a dispatch policy needs"),
        (
            "def choose(self, call):\n    return []",
            (
                "bad:Bad: a dispatch policy is asked with choose(call, view), got choose(call): "
                "too many positional arguments"
            ),
        ),
        (choosing("3"), "Bad answered 3; expected a sequence of Assignment, empty if"),
        (choosing("None"), "Bad answered None; expected a sequence of Assignment, empty if"),
        (choosing("[0]"), "Bad answered [0]; expected a sequence of Assignment, empty if"),
        (
            choosing("[Assignment(view.available[0])]"),
            "Bad chose ambulance AmbulanceView(number=",
        ),
        (choosing("[Assignment(True)]"), "Bad chose ambulance True; expected a number from 0 to"),
        (choosing("[Assignment(99)]"), "Bad chose ambulance 99; expected a number from 0 to"),
        (choosing("[Assignment(-1)]"), "Bad chose ambulance -1; expected a number from 0 to"),
        (
            choosing("[Assignment(a.number) for a in view.available]"),
            "Bad chose 8 ambulances for a call that needs 1",
        ),
        (
            choosing("[Assignment(view.available[0].number)] * call.units"),
            "Bad chose ambulance 0 twice for one call",
        ),
        (
            "def choose(self, call, view):\n    here = view.available\n    return here[99]",
            "Bad raised IndexError: tuple index out of range (bad.py, line 7) (asked with 1 of ",
        ),
        (
            "def choose(self, call, view):\n    raise SystemExit",
            "Bad raised SystemExit (bad.py, line 6)",
        ),
        (
            "def choose(self, call, view):\n    view.now_s = 0",
            "Bad raised FrozenInstanceError: cannot assign to field 'now_s' (bad.py, line 6)",
        ),
        (
            "def choose(self, call, view):\n    view.available.clear()",
            "Bad raised AttributeError: 'tuple' object has no attribute 'clear' (bad.py, line 6)",
        ),
        (
            (
                "def choose(self, call, view):\n"
                "    object.__setattr__(view, 'now_s', -1.0)\n    return []"
            ),
            "Bad changed what it was given (asked with 1 of ",
        ),
        (
            "def choose(self, call, view):\n    yield Assignment(0)",
            "Bad answered <generator object Bad.choose at 0x",
        ),
    ],
)
def test_bad_dispatch_is_told(checked: CheckBad, body: str, message: str) -> None:
    assert only_problem(checked(body)).startswith(message)


def test_busy_ambulance_is_told_with_those_idle(checked: CheckBad) -> None:
    body = "def choose(self, call, view):\n    return [Assignment(0)]"
    problem = only_problem(checked(body))
    assert problem.startswith("Bad chose ambulance 0, which is busy; idle: ")
    assert "available, 1 needed)" in problem


@pytest.mark.parametrize(
    ("draw", "module"),
    [("random.random()", "random"), ("np.random.rand()", "numpy.random")],
)
def test_global_random_numbers_are_told(checked: CheckBad, draw: str, module: str) -> None:
    report = checked(choosing(f"[Assignment(view.available[int({draw} * 2) % 1].number)]"))
    assert only_problem(report).startswith(
        f"Bad drew from the global random numbers of {module}; expected a generator of its own"
    )


def test_check_leaves_the_global_random_numbers_alone(checked: CheckBad) -> None:
    import random

    before = random.getstate()
    checked(choosing("[Assignment(view.available[int(random.random())].number)]"))
    assert random.getstate() == before


@pytest.mark.parametrize(
    "body",
    [
        choosing(
            "view.nearest(call, 1) and [Assignment(int(np.random.default_rng().choice("
            "[a.number for a in view.available])))]"
        ),
        (
            "seen = []\ndef choose(self, call, view):\n    self.seen.append(1)\n"
            "    return [Assignment(view.available[len(self.seen) % len(view.available)].number)]"
        ),
    ],
    ids=["unseeded generator", "state on the class"],
)
def test_disagreeing_instances_are_told(checked: CheckBad, body: str) -> None:
    told = only_problem(checked(body))
    assert re.match(
        r"Bad (is not deterministic|goes by what earlier runs left in its module)", told
    )
    assert ": asked the same, two fresh instances answered [" in told


def test_state_of_its_own_and_a_seed_are_allowed(checked: CheckBad) -> None:
    body = (
        "def __init__(self, seed=1):\n    self.rng = np.random.default_rng(seed)\n"
        "def choose(self, call, view):\n"
        "    numbers = self.rng.permutation([a.number for a in view.available])\n"
        "    return tuple(Assignment(n) for n in numbers[:call.units])"
    )
    assert checked(body, seed=3).problems == ()


def test_loop_is_stopped(checked: CheckBad, monkeypatch) -> None:
    monkeypatch.setattr(check, "LIMIT_S", 0.2)
    body = "def choose(self, call, view):\n    while True:\n        pass"
    message = "Bad did not decide within 0.2 s; does it loop?"
    assert only_problem(checked(body)).startswith(message)


def test_idle_policy_is_warned_of(checked: CheckBad) -> None:
    report = checked(choosing("[]"))
    assert report.passed
    assert report.warnings == (
        "Bad let the call wait in each of 576 situations, though ambulances were available",
    )


def test_policy_that_counts_on_somebody_is_warned_of(checked: CheckBad) -> None:
    report = checked(choosing("[Assignment(view.available[0].number)]"))
    assert report.passed
    assert report.warnings == (
        (
            "Bad raised IndexError: tuple index out of range (bad.py, line 6) "
            "(asked with no ambulance available, which the dispatch centre does not do)"
        ),
    )


def test_slow_policy_is_warned_of(checked: CheckBad, monkeypatch) -> None:
    monkeypatch.setattr(check, "CITIES", 1)
    body = (
        "def choose(self, call, view):\n    from time import process_time as now_s\n"
        "    until_s = now_s() + 0.012\n    while now_s() < until_s:\n        pass\n    return []"
    )
    slow = re.compile(r"Bad takes 1\d ms for a decision")
    assert any(map(slow.fullmatch, checked(body).warnings))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kep": 1}, "policies.dispatch: bad:Bad: missing a required argument: 'keep'"),
        ({"keep": 1, "hom": 2}, "policies.dispatch: bad:Bad: got an unexpected keyword"),
        ({"keep": -1}, "policies.dispatch: bad:Bad: raised ValueError: negative when made (bad.py"),
    ],
)
def test_wrong_parameters_are_told(checked: CheckBad, parameters, message: str) -> None:
    body = (
        "def __init__(self, keep, home=1):\n    if keep < 0:\n"
        "        raise ValueError('negative')\n" + choosing("[]")
    )
    problem = only_problem(checked(body, **parameters))
    assert problem.startswith(message)
    close = {"kep": "(did you mean 'keep'?)", "hom": "(did you mean 'home'?)"}
    assert all(hint in problem for name, hint in close.items() if name in parameters)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("len(view.hospitals)", "Bad chose hospital "),
        ("-1", "Bad chose hospital -1; expected a number from 0 to "),
        ("view.hospitals[0]", "Bad chose hospital 'Hospital 0'; expected a number from 0 to "),
        ("None", "Bad chose hospital None; expected a number from 0 to "),
    ],
)
def test_bad_hospital_is_told(checked: CheckBad, answer: str, message: str) -> None:
    assert only_problem(checked(choosing(answer), "hospital")).startswith(message)


def test_closed_hospital_is_told_with_those_open(checked: CheckBad) -> None:
    problem = only_problem(checked(choosing("0"), "hospital"))
    assert re.match(
        r"Bad chose hospital 0, which is closed to this patient; open: \d "
        r"\(asked with \d hospitals, \d closed\)",
        problem,
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("None", r"Bad answered None; expected a sequence of Move, empty if everybody goes on"),
        ("[0]", r"Bad answered \[0\]; expected a sequence of Move, empty if everybody goes on"),
        (
            "[Move(99, 'A')]",
            r"Bad moved ambulance 99, which is not available; available: (\d+|, )+ ",
        ),
        (
            "[Move(a.number, 'a') for a in view.available]",
            r"Bad moved ambulance \d+ to 'a', which is no station \(known: A(, [B-H])*\) ",
        ),
        (
            "[Move(a.number, view.stations[0]) for a in view.available]",
            r"Bad moved ambulance \d+ to station A, which is closed; open: [B-H] ",
        ),
        ("view.standing.fill(0)", r"Bad raised ValueError: assignment destination is read-only"),
    ],
)
def test_bad_relocation_is_told(checked: CheckBad, answer: str, message: str) -> None:
    report = checked(f"def move(self, view):\n    return {answer}", "relocation")
    assert re.match(message, only_problem(report))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            "None",
            "Bad answered None; expected a number of metres >= 0, or one for each of 1 lights",
        ),
        ("-1", "Bad answered -1; expected a number of metres >= 0"),
        ("float('nan')", "Bad answered nan; expected a number of metres >= 0"),
        ("[200.0]", "Bad answered [200.0]; expected a number of metres >= 0, or one for each of 0"),
        ("view.distance_m - 9000", "Bad answered array([-"),
        ("view.distance_m.max() * 0", "Bad raised ValueError: zero-size array to reduction"),
        ("view.lights.sort()", "Bad raised ValueError: sort array is read-only (bad.py, line 6)"),
    ],
)
def test_bad_signals_are_told(checked: CheckBad, answer: str, message: str) -> None:
    report = checked(f"def give_way(self, call, view):\n    return {answer}", "signals")
    assert only_problem(report).startswith(message)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("None", "Bad answered None; expected "),
        ("[0.5] * len(view.given)", "Bad answered [0.5"),
        ("[float('nan')] * len(view.given)", "Bad answered [nan"),
        ("view.given * 0", "Bad placed 0 ambulances; there are "),
        ("view.given.sort()", "Bad raised ValueError: sort array is read-only (bad.py, line 6)"),
        ("view.travel_s.fill(0)", "Bad raised ValueError: assignment destination is read-only"),
    ],
)
def test_bad_location_is_told(checked: CheckBad, answer: str, message: str) -> None:
    report = checked(f"def place(self, view):\n    return {answer}", "location")
    assert only_problem(report).startswith(message)


@pytest.mark.parametrize(
    ("decision", "body", "message"),
    [
        (
            "ordering",
            "def order(self, view):\n    return view.on_hand[:0]",
            "Bad answered array([], dtype=float64); expected 1 numbers of units from 0 to",
        ),
        (
            "ordering",
            "def order(self, view):\n    return view.on_hand + 1",
            "Bad ordered for ",
        ),
        (
            "ordering",
            "def order(self, view):\n    view.on_hand[0] = 0",
            "Bad raised ValueError: assignment destination is read-only (bad.py, line 6)",
        ),
        (
            "allocation",
            "def allocate(self, view):\n    return view.demand",
            "Bad gave ",
        ),
        (
            "allocation",
            "def allocate(self, view):\n    view.demand.sort()",
            "Bad raised ValueError: sort array is read-only (bad.py, line 6)",
        ),
        (
            "routing",
            "def plan(self, view):\n    return []",
            "Bad does not serve every stop; left out: 1 (asked with 1 stops",
        ),
        (
            "routing",
            "def plan(self, view):\n    view.ready_s.fill(0)",
            "Bad raised ValueError: assignment destination is read-only (bad.py, line 6)",
        ),
        (
            "sourcing",
            "def split(self, view):\n    return np.minimum(view.most, view.quantity)",
            "Bad asked supplier ",
        ),
        (
            "sourcing",
            "def split(self, view):\n    view.price.sort()",
            "Bad raised ValueError: sort array is read-only (bad.py, line 6)",
        ),
    ],
)
def test_bad_supply_policy_is_told(
    checked: CheckBad, decision: str, body: str, message: str
) -> None:
    report = checked(body, decision)
    assert any(problem.startswith(message) for problem in report.problems), report.problems


def test_supply_policy_that_draws_by_itself_is_told(checked: CheckBad) -> None:
    body = (
        "def order(self, view):\n"
        "    wanted = np.random.default_rng().uniform(1, 99, len(view.items))\n"
        "    return wanted * min(1, view.budget / (wanted @ view.unit_cost))"
    )
    assert only_problem(checked(body, "ordering")).startswith("Bad is not deterministic: asked")


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        (
            "def place(self, view):\n    return [view.ambulances] + [0] * (len(view.given) - 1)",
            "location",
        ),
        (
            ("def choose(self, call, view) -> int:\n    return view.travel_times_s(call).argmin()"),
            "hospital",
        ),
        (
            (
                "def choose(self, call, view: 'HospitalView'):\n"
                "    return view.travel_times_s(call).argmin()"
            ),
            "hospital",
        ),
        ("def choose(self, call, view: 'DispatchView'):\n    return []", "dispatch"),
        ("def choose(self, call, view) -> 'list[Assignment]':\n    return []", "dispatch"),
        (choosing("int(view.travel_times_s(call).argmin())"), "hospital"),
        (choosing("[]"), "dispatch"),
        ("def move(self, view):\n    return []", "relocation"),
        ("def give_way(self, call, view):\n    return 200", "signals"),
        ("def order(self, view):\n    return view.on_hand * 0", "ordering"),
        ("def allocate(self, view):\n    return view.demand * 0", "allocation"),
        ("def split(self, view):\n    return view.most * 0", "sourcing"),
    ],
)
def test_decision_is_told_from_the_class(checked: CheckBad, body: str, decision: str) -> None:
    report = checked(body, None)
    assert (report.decision, report.problems) == (decision, ())


def test_decision_is_asked_for_where_nothing_tells_it(checked: CheckBad) -> None:
    assert only_problem(checked(choosing("1 / 0"), None)) == (
        "bad:Bad could take more than one decision: add --decision dispatch or --decision hospital"
    )
    assert only_problem(checked("pass", None)) == (
        "bad:Bad has no method of a policy: choose(call, view) for dispatch or hospital, "
        "place(view) for location, move(view) for relocation, give_way(call, view) for signals, "
        "order(view) for ordering, allocate(view) for allocation, plan(view) for routing, "
        "split(view) for sourcing"
    )
    assert only_problem(checked("pass", "dispach")) == (
        "decision must be one of dispatch, hospital, location, relocation, signals, ordering, "
        "allocation, routing, sourcing, got 'dispach'"
    )


def test_name_of_a_built_in_is_enough_where_only_one_has_it() -> None:
    assert check_policy(None, "district_only", {}, []).decision == "dispatch"
    assert check_policy(None, "soonest", {}, []).decision == "sourcing"
    assert "--decision hospital" in only_problem(check_policy(None, "nearest", {}, []))
    assert only_problem(check_policy(None, "nearst", {}, [Path()])).startswith(
        "no policy 'nearst' (did you mean 'nearest'?)"
    )
