"""Where a site of the supply system stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A site of the supply system on the streets.

    Attributes
    ----------
    site : int
        Its number in the books: suppliers first, then stores, then distributors.
    name : str
    node : int
    access_s : float
        Seconds between its junction and its gate.
    """

    site: int
    name: str
    node: int
    access_s: float
