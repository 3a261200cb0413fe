"""Stations as the scenario gives them."""

from collections.abc import Sequence

from policies.location.apportionment import apportion
from policies.base import LocationView


class Given:
    """Place ambulances as the table of sites does, in proportion if there are more or fewer."""

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the given numbers, scaled to the fleet."""
        return apportion(view.ambulances, view.given).tolist()
