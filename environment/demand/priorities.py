"""Priorities of calls: how urgent, how fast to drive, and what is in time."""

from typing import Annotated

from pydantic import Field

from environment.demand.durations import Duration
from environment.parameters import Parameters, PositiveSeconds, Share

Skill = Annotated[str, Field(min_length=1)]


class PriorityClass(Parameters):
    """One class of urgency; the first in a scenario's list is the most urgent."""

    name: Annotated[str, Field(min_length=1, description="as results and recorded calls call it")]
    share: Annotated[Share, Field(description="share of all calls")]
    target_s: Annotated[PositiveSeconds, Field(description="response time that counts as in time")]
    siren: Annotated[bool, Field(description="lights and sirens to the call")] = True
    siren_to_hospital: Annotated[
        bool, Field(description="lights and sirens with the patient, too")
    ] = False
    needs: Annotated[
        tuple[Skill, ...],
        Field(description="skills that it needs, one vehicle each; without them, any ambulance"),
    ] = ()
    patience: Annotated[
        Duration | None, Field(description="from the call until the patient gives up waiting")
    ] = None
    worsens: Annotated[
        Duration | None,
        Field(description="from the call until one left untreated is a class more urgent"),
    ] = None


DEFAULT_PRIORITIES = (
    PriorityClass(name="high", share=0.4, target_s=480.0, siren=True),
    PriorityClass(name="low", share=0.6, target_s=900.0, siren=False),
)
