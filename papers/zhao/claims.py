"""Whether what the paper claims of coordination comes out here, sample by sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import gt, lt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.attribution.factorial import OFF, ON
from experiments.statistics import Interval, t_interval
from papers.zhao.disasters import FREE_INPUTS
from papers.zhao.experiment import ARMS, MEASURES, ZhaoRuns
from papers.zhao.paper import PAPER, contradictions, paper_summary
from simulation.tables.files import to_json

PAIR = ["replication", "scenario", "item"]
HOLDS, HALF = 0.95, 0.5
QUARTERS = [0.25, 0.5, 0.75]

Array = NDArray[np.float64]


class Claim(NamedTuple):
    """What the paper says, and in which share of the samples it is so.

    Attributes
    ----------
    text : str
    share : Interval
        Mean over replications of the share of samples in which it is so.
    in_paper : float
        The same share in the paper's own rows; NaN where it shows none.
    """

    text: str
    share: Interval
    in_paper: float

    @property
    def verdict(self) -> str:
        """In words: it holds if it is so in 95 % of the samples at least."""
        if self.share.mean >= HOLDS:
            return "holds"
        if self.share.low > HALF:
            return "mostly so"
        if self.share.high < HALF:
            return "does not hold"
        return "undecided"


class MechanismRow(NamedTuple):
    """What an arm gives over all scenarios, and by how much it differs from none.

    Attributes
    ----------
    arm : str
    ratio, fill, hours : Interval
        Delivered over needed, given over needed, hours from request to delivery.
    quantity, time, waiting : Interval
        Median of the quantity over that without coordination, of the hours likewise, and of those
        in which what has not come waits to the end.
    """

    arm: str
    ratio: Interval
    fill: Interval
    hours: Interval
    quantity: Interval
    time: Interval
    waiting: Interval


@dataclass(frozen=True, eq=False)
class Reproduction:
    """The runs, and how they stand beside the paper."""

    runs: ZhaoRuns

    @cached_property
    def pairs(self) -> dict[str, pd.DataFrame]:
        """By measure: samples by replication, scenario and item, a column for each arm."""
        samples = self.runs.samples
        return {
            measure: samples.pivot(index=PAIR, columns="arm", values=measure).reindex(
                columns=list(ARMS)
            )
            for measure in MEASURES
        }

    @cached_property
    def mechanisms(self) -> list[MechanismRow]:
        """One row for each arm."""
        return [self._row(arm) for arm in ARMS]

    @cached_property
    def claims(self) -> list[Claim]:
        """Each claim of the paper."""
        paper, bands = pd.DataFrame(PAPER), paper_summary()
        return [
            Claim(
                "more is delivered with coordination", self._share_where("ratio", gt),
                float((paper["quantity"] > paper["quantity_off"]).mean()),
            ),
            Claim(
                "it comes sooner", self._share_where("hours", lt),
                float((paper["hours"] < paper["hours_off"]).mean()),
            ),
            Claim(
                f"delivered / needed {_told(bands.ratio)} with",
                self._share_between(ON, bands.ratio), 1.0,
            ),
            Claim(
                f"delivered / needed {_told(bands.ratio_off)} without",
                self._share_between(OFF, bands.ratio_off), 1.0,
            ),
            Claim("what is asked for waits less", self._share_where("waited", lt), np.nan),
            Claim("points run out for less time", self._share_where("out_of_stock", lt), np.nan),
            Claim("fewer needs go unmet", self._share_where("fill", gt), np.nan),
        ]  # fmt: skip

    def quartiles(self, measure: str, arm: str = ON) -> Array:
        """Quartiles over all samples of a measure of an arm over that without coordination."""
        return np.quantile(_quotient(self.pairs[measure], arm), QUARTERS)

    def scenario_means(self) -> pd.DataFrame:
        """Means over replications of each measure, by ``scenario``, ``item`` and ``arm``."""
        samples = self.runs.samples.groupby(["scenario", "item", "arm"], sort=False)
        return samples[list(MEASURES)].mean()

    def to_json(self) -> str:
        """All tables; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def to_dict(self) -> dict[str, Any]:
        """All tables, ready for JSON."""
        paper = [row._asdict() | {"contradicts": row.contradicts} for row in PAPER]
        return {
            "replications": self.runs.replications,
            "scenarios": [
                {
                    "number": one.number, "region": one.region, "severity": one.severity,
                    "urgency": one.urgency, "demand": dict(one.demand),
                }
                for one in self.runs.disasters
            ],
            "free_inputs": {
                name: one.range._asdict() | {"unit": one.unit, "reason": one.reason}
                for name, one in FREE_INPUTS.items()
            },
            "means": self.scenario_means().reset_index().to_dict("records"),
            "arms": [
                {"arm": row.arm} | {name: value._asdict() for name, value in _intervals(row)}
                for row in self.mechanisms
            ],
            "quartiles": {
                "quantity": self.quartiles("ratio").tolist(),
                "time": self.quartiles("hours").tolist(),
                "waiting": self.quartiles("waited").tolist(),
            },
            "claims": [
                {
                    "claim": claim.text, "share": claim.share._asdict(),
                    "in_paper": claim.in_paper, "verdict": claim.verdict,
                }
                for claim in self.claims
            ],
            "paper": {
                "rows": paper,
                "contradictions": [f"scenario {r.scenario}, {r.item}: {r.contradicts}"
                                   for r in contradictions()],
                **{name: value.tolist() for name, value in paper_summary()._asdict().items()},
            },
            "failures": list(self.runs.failures),
        }  # fmt: skip

    def _share_where(self, measure: str, is_so: Callable[[pd.Series, pd.Series], Any]) -> Interval:
        """Share of samples in which a measure with coordination is so beside that without."""
        value, base = _known(self.pairs[measure][ON], self.pairs[measure][OFF])
        return _interval(is_so(value, base).astype(float), "mean")

    def _share_between(self, arm: str, band: Array) -> Interval:
        """Share of samples in which what is delivered over what is needed lies in a band."""
        ratio = self.pairs["ratio"][arm].dropna()
        return _interval(ratio.between(*band).astype(float), "mean")

    def _row(self, arm: str) -> MechanismRow:
        means = [_interval(self.pairs[name][arm], "mean") for name in ("ratio", "fill", "hours")]
        quotients = [
            _interval(_quotient(self.pairs[name], arm), "median")
            for name in ("ratio", "hours", "waited")
        ]
        return MechanismRow(arm, *means, *quotients)


def _known(value: pd.Series, base: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Pairs of which neither is missing."""
    both = value.notna() & base.notna()
    return value[both], base[both]


def _quotient(measure: pd.DataFrame, arm: str) -> pd.Series:
    """An arm's value over that without coordination, where there is one."""
    value, base = _known(measure[arm], measure[OFF].where(measure[OFF] > 0))
    return value / base


def _interval(values: pd.Series, what: str) -> Interval:
    """Mean or median of each replication, and the interval over replications."""
    return t_interval(values.groupby("replication").agg(what).to_numpy())


def _intervals(row: MechanismRow) -> list[tuple[str, Interval]]:
    return [(name, value) for name, value in row._asdict().items() if name != "arm"]


def _told(band: Array) -> str:
    return f"{band[0]:.3f} to {band[1]:.3f}"
