"""What the Hubei paper says, and what came out on the rebuilt input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from papers.hubei.delivery import printed_scale
from papers.hubei.experiment import HubeiRuns
from papers.hubei.figure5 import Searched
from papers.hubei.prefectures import GROUP_PERSONS, NATION, SITE_DOSES, SITES
from simulation.tables.files import to_json

HOLDS, FAILS, PARTLY, UNTOLD = "holds", "does not hold", "in part", "cannot be checked"
PRINTED, REBUILT = "printed", "rebuilt"
"""What a check rests on: figures that the paper prints, or an input that we had to rebuild."""

SERIOUS = ("Huanggang", "Xiaogan", "Jingzhou", "Ezhou", "Suizhou", "Huangshi")
"""Prefectures beside Wuhan that the paper calls seriously hit."""
EPICENTRES = ("Wuhan", "Jingzhou")
STAFF_PRINTED, STAFF_MEANT = 54_000_000, 540_000
MOST_STAFF = 0.1
"""More of all inhabitants than this are no medical staff."""
NEAR_SHARE = 0.02
"""Shares of doses and cases are alike that differ by no more."""
SAME_KM = 10.0
"""A place on a map of a province is right within so much."""


class Claim(NamedTuple):
    """What the paper says, what is so here, on which input, and whether it holds."""

    text: str
    ours: str
    basis: str
    verdict: str


class RegionRow(NamedTuple):
    """One of the paper's regions.

    Attributes
    ----------
    site : str
    cases, case_share : float
    groups, staff : int
        One group of eight for 15 infected, rounded up by prefecture.
    doses, dose_share : float
        As printed.
    from_own, from_others : float
        Doses that come from its own site, and from others, where they drive least.
    """

    site: str
    cases: float
    case_share: float
    groups: int
    staff: int
    doses: float
    dose_share: float
    from_own: float
    from_others: float


class Lost(NamedTuple):
    """Something of the paper that is lost, and what stands in its place here."""

    what: str
    here: str


LOST = (
    Lost("equations of all models", "rebuilt from the text and the literature"),
    Lost("Table 1: symbols", "not needed"),
    Lost("Table 2: a, b and h", "searched for by the shape of Figure 5; none found"),
    Lost("Tables 3, 4: cases of the next four weeks", "nothing: they need Table 2"),
    Lost("Table 5: coordinates", "those of the cities; the sites' are printed"),
    Lost("Table 6: times, speeds, costs, weights", "nothing: no plan has the paper's figures"),
    Lost("Table 7: distances", "great circles"),
    Lost("Table 8: doses by prefecture", "fewest dose-kilometres; its sums by site are printed"),
    Lost("Table 9: staff by prefecture", "a group for 15 cases, rounded up"),
    Lost("production, doses a day", "nothing"),
)


@dataclass(frozen=True, eq=False)
class Hubei:
    """What was tried, and how it stands beside the paper."""

    runs: HubeiRuns

    @cached_property
    def regions(self) -> list[RegionRow]:
        """The paper's three regions."""
        prefectures, doses = self.runs.prefectures, np.array(SITE_DOSES, dtype=float)
        cases, groups = map(
            prefectures.by_region, (prefectures.confirmed, prefectures.groups.astype(float))
        )
        between = self.runs.deliveries.between
        return [
            RegionRow(
                site, cases[k], cases[k] / cases.sum(), int(groups[k]),
                GROUP_PERSONS * int(groups[k]), doses[k], doses[k] / doses.sum(),
                between[k, k], between[:, k].sum() - between[k, k],
            )
            for k, site in enumerate(SITES)
        ]  # fmt: skip

    @cached_property
    def nearest(self) -> Searched:
        """Of all readings with the paper's λ, the search that came nearest to Figure 5."""
        own = [one for one in self.runs.figure5 if one.reading.is_of_the_paper]
        return min(own, key=lambda one: float(one.shape.misfit[0]))

    @cached_property
    def claims(self) -> list[Claim]:
        """Each claim of the paper that can be tried, in its order."""
        return [*self._case_claims(), self._figure5_claim(), *self._site_claims(),
                *self._delivery_claims()]  # fmt: skip

    def to_json(self) -> str:
        """All tables; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def to_dict(self) -> dict[str, Any]:
        """All tables, ready for JSON."""
        prefectures, deliveries = self.runs.prefectures, self.runs.deliveries
        return {
            "regions": [row._asdict() for row in self.regions],
            "prefectures": [
                {
                    "prefecture": name,
                    "region": int(prefectures.region[j]) + 1,
                    "confirmed": float(prefectures.confirmed[j]),
                    "groups": int(prefectures.groups[j]),
                    "doses": dict(zip(SITES, deliveries.doses[:, j].tolist(), strict=True)),
                }
                for j, name in enumerate(prefectures.names)
            ],
            "partition": self.runs.partition._asdict() | {"excess": self.runs.partition.excess},
            "dose_km": deliveries.dose_km,
            "dose_km_bound": deliveries.bound_dose_km,
            "figure5": [_searched(one) for one in self.runs.figure5],
            "claims": [claim._asdict() for claim in self.claims],
            "lost": [one._asdict() for one in LOST],
        }

    def _case_claims(self) -> list[Claim]:
        prefectures = self.runs.prefectures
        confirmed = prefectures.confirmed
        order = [prefectures.names[row] for row in np.argsort(-confirmed)]
        share = confirmed.sum() / NATION
        ranks = [order.index(name) + 1 for name in SERIOUS]
        missed = [name for name in order[1 : len(SERIOUS) + 1] if name not in SERIOUS]
        second = EPICENTRES[1]
        own = confirmed[prefectures.names.index(second)] / confirmed.sum()
        return [
            Claim(
                "Hubei has 63.1 % of China's cases",
                f"{confirmed.sum():,.0f} of {NATION:,}: {share:.1%}",
                REBUILT,
                _verdict(round(share, 3) == 0.631),
            ),
            Claim(
                f"seriously hit beside Wuhan: {', '.join(SERIOUS)}",
                f"{', '.join(_ordinal(rank) for rank in sorted(ranks))} of {len(order)}; "
                f"with more cases than some of them: {' and '.join(missed) or 'none'}",
                REBUILT,
                PARTLY if missed else HOLDS,
            ),
            Claim(
                f"{' and '.join(EPICENTRES)} are the epicentres",
                f"{second} is {_ordinal(order.index(second) + 1)}, with {own:.1%} of the cases",
                REBUILT,
                _verdict(set(order[:2]) == set(EPICENTRES)),
            ),
        ]

    def _figure5_claim(self) -> Claim:
        shape, tried = self.nearest.shape, sum(one.tried for one in self.runs.figure5)
        found = sum(one.whole * one.tried for one in self.runs.figure5)
        return Claim(
            "Figure 5: most ill in week 10, 0.035 %, and none in week 28",
            f"{found:.0f} of {tried:,} sets of rates in {len(self.runs.figure5)} readings; "
            f"nearest: week {shape.peak_week[0]:.1f}, {shape.peak_share[0]:.4%}, then "
            f"{shape.end_share[0]:.4%}",
            PRINTED,
            _verdict(any(one.whole or one.shape.parts.all() for one in self.runs.figure5)),
        )

    def _site_claims(self) -> list[Claim]:
        partition = self.runs.partition
        scale_km, off_km = printed_scale(self.runs.prefectures)
        return [
            Claim(
                "k-means gives these three regions",
                f"{'at rest' if partition.is_at_rest else 'not at rest'}, but its sum of squares "
                f"is {partition.excess:.0%} above the best found",
                REBUILT,
                _in_part(partition.is_at_rest, partition.excess < 1e-9),
            ),
            Claim(
                f"the sites are nearest to the middles: {', '.join(SITES)}",
                ", ".join(partition.nearest),
                REBUILT,
                _verdict(partition.nearest == SITES),
            ),
            Claim(
                "coordinates of the sites (8.31, 2.28), (21.83, 2.04), (11.54, 9.84)",
                f"on a map of {scale_km:.1f} km a unit, {off_km:.1f} km off in the mean",
                PRINTED,
                _verdict(off_km < SAME_KM),
            ),
        ]

    def _delivery_claims(self) -> list[Claim]:
        regions, persons = self.regions, self.runs.prefectures.persons.sum()
        apart = max(abs(row.dose_share - row.case_share) for row in regions)
        helped = sum(row.from_others for row in regions)
        groups, staff = (sum(getattr(row, name) for row in regions) for name in ("groups", "staff"))
        return [
            Claim(
                f"{STAFF_PRINTED:,} medical staff can help",
                f"{STAFF_PRINTED / persons:.0%} of all inhabitants; {STAFF_MEANT:,} would be "
                f"{STAFF_MEANT / persons:.1%}",
                PRINTED,
                _verdict(STAFF_PRINTED / persons < MOST_STAFF),
            ),
            Claim(
                "a group of 8 for every 15 infected, within the staff there is",
                f"{groups} groups, {staff:,} persons",
                REBUILT,
                _verdict(staff <= STAFF_MEANT),
            ),
            Claim(
                "the sites deliver 2,560, 27,160 and 4,520 doses",
                f"shares {_shares(row.dose_share for row in regions)} beside "
                f"{_shares(row.case_share for row in regions)} of the cases",
                REBUILT,
                PARTLY if apart > NEAR_SHARE else HOLDS,
            ),
            Claim(
                "regions in shortage are helped by others",
                f"{helped:,.0f} doses cross regions where they drive least; "
                f"{self.runs.deliveries.dose_km / 1e6:.4f} million dose-km",
                REBUILT,
                _verdict(helped > 0),
            ),
            Claim(
                "Table 8 is the best distribution (LINGO)",
                "its inputs and figures are lost",
                REBUILT,
                UNTOLD,
            ),
        ]


def _searched(one: Searched) -> dict[str, Any]:
    names = ("a", "b", "h", "contacts")[: len(one.nearest)]
    return {
        "reading": one.reading._asdict(),
        "tried": one.tried,
        "time": one.parts[0], "height": one.parts[1], "end": one.parts[2],
        "time_and_height": one.pairs[0], "time_and_end": one.pairs[1],
        "height_and_end": one.pairs[2],
        "all": one.whole,
        "nearest": dict(zip(names, one.nearest.tolist(), strict=True)),
        "peak_week": one.shape.peak_week[0], "peak_share": one.shape.peak_share[0],
        "end_share": one.shape.end_share[0], "misfit": one.shape.misfit[0],
    }  # fmt: skip


def _verdict(is_so: bool) -> str:
    return HOLDS if is_so else FAILS


def _in_part(first: bool, second: bool) -> str:
    return (FAILS, PARTLY, HOLDS)[first + (first and second)]


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
    return f"{number}{ending}"


def _shares(values: Any) -> str:
    return ", ".join(f"{100 * value:.1f}" for value in values) + " %"
