"""Clusters of demand, on the prefectures of Hubei and by hand."""

import numpy as np
import pandas as pd
import pytest

from policies.base import PolicyError
from policies.siting.k_means import centres_of, k_means, lloyd

KM_PER_DEGREE = 6371.0 * np.pi / 180


@pytest.fixture
def hubei(shared_data) -> pd.DataFrame:
    """17 prefectures, with kilometres east and north on a plane; which one leaves 0.1 % open."""
    table = pd.read_csv(shared_data / "hubei" / "prefectures.csv")
    table["x_km"] = table["lon"] * KM_PER_DEGREE * np.cos(np.radians(31))  # its middle
    table["y_km"] = table["lat"] * KM_PER_DEGREE
    return table


def test_published_partition_of_hubei_rests_and_is_not_the_best(hubei: pd.DataFrame) -> None:
    points, weight = hubei[["x_km", "y_km"]].to_numpy(), np.ones(17)
    label = hubei["paper_region"].to_numpy() - 1
    paper = lloyd(points, centres_of(points, label, weight, np.zeros((3, 2))), weight)
    assert (paper.label == label).all()
    assert paper.squares == pytest.approx(157_501, rel=1e-3)
    best = k_means(points, 3, np.random.default_rng(0))
    assert best.squares == pytest.approx(127_199, rel=1e-3)


def test_weights_draw_the_centre() -> None:
    points = np.array([[0.0, 0], [4, 0], [100, 0]])
    found = k_means(points, 2, np.random.default_rng(0), np.array([3.0, 1, 1]))
    assert sorted(found.centre[:, 0]) == pytest.approx([1, 100])
    assert found.squares == pytest.approx(3 * 1 + 9)


def test_as_many_sites_as_points_leave_no_squares() -> None:
    points = np.random.default_rng(1).uniform(0, 10, (6, 2))
    assert k_means(points, 6, np.random.default_rng(0)).squares == pytest.approx(0)


def test_points_on_one_place_need_no_second_site() -> None:
    points = np.zeros((4, 2))
    assert k_means(points, 2, np.random.default_rng(0)).squares == 0


def test_bad_numbers_are_told() -> None:
    points, rng = np.zeros((4, 2)), np.random.default_rng(0)
    with pytest.raises(PolicyError, match="sites must be at most 4, the number of candidates"):
        k_means(points, 5, rng)
    with pytest.raises(PolicyError, match=r"weight must be >= 0 for each of 4 points and not all"):
        k_means(points, 2, rng, np.zeros(4))
