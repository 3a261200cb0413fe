"""What replications say: intervals, how many are needed, the best arm, what several worlds say.

Functions of arrays of numbers; nothing here knows scenarios, runs or files.
"""

from experiments.statistics.control import control_gain, controlled_interval
from experiments.statistics.intervals import (
    Interval,
    bca_interval,
    holm_p_values,
    is_skewed,
    note_on_few,
    paired_interval,
    pairing_gain,
    share_interval,
    t_interval,
)
from experiments.statistics.replications import (
    precise_enough,
    replications_needed,
)
from experiments.statistics.selection import Selection, kim_nelson, next_allocation
from experiments.statistics.worlds import Worlds, over_worlds

__all__ = [
    "Interval",
    "Selection",
    "Worlds",
    "bca_interval",
    "control_gain",
    "controlled_interval",
    "holm_p_values",
    "is_skewed",
    "kim_nelson",
    "next_allocation",
    "note_on_few",
    "over_worlds",
    "paired_interval",
    "pairing_gain",
    "precise_enough",
    "replications_needed",
    "share_interval",
    "t_interval",
]
