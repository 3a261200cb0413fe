"""Which is best? Selection among a few arms, and a search among very many.

Knows batches and statistics; draws and prints nothing.
"""

from __future__ import annotations

from experiments.search.money import read_prices
from experiments.search.optimise import optimise, optimise_case
from experiments.search.optimum import Optimum
from experiments.search.question import Question
from experiments.search.selection import ArmChoice, select, select_arm

__all__ = [
    "ArmChoice",
    "Optimum",
    "Question",
    "optimise",
    "optimise_case",
    "read_prices",
    "select",
    "select_arm",
]
