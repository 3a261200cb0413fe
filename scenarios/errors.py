"""Mistakes in scenarios."""

from environment.errors import CorridorError


class ScenarioError(CorridorError):
    """A scenario that cannot be read; one line for each mistake."""
