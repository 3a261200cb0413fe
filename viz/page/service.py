"""What a served page may know and open: nothing beyond it can be asked for by a visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import solara

from policies.source import PolicySource
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.policies import find_sources
from simulation.preparation import prepare


@dataclass(frozen=True)
class Service:
    """What `corridor view` was started with.

    Attributes
    ----------
    scenario : Scenario
    sources : mapping of str to PolicySource
        Of the policies of the user's own that the scenario names; no others can be chosen.
    results_dir : Path
        The only folder whose results may be opened.
    tiles : str
        URL template of map tiles; empty for none, and then nothing is asked of the internet.
    dark : reactive bool
        Each visitor has an own value.
    """

    scenario: Scenario
    sources: Mapping[str, PolicySource] = field(default_factory=dict)
    results_dir: Path = Path("results")
    tiles: str = ""
    dark: solara.Reactive[bool] = field(default_factory=lambda: solara.reactive(False))


def make_service(scenario: Scenario, results_dir: Path, tiles: str = "") -> Service:
    """What is served: everything that can be wrong with it is found out here.

    The city is prepared, so that a visitor's picture does not wait for it.

    Raises
    ------
    CorridorError
        If the scenario's files or policies cannot be used.
    """
    if tiles and not all(part in tiles for part in ("://", "{z}", "{x}", "{y}")):
        wanted = "expected an address with {z}, {x} and {y} in it"
        raise ScenarioError(f"--tiles {tiles}: {wanted}")
    sources = find_sources(scenario)
    prepare(scenario)
    return Service(scenario, sources, results_dir, tiles)


_served: list[Service] = []


def serve_this(service: Service) -> None:
    """Say what is served; Solara loads the application by name, so it cannot be handed over."""
    _served[:] = [service]


def served() -> Service:
    """What is served by this process."""
    return _served[0]
