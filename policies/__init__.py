"""How to decide: what a policy sees and answers, built-in policies, and the gate that asks them.

One folder holds one decision, one `Decision` object says all there is to know of it. Policies see
plain data about the city, and know no clock, no agents and no page; each can be used by itself.
"""

from policies.base import (
    AmbulanceView,
    Assignment,
    DispatchPolicy,
    DispatchView,
    HospitalPolicy,
    HospitalView,
    InfeasibleError,
    LocationPolicy,
    LocationView,
    Move,
    NamesPlaces,
    PolicyError,
    RelocationPolicy,
    RelocationView,
    SignalPolicy,
    SignalView,
)

__all__ = [
    "AmbulanceView",
    "Assignment",
    "DispatchPolicy",
    "DispatchView",
    "HospitalPolicy",
    "HospitalView",
    "InfeasibleError",
    "LocationPolicy",
    "LocationView",
    "Move",
    "NamesPlaces",
    "PolicyError",
    "RelocationPolicy",
    "RelocationView",
    "SignalPolicy",
    "SignalView",
]
