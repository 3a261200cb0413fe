"""Who gets how much of what is there: the decision, its built-in policies, and flows behind them.

It looks at an `AllocationView` alone; built-in policies are found by their names in `ALLOCATION`.
"""

from policies.allocation.base import AllocationPolicy, AllocationView
from policies.allocation.decision import ALLOCATION
from policies.allocation.supply_network import SupplyNetwork

__all__ = ["ALLOCATION", "AllocationPolicy", "AllocationView", "SupplyNetwork"]
