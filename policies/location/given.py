"""Stations as the scenario gives them."""

from collections.abc import Sequence

from environment.apportionment import apportion
from policies.base import LocationView, PolicyError


class Given:
    """Place ambulances as the table of sites does, in proportion if there are more or fewer."""

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the given numbers, scaled to the fleet."""
        if not view.given.any():
            raise PolicyError(
                "no station has ambulances in the table of sites; fill in its column 'ambulances' "
                "or choose another location policy, such as demand_share"
            )
        return apportion(view.ambulances, view.given).tolist()
