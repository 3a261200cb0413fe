"""Which ambulances answer a call: the decision, its built-in policies, and situations to try one.

It looks at a `DispatchView` alone; built-in policies are found by their names in `DISPATCH`.
"""

from policies.base import AmbulanceView, Assignment, DispatchPolicy, DispatchView
from policies.dispatch.decision import DISPATCH

__all__ = ["DISPATCH", "AmbulanceView", "Assignment", "DispatchPolicy", "DispatchView"]
