"""The SPIR equations by classical Runge-Kutta, compiled: a day's chances, and courses over days.

Neither checks what it is given.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types

_INT = types.int64
_FLOAT = types.float64
_ROW = types.float64[::1]
_ROWS = types.float64[:, ::1]
_CHANCES = types.float64[:, :, ::1]
_FOUR = types.UniTuple(types.float64, 4)  # type: ignore[no-untyped-call]

MOST_PER_STEP = 0.08
"""Bound on rate times step, in days. No rate exceeds those of the parameters, as I is at most N, so
the step is known before the run. Halving it changes less than 1e-6 of a district's persons in a
day at any rates that are allowed: `environment.epidemic.spir.step_error`."""
FEW_STEPS = 100
"""Steps in a day that are taken without asking whether fewer would do."""
FIRST_STEP = 0.8
"""Rate times step with which a course begins to look for steps that are small enough."""
CHANGES_LITTLE = 1e-7
"""Halving the steps changes P and I of a morning by no more than this share of both."""


@njit(types.void(_ROW, _CHANCES, _ROWS, _ROW, _ROWS, _CHANCES), cache=True)
def _slope(rates, at, persons, per_infectious, mixing, change):  # type: ignore[no-untyped-def]
    """Change per day of where those of each start are."""
    infectious = np.empty(len(at))
    for d in range(len(at)):
        ill = at[d, 2] * persons[d]
        infectious[d] = (ill[0] + ill[1]) + (ill[2] + ill[3])
    force = mixing @ infectious if len(mixing) else per_infectious * infectious
    for d in range(len(at)):
        for start in range(4):
            suspected = force[d] * at[d, 0, start]
            ruled_out = rates[1] * at[d, 1, start]
            confirmed = rates[2] * at[d, 1, start]
            removed = rates[3] * at[d, 2, start]
            change[d, 0, start] = ruled_out - suspected
            change[d, 1, start] = suspected - ruled_out - confirmed
            change[d, 2, start] = confirmed - removed
            change[d, 3, start] = removed


@njit(_CHANCES(_ROW, _ROWS, _ROW, _ROWS, _ROW), cache=True)
def chances_after_a_day(rates, persons, per_infectious, mixing, steps):  # type: ignore[no-untyped-def]
    """Where those of each compartment are after a day, (d, 4, 4).

    `rates` are λ N (not looked at), a, b and h. The force of infection on a district is
    `per_infectious` (d,) times its own infectious persons, or, where `mixing` (d, d) is not empty,
    its product with those of all. `steps` are the lengths of the steps, which make a day.
    """
    chances = np.zeros((len(persons), 4, 4))
    for start in range(4):
        chances[:, start, start] = 1.0
    at, slope = np.empty_like(chances), np.empty((4, *chances.shape))
    now, trial, k = chances.reshape(-1), at.reshape(-1), slope.reshape((4, -1))
    for step in steps:
        _slope(rates, chances, persons, per_infectious, mixing, slope[0])
        for stage in range(1, 4):
            ahead = step if stage == 3 else step / 2
            for n in range(len(now)):
                trial[n] = now[n] + ahead * k[stage - 1, n]
            _slope(rates, at, persons, per_infectious, mixing, slope[stage])
        for n in range(len(now)):
            now[n] += step / 6 * (k[0, n] + 2 * (k[1, n] + k[2, n]) + k[3, n])
    return chances


@njit(_FOUR(_FOUR, _ROW, _FLOAT, _INT), cache=True)
def _day(persons, rates, force, steps):  # type: ignore[no-untyped-def]
    """S, P, I and R of one district a day later; `force` is that of one infectious person."""
    s, p, i, r = persons
    step = 1.0 / steps
    for _ in range(steps):
        s_slope = p_slope = i_slope = r_slope = 0.0
        at_s, at_p, at_i = s, p, i
        for stage in range(4):
            suspected, removed = force * at_s * at_i, rates[3] * at_i
            ruled_out, confirmed = rates[1] * at_p, rates[2] * at_p
            weight = 1.0 if stage in (0, 3) else 2.0
            s_slope += weight * (ruled_out - suspected)
            p_slope += weight * (suspected - ruled_out - confirmed)
            i_slope += weight * (confirmed - removed)
            r_slope += weight * removed
            ahead = step if stage == 2 else step / 2
            at_s = s + ahead * (ruled_out - suspected)
            at_p = p + ahead * (suspected - ruled_out - confirmed)
            at_i = i + ahead * (confirmed - removed)
        s, p, i, r = (
            s + step / 6 * s_slope,
            p + step / 6 * p_slope,
            i + step / 6 * i_slope,
            r + step / 6 * r_slope,
        )
    return s, p, i, r


@njit(_FOUR(_FOUR, _ROW, _FLOAT, _INT), cache=True)
def _day_in_few_steps(persons, rates, force, most_steps):  # type: ignore[no-untyped-def]
    """A day in as few steps as change little when they are halved, at most in `most_steps`."""
    steps = max(1, int(most_steps * MOST_PER_STEP / FIRST_STEP))
    rough = _day(persons, rates, force, steps)
    while steps < most_steps:
        steps *= 2
        fine = _day(persons, rates, force, steps)
        change = max(abs(fine[1] - rough[1]), abs(fine[2] - rough[2]))
        if change <= CHANGES_LITTLE * (fine[1] + fine[2]):
            return fine
        rough = fine
    return rough


@njit(_CHANCES(_ROWS, _ROWS, _ROWS), cache=True)
def courses(rates, start, factor):  # type: ignore[no-untyped-def]
    """Persons in each morning, (days + 1, n, 4), of courses that do not touch each other.

    `rates` (n, 4) are λ N, a, b and h, `start` (n, 4) the persons of the first morning and
    `factor` (days, n) the contacts of each day.
    """
    mornings = np.empty((len(factor) + 1, len(start), 4))
    mornings[0] = start
    for n in range(len(start)):
        everybody = start[n].sum()
        now = (start[n, 0], start[n, 1], start[n, 2], start[n, 3])
        for day in range(len(factor)):
            contacts = rates[n, 0] * factor[day, n]
            fastest = max(contacts, rates[n, 1] + rates[n, 2], rates[n, 3])
            steps = max(1, int(np.ceil(fastest / MOST_PER_STEP)))
            if steps <= FEW_STEPS:
                now = _day(now, rates[n], contacts / everybody, steps)
            else:
                now = _day_in_few_steps(now, rates[n], contacts / everybody, steps)
            for k in range(4):
                mornings[day + 1, n, k] = now[k]
    return mornings
