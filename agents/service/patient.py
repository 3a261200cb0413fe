"""A patient: one emergency, from the moment it can be answered to the last ambulance's leave."""

from __future__ import annotations

import mesa
import simpy

from environment.demand.calls import Call
from environment.fleet.vehicle_types import TRANSPORTS


class Patient(mesa.Agent):
    """Who called, and how far help has come.

    A patient is an agent for minutes, and a run has hundreds of thousands. Mesa's registry would
    take longer to note each one's coming and going than their ambulances take to drive, so the
    dispatch centre keeps those in care (`DispatchCentre.patients`), and the registry does not.

    Attributes
    ----------
    call : Call
    needs : list of int
        The skills that each of its ambulances must have, one a bit; an ambulance fills a place.
    open : dict of int to list of int
        Places for which nobody is under way, in order, by the skill that they ask for.
    left : int
        Ambulances that are done.
    taken : bool
        Whether an ambulance has taken the patient along.
    lacks_transport : bool
        Whether nobody was sent who could take the patient along; helpers do not wait then.
    """

    def __init__(  # no super().__init__(): see above
        self, model: mesa.Model, call: Call, needs: tuple[int, ...]
    ) -> None:
        self.model = model
        self.unique_id = -1 - call.number  # Mesa's own numbers are positive
        self.call = call
        self.needs = [*needs]
        self.open: dict[int, list[int]] = {needs[0]: [0]}
        for place in range(1, len(needs)):
            self.open.setdefault(needs[place], []).append(place)
        self.left = 0
        self.taken = self.lacks_transport = False
        self._transport_leaves: simpy.Event | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether no ambulance has been sent yet, or all that were have been called off."""
        return sum(map(len, self.open.values())) == self.call.units

    @property
    def awaits_transport(self) -> bool:
        """Whether an ambulance is still to take the patient to a hospital."""
        return self.call.transported and not (self.taken or self.lacks_transport)

    def reopen(self, place: int) -> None:
        """Note that whoever was under way for a place does not come."""
        places = self.open.setdefault(self.needs[place], [])
        places.append(place)
        places.sort()

    def do_without(self, transport_place: int | None) -> None:
        """Give up the places for which nobody is under way.

        Whoever may have to take the place of the one that transports must transport, too.
        """
        given_up = sum(map(len, self.open.values()))
        self.open = {}
        self.call = self.call._replace(units=self.call.units - given_up)
        self.lacks_transport = transport_place is None
        if transport_place is not None:
            self.needs[transport_place] |= TRANSPORTS

    def board(self) -> bool:
        """Let the first crew that is done on the scene take the patient, if to a hospital."""
        if self.taken or not self.call.transported:
            return False
        self.taken = True
        if self._transport_leaves is not None:
            self._transport_leaves.succeed()
        return True

    def transport_leaves(self, env: simpy.Environment) -> simpy.Event:
        """The moment at which an ambulance leaves with the patient; until then helpers stay."""
        if self._transport_leaves is None:
            self._transport_leaves = env.event()
        return self._transport_leaves

    def say_goodbye(self) -> bool:
        """Let a crew leave; True when it was the last."""
        self.left += 1
        return self.left == self.call.units
