"""The bar under the map: run, pause, step, speed."""

from __future__ import annotations

from collections.abc import Callable

import solara

from viz.page.live.session import SPEEDS, LiveSession


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
