"""The live page: a map that moves, what can be changed, what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from viz.page.live.controls import ControlPanel
from viz.page.live.key_figures import key_figures
from viz.page.live.session import SPEEDS, LiveSession, session_of_visitor
from viz.page.live.story_panel import StoryPanel
from viz.page.parts import Tabs
from viz.page.service import Service


@solara.component_vue("transport.vue")
def Transport(
    playing: bool,
    ready: bool,
    speeds: list[float | None],
    speed: float | None,
    event_toggle: Callable[[bool], None],
    event_step: Callable[[float], None],
    event_restart: Callable[[float], None],
    event_set_speed: Callable[[float | None], None],
) -> None:
    """The bar under the map: run, pause, step, speed."""


@solara.component
def RunBar(session: LiveSession) -> None:
    """Run, pause, step, speed."""
    session.beat.get()  # drawn again when it changes
    Transport(
        playing=session.is_playing,
        ready=bool(session.views),
        speeds=list(SPEEDS),
        speed=session.speed,
        event_toggle=session.play,
        event_step=session.step,
        event_restart=lambda _: session.begin(),
        event_set_speed=session.set_speed,
    )


@solara.component_vue("figures.vue")
def Figures(figures: list[dict[str, Any]]) -> None:
    """The row of figures over the map."""


@solara.component
def LivePage(service: Service) -> None:
    """All of it."""
    session = session_of_visitor(service)
    solara.use_effect(lambda: lambda: session.play(on=False), [])  # nobody looks any more
    is_one = len(session.views) < 2 if session.staged.value >= 0 else True
    with solara.Div(classes=["p-live", "" if is_one else "p-two"]):
        ControlPanel(session)
        with solara.Div(classes=["p-middle"]):
            FigureRow(session)
            Notice(session)
            Stage(session)
            RunBar(session)
        if is_one:
            Side(session)


@solara.component
def Stage(session: LiveSession) -> None:
    """The map, or two of them."""
    dark = session.service.dark.value
    session.staged.get()  # drawn again when it changes

    def darken() -> None:
        for view in session.views:
            view.city_map.dark = dark

    solara.use_effect(darken, [dark, session.staged.value])
    with solara.Div(classes=["p-stage"]):
        if not session.views:
            solara.Div(classes=["p-waiting-map"], children=["The city is being drawn …"])
        for view in session.views:
            with solara.Div(classes=["p-map"]).key(view.city_map.model_id):
                if view.title:
                    solara.Div(classes=["p-map-title"], children=[view.title])
                solara.Div(classes=["p-map-itself"], children=[view.city_map])


@solara.component
def Notice(session: LiveSession) -> None:
    """What went wrong, or is to be known."""
    session.beat.get()  # drawn again when it changes
    text, is_error = session.notice
    classes = ["p-notice", "c-error" if is_error else "c-note", "" if text else "p-none"]
    solara.Div(classes=classes, children=[text], attributes={"role": "status"})


@solara.component
def FigureRow(session: LiveSession) -> None:
    """Key figures; the difference where two runs stand side by side."""
    session.beat.get()  # drawn again when it changes
    views = session.views
    known = views[0].known if views else {}
    Figures(figures=key_figures(known, [view.figures for view in views]) if known else [])


@solara.component
def Side(session: LiveSession) -> None:
    """At the right: charts, or the story of who is followed."""
    chosen, choose = solara.use_state("charts")
    followed = session.followed_now.value
    solara.use_effect(lambda: choose("story") if followed else None, [followed])
    with solara.Div(classes=["p-side"]):
        Tabs(tabs=[("charts", "Charts"), ("story", "Story")], chosen=chosen, event_choose=choose)
        with solara.Div(classes=["p-tab-body"]):
            if chosen == "story":
                StoryPanel(session)
            elif session.staged.value >= 0 and session.board:
                solara.Div(children=[session.board]).key(session.board.model_id)
