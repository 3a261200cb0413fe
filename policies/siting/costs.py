"""Costs that robust location weighs by default: those of the paper on smart EMS, without currency.

The paper gives them as numbers alone; what a plan is depends on them, so set your own.
"""

from __future__ import annotations

STATION_COST_PER_DAY = 50.0
AMBULANCE_COST_PER_DAY = 2.0
TRANSPORT_COST_PER_KM = 50.0
UNMET_COST = 50.0
"""Of a call that no station serves in time."""
LIGHT_COST_PER_DAY = 1.0
SPEED_KPH = 30.0
"""By which a drive counts as distance where only its time is known."""
