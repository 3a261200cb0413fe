"""A saved run on the map: which one, beside which other, at which moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from typing import Any

import solara

from environment.errors import CorridorError
from viz.page.live.key_figures import key_figures
from viz.page.live.story_panel import Told
from viz.page.parts import Busy, Choice
from viz.page.results.replay_session import SPEEDS, ReplaySession
from viz.page.results.saved import Saved, without_place
from viz.page.service import Service

NOBODY = ""
SHOWN_FIGURES = 7


@solara.component_vue("replay_bar.vue")
def ReplayBar(
    moment: dict[str, Any],
    event_toggle: Callable[[bool], None],
    event_step: Callable[[float], None],
    event_seek: Callable[[float], None],
    event_set_speed: Callable[[float], None],
) -> None:
    """Play, pause, any moment, speed."""


@solara.component
def Replay(service: Service, saved: Saved) -> None:
    """The choice of runs, and their maps."""
    arms = [arm for arm in saved.batch.arms if saved.replications(arm)]
    arm, set_arm = solara.use_state(arms[0] if arms else NOBODY)
    beside, set_beside = solara.use_state(NOBODY)
    replication, set_replication = solara.use_state(0)
    numbers = saved.replications(arm) if arms else []
    number = replication if replication in numbers else (numbers or [0])[0]
    shown = [arm] + [beside] * (beside in arms and number in saved.replications(beside))
    with solara.Div(classes=["r-replay"]):
        if not arms:
            text = "These runs were saved without their tables, so there is nothing to replay."
            solara.Div(classes=["r-empty"], children=[text])
            return
        with solara.Div(classes=["r-choose", "r-replay-choose"]):
            Choice("arm", "Arm", [(one, one) for one in arms], arm, set_arm)
            if len(arms) > 1:
                others = [(NOBODY, "no other"), *((one, one) for one in arms if one != arm)]
                Choice("beside", "Beside it", others, beside, set_beside)
            runs = [(str(one), f"replication {one}") for one in numbers]
            Choice("run", "Run", runs, str(number), lambda one: set_replication(int(one)))
        Stage(service, saved, shown, number).key(f"{saved.name}/{number}/{'/'.join(shown)}")


@solara.component
def Stage(service: Service, saved: Saved, arms: list[str], number: int) -> None:
    """The maps of some arms, once they are read."""
    session, set_session = solara.use_state(None)
    problem, set_problem = solara.use_state("")
    dark = service.dark.value

    def begin() -> Callable[[], None]:
        held: list[ReplaySession] = []
        gone = [False]

        def read() -> None:
            try:
                runs = [(arm, saved.run_folder(arm, number)) for arm in arms]
                made = ReplaySession(runs, dark, service.tiles)
            except CorridorError as error:
                set_problem(without_place(error, service.results_dir))
                return
            held.append(made)
            if gone[0]:
                made.close()
            else:
                set_session(made)

        threading.Thread(target=read, name="reads a run", daemon=True).start()

        def end() -> None:
            gone[0] = True
            for one in held:
                one.close()

        return end

    solara.use_effect(begin, [])
    solara.use_effect(lambda: session.darken(dark) if session else None, [dark, session])
    if problem:
        solara.Div(classes=["c-error", "r-problem"], children=[problem])
    elif session is None:
        with solara.Div(classes=["r-body"]):
            Busy("The runs are read …")
    else:
        Playing(session)


@solara.component
def Playing(session: ReplaySession) -> None:
    """Maps, figures, story, and the bar below them."""
    followed = session.followed.value
    with solara.Div(classes=["r-playing"]):
        with solara.Div(classes=["r-stage", "r-with-story" if followed else ""]):
            with solara.Div(classes=["r-maps"]):
                for view in session.views:
                    with solara.Div(classes=["p-map"]).key(view.city_map.model_id):
                        if len(session.views) > 1:
                            solara.Div(classes=["p-map-title"], children=[view.title])
                        solara.Div(classes=["p-map-itself"], children=[view.city_map])
            if followed:
                StoryPanel(session)
        FigureLine(session)
        Bar(session)


@solara.component
def FigureLine(session: ReplaySession) -> None:
    """A few figures of the moment, beside each other where there are two runs."""
    session.beat.value  # noqa: B018  what makes this part be drawn again
    values = [view.run.values() for view in session.views]
    cells = []
    for one in key_figures(session.first.figures(), values, SHOWN_FIGURES):
        told = " → ".join(one[key] for key in ("value", "other") if key in one)
        unit = f" {one['unit']}" if one["unit"] else ""
        cells.append(f"<span>{escape(one['label'])}<b>{told}{escape(unit)}</b></span>")
    solara.HTML(unsafe_innerHTML="".join(cells), classes=["r-figures"])


@solara.component
def Bar(session: ReplaySession) -> None:
    """The bar at the bottom."""
    session.beat.value  # noqa: B018
    run = session.first
    ReplayBar(
        moment={
            "playing": run.is_playing,
            "now": run.now_s,
            "end": run.end_s,
            "speeds": list(SPEEDS),
            "speed": int(run.speed or SPEEDS[0]),
        },
        event_toggle=session.play,
        event_step=session.step,
        event_seek=session.seek,
        event_set_speed=session.set_speed,
    )


@solara.component
def StoryPanel(session: ReplaySession) -> None:
    """The story of who is followed."""
    session.beat.value  # noqa: B018
    with solara.Div(classes=["r-story"]):
        Told(session.first.story(session.followed.value), leave=lambda: session.follow(""))
