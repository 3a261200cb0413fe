"""Location by the hypercube, against all placements."""

from itertools import combinations_with_replacement

import numpy as np
import pytest

from policies.base import LocationView, PolicyError
from policies.hypercube.service_cost import Service, service_cost_s
from policies.location.demand_share import DemandShare
from policies.location.hypercube import Hypercube
from simulation.model import simulate


def town(seed: int, ambulances: int) -> LocationView:
    rng = np.random.default_rng(seed)
    travel_s = rng.uniform(60, 900, (4, 12))
    return LocationView(
        ambulances,
        np.array([ambulances, 0, 0, 0]),
        rng.dirichlet(np.ones(12)),
        travel_s,
        calls_per_hour=0.5 * ambulances,
        busy_s=1800 + 2 * travel_s,
    )


def cost_s(view: LocationView, placed) -> float:
    calls_per_hour = view.calls_per_hour * view.demand_share
    service = Service(np.array(placed), calls_per_hour, view.travel_s, view.busy_s)
    return service_cost_s(service, np.zeros(len(placed)), 1800.0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ambulances", [1, 3, 5])
def test_next_to_the_best_of_all_placements(seed: int, ambulances: int) -> None:
    view = town(seed, ambulances)
    found = Hypercube().place(view)
    assert sum(found) == ambulances
    best_s = min(
        cost_s(view, np.bincount(stations, minlength=4))
        for stations in combinations_with_replacement(range(4), ambulances)
    )
    assert cost_s(view, found) <= 1.01 * best_s
    assert cost_s(view, found) <= cost_s(view, DemandShare().place(view)) + 1e-9


def test_a_second_ambulance_goes_where_the_first_is_busy() -> None:
    """Nine calls of ten come from beside station 0, whose one ambulance is busy half the time."""
    travel_s = np.array([[60.0, 900.0], [900.0, 60.0]])
    view = LocationView(2, np.array([1, 1]), np.array([0.9, 0.1]), travel_s, 2.0, 1800 + travel_s)
    assert Hypercube().place(view) == [2, 0]
    quiet = view._replace(calls_per_hour=0.01)
    assert Hypercube().place(quiet) == [1, 1]


def test_without_calls_it_goes_by_share() -> None:
    view = town(1, 5)._replace(calls_per_hour=0.0)
    assert Hypercube().place(view) == list(DemandShare().place(view))


def test_wrong_parameter_is_told() -> None:
    with pytest.raises(PolicyError, match="lost_call_s must be >= 0 and finite, got -1"):
        Hypercube(lost_call_s=-1)


@pytest.mark.parametrize("mechanisms", [[], ["planning"]])
def test_in_a_run(grid_scenario, mechanisms) -> None:
    scenario = grid_scenario(
        fleet__ambulances=5,
        policies__location="hypercube",
        demand__calls_per_day=100,
        coordination__mechanisms=mechanisms,
    )
    result = simulate(scenario)
    assert len(result.vehicles) == 5
    assert (result.calls["state"] == "completed").all()
