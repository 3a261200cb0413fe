"""Covering and median models: LSCP, MCLP, p-median, p-centre, MEXCLP, double standard, backup.

Each solves a table of travel times, and can be chosen as a location policy.
"""

from __future__ import annotations

from policies.siting.covering.backup_coverage import BackupCoverage
from policies.siting.covering.double_standard import DoubleStandard
from policies.siting.covering.maximal_covering import MaximalCovering
from policies.siting.covering.mexclp import Mexclp, busy_at_once
from policies.siting.covering.p_center import PCenter
from policies.siting.covering.p_median import PMedian
from policies.siting.covering.set_covering import SetCovering

__all__ = [
    "BackupCoverage",
    "DoubleStandard",
    "MaximalCovering",
    "Mexclp",
    "PCenter",
    "PMedian",
    "SetCovering",
    "busy_at_once",
]
