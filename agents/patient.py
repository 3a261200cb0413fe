"""A patient: one emergency, from the moment it can be answered to the last ambulance's leave."""

from __future__ import annotations

from collections.abc import Iterable

import mesa
import simpy

from environment.calls import Call


class Patient(mesa.Agent):
    """Who called, and how far help has come.

    A patient is an agent for minutes, and a run has hundreds of thousands. Mesa's registry would
    take longer to note each one's coming and going than their ambulances take to drive, so the
    dispatch centre keeps those in care (`DispatchCentre.patients`), and the registry does not.

    Attributes
    ----------
    call : Call
    needs : tuple of int
        The skills that each of its ambulances must have, one a bit; an ambulance fills a place.
    open : list of int
        Places for which nobody is under way, in order.
    left : int
        Ambulances that are done.
    taken : bool
        Whether an ambulance has taken the patient along.
    """

    def __init__(  # no super().__init__(): see above
        self, model: mesa.Model, call: Call, needs: tuple[int, ...]
    ) -> None:
        self.model = model
        self.unique_id = -1 - call.number  # Mesa's own numbers are positive
        self.call = call
        self.needs = needs
        self.open = [*range(len(needs))]
        self.left = 0
        self.taken = False
        self._transport_leaves: simpy.Event | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether no ambulance has been sent yet, or all that were have been called off."""
        return len(self.open) == len(self.needs)

    @property
    def open_skills(self) -> Iterable[int]:
        """The skills that its open places ask for, each once."""
        if len(self.needs) == 1:
            return self.needs if self.open else ()
        return dict.fromkeys([self.needs[place] for place in self.open])

    def open_places(self, skill: int) -> list[int]:
        """Places that ask for just this skill and for which nobody is under way."""
        return [place for place in self.open if self.needs[place] == skill]

    def reopen(self, place: int) -> None:
        """Note that whoever was under way for a place does not come."""
        self.open.append(place)
        self.open.sort()

    def do_without(self, transported: bool) -> None:
        """Give up the places for which nobody is under way."""
        self.needs = tuple(need for place, need in enumerate(self.needs) if place not in self.open)
        self.open = []
        self.call = self.call._replace(units=len(self.needs), transported=transported)

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
        return self.left == len(self.needs)
