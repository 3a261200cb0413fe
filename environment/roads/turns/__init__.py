"""Turn restrictions, held by a network of junctions: a restricted junction becomes several nodes.

Knows street pieces and the points that draw them; not where a restriction was written down.
"""

from __future__ import annotations

from environment.roads.turns.copies import restrict_turns
from environment.roads.turns.maneuvers import Maneuver, Sequence, sequences_of

__all__ = ["Maneuver", "Sequence", "restrict_turns", "sequences_of"]
