"""What can go wrong by a user's mistake, told without a traceback."""

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
