"""Who decides where ambulances without a patient wait: one for the city, or one a district."""

from __future__ import annotations

from collections.abc import Sequence

from agents.relocation_view import MoveUpView
from policies.base import Move
from policies.gate import Gate
from policies.relocation import RELOCATION


class Planner:
    """One who decides, with a policy and a view of its own.

    Attributes
    ----------
    view : MoveUpView
    """

    __slots__ = ("_gate", "_number", "view")

    def __init__(self, gate: Gate, number: int, view: MoveUpView) -> None:
        self._gate = gate
        self._number = number
        self.view = view

    def moves(self, freed: int | None) -> list[Move]:
        """Ask for moves, now that an ambulance has come free or something else has changed."""
        self.view.look_at(freed)
        return self._gate.ask(RELOCATION, self.view, planner=self._number)


class Planners:
    """Knows whom a change concerns.

    Parameters
    ----------
    gate : Gate
        Has a relocation policy for each planner.
    views : sequence of MoveUpView
        What each planner sees.
    of_ambulance : sequence of int
        The planner of each ambulance.
    """

    def __init__(
        self, gate: Gate, views: Sequence[MoveUpView], of_ambulance: Sequence[int]
    ) -> None:
        self._planners = [Planner(gate, number, view) for number, view in enumerate(views)]
        self._of_ambulance = of_ambulance

    def of(self, ambulance: int) -> Planner:
        """The planner of an ambulance."""
        return self._planners[self._of_ambulance[ambulance]]

    def concerned(self, changed: Sequence[int] | None) -> Sequence[Planner]:
        """The planners of some ambulances, each once; all of them, where none are named."""
        if changed is None or len(self._planners) == 1:
            return self._planners
        numbers = sorted({self._of_ambulance[ambulance] for ambulance in changed})
        return [self._planners[number] for number in numbers]
