"""The application that Solara serves: three pages under one header."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import solara

from viz.page.live.tab import LivePage
from viz.page.planning.tab import PlanningPage
from viz.page.results.tab import ResultsPage
from viz.page.service import served
from viz.page.theme import colours, css

PAGES = (("/", "Live"), ("/planning", "Planning"), ("/results", "Results"))


@solara.component_vue("header.vue")
def Header(
    name: str,
    description: str,
    pages: list[dict[str, str]],
    current: str,
    event_go: Callable[[str], None],
    event_darken: Callable[[bool], None],
) -> None:
    """The bar at the top."""


@solara.component
def Shell(children: list[solara.Element]) -> None:
    """The header, and a page below it that fills the window."""
    service = served()
    router = solara.use_router()
    solara.Style(look_of_both())
    with solara.Div(classes=["c-page", "p-window"]):
        Header(
            name=service.scenario.name,
            description=service.scenario.description,
            pages=[{"path": path, "label": label} for path, label in PAGES],
            current=f"/{router.path.strip('/')}",
            event_go=router.push,
            event_darken=service.dark.set,
        )
        solara.Div(classes=["p-body"], children=children)


def look_of_both() -> str:
    """The style sheet, with the dark colours in reach: a switch needs no word of the server."""
    dark = "".join(f"--c-{name}:{value};" for name, value in colours(dark=True).items())
    rules = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    return f'{css(dark=False)}\nhtml[data-dark="true"]{{{dark}color-scheme:dark;}}\n{rules}'


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
