"""The application that Solara serves: three pages under one header."""

from __future__ import annotations

import solara

from viz.page.live.tab import LivePage
from viz.page.planning.tab import PlanningPage
from viz.page.results.tab import ResultsPage
from viz.page.service import served
from viz.page.shell import Shell


@solara.component
def Live() -> None:
    """What happens, as it happens."""
    with solara.Div(classes=["p-page"]):
        solara.Title("Live · Corridor")
        LivePage(served())


@solara.component
def Planning() -> None:
    """Where stations and ambulances should be."""
    with solara.Div(classes=["p-page"]):
        solara.Title("Planning · Corridor")
        PlanningPage(served())


@solara.component
def Results() -> None:
    """What batches have found."""
    with solara.Div(classes=["p-page"]):
        solara.Title("Results · Corridor")
        ResultsPage(served())


routes = [
    solara.Route("/", component=Live, label="Live", layout=Shell),
    solara.Route("planning", component=Planning, label="Planning"),
    solara.Route("results", component=Results, label="Results"),
]
