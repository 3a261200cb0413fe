"""How many ambulances each station has: the decision and its built-in policies.

It looks at a `LocationView` alone; built-in policies are found by their names in `LOCATION`, and
those that solve a model of their own stand in `policies.siting`.
"""

from policies.base import LocationPolicy, LocationView
from policies.location.decision import LOCATION

__all__ = ["LOCATION", "LocationPolicy", "LocationView"]
