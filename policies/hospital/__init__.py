"""Where a patient is taken: the decision, its built-in policies, and situations to try one.

It looks at a `HospitalView` alone; built-in policies are found by their names in `HOSPITAL`.
"""

from policies.base import HospitalPolicy, HospitalView
from policies.hospital.decision import HOSPITAL

__all__ = ["HOSPITAL", "HospitalPolicy", "HospitalView"]
