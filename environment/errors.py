"""What can go wrong by a user's mistake, told without a traceback.

    CorridorError
    ├── DataError            a table or file of the user's is not as it should be
    ├── RoadNetworkError     a map that cannot be driven on
    ├── PolicyError          (policies) a policy that cannot be found, raises or answers nonsense
    ├── InfeasibleError      (policies) a constraint that cannot hold
    ├── ScenarioError        (scenarios) a scenario that cannot be read
    └── ResultError          (simulation) a result that cannot be written or read
"""


class CorridorError(Exception):
    """A mistake that its message explains; the command line prints it and exits with 2."""


class DataError(CorridorError):
    """A table or file of the user's is not as it should be."""


class RoadNetworkError(CorridorError):
    """A map that cannot be driven on."""
