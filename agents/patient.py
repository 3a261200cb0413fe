"""A patient: one emergency, from the moment it can be answered to the last ambulance's leave."""

from __future__ import annotations

import mesa

from environment.calls import Call


class Patient(mesa.Agent):
    """Who called, and how far help has come.

    A patient is an agent for minutes, and a run has hundreds of thousands. Mesa's registry would
    take longer to note each one's coming and going than their ambulances take to drive, so the
    dispatch centre keeps those in care (`DispatchCentre.patients`), and the registry does not.

    Attributes
    ----------
    call : Call
    sent, left : int
        Ambulances sent so far, and those that are done.
    taken : bool
        Whether an ambulance has taken the patient along.
    """

    def __init__(self, model: mesa.Model, call: Call) -> None:  # no super().__init__(): see above
        self.model = model
        self.unique_id = -1 - call.number  # Mesa's own numbers are positive
        self.call = call
        self.sent = 0
        self.left = 0
        self.taken = False

    def board(self) -> bool:
        """Let the first crew that is done on the scene take the patient, if to a hospital."""
        if self.taken or not self.call.transported:
            return False
        self.taken = True
        return True

    def say_goodbye(self) -> bool:
        """Let a crew leave; True when it was the last."""
        self.left += 1
        return self.left == self.call.units
