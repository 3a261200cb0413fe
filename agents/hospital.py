"""A hospital: where patients are handed over."""

from __future__ import annotations

import mesa


class Hospital(mesa.Agent):
    """One hospital; every crew finds a bay at once.

    Attributes
    ----------
    number, node : int
    name : str
    access_s : float
        Seconds between its junction and its door.
    patients : int
        Patients being handed over or on their way.
    """

    def __init__(
        self, model: mesa.Model, number: int, name: str, node: int, access_s: float
    ) -> None:
        super().__init__(model)
        self.number = number
        self.name = name
        self.node = node
        self.access_s = access_s
        self.patients = 0
