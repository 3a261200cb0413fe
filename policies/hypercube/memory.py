"""Whether a system's states fit into memory, known before anything is allocated."""

from __future__ import annotations

import os

from policies.base import InfeasibleError
from policies.hypercube.system import HypercubeSystem

NUMBER_BYTES = 8
GIB = 2**30
ADDRESS_BITS = 64


def memory_bytes(servers: int, by_state: bool = False) -> int:
    """What the exact solution takes at its peak.

    The rates upwards are N 2**N / 2 numbers, those downwards as many where they depend on the
    state. Beside them there are the probabilities, two numbers more a state, and room for one
    server's rates, two where its service rate is a mean.

    Parameters
    ----------
    servers : int
        N.
    by_state : bool
        Whether service rates depend on the state: ``"paper"`` mode, and a service time that
        depends on the demand point.
    """
    tables = 2 if by_state else 1
    half_states = 2**servers // 2
    return NUMBER_BYTES * half_states * (tables * servers + 2 * 3 + max(2, tables))


def check_memory(system: HypercubeSystem) -> None:
    """Refuse a system whose states do not fit.

    Raises
    ------
    InfeasibleError
        With what it would need and what there is.
    """
    by_state = system.service_mode == "paper" and system.depends_on_point
    needed, has = memory_bytes(system.servers, by_state), machine_bytes()
    if needed > has:
        raise InfeasibleError(
            f"{system.servers} servers have 2**{system.servers} states, which need "
            f"{_told(needed)} of memory, and this machine has {_told(has)}; "
            f"approximate() needs no states"
        )


def _told(size: int) -> str:
    if size.bit_length() > ADDRESS_BITS:
        return f"more than 2**{ADDRESS_BITS} bytes"
    return f"{size / GIB:,.1f} GiB"


def machine_bytes() -> int:
    """Memory of this machine; what is free just now counts files that are only kept as used."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
