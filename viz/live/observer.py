"""Looks at a model and tells what is new; it changes nothing and asks nobody who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.epidemic.spir import I
from viz.live.call_book import CallBook
from viz.live.call_watch import CallWatch
from viz.live.coverage import seconds_to_zones
from viz.live.figures import Figures
from viz.live.frame import DistrictMark, Frame
from viz.live.site_watch import SiteWatch
from viz.live.street_watch import StreetWatch
from viz.live.vehicle_watch import VehicleWatch

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

COVERAGE_EVERY_S = 120.0
"""Of the run's clock: looking at it costs as much as many frames."""


class Observer:
    """Makes the frames of one run.

    Parameters
    ----------
    model : EmergencyModel

    Attributes
    ----------
    model : EmergencyModel
    calls : CallBook
    wants_coverage : bool
        Whether frames tell how soon each zone is reached.
    figures : Figures
    """

    def __init__(self, model: EmergencyModel) -> None:
        self.model = model
        self.calls = CallBook(model)
        self._vehicle_watch = VehicleWatch(model, self.calls)
        self._call_watch = CallWatch(model, self.calls)
        self._site_watch = SiteWatch(model)
        self._street_watch = StreetWatch(model)
        self.figures = Figures(model, self.calls)
        self.wants_coverage = False
        self._covered: NDArray[np.float64] | None = None
        self._covered_s = -np.inf
        self._now_s = 0.0
        self._districts: dict[str, DistrictMark] = {}
        self._days = 0

    @property
    def trucks_are_out(self) -> bool:
        """Whether any truck is under way, or will be."""
        return self._vehicle_watch.trucks_are_out

    def look(self) -> Frame:
        """What is new since the last look."""
        self._now_s = now_s = float(self.model.env.now)
        self.calls.update()
        legs = self._vehicle_watch.look(now_s)
        calls = self._call_watch.look(now_s)
        self.figures.look(now_s, self._call_watch, self._vehicle_watch)
        is_other = self._street_watch.look_at_closures()
        return Frame(
            now_s,
            legs=tuple(legs),
            calls=tuple(calls),
            greens=tuple(self._street_watch.look_at_greens(now_s)),
            sites=tuple(self._site_watch.look(now_s, self._vehicle_watch.free_at_station)),
            districts=tuple(self._look_at_districts()),
            closed=self._street_watch.closed if is_other else None,
            covered=self._coverage(now_s),
            figures=self.figures.values,
        )

    def note(self) -> None:
        """Take in what is new for the figures, where nobody wants a frame."""
        now_s = float(self.model.env.now)
        self.calls.update()
        self._vehicle_watch.count(now_s)
        self._call_watch.look(now_s)
        self.figures.look(now_s, self._call_watch, self._vehicle_watch)

    def still(self) -> Frame:
        """Nothing new since the last look."""
        return Frame(self._now_s, figures=self.figures.values)

    def full(self) -> Frame:
        """Everything as it was at the last look, for who has seen nothing yet."""
        return Frame(
            self._now_s,
            is_first=True,
            legs=self._vehicle_watch.legs,
            calls=tuple(self._call_watch.marks.values()),
            greens=tuple(self._street_watch.greens.values()),
            sites=tuple(self._site_watch.marks.values()),
            districts=tuple(self._districts.values()),
            closed=self._street_watch.closed,
            covered=self._covered if self.wants_coverage else None,
            figures=self.figures.values,
        )

    def _coverage(self, now_s: float) -> NDArray[np.float64] | None:
        if not self.wants_coverage:
            self._covered_s = -np.inf
            return None
        if now_s < self._covered_s + COVERAGE_EVERY_S:
            return None
        self._covered_s, self._covered = now_s, seconds_to_zones(self.model)
        return self._covered

    def _look_at_districts(self) -> list[DistrictMark]:
        """How the epidemic stands, once a day."""
        outbreak = self.model.outbreak
        if outbreak is None or len(outbreak.days) == self._days:
            return []
        self._days = len(outbreak.days)
        morning = outbreak.days[-1].day.moves.sum(axis=1)
        new_cases = outbreak.days[-1].day.new_cases
        told = []
        for row, name in enumerate(outbreak.districts):
            infectious, persons = morning[row, I], morning[row].sum()
            text = f"{infectious:,.0f} of {persons:,.0f} persons infectious, "
            text += f"{new_cases[row]:,.0f} new cases today"
            told.append(DistrictMark(name, float(infectious / persons), text))
        self._districts = {mark.district: mark for mark in told}
        return told
