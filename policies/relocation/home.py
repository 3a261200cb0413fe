"""Everybody has one station."""

from collections.abc import Sequence

from policies.base import Move, RelocationView


class Home:
    """Move nobody: who comes free drives to its own station, and waits there."""

    moves_up = False

    def move(self, view: RelocationView) -> Sequence[Move]:  # noqa: ARG002
        """Choose no move."""
        return []
