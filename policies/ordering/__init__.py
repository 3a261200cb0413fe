"""How much of each item is ordered: the decision, built-in policies, laws of demand.

It looks at an `OrderingView` alone; built-in policies are found by their names in `ORDERING`.
"""

from policies.ordering.base import OrderingPolicy, OrderingView
from policies.ordering.decision import ORDERING

__all__ = ["ORDERING", "OrderingPolicy", "OrderingView"]
