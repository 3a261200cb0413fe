"""All ways to switch coordination, for tests that try every one of them."""

from __future__ import annotations

from itertools import product

from policies.coordination import Coordination


def all_combinations() -> list[Coordination]:
    """The 16 combinations: off first, then on, then those between by how many are on."""
    between = [Coordination(*switches) for switches in product((False, True), repeat=4)]
    between = sorted(between, key=lambda c: (len(c.names), [not switch for switch in c]))
    return [Coordination.off(), Coordination.on(), *between[1:-1]]
