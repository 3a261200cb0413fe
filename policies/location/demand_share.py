"""Ambulances where the calls are."""

from collections.abc import Sequence

import numpy as np

from environment.apportionment import apportion
from policies.base import LocationView


class DemandShare:
    """Place ambulances in proportion to the demand of the zones nearest to each station."""

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose by the share of demand that each station is nearest to."""
        nearest = view.travel_s.argmin(axis=0)
        share = np.bincount(nearest, view.demand_share, minlength=len(view.given))
        return apportion(view.ambulances, share).tolist()
