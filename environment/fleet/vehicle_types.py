"""Types of vehicles and their skills, and what each vehicle sent to a call must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from environment.parameters import Parameters, Share

TRANSPORTS = 1
"""The bit of a vehicle that can take a patient to a hospital."""

MOST_SKILLS = 52  # bits beside that of transport which a 64-bit float keeps exactly, as fleets do


class VehicleType(Parameters):
    """Vehicles with the same crew and equipment."""

    name: Annotated[str, Field(min_length=1, description="as results and policies see it")]
    share: Annotated[Share, Field(description="share of the fleet; the shares sum to 1")] = 1.0
    skills: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(description="names that the needs of priorities refer to, such as advanced"),
    ] = ()
    transports: Annotated[
        bool, Field(description="can take a patient to a hospital; a first responder cannot")
    ] = True


AMBULANCE = VehicleType(name="ambulance")


def skill_bits(types: Sequence[VehicleType]) -> dict[str, int]:
    """The bit of each skill that some type has; names are sorted, and bit 0 is `TRANSPORTS`."""
    names = sorted({skill for one in types for skill in one.skills})
    return {name: TRANSPORTS << place for place, name in enumerate(names, start=1)}


def skill_mask(vehicle_type: VehicleType, bits: dict[str, int]) -> int:
    """All that a type can do, as one number."""
    mask = TRANSPORTS if vehicle_type.transports else 0
    for skill in vehicle_type.skills:
        mask |= bits[skill]
    return mask


def call_needs(
    priority_needs: Sequence[str], units: int, types: Sequence[VehicleType]
) -> tuple[int, ...]:
    """What each vehicle of a call must be able to do.

    One that is asked for a skill must also transport, unless a type without transport has the
    skill: a first responder goes where a call asks for what it can do, and nowhere else.

    Parameters
    ----------
    priority_needs : sequence of str
        A skill for each of the first vehicles; a name twice asks for two vehicles.
    units : int
        How many vehicles the call needs, where that is more than the skills it asks for.
    types : sequence of VehicleType

    Returns
    -------
    tuple of int
        A mask for each vehicle; a vehicle with ``skills`` will do if ``skills & mask == mask``.

    Raises
    ------
    KeyError
        If no type has a skill; `staffing.skill_contradictions` tells the user before.
    """
    bits = skill_bits(types)
    without_transport = {skill for one in types if not one.transports for skill in one.skills}
    asked = [
        bits[skill] | (0 if skill in without_transport else TRANSPORTS) for skill in priority_needs
    ]
    return (*asked, *[TRANSPORTS] * (units - len(asked)))
