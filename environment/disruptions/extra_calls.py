"""The calls that disruptions add to those that come anyway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from environment.demand.calls import Calls
from environment.disruptions.base import CallSource, DisruptionParameters


def with_extra_calls(
    calls: Calls,
    disruptions: Sequence[DisruptionParameters],
    source: CallSource,
    horizon_s: float,
) -> Calls:
    """Add the calls that disruptions bring, after those that come anyway.

    They have streams of their own and are numbered after all other calls, so that the same call
    has the same number and the same needs with and without the disruption. First come the
    casualties, incident by incident, then the surges, layer by layer. `Calls.by_readiness` puts all
    in order of time. That disruptions name what exists was checked before
    (`DisruptionParameters.mistakes`).
    """
    of_kind: Counter[type] = Counter()
    for disruption in sorted(disruptions, key=lambda one: one.drawn_after):
        kind = type(disruption)
        for more in disruption.extra_calls(of_kind[kind], source, horizon_s):
            calls = calls.followed_by(more)
        of_kind[kind] += 1
    return calls
