"""From whom what is ordered comes: the decision, its built-in policies, and how orders are filled.

It looks at a `SourcingView` alone; built-in policies are found by their names in `SOURCING`.
"""

from policies.sourcing.base import SourcingPolicy, SourcingView
from policies.sourcing.decision import SOURCING

__all__ = ["SOURCING", "SourcingPolicy", "SourcingView"]
