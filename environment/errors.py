"""What can go wrong by a user's mistake, told without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

# CorridorError
# ├── DataError            a table of the user's that is not as it should be
# ├── RoadNetworkError     a map that cannot be driven on
# ├── PolicyError          policies/base.py: one that cannot be found, raises or answers nonsense
# ├── InfeasibleError      policies/base.py: a plan that some limit does not allow
# ├── ScenarioError        scenarios/errors.py: a scenario that cannot be read
# ├── ResultError          simulation/errors.py: a result that cannot be written or read
# └── BatchError           experiments/errors.py: a batch that cannot be begun, or cannot go on


class CorridorError(Exception):
    """A mistake that its message explains; the command line prints it and exits with 2."""


class DataError(CorridorError):
    """A table or file of the user's is not as it should be."""


class RoadNetworkError(CorridorError):
    """A map that cannot be driven on."""


MOST_TOLD = 20


def suggest(name: str, known: Sequence[str]) -> str:
    """The nearest name, else those that are known: the end of an error message."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    told = ", ".join(known[:MOST_TOLD]) or "none"
    return f"known: {told}, …" if len(known) > MOST_TOLD else f"known: {told}"
