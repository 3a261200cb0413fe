"""The streets of a run as they can be driven on now: the one place that says so."""

from __future__ import annotations

from dataclasses import dataclass

from environment.traffic.driving import Driving


@dataclass(eq=False)
class Streets:
    """What all who drive share, and only closures change.

    Attributes
    ----------
    driving : Driving
        On the streets that are open now.
    number : int
        Of these streets in the trace: 0 for those at the start of the run.
    """

    driving: Driving
    number: int = 0
