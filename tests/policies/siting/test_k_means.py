"""Clusters of demand, on the prefectures of Hubei and by hand."""

import numpy as np
import pandas as pd
import pytest

from policies.base import PolicyError
from policies.siting.k_means import centres_of, k_means, lloyd
from policies.siting.partition import check_partition

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


def test_what_is_said_of_the_published_partition(hubei: pd.DataFrame) -> None:
    points, label = hubei[["x_km", "y_km"]].to_numpy(), hubei["paper_region"].to_numpy() - 1
    found = check_partition(points, label, np.random.default_rng(0))
    assert found.rests
    assert found.squares == pytest.approx(157_501, rel=1e-3)
    assert found.above_best_share == pytest.approx(0.24, abs=0.005)
    lines = found.lines(hubei["prefecture"].tolist())
    assert lines[0] == "the partition is a fixed point of Lloyd's algorithm"
    assert "23.8% above the best found" in lines[1]
    groups = [line.strip().split(", ") for line in lines[3:]]
    assert sorted(name for group in groups for name in group) == sorted(hubei["prefecture"])
    own = [points[hubei["prefecture"].isin(group)] for group in groups]
    squares = sum(((one - one.mean(axis=0)) ** 2).sum() for one in own)
    assert squares == pytest.approx(127_199, rel=1e-3)
    again = check_partition(points, found.best.label, np.random.default_rng(1))
    assert (again.rests, again.above_best_share) == (True, 0)
    assert again.lines([])[-1] == "no better one was found"


def test_a_partition_that_does_not_rest() -> None:
    points = np.array([[0.0, 0], [1, 0], [9, 0], [10, 0]])
    found = check_partition(points, np.array([0, 1, 0, 1]), np.random.default_rng(0))
    assert not found.rests
    assert (found.squares, found.best.squares) == (81, 1)
    with pytest.raises(PolicyError, match=r"labels must be 0, 1, … without a gap, got 0, 2"):
        check_partition(points, np.array([0, 2, 0, 2]), np.random.default_rng(0))
    with pytest.raises(PolicyError, match="label must be whole for each of 4 points"):
        check_partition(points, np.array([0, 1]), np.random.default_rng(0))


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
