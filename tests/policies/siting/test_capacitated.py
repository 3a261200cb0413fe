"""Clusters within capacities, against every answer of small problems."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.siting import Places, capacitated_clusters, k_medoids
from policies.siting.covering.p_median import PMedian


def every_answer(places: Places, sites: int, capacity: np.ndarray, given: set[int]) -> float:
    """The least travel, by trying all sites and assignments."""
    least = np.inf
    for chosen in combinations(range(places.sites), sites):
        if not given <= set(chosen):
            continue
        for label in product(range(sites), repeat=places.points):
            served = np.bincount(label, places.demand, minlength=sites)
            if (served <= capacity[list(chosen)]).all():
                site = np.array(chosen)[list(label)]
                travel = places.travel[site, np.arange(places.points)] @ places.demand
                least = min(least, float(travel))
    return least


@pytest.mark.parametrize("seed", range(12))
def test_no_answer_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = Places(rng.uniform(0, 10, (4, 5)), rng.integers(1, 9, 5).astype(float))
    capacity = rng.uniform(0.5, 0.9, 4) * places.demand.sum()
    given = {int(rng.integers(4))} if seed % 2 else set()
    least = every_answer(places, 2, capacity, given)
    found = capacitated_clusters(places, 2, capacity, given)
    assert found.travel == pytest.approx(least, rel=1e-6)
    assert found.bound == pytest.approx(least, rel=1e-6)
    assert (found.served <= capacity[found.site] * (1 + 1e-9)).all()
    assert given <= set(found.site.tolist())
    travel = places.travel[found.site[found.label], np.arange(5)] @ places.demand
    assert travel == pytest.approx(found.travel)


@pytest.fixture
def hubei(shared_data) -> Places:
    table = pd.read_csv(shared_data / "hubei" / "prefectures.csv")
    at = table[["lon", "lat"]].to_numpy()
    return Places.on_great_circles(at, at, table["confirmed_2020_02_01"].to_numpy(dtype=float))


def test_prefectures_of_hubei_on_great_circles(hubei: Places) -> None:
    """Capacities that bind nobody leave the p-median; the paper's sites are dearer."""
    assert hubei.travel[0, 5] == pytest.approx(287_800, rel=2e-3)  # Wuhan to Yichang, haversine
    free = capacitated_clusters(hubei, 3, np.full(17, 1e6))
    assert free.travel == pytest.approx(PMedian(3).solve(hubei).objective, rel=1e-6)
    assert k_medoids(hubei, 3, np.random.default_rng(0)).travel >= free.travel * (1 - 1e-9)
    paper = capacitated_clusters(hubei, 3, np.full(17, 1e6), given=(0, 3, 5))
    assert paper.site.tolist() == [0, 3, 5]
    assert paper.travel > free.travel
    bound = capacitated_clusters(hubei, 3, np.full(17, 4200.0), given=(0, 3, 5))
    assert bound.travel > paper.travel
    assert (bound.served <= 4200).all()
    assert bound.served.sum() == 9074


def test_what_cannot_be_served_is_told() -> None:
    places = Places(np.ones((3, 3)), np.array([5.0, 4, 3]))
    with pytest.raises(InfeasibleError, match=r"2 sites serve 10 together .* is 12: 2 short"):
        capacitated_clusters(places, 2, np.array([5.0, 5, 2]))
    with pytest.raises(InfeasibleError, match="no candidate serves demand point 0 alone"):
        capacitated_clusters(places, 3, np.full(3, 4.5))
    with pytest.raises(InfeasibleError):  # enough in all, but no whole points fit
        capacitated_clusters(Places(np.ones((2, 3)), np.full(3, 4.0)), 2, np.array([6.0, 6]))
    with pytest.raises(PolicyError, match="given sites must be from 0 to 2, got 7"):
        capacitated_clusters(places, 2, np.full(3, 20.0), given=(7,))
    with pytest.raises(PolicyError, match="given sites must be at most 1"):
        capacitated_clusters(places, 1, np.full(3, 20.0), given=(0, 1))
