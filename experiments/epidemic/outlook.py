"""Everything about the counts of several districts: rates, how they held, and the weeks to come."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from environment.errors import DataError
from experiments.epidemic.counts import LEAST_DAYS, DailyCounts
from experiments.epidemic.fit import FITTED, Fit, fit
from experiments.epidemic.model import Observation
from experiments.epidemic.profile import ProfileInterval, profile_interval
from experiments.epidemic.projection import WEEK_DAYS, Score, project, score, weekly_table


@dataclass(frozen=True, eq=False)
class Outlook:
    """What the counts of several districts say.

    Attributes
    ----------
    intervals : dict of str to dict of str to ProfileInterval
        By district and fitted parameter.
    fits : dict of str to Fit
    scores : dict of str to Score
        Of the last days, which a fit of those before had not seen; empty where none were held out.
    weeks : DataFrame
        See `weekly_table`.
    notes : tuple of str
        Districts that could not be fitted, and why.
    """

    fits: dict[str, Fit]
    intervals: dict[str, dict[str, ProfileInterval]]
    scores: dict[str, Score]
    weeks: pd.DataFrame
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Plain data; an end that the counts do not tell is null."""
        rates = {
            name: {key: _finite(one._asdict()) for key, one in own.items()}
            for name, own in self.intervals.items()
        }
        weeks = self.weeks.assign(until=self.weeks["until"].astype(str)).to_dict("records")
        scores = {name: one._asdict() for name, one in self.scores.items()}
        told = {"rates": rates, "held_out": scores, "weeks": weeks, "notes": list(self.notes)}
        return json.dumps(told, indent=2)


def outlook(
    counts: Mapping[str, DailyCounts],
    weeks: int = 4,
    held_out: int = WEEK_DAYS,
    contact_rate: float = 1.0,
    observation: Observation | None = None,
) -> Outlook:
    """Fit each district, score it on its last days, and go on for some weeks.

    Parameters
    ----------
    counts : mapping of str to DailyCounts
    weeks : int
    held_out : int
        Last days on which a fit of the days before is scored; 0 for none.
    contact_rate : float
        λ N in 1/d, which is not fitted.
    observation : Observation, optional
        By default counts are negative binomial.

    Raises
    ------
    DataError
        If no district can be fitted, with a line for each; or too few days are left.
    """
    how = observation or Observation("negative_binomial")
    fitted = (*FITTED, "dispersion") if how.kind == "negative_binomial" else FITTED
    shortest = min(own.days for own in counts.values())
    if shortest - held_out < LEAST_DAYS:
        raise DataError(
            f"held out must be at most {shortest - LEAST_DAYS} of {shortest} days, got {held_out}"
        )
    fits, scores, projections, notes = {}, {}, {}, []
    for name, own in counts.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        known = {"infections_per_day": contact_rate}
        try:
            fits[name] = fit(own, fitted, known, how)
            if held_out:
                before = fit(own.until(own.days - held_out), fitted, known, how)
                scores[name] = score(project(before, held_out, rng), own.new[-held_out:])
        except DataError as error:
            notes.append(str(error))
            fits.pop(name, None)
            continue
        projections[name] = project(fits[name], weeks * WEEK_DAYS, rng)
    if not fits:
        raise DataError("\n".join(notes))
    intervals = {
        name: {key: profile_interval(one, key) for key in fitted} for name, one in fits.items()
    }
    return Outlook(fits, intervals, scores, weekly_table(projections, weeks), tuple(notes))


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {key: value if np.isfinite(value) else None for key, value in values.items()}
