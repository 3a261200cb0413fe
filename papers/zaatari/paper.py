"""The tables of Blank (2021) on Za'atari refugee camp."""

from __future__ import annotations

from typing import Literal, NamedTuple

Measure = Literal["gini_a", "gini_b", "loss"]
MEASURES: tuple[Measure, ...] = ("gini_a", "gini_b", "loss")
"""Mean deviation in loss, mean deviation in response time in minutes, and share of calls lost."""
SERVERS = (5, 7)


class BaseRow(NamedTuple):
    """What the camp is to expect without outbreaks, a row of Table 2.

    Attributes
    ----------
    calls_per_hour : float
        The paper's λ.
    first_available : float
        Share of calls whose first server is free.
    longest_min, mean_min : float
        Expected response time of the worst demand point and of all, in minutes.
    loss : float
        Share of calls.
    """

    calls_per_hour: float
    first_available: float
    longest_min: float
    mean_min: float
    loss: float


TABLE_2 = (
    BaseRow(1, 0.8217, 6.66, 4.99, 0.00063),
    BaseRow(2, 0.7160, 6.78, 5.26, 0.00562),
    BaseRow(3, 0.6379, 6.89, 5.48, 0.01728),
    BaseRow(4, 0.5753, 6.99, 5.65, 0.03536),
    BaseRow(5, 0.5232, 7.08, 5.80, 0.05851),
)
FITTED_ROW = TABLE_2[1]
"""The only one that ours is fitted to."""


class Combination(NamedTuple):
    """Mean cases of an outbreak, and mean outbreaks of a run."""

    cases: float
    outbreaks: float

    def __str__(self) -> str:
        return f"C{self.cases:g}-O{self.outbreaks:g}"


COMBINATIONS = tuple(Combination(c, o) for c in (1, 5, 10) for o in (1, 2, 3))


class Spread(NamedTuple):
    """Median and upper whisker of a box plot."""

    median: float
    whisker: float


Table = dict[tuple[int, Combination, Measure], Spread]
"""By servers, combination and measure."""

_MEDIANS_AND_WHISKERS = (
    (0.0359, 0.1199, 0.0203, 0.06698),
    (0.5476, 1.2243, 0.1552, 0.5641),
    (0.0493, 0.1591, 0.0369, 0.1312),
    (0.0659, 0.2044, 0.03591, 0.1245),
    (0.6973, 1.3291, 0.2336, 0.9122),
    (0.08349, 0.2492, 0.0628, 0.218),
    (0.1137, 0.3068, 0.0699, 0.1914),
    (0.8939, 1.3918, 0.35, 1.0715),
    (0.1418, 0.3611, 0.1135, 0.3183),
    (0.0850, 0.2345, 0.0506, 0.1672),
    (0.8732, 1.429, 0.2466, 1.0415),
    (0.1144, 0.3143, 0.1116, 0.3355),
    (0.1530, 0.4855, 0.1072, 0.3126),
    (1.0561, 1.6328, 0.3635, 1.4658),
    (0.1968, 0.5726, 0.2051, 0.5371),
    (0.2761, 0.6004, 0.1832, 0.4362),
    (1.2237, 1.553, 0.5685, 1.6078),
    (0.3413, 0.6139, 0.3115, 0.6065),
    (0.1484, 0.4087, 0.0987, 0.3129),
    (1.1405, 1.6005, 0.3274, 1.4395),
    (0.2016, 0.5581, 0.2449, 0.6255),
    (0.2953, 0.7059, 0.2037, 0.5911),
    (1.3197, 1.7008, 0.4996, 1.8256),
    (0.4036, 0.7382, 0.4056, 0.7063),
    (0.4453, 0.7694, 0.3266, 0.6616),
    (1.4263, 1.6905, 0.7174, 1.806),
    (0.5672, 0.7806, 0.5336, 0.7882),
)
"""As printed: 5 servers' median and whisker, 7 servers'; measures go fastest, then outbreaks."""

_ROWS = [(combination, measure) for combination in COMBINATIONS for measure in MEASURES]
TABLE_3: Table = {
    (servers, combination, measure): Spread(*row[2 * k : 2 * k + 2])
    for (combination, measure), row in zip(_ROWS, _MEDIANS_AND_WHISKERS, strict=True)
    for k, servers in enumerate(SERVERS)
}
