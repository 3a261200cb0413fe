"""Draws disaster scenarios like those of Zhao, Zhang and Pang (2024), section 5.1.

The paper generates ten scenarios with four demand points each and shows four of them (Table 1):
region, severity of the outbreak, urgency of the shortage, and the daily demand for three items.
Network, stocks, production and vehicles are lost. They are free inputs here, drawn anew for each
sample over ranges that were fixed, with their reasons, before any result was compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from environment.apportionment import apportion
from environment.epidemic.days import Epidemic, EpidemicParameters
from environment.supply.epidemic_needs import patients_of_day
from scenarios.scenario import Scenario

SCENARIOS = 10
DAYS = 7
MOST_SEED = 2**63


class Range(NamedTuple):
    """Bounds between which a free input is uniform."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """A value of it."""
        return float(rng.uniform(self.low, self.high))


class Municipality(NamedTuple):
    """A place of the map: degrees, and inhabitants of its municipality in the census of 2020."""

    name: str
    lon: float
    lat: float
    persons: int = 0


class Region(NamedTuple):
    """Four demand points, the first two of them with a store, and two places of production."""

    points: tuple[Municipality, ...]
    works: tuple[Municipality, Municipality]


class Severity(NamedTuple):
    """How large an outbreak is, and which part of the demand comes from the ill."""

    cases_per_million: Range
    ill_share: Range


class FreeInput(NamedTuple):
    """What the paper does not give, and why the range is as it is."""

    range: Range
    unit: str
    reason: str


XINXIANG = Municipality("xinxiang", 113.93, 35.30)
SUZHOU = Municipality("suzhou", 120.58, 31.30)
REGIONS = {
    "Northwest": Region(
        (
            Municipality("xian", 108.94, 34.34, 12_952_907),
            Municipality("lanzhou", 103.83, 36.06, 4_359_446),
            Municipality("yinchuan", 106.23, 38.49, 2_859_074),
            Municipality("xining", 101.78, 36.62, 2_467_965),
        ),
        (Municipality("baoji", 107.24, 34.36), XINXIANG),
    ),
    "Coast": Region(
        (
            Municipality("shanghai", 121.47, 31.23, 24_870_895),
            Municipality("nanjing", 118.80, 32.06, 9_314_685),
            Municipality("hangzhou", 120.16, 30.27, 11_936_010),
            Municipality("ningbo", 121.54, 29.87, 9_404_283),
        ),
        (SUZHOU, XINXIANG),
    ),
    "Central plains": Region(
        (
            Municipality("zhengzhou", 113.63, 34.75, 12_600_574),
            Municipality("luoyang", 112.45, 34.62, 7_056_699),
            Municipality("kaifeng", 114.31, 34.80, 4_824_016),
            Municipality("xuchang", 113.85, 34.04, 4_379_998),
        ),
        (XINXIANG, SUZHOU),
    ),
    "Northeast": Region(
        (
            Municipality("shenyang", 123.43, 41.80, 9_070_093),
            Municipality("dalian", 121.61, 38.91, 7_450_785),
            Municipality("changchun", 125.32, 43.82, 9_066_906),
            Municipality("harbin", 126.53, 45.80, 10_009_854),
        ),
        (Municipality("jilin", 126.55, 43.84), XINXIANG),
    ),
}

SEVERITIES = {
    "not so serious": Severity(Range(2, 10), Range(0.1, 0.3)),
    "more serious": Severity(Range(10, 50), Range(0.3, 0.5)),
    "very serious": Severity(Range(50, 200), Range(0.5, 0.7)),
}
"""Cases at the beginning differ by a factor of five from step to step, as reported counts of cities
in early 2020 did by more; who is worse off has more of the demand from the ill."""

POINT_STOCK_DAYS = {
    "not so lacking": Range(1.0, 2.0),
    "shortage": Range(0.4, 1.2),
    "very short": Range(0.0, 0.5),
}
"""Stock of the demand points, in days of their usual demand, by urgency of the shortage."""

STORE_STOCK_DAYS = {
    "not so lacking": Range(2.0, 4.0),
    "shortage": Range(1.0, 2.5),
    "very short": Range(0.5, 1.5),
}
"""Free stock of both stores together, in days of all demand."""

DEMANDS = {
    "masks": Range(9_038, 52_620),
    "clothing": Range(683, 6_934),
    "goggles": Range(362, 4_870),
}
"""Units a day: the least and the most of the paper's Table 1."""

FREE_INPUTS = {
    "reserve_days": FreeInput(
        Range(0.0, 1.0),
        "days of all demand",
        "from none to a day of need",
    ),
    "store_share": FreeInput(
        Range(0.3, 0.7), "of the stock", "stocks were laid before anyone knew where it breaks out"
    ),
    "output": FreeInput(
        Range(0.6, 1.4), "of the demand", "production below need in some samples, above in others"
    ),
    "output_share": FreeInput(
        Range(0.3, 0.7), "of the output", "made in the region; the rest elsewhere"
    ),
    "lead_days": FreeInput(Range(0.25, 1.5), "days", "from goods that lie ready to a new set-up"),
    "premium": FreeInput(Range(0.0, 0.3), "of the price", "of works outside the region"),
    "works_trucks": FreeInput(Range(4, 12), "trucks", "of each works, for trips of up to a day"),
    "store_trucks": FreeInput(Range(1, 4), "trucks", "of each store"),
    "capacity_l": FreeInput(Range(8_000, 20_000), "litres", "lorries of 3.5 to 12 tonnes"),
    "message_h": FreeInput(Range(1, 6), "hours", "a call on the same shift, or paper by courier"),
    "release_h": FreeInput(Range(2, 12), "hours", "an order by telephone, or a meeting first"),
    "request_every_h": FreeInput(Range(6, 24), "hours", "once a shift to once a day"),
    "order_every_h": FreeInput(Range(12, 36), "hours", "twice a day to every other day"),
    "failing": FreeInput(
        Range(0, 1), "chance", "one of the works, either, stands still in half of all samples"
    ),
    "fails_at_h": FreeInput(Range(12, 72), "hours", "in the first half of the run"),
    "fails_for_h": FreeInput(Range(24, 72), "hours", "a fault mended soon, or a closure"),
}
"""Uniform and independent of each other; counts are rounded."""


@dataclass(frozen=True)
class Disaster:
    """What the paper tells of a scenario.

    Attributes
    ----------
    number : int
        From 1 on; the first four are those of the paper.
    region, severity, urgency : str
        Keys of `REGIONS`, `SEVERITIES` and `POINT_STOCK_DAYS`.
    demand : mapping of str to float
        Units a day by item; an item that is not there is lost, and drawn with each sample.
    """

    number: int
    region: str
    severity: str
    urgency: str
    demand: Mapping[str, float]


TABLE_1 = (
    Disaster(
        1, "Northwest", "not so serious", "not so lacking",
        {"masks": 9_038, "clothing": 683, "goggles": 362},
    ),
    Disaster(
        2, "Coast", "very serious", "very short",
        {"masks": 52_620, "clothing": 6_934, "goggles": 4_870},
    ),
    Disaster(
        3, "Central plains", "very serious", "very short",
        {"masks": 29_193, "clothing": 2_494, "goggles": 1_517},
    ),
    Disaster(4, "Northeast", "more serious", "shortage", {"masks": 19_302}),
)  # fmt: skip


def draw_disasters(rng: np.random.Generator) -> tuple[Disaster, ...]:
    """The paper's four scenarios, and six drawn to make up its ten.

    Region, severity and urgency are drawn from those of the paper. Demands are log-uniform over
    its ranges, all three at the same place of their range, for in the paper they rise together.
    """
    drawn = tuple(_draw_disaster(number, rng) for number in range(len(TABLE_1) + 1, SCENARIOS + 1))
    return TABLE_1 + drawn


def _draw_disaster(number: int, rng: np.random.Generator) -> Disaster:
    region, severity, urgency = (
        list(names)[rng.integers(len(names))] for names in (REGIONS, SEVERITIES, POINT_STOCK_DAYS)
    )
    place = rng.random()
    demand = {item: _log_uniform(bounds, place) for item, bounds in DEMANDS.items()}
    return Disaster(number, region, severity, urgency, demand)


def _log_uniform(bounds: Range, place: float) -> float:
    return float(bounds.low * (bounds.high / bounds.low) ** place)


def draw_scenario(base: Scenario, disaster: Disaster, rng: np.random.Generator) -> Scenario:
    """Draw the free inputs of a disaster, and make a scenario of them.

    Parameters
    ----------
    base : Scenario
        The case ``covid-supplies``, whose map, items and times it has.
    disaster : Disaster
    rng : Generator
        As many numbers are drawn for every disaster.
    """
    free = {name: one.range.draw(rng) for name, one in FREE_INPUTS.items()}
    place = {item: rng.random() for item in DEMANDS}
    demand = {
        item: disaster.demand.get(item, _log_uniform(DEMANDS[item], place[item]))
        for item in DEMANDS
    }
    severity = SEVERITIES[disaster.severity]
    cases = _cases(REGIONS[disaster.region], severity.cases_per_million.draw(rng), rng)
    ill_share = severity.ill_share.draw(rng)
    point_days = POINT_STOCK_DAYS[disaster.urgency].draw(rng)
    store_days = STORE_STOCK_DAYS[disaster.urgency].draw(rng)
    return base.changed(
        {
            "name": f"scenario {disaster.number}",
            "seed": int(rng.integers(MOST_SEED)),
            "run.days": DAYS,
            "supplies.items": _items(base, disaster, demand, cases, ill_share),
            "supplies.sites": _sites(disaster, demand, free, point_days, store_days),
            "supplies.times.message_delay_s": free["message_h"] * 3600,
            "supplies.times.release_h": free["release_h"],
            "supplies.times.request_every_h": free["request_every_h"],
            "supplies.times.order_every_h": free["order_every_h"],
            "epidemic.outbreaks": [
                {"district": name, "cases": count} for name, count in cases.items() if count
            ],
            "disruptions": _disruptions(free),
        }
    )


def _cases(region: Region, per_million: float, rng: np.random.Generator) -> dict[str, int]:
    """Cases at the beginning by demand point; by chance some have more than their share."""
    persons = np.array([city.persons for city in region.points])
    total = max(1, round(per_million * persons.sum() / 1e6))
    weights = persons * rng.exponential(size=len(persons))
    names = [city.name for city in region.points]
    return dict(zip(names, apportion(total, weights).tolist(), strict=True))


def _items(
    base: Scenario,
    disaster: Disaster,
    demand: Mapping[str, float],
    cases: Mapping[str, int],
    ill_share: float,
) -> list[dict[str, Any]]:
    """The items, so used that a mean day of the run needs what the disaster says."""
    points = REGIONS[disaster.region].points
    thousands = sum(city.persons for city in points) / 1000
    patients = _mean_patients(base.epidemic, {city.name: city.persons for city in points}, cases)
    return [
        item.model_dump()
        | {
            "per_1000_day": (1 - ill_share) * demand[item.name] / thousands,
            "per_patient_day": ill_share * demand[item.name] / patients,
        }
        for item in base.supplies.items
    ]


def _mean_patients(
    epidemic: EpidemicParameters, persons: Mapping[str, int], cases: Mapping[str, int]
) -> float:
    """Active cases on a mean day of the run, by the model without chance."""
    outbreaks = [{"district": name, "cases": count} for name, count in cases.items() if count]
    parameters = EpidemicParameters.model_validate({"outbreaks": outbreaks, "spir": epidemic.spir})
    course, patients = Epidemic(parameters, persons), 0.0
    morning = course.start()
    for _ in range(DAYS):
        day = course.next_day(morning)
        patients += float(patients_of_day(day).sum())
        morning = day.next_morning
    return patients / DAYS


def _sites(
    disaster: Disaster,
    demand: Mapping[str, float],
    free: Mapping[str, float],
    point_days: float,
    store_days: float,
) -> dict[str, list[dict[str, Any]]]:
    region = REGIONS[disaster.region]
    persons = np.array([city.persons for city in region.points], dtype=float)
    return {
        "suppliers": [
            _works(name, city, _scaled(demand, free["output"] * share), premium, free)
            for name, city, share, premium in zip(
                ("works_in_region", "works_elsewhere"),
                region.works,
                _halves(free["output_share"]),
                (0.0, free["premium"]),
                strict=True,
            )
        ],
        "stores": [
            _store(city, works, demand, (share * store_days, share * free["reserve_days"]), free)
            for city, works, share in zip(
                region.points[:2],
                ("works_in_region", "works_elsewhere"),
                _halves(free["store_share"]),
                strict=True,
            )
        ],
        "distributors": [
            _at(city, city.name)
            | {"persons": city.persons, "stock": _whole(demand, point_days * share)}
            for city, share in zip(region.points, (persons / persons.sum()).tolist(), strict=True)
        ],
    }


def _works(
    name: str,
    city: Municipality,
    rate: Mapping[str, float],
    premium: float,
    free: Mapping[str, float],
) -> dict[str, Any]:
    return _at(city, name) | {
        "rate_per_day": rate,
        "lead_time_days": free["lead_days"],
        "premium": premium,
        "trucks": {"count": round(free["works_trucks"]), "capacity_l": free["capacity_l"]},
    }


def _store(
    city: Municipality,
    works: str,
    demand: Mapping[str, float],
    days: tuple[float, float],
    free: Mapping[str, float],
) -> dict[str, Any]:
    return _at(city, f"store_{city.name}") | {
        "stock": _whole(demand, days[0]),
        "reserve": _whole(demand, days[1]),
        "suppliers": dict.fromkeys(demand, works),
        "trucks": {"count": round(free["store_trucks"]), "capacity_l": free["capacity_l"]},
    }


def _disruptions(free: Mapping[str, float]) -> list[dict[str, Any]]:
    """Half of all samples have one: the first quarter of the chances stops one of the works."""
    if free["failing"] >= 0.5:
        return []
    works = "works_in_region" if free["failing"] < 0.25 else "works_elsewhere"
    until = free["fails_at_h"] + free["fails_for_h"]
    return [
        {
            "kind": "supplier_disrupted",
            "supplier": works,
            "from_hour": free["fails_at_h"],
            "until_hour": until,
        }
    ]


def _at(city: Municipality, name: str) -> dict[str, Any]:
    return {"site_id": name, "x": city.lon, "y": city.lat}


def _halves(share: float) -> tuple[float, float]:
    return share, 1 - share


def _scaled(demand: Mapping[str, float], factor: float) -> dict[str, float]:
    return {item: factor * units for item, units in demand.items()}


def _whole(demand: Mapping[str, float], factor: float) -> dict[str, int]:
    return {item: round(factor * units) for item, units in demand.items()}
