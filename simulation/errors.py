"""Mistakes with results."""

from environment.errors import CorridorError


class ResultError(CorridorError):
    """A result that cannot be written or read."""
