"""Today's part of a plan: what is kept back, and for whom."""

import numpy as np
import pytest

from policies.allocation.base import AllocationView
from policies.allocation.delivery_plan import DeliveryPlanned
from policies.base import PolicyError


def view(expected: list[list[int]] | None, severity: tuple[float, float]) -> AllocationView:
    """Two sites and five units, of which the first asks for all."""
    return AllocationView(
        demand=np.array([[5], [0]]),
        available=np.array([[5]]),
        requested_s=np.zeros((2, 1)),
        severity=np.array(severity),
        urgency=np.zeros((2, 1)),
        now_s=0.0,
        expected=None if expected is None else np.array(expected, dtype=float)[:, :, None],
    )


def test_all_is_given_where_nothing_is_expected() -> None:
    assert DeliveryPlanned().allocate(view(None, (0, 5))).tolist() == [[5], [0]]
    nothing = [[0, 0]] * 3
    assert DeliveryPlanned().allocate(view(nothing, (0, 5))).tolist() == [[5], [0]]


def test_stock_is_kept_for_tomorrow_s_worse_need() -> None:
    """Three units wait for three days by weight 1, or for two by weight 6: 9 against 36."""
    tomorrow = [[0, 0], [0, 3], [0, 0]]
    assert DeliveryPlanned().allocate(view(tomorrow, (0, 5))).tolist() == [[2], [0]]
    # The same need of the same weight waits less long: nothing is kept.
    assert DeliveryPlanned().allocate(view(tomorrow, (0, 0))).tolist() == [[5], [0]]


def test_limits_of_all_items_together_are_kept() -> None:
    both = AllocationView(
        demand=np.array([[4, 4]]),
        available=np.array([[4, 4]]),
        requested_s=np.array([[10.0, 0.0]]),
        severity=np.zeros(1),
        urgency=np.zeros((1, 2)),
        now_s=20.0,
        dispatch_limit=np.array([5]),
    )
    assert DeliveryPlanned().allocate(both).tolist() == [[1, 4]]


def test_weights_are_checked() -> None:
    with pytest.raises(PolicyError, match="severity_weight must be >= 0"):
        DeliveryPlanned(severity_weight=-1)
