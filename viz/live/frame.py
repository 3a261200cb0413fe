"""What a moving picture of a run is made of: one frame tells what is new since the one before.

Places are metres east and north of the map's middle (`RoadNetwork.to_metres`), times are seconds of
the run's clock. A browser moves vehicles along their legs by itself, so a frame tells of a vehicle
once for each drive and not for each picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Leg:
    """Where a vehicle is from some moment on, until a later leg of the same vehicle begins.

    Attributes
    ----------
    vehicle : str
        ``ambulance-3`` or ``truck-0``.
    state : str
        One of `viz.live.states`.
    from_s : float
        An earlier leg holds until then: who turns off, drives on to the next junction.
    path : (k, 3) float64
        Metres east, metres north, and when it is there; one row if it stands.
    call : int
        The patient for whom it drives; -1 for none.
    """

    vehicle: str
    state: str
    from_s: float
    path: NDArray[np.float64]
    call: int = -1


@dataclass(frozen=True)
class CallMark:
    """A call on the map.

    Attributes
    ----------
    number : int
    x_m, y_m : float
    priority : int
        From 0, the most urgent.
    state : str
        ``waiting`` (nobody sent), ``sent``, ``reached`` (a crew is there), ``over`` (take it off
        the map), ``left`` or ``lost`` (given up).
    since_s : float
        When it came into that state.
    """

    number: int
    x_m: float
    y_m: float
    priority: int
    state: str
    since_s: float


@dataclass(frozen=True)
class Green:
    """A light that shows green to an ambulance, along one axis, for some time."""

    light: int
    axis: int
    from_s: float
    until_s: float


@dataclass(frozen=True)
class SiteMark:
    """The state of a hospital, store or other site.

    Attributes
    ----------
    site : str
        As in the base map: ``hospital-H1``, ``station-S3``, ``distributor-north``.
    level : float
        Of 0 to 1: beds or bays in use, stock over its target; NaN if there is nothing to tell.
    text : str
        In plain words, with units.
    is_open : bool
    """

    site: str
    level: float
    text: str
    is_open: bool = True


@dataclass(frozen=True)
class DistrictMark:
    """How the epidemic stands in a district; `level` is persons infectious per inhabitant."""

    district: str
    level: float
    text: str


@dataclass(frozen=True, eq=False)
class Frame:
    """All that is new.

    Attributes
    ----------
    now_s : float
        Everything until this moment is known.
    is_first : bool
        Forget all that was before; this frame tells of everything.
    legs, calls, greens, sites, districts : tuples
    closed : (k, 4) float64 or None
        Closed streets as lines, in metres (from x, y to x, y); None if nothing has changed.
    covered : (z,) float64 or None
        Seconds from the nearest free ambulance to each zone; None if not looked at.
    figures : mapping of str to float
        Measures of this moment by their whole names in `simulation.measures`.
    """

    now_s: float
    is_first: bool = False
    legs: tuple[Leg, ...] = ()
    calls: tuple[CallMark, ...] = ()
    greens: tuple[Green, ...] = ()
    sites: tuple[SiteMark, ...] = ()
    districts: tuple[DistrictMark, ...] = ()
    closed: NDArray[np.float64] | None = None
    covered: NDArray[np.float64] | None = None
    figures: Mapping[str, float] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        """As plain data that a browser reads; lengths in whole decimetres, times in 1/10 s."""
        told: dict[str, Any] = {"now": self.now_s, "first": self.is_first}
        told["legs"] = [
            [leg.vehicle, leg.state, _tenths(leg.from_s), leg.call, _flat(leg.path)]
            for leg in self.legs
        ]
        told["calls"] = [
            [c.number, _tenths(c.x_m), _tenths(c.y_m), c.priority, c.state, _tenths(c.since_s)]
            for c in self.calls
        ]
        told["greens"] = [
            [g.light, g.axis, _tenths(g.from_s), _tenths(g.until_s)] for g in self.greens
        ]
        told["sites"] = [[s.site, _level(s.level), s.text, s.is_open] for s in self.sites]
        told["districts"] = [[d.district, _level(d.level), d.text] for d in self.districts]
        told["closed"] = None if self.closed is None else _flat(self.closed)
        told["covered"] = None if self.covered is None else _whole(self.covered)
        return told


def _tenths(value: float) -> int:
    return round(10 * value)


def _flat(rows: NDArray[np.float64]) -> list[int]:
    tenths: list[int] = np.rint(10 * rows).astype(np.int64).ravel().tolist()
    return tenths


def _whole(values: NDArray[np.float64]) -> list[int]:
    """Whole seconds, -1 for what is never reached."""
    whole: list[int] = np.where(np.isfinite(values), np.rint(values), -1).astype(np.int64).tolist()
    return whole


def _level(level: float) -> float | None:
    return None if np.isnan(level) else round(level, 4)
