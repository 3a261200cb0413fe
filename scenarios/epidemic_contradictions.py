"""What an epidemic asks for and the city or the run does not have, found before the run."""

from __future__ import annotations

from collections.abc import Iterator

from environment.city import City
from environment.demand import DAY_S
from environment.districts import station_districts
from environment.suggestion import suggest
from scenarios.scenario import Scenario


def unknown_districts(scenario: Scenario, city: City) -> Iterator[str]:
    """Outbreaks in districts that do not exist."""
    distributors = [one.site_id for one in scenario.supplies.sites.distributors]
    known = distributors or list(dict.fromkeys(station_districts(city).tolist()))
    for row, outbreak in enumerate(scenario.epidemic.outbreaks):
        if outbreak.district not in known:
            hint = suggest(outbreak.district, known)
            yield f"epidemic.outbreaks.{row}: no district {outbreak.district!r} ({hint})"


def late_outbreaks(scenario: Scenario, city: City) -> Iterator[str]:  # noqa: ARG001
    """Outbreaks after the end of the run."""
    end_day = scenario.run.horizon_s / DAY_S
    for row, outbreak in enumerate(scenario.epidemic.outbreaks):
        if outbreak.day >= end_day:
            yield (
                f"epidemic.outbreaks.{row}: begins on day {outbreak.day}, but the run ends on day "
                f"{end_day:g} (run.warm_up_days and run.days; the first day is 0)"
            )


CHECKS = (unknown_districts, late_outbreaks)
