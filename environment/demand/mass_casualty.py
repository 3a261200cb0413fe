"""Patients beyond the everyday ones: casualties of an incident, and a surge of calls.

They have streams of their own and are numbered after all other calls, so that the others stay as
they are: the same call has the same number and the same needs with and without the disruption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.apportionment import apportion
from environment.demand.calls import Calls
from environment.demand.drawn_calls import (
    DemandParameters,
    Streams,
    complete_calls,
    draw_calls,
    streams_of,
)
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.disruptions import Disruption, MassCasualty, Surge
from environment.places.addresses import AddressBook
from environment.places.city import PlaceParameters, join_to_streets


def with_extra_calls(
    calls: Calls,
    disruptions: Sequence[Disruption],
    parameters: DemandParameters,
    addresses: AddressBook,
    places: PlaceParameters,
    horizon_s: float,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
) -> Calls:
    """Add the calls that disruptions bring, after those that come anyway.

    First come the casualties, incident by incident, then the surges, layer by layer; so a larger
    surge leaves the casualties their numbers. `Calls.by_readiness` puts all in order of time.
    Streams are named after the k-th incident or surge: ``demand.incident.k.…``,
    ``demand.surge.k.…``. That they name what exists was checked before
    (`scenarios.checks.contradictions`).
    """
    incidents = [event for event in disruptions if isinstance(event, MassCasualty)]
    for row, incident in enumerate(incidents):
        own = streams_of(f"demand.incident.{row}", streams)
        more = draw_casualties(incident, row, parameters, addresses, places, own, hospitals)
        calls = calls.followed_by(more)
    surges = [event for event in disruptions if isinstance(event, Surge)]
    for row, surge in enumerate(surges):
        own = streams_of(f"demand.surge.{row}", streams)
        for more in draw_surge(surge, parameters, addresses, horizon_s, own, hospitals):
            calls = calls.followed_by(more)
    return calls


def draw_casualties(
    incident: MassCasualty,
    row: int,
    parameters: DemandParameters,
    addresses: AddressBook,
    places: PlaceParameters,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
) -> Calls:
    """Draw the casualties of an incident: one call each, all at the moment when it happens.

    They are reported as one class, and have their true one as `triage_priority`. What they have
    and how it goes on with them depends on the true class; the rest is drawn as for other calls.
    """
    names = [p.name for p in parameters.priorities]
    known = pd.DataFrame(
        {
            "onset_s": incident.at_s,
            "called_s": incident.at_s,
            **_places_of_casualties(incident, addresses, places, streams("demand.places")),
            "priority": names.index(incident.reported_as),
            "triage_priority": triaged(incident, names, streams("demand.triage")),
            "units": 1,
            "incident": row,
        }
    )
    as_here = parameters.model_copy(update={"transported_share": incident.transported_share})
    return complete_calls(as_here, known, streams, hospitals)


def triaged(
    incident: MassCasualty, priorities: Sequence[str], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The true class of each casualty: as many of each as asked for, in random order.

    Shares that make no whole numbers are rounded by largest remainder, ties to the class that the
    scenario lists first.
    """
    shares = [incident.triage.get(name, 0.0) for name in priorities]
    count = apportion(incident.casualties, shares)
    return rng.permutation(np.repeat(np.arange(len(priorities)), count))


def _places_of_casualties(
    incident: MassCasualty,
    addresses: AddressBook,
    places: PlaceParameters,
    rng: np.random.Generator,
) -> dict[str, NDArray[Any]]:
    """Points about the incident, each joined to the junction nearest to it."""
    roads = addresses.roads
    corner_x_m, corner_y_m = roads.to_metres(
        np.array([incident.x, incident.x + 1]), np.array([incident.y, incident.y + 1])
    )
    away_m = rng.normal(0.0, incident.spread_m, (incident.casualties, 2))
    x = incident.x + away_m[:, 0] / np.diff(corner_x_m)
    y = incident.y + away_m[:, 1] / np.diff(corner_y_m)
    far_off: list[str] = []  # which is no mistake: only the incident itself must be on the map
    names = np.full(incident.casualties, "")
    node, access_s = join_to_streets("casualty", names, x, y, roads, places, far_off)
    return {"x": x, "y": y, "node": node, "access_s": access_s, "zone": addresses.zone_of(x, y)}


def draw_surge(
    surge: Surge,
    parameters: DemandParameters,
    addresses: AddressBook,
    horizon_s: float,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
) -> Iterator[Calls]:
    """Draw the calls of a surge: Poisson, at (factor - 1) times the usual rate.

    The usual rate is that of `calls_per_day` and `hourly_weights`, also beside recorded calls.
    Candidates are fixed, and kept by their zone and mark, so that a larger factor or more zones
    add calls and change none. Layer k has candidates at 2^k times the usual rate with marks from
    2^k to 2^(k+1), of which those below the factor are kept. So no factor is out of bounds, and
    candidates come at less than 2 factor - 1 times the usual rate.

    Yields
    ------
    Calls
        Those kept of each layer, in order of time.
    """
    layer = 0
    while 2**layer < surge.factor:
        own = streams_of(f"demand.{layer}", streams)
        rate = parameters.calls_per_day * 2**layer
        denser = parameters.model_copy(update={"calls_per_day": rate})
        until_s = min(surge.until_s, horizon_s)
        candidates = draw_calls(denser, addresses, until_s, own, hospitals, surge.from_s)
        mark = 2**layer * (1 + own("demand.marks").random(len(candidates)))
        kept = mark < surge.factor
        if surge.zones is not None:
            zone_id = addresses.zones.zone_id[candidates.table["zone"]]
            kept &= np.isin(zone_id, surge.zones)
        yield candidates.rows(np.flatnonzero(kept))
        layer += 1
