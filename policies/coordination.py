"""Coordination: four mechanisms, each on or off.

A switch never replaces a policy; it changes what the policy sees, over whom it decides, in which
order it serves and whom it may ask. Source: Zhao, Zhang and Pang (2024), section 4; what each
switch does is our reconstruction (model page scenario-analysis, 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple, Self

from environment.errors import suggest
from policies.base import PolicyError


class Coordination(NamedTuple):
    """Which mechanisms are on.

    Attributes
    ----------
    information : bool
        Everybody sees true demand, stocks and the forecast, and vehicles under way; else the
        orders of one's own customers, and vehicles at their stations.
    planning : bool
        One plan for the whole; else the same policies for each owner or district by itself.
    rules : bool
        One rule of priority everywhere; else first come, first served.
    risk : bool
        Stocks, suppliers and vehicles of others may be asked; else only one's own.
    """

    information: bool = False
    planning: bool = False
    rules: bool = False
    risk: bool = False

    @classmethod
    def on(cls) -> Self:
        """All mechanisms."""
        return cls(True, True, True, True)

    @classmethod
    def off(cls) -> Self:
        """None of them."""
        return cls()

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Those that are named.

        Raises
        ------
        PolicyError
            With every name that is not one of a mechanism.
        """
        chosen = list(names)
        unknown = [name for name in chosen if name not in MECHANISMS]
        if unknown:
            lines = [f"no mechanism {name!r} ({suggest(name, MECHANISMS)})" for name in unknown]
            raise PolicyError("\n".join(lines))
        return cls(**{name: name in chosen for name in MECHANISMS})

    @property
    def names(self) -> tuple[str, ...]:
        """The mechanisms that are on, in their order."""
        return tuple(name for name, is_on in zip(MECHANISMS, self, strict=True) if is_on)

    @property
    def label(self) -> str:
        """A name for tables: ``off``, ``on``, or the mechanisms joined by ``+``."""
        if not self.names:
            return "off"
        return "on" if len(self.names) == len(MECHANISMS) else "+".join(self.names)


MECHANISMS: tuple[str, ...] = Coordination._fields


def all_combinations() -> Iterator[Coordination]:
    """The 16 combinations: off first, then on, then those between by how many are on."""
    between = [Coordination(*switches) for switches in product((False, True), repeat=4)]
    between = sorted(between, key=lambda c: (len(c.names), [not switch for switch in c]))
    yield Coordination.off()
    yield Coordination.on()
    yield from between[1:-1]
