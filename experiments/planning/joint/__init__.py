"""Orders and trips chosen together: the best for few centres, the best found for many.

It knows items, distances and vehicles, and nothing of workbooks or runs.
"""

from experiments.planning.joint.choice import EXACT_CENTRES, order_jointly, two_steps
from experiments.planning.joint.problem import JointPlan, JointProblem

__all__ = ["EXACT_CENTRES", "JointPlan", "JointProblem", "order_jointly", "two_steps"]
