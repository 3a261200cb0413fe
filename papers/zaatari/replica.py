"""What the paper did, done again: the fit, Table 2 and the runs with outbreaks of Table 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from papers.zaatari.camp import Camp, FittedCamp, Setting, base_row
from papers.zaatari.fit import fit_camp
from papers.zaatari.outbreaks import (
    BASE_CALLS_PER_HOUR,
    OutbreakRuns,
    draw_cases,
    run_outbreaks,
)
from papers.zaatari.paper import (
    COMBINATIONS,
    FITTED_ROW,
    MEASURES,
    SERVERS,
    TABLE_2,
    TABLE_3,
    BaseRow,
    Combination,
    Table,
)
from policies.hypercube import solve
from simulation.streams import stream

Cases = Mapping[Combination, NDArray[np.int64]]
"""Of each combination, by run and demand point, (S, J)."""
Outbreaks = Mapping[tuple[int, Combination], OutbreakRuns]
"""By servers and combination."""


@dataclass(frozen=True, eq=False)
class Replica:
    """The paper's experiment in our camp.

    Attributes
    ----------
    camp : Camp
    settings : list of Setting
        The best of each districting level, the best of all first; that one is used.
    cases : mapping
        The same for five servers and for seven.
    outbreaks : mapping
    with_none : mapping
        The same if an outbreak may have no case, for those of one case only, where it matters.
    by_level : mapping
        Our Table 3 with the setting of each districting level, of fewer runs.
    """

    camp: Camp
    settings: list[Setting]
    cases: Cases
    outbreaks: Outbreaks
    with_none: Outbreaks
    by_level: Mapping[int, Table]

    @property
    def fitted(self) -> FittedCamp:
        """The camp with the best setting."""
        return FittedCamp(self.camp, self.settings[0])

    @cached_property
    def base(self) -> list[BaseRow]:
        """Our Table 2."""
        return base_table(self.fitted)

    @cached_property
    def table(self) -> Table:
        """Our Table 3."""
        return table_of(self.outbreaks)

    def test_misfits(self, setting: Setting) -> tuple[float, float]:
        """How far the other rows of Table 2 and the medians of Table 3 are with a setting.

        Root mean squares of the logarithm of ours over the paper's.
        """
        rows = base_table(FittedCamp(self.camp, setting))
        pairs = [(np.array(o[1:]), np.array(p[1:])) for o, p in zip(rows, TABLE_2, strict=True)
                 if p != FITTED_ROW]  # fmt: skip
        medians = self.by_level[setting.level]
        table_2 = np.concatenate([np.log(ours / papers) for ours, papers in pairs])
        table_3 = [np.log(medians[key].median / paper.median) for key, paper in TABLE_3.items()]
        return _root_mean_square(table_2), _root_mean_square(table_3)


def replicate(camp: Camp, runs: int, sample: int, seed: int) -> Replica:
    """Fit a camp and run its outbreaks.

    Parameters
    ----------
    camp : Camp
    runs : int
        Of each combination and each number of servers.
    sample : int
        Of them, for the settings of other districting levels.
    seed : int
    """
    settings = fit_camp(camp, stream(seed, 0, "zaatari.fit"))
    cases = {c: _draw(camp, c, runs, seed, 1) for c in COMBINATIONS}
    none = {c: _draw(camp, c, runs, seed, 0) for c in COMBINATIONS if c.cases == 1}
    some = first_runs(cases, sample)
    return Replica(
        camp,
        settings,
        cases,
        run_all(FittedCamp(camp, settings[0]), cases),
        run_all(FittedCamp(camp, settings[0]), none),
        {one.level: table_of(run_all(FittedCamp(camp, one), some)) for one in settings},
    )


def base_table(fitted: FittedCamp) -> list[BaseRow]:
    """Table 2 of a camp."""
    sites = fitted.setting.sites
    return [base_row(solve(fitted.system(sites, row.calls_per_hour))) for row in TABLE_2]


def run_all(fitted: FittedCamp, cases: Cases) -> Outbreaks:
    """All combinations with five servers and with seven."""
    return {
        (servers, combination): run_outbreaks(
            fitted.system(fitted.sites(servers), BASE_CALLS_PER_HOUR), own
        )
        for servers in SERVERS
        for combination, own in cases.items()
    }


def table_of(outbreaks: Outbreaks) -> Table:
    """Medians and whiskers."""
    return {
        (servers, combination, measure): runs.spread(measure)
        for (servers, combination), runs in outbreaks.items()
        for measure in MEASURES
    }


def first_runs(cases: Cases, count: int) -> Cases:
    """The first so many runs of each combination."""
    return {combination: own[:count] for combination, own in cases.items()}


def _draw(
    camp: Camp, combination: Combination, runs: int, seed: int, least: int
) -> NDArray[np.int64]:
    rng = stream(seed, 0, f"zaatari.outbreaks.{combination}")
    return draw_cases(camp, combination, runs, rng, least_cases=least)


def _root_mean_square(values: Sequence[float] | NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
