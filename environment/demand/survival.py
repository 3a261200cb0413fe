"""Published survival functions: how a patient's chances fall while nobody comes.

They are logistic or linear in minutes. What could be confirmed of each is told in
docs/models/patients.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from environment.units import MINUTE_S


@dataclass(frozen=True)
class SurvivalFunction:
    """A survival function from the literature.

    Attributes
    ----------
    description : str
        Of whom it tells what.
    equation : str
        In minutes.
    source : str
    since : str
        The moment from which its time counts: the call, or the onset where it is the collapse.
    of_minutes : callable
        Minutes until the first crew is there, (n,), to probabilities, (n,).
    """

    description: str
    equation: str
    source: str
    since: Literal["called_s", "onset_s"]
    of_minutes: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _de_maio(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return expit(-(0.679 + 0.262 * minutes))


def _larsen(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(0.67 - (0.023 + 0.011 + 0.021) * minutes, 0.0)


def _valenzuela(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return expit(-(-0.260 + (0.106 + 0.139) * minutes))


SURVIVAL_FUNCTIONS = {
    "de_maio": SurvivalFunction(
        "survival to discharge after cardiac arrest out of hospital, of any first rhythm",
        "1 / (1 + exp(0.679 + 0.262 t)), t from the call to the first crew",
        "De Maio, Stiell, Wells and Spaite, Optimal defibrillation response intervals for maximum "
        "out-of-hospital cardiac arrest survival rates, Annals of Emergency Medicine 42(2), "
        "242-250, 2003, doi 10.1067/mem.2003.266; as used by Erkut, Ingolfsson and Erdogan, "
        "Ambulance location for maximum survival, Naval Research Logistics 55(1), 42-58, 2008",
        "called_s",
        _de_maio,
    ),
    "larsen": SurvivalFunction(
        "survival after cardiac arrest with ventricular fibrillation before a crew was there",
        "max(0.67 - 0.023 c - 0.011 d - 0.021 a, 0), from collapse to CPR (c), defibrillation (d) "
        "and advanced care (a); here the first crew brings all three: c = d = a = t",
        "Larsen, Eisenberg, Cummins and Hallstrom, Predicting survival from out-of-hospital "
        "cardiac arrest: a graphic model, Annals of Emergency Medicine 22(11), 1652-1658, 1993",
        "onset_s",
        _larsen,
    ),
    "valenzuela": SurvivalFunction(
        "survival to discharge after witnessed cardiac arrest with ventricular fibrillation",
        "1 / (1 + exp(-0.260 + 0.106 c + 0.139 d)), from collapse to CPR (c) and defibrillation "
        "(d); here the first crew brings both: c = d = t",
        "Valenzuela, Roe, Cretin, Spaite and Larsen, Estimating effectiveness of cardiac arrest "
        "interventions: a logistic regression survival model, Circulation 96(10), 3308-3313, "
        "1997, doi 10.1161/01.cir.96.10.3308",
        "onset_s",
        _valenzuela,
    ),
}
"""By the name under which a condition asks for them."""


def survival_function(name: str) -> SurvivalFunction:
    """Find a survival function by its name.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in SURVIVAL_FUNCTIONS:
        close = difflib.get_close_matches(name, SURVIVAL_FUNCTIONS, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise ValueError(f"must be one of {', '.join(SURVIVAL_FUNCTIONS)}, got {name!r}{hint}")
    return SURVIVAL_FUNCTIONS[name]


def survival_probability(name: str, response_s: ArrayLike) -> NDArray[np.float64]:
    """Probability that a patient survives.

    Parameters
    ----------
    name
        A key of `SURVIVAL_FUNCTIONS`.
    response_s : (n,) array of float
        Seconds until the first crew is with the patient, from the moment that the function names
        (`SurvivalFunction.since`); infinite if nobody ever comes.

    Returns
    -------
    (n,) float64
        In [0, 1], falling with time; at infinity its limit, which is 0 for all of them.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    return survival_function(name).of_minutes(np.asarray(response_s, dtype=float) / MINUTE_S)
