"""An order from a supplier, and how far it has come."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agents.supply.place import Place


@dataclass(eq=False)
class Order:
    """Units of one item, ordered for a store.

    Attributes
    ----------
    number, office, supplier, item, units : int
    store : Place
    price : float
        Money a unit.
    rank : float
        Less is served first.
    ordered_s : float
    made, shipped, received : int
        Units so far.
    begins_s : float
        When the supplier can begin with it; NaN until it has read it.
    completed_s : float
        When the last unit came in; NaN until then.
    """

    number: int
    office: int
    supplier: int
    store: Place
    item: int
    units: int
    price: float
    rank: float
    ordered_s: float
    made: int = 0
    shipped: int = 0
    received: int = 0
    begins_s: float = math.nan
    completed_s: float = math.nan
