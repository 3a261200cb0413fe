"""Files of CVRPLIB, and the command that plans their routes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from environment.errors import CorridorError, DataError
from experiments.routing.cvrplib import best_known, read_instance
from policies.routing.base import Trip
from policies.routing.planning import check_plan
from run import app

CVRPLIB = Path(__file__).resolve().parents[4] / "shared" / "data" / "cvrplib"
NEEDS_CVRPLIB = pytest.mark.skipif(
    not CVRPLIB.exists(), reason="../shared/data/cvrplib is not here"
)

SMALL = """NAME : small
COMMENT : "three customers"
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 0 10.4
4 1 1
DEMAND_SECTION
1 0
2 7
3 3
4 5
DEPOT_SECTION
 1
 -1
EOF
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.vrp"
    path.write_text(SMALL)
    return path


def test_lengths_are_rounded_to_the_nearest(small):
    found = read_instance(small)
    assert (found.name, found.capacity, found.demand) == ("small", 10, (7, 3, 5))
    assert found.length[0].tolist() == [0, 5, 10, 1]
    assert found.length[1, 2] == 7  # 7.07
    assert found.least_vehicles == 2


@pytest.mark.parametrize(
    ("layout", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2 1 0 3 2 3 0"),
        ("LOWER_ROW", "1\n2 3"),
        ("LOWER_DIAG_ROW", "0 1 0 2 3 0"),
        ("UPPER_ROW", "1 2 3"),
        ("UPPER_DIAG_ROW", "0 1 2\n0 3\n0"),
    ],
)
def test_tables_of_every_layout(tmp_path, layout, numbers):
    path = tmp_path / "table.vrp"
    path.write_text(
        "DIMENSION: 3\nCAPACITY: 5\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        f"EDGE_WEIGHT_FORMAT: {layout}\nEDGE_WEIGHT_SECTION\n{numbers}\n"
        "DEMAND_SECTION\n1 2\n2 0\n3 4\nDEPOT_SECTION\n2\n-1\n"
    )
    found = read_instance(path)  # the depot, node 2, comes first
    assert found.customers == (1, 3)
    assert found.length.tolist() == [[0, 1, 3], [1, 0, 2], [3, 2, 0]]


def test_every_mistake_of_a_file_is_told_with_its_line(tmp_path):
    path = tmp_path / "bad.vrp"
    text = SMALL.replace("CAPACITY : 10", "CAPACITY : ten").replace("EUC_2D", "GEO")
    text = (
        text.replace("3 0 10.4", "3 x 1")
        .replace("3 3\n", "3 -3\n2 2\n")
        .replace(" 1\n -1", "9\n-1")
    )
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        read_instance(path)
    told = str(refused.value).replace("bad.vrp: ", "").splitlines()
    assert told == [
        "line 10: '3 x 1' in NODE_COORD_SECTION must be numbers",
        "line 6: CAPACITY must be a whole number >= 1, got 'ten'",
        "line 16: node 2 comes twice in DEMAND_SECTION",
        "DEPOT_SECTION must name one node of 1 to 4, got 9",
        "NODE_COORD_SECTION lacks 1 of 4 nodes: 3",
        "line 5: EDGE_WEIGHT_TYPE must be one of EUC_2D, CEIL_2D, MAN_2D, EXPLICIT, got 'GEO'",
        "DEMAND_SECTION: node 3 must have a whole number >= 0, got -3",
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.integers(0, 12), st.text(max_size=6))
def test_whatever_a_file_says_it_is_read_or_a_mistake_is_told(tmp_path_factory, at, length, other):
    path = tmp_path_factory.mktemp("mutated") / "m.vrp"
    path.write_text(SMALL[:at] + other + SMALL[at + length :], encoding="utf-8")
    try:
        found = read_instance(path)
    except CorridorError:
        return  # told, and without a traceback
    assert np.isfinite(found.length).all()
    assert found.length.shape == (len(found.customers) + 1,) * 2


@NEEDS_CVRPLIB
def test_best_known_solutions_cost_what_they_say():
    for path in sorted(CVRPLIB.glob("*.sol")):
        instance = read_instance(path.with_suffix(".vrp"))
        routes = [
            [int(word) for word in line.split(":")[1].split()]
            for line in path.read_text().splitlines()
            if line.startswith("Route")
        ]
        length = sum(
            instance.length[a, b] for r in routes for a, b in zip([0, *r], [*r, 0], strict=True)
        )
        assert length == best_known(path)
        trips = [Trip(k, tuple(node - 1 for node in route)) for k, route in enumerate(routes)]
        assert check_plan(instance.deliveries("distance", None), trips) == []


# The command


def test_route_writes_a_solution_that_it_reads_again(small):
    out = small.with_name("out.sol")
    shown = CliRunner().invoke(app, ["route", str(small), "-o", str(out)])
    assert shown.exit_code == 0, shown.output
    assert "small: 3 customers, 15 units, 10 a vehicle" in shown.output
    assert "2 routes (the loads fill 2), distance 24, no plan is better; by exact" in shown.output
    assert out.read_text() == "Route #1: 1 2\nRoute #2: 3\nCost 24\n"
    before = out.read_bytes()
    refused = CliRunner().invoke(app, ["route", str(small), "-o", str(out)])
    assert (refused.exit_code, out.read_bytes()) == (2, before)
    assert refused.stderr == f"--out {out}: is there already; remove it or choose another name\n"
    out.rename(small.with_suffix(".sol"))
    again = json.loads(CliRunner().invoke(app, ["route", str(small), "--json"]).stdout)
    assert (again["distance"], again["best_known"], again["gap"]) == (24, 24, 0)
    assert sorted(sorted(route["nodes"]) for route in again["routes"]) == [[2, 3], [4]]


def test_route_tells_what_it_cannot_do(small):
    for words, told in (
        (["--objective", "latest_arrival"], "asks for --vehicles"),
        (["--vehicles", "0"], "--vehicles must be >= 1, got 0"),
        (["--vehicles", "1"], "the vehicles carry 10 units in all their trips and the stops that"),
        (["--method", "exakt"], "there is no method 'exakt'; did you mean 'exact'?"),
        (["--seconds", "-3"], "time_limit_s must be above 0, got -3"),
    ):
        shown = CliRunner().invoke(app, ["route", str(small), *words])
        assert shown.exit_code != 0
        assert told in shown.output + str(shown.exception), words


@NEEDS_CVRPLIB
@pytest.mark.slow
def test_x_n101_comes_within_two_percent_of_the_best_known(tmp_path):
    out = tmp_path / "x.sol"
    file = CVRPLIB / "X-n101-k25.vrp"
    shown = CliRunner().invoke(app, ["route", str(file), "-o", str(out)])
    assert shown.exit_code == 0, shown.output
    assert 27_591 <= best_known(out) < 1.02 * 27_591
