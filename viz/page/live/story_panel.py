"""The story of a vehicle, a call or a site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from environment.units import DAY_S
from simulation.interventions import offers
from viz.live.story import Story
from viz.page.live.disruptions import kind_for
from viz.page.live.session import LiveSession


@solara.component_vue("story.vue")
def StoryCard(
    title: str,
    facts: list[tuple[str, str]],
    lines: list[tuple[str, str]],
    closable: str,
    event_leave: Callable[[Any], None],
    event_close_site: Callable[[dict[str, float]], None],
) -> None:
    """Who is followed, in which state, and what was done so far."""


@solara.component
def StoryPanel(session: LiveSession) -> None:
    """The story so far, the newest line first."""
    session.beat.get()  # drawn again when it changes
    kind = kind_for(session.followed_now.value)
    Told(
        session.story or Story(""),
        leave=lambda: session.follow(""),
        closable=offers()[kind].label.replace(" a ", " this ") if kind else "",
        close_site=session.close_followed,
    )


@solara.component
def Told(
    story: Story,
    leave: Callable[[], None],
    closable: str = "",
    close_site: Callable[[float], None] = lambda _hours: None,
) -> None:
    """A story on its card; of a site that can be closed for some hours, with a way to do so."""
    StoryCard(
        title=story.title,
        facts=list(story.facts.items()),
        lines=[(f"{day_of(s)} · {clock_text(s)[:5]}", text) for s, text in story.lines],
        closable=closable,
        event_leave=lambda _: leave(),
        event_close_site=lambda wish: close_site(float(wish["hours"] or 0)),
    )


def day_of(moment_s: float) -> int:
    """The day, from 1."""
    return int(moment_s // DAY_S) + 1


def clock_text(moment_s: float) -> str:
    """The time of the day, as in ``07:42:10``."""
    seconds = int(moment_s % DAY_S)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
