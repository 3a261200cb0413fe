"""Exact linear rows for a limit under a budgeted set of demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.location.uncertainty import Budgeted

if TYPE_CHECKING:
    import pulp


def add_budget_rows(
    program: pulp.LpProblem,
    available: pulp.LpAffineExpression,
    weights: dict[int, pulp.LpVariable],
    mean: NDArray[np.float64],
    budgeted: Budgeted,
    new: Callable[[str], pulp.LpVariable],
) -> None:
    r"""Hold a sum of weights of points below what is available, with demand at its worst.

    The worst deviation of a budgeted set is itself a linear program; by its dual, the limit is

    .. math:: \bar m^\top v + \Gamma t + \sum_i p_i \le a, \quad p_i \ge \hat m_i v_i - t

    (Bertsimas and Sim 2004). It has no error that cuts would have to mend.

    Parameters
    ----------
    program : pulp.LpProblem
        To which the rows are added.
    available : pulp.LpAffineExpression
        :math:`a`.
    weights : dict of int to pulp.LpVariable
        :math:`v_i` by point, 0 or more.
    mean : (z,) float64
        :math:`\bar m`.
    budgeted : Budgeted
    new : callable
        Makes a variable of 0 or more with a name.
    """
    import pulp

    shared = new("shared")
    terms = [(shared, float(budgeted.budget))]
    for i, weight in weights.items():
        terms.append((weight, float(mean[i])))
        width = float(budgeted.half_width[i])
        if width > 0:
            own = new(f"own_{i}")
            program += own >= width * weight - shared
            terms.append((own, 1.0))
    program += pulp.LpAffineExpression(terms) <= available
