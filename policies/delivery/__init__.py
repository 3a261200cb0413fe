"""A delivery plan: which site sends which district how many units and groups of staff, and when.

Knows tables of districts and sites alone; its programs are solved by HiGHS to a proven gap.
"""

from policies.delivery.optimise import DeliveryAnswer, find_front, find_plan
from policies.delivery.plan import DeliveryPlan
from policies.delivery.problem import DeliveryProblem, groups_needed

__all__ = [
    "DeliveryAnswer",
    "DeliveryPlan",
    "DeliveryProblem",
    "find_front",
    "find_plan",
    "groups_needed",
]
