"""Where ambulances without a patient wait: the decision, built-in policies, situations to try one.

It looks at a `RelocationView` alone; built-in policies are found by their names in `RELOCATION`.
"""

from policies.base import Move, RelocationPolicy, RelocationView
from policies.relocation.decision import RELOCATION

__all__ = ["RELOCATION", "Move", "RelocationPolicy", "RelocationView"]
