"""The paper's claims in many camps, for what was lost of the real one may have been otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from experiments.statistics import Interval, share_interval
from papers.zaatari.camp import FittedCamp, Setting, draw_camp
from papers.zaatari.claims import CLAIMS, loss_left
from papers.zaatari.fit import fit_camp
from papers.zaatari.outbreaks import draw_cases
from papers.zaatari.paper import COMBINATIONS
from papers.zaatari.replica import run_all, table_of
from simulation.streams import streams

STEEPNESS, SPREAD_CELLS = (0.5, 2.0), (2.0, 15.0)
"""From which a camp's are drawn; see `draw_camp` and `draw_cases`."""


class CampSample(NamedTuple):
    """A camp drawn anew, fitted as the first was.

    Attributes
    ----------
    setting : Setting
    holds : tuple of bool
        Each claim.
    loss_left : float
        See `zaatari_claims.loss_left`.
    """

    setting: Setting
    holds: tuple[bool, ...]
    loss_left: float


def sample_camp(number: int, runs: int, seed: int) -> CampSample:
    """Draw a camp with other places, inhabitants and spread of cases, and run its outbreaks."""
    draw = streams(seed, number)
    rng = draw("zaatari.camp")
    camp, spread_cells = draw_camp(rng, rng.uniform(*STEEPNESS)), rng.uniform(*SPREAD_CELLS)
    fitted = FittedCamp(camp, fit_camp(camp, draw("zaatari.fit"))[0])
    cases = {
        one: draw_cases(camp, one, runs, draw(f"zaatari.outbreaks.{one}"), spread_cells)
        for one in COMBINATIONS
    }
    table = table_of(run_all(fitted, cases))
    holds = tuple(claim.holds(table) for claim in CLAIMS)
    return CampSample(fitted.setting, holds, loss_left(table))


def shares_of_camps(samples: Sequence[CampSample]) -> list[Interval]:
    """In which share of the camps each claim holds, with its 95 % interval."""
    return [share_interval(one) for one in zip(*(sample.holds for sample in samples), strict=True)]
