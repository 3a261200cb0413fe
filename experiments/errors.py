"""Mistakes with batches of runs."""

from environment.errors import CorridorError


class BatchError(CorridorError):
    """A batch that cannot be begun, or cannot go on."""


class BatchInterrupted(KeyboardInterrupt):
    """The user has stopped a batch; the message tells how to go on."""
