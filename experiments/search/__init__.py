"""Which is best? Selection among a few arms, and what else looks for the best of many.

Knows batches and statistics; draws and prints nothing.
"""

from __future__ import annotations

from experiments.search.selection import ArmChoice, select, select_arm

__all__ = ["ArmChoice", "select", "select_arm"]
