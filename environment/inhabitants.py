"""How many people live in each district."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from environment.districts import Districts
from environment.errors import DataError


def inhabitants(
    districts: Districts,
    demand_share: NDArray[np.float64],
    total: int | None,
    given: Mapping[str, int],
) -> dict[str, int]:
    """Persons of each district: as given, else its zones' part of all.

    Zones know their share of the calls and not of the people; it stands in for it.

    Parameters
    ----------
    districts : Districts
    demand_share : (z,) float64
        Of each zone.
    total : int or None
        Inhabitants of all zones, if known.
    given : mapping of str to int
        Persons of districts that are known, by name.

    Raises
    ------
    DataError
        If nobody says how many people there are.
    """
    if total is None and not set(districts.names) <= set(given):
        raise DataError(
            "epidemic.persons must be given (>= 1): this map does not say how many people live "
            "there"
        )
    own = np.array(districts.of_zone)
    shares = [demand_share[own == name].sum() for name in districts.names]
    by_zones = dict(zip(districts.names, apportion(total or 0, shares).tolist(), strict=True))
    return {**by_zones, **given}
