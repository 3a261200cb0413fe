"""Laws of demand: how probable each demand is, one law at a time or many together.

They know numbers alone, and nothing of items, costs or orders.
"""

from policies.ordering.laws.base import DemandLaw
from policies.ordering.laws.continuous import GammaDemand, LognormalDemand, NormalDemand
from policies.ordering.laws.counts import NegativeBinomialDemand, PoissonDemand
from policies.ordering.laws.named import LAW_NAMES, MOMENT_LAWS, demand_law, law_of_moments
from policies.ordering.laws.table import TableDemand
from policies.ordering.laws.together import Demands

__all__ = [
    "LAW_NAMES",
    "MOMENT_LAWS",
    "DemandLaw",
    "Demands",
    "GammaDemand",
    "LognormalDemand",
    "NegativeBinomialDemand",
    "NormalDemand",
    "PoissonDemand",
    "TableDemand",
    "demand_law",
    "law_of_moments",
]
