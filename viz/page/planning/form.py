"""The left side of the pages of planning: what is asked, and how far its answer is."""

from __future__ import annotations

from collections.abc import Callable

import solara

from viz.page.parts import Busy, Tabs
from viz.page.planning.job import Job

Options = list[tuple[str, str]]


@solara.component
def Form(
    parts: Options,
    part: str,
    choose: Callable[[str], None],
    text: str,
    children: list[solara.Element],
) -> None:
    """The left side: which part, what it is about, what it asks."""
    with solara.Div(classes=["r-list"]):
        Tabs(tabs=parts, chosen=part, event_choose=choose)
        with solara.Div(classes=["r-form"]):
            solara.Div(classes=["c-faint"], children=[text])
            solara.Div(children=children)


@solara.component
def Run(job: Job, label: str, begin: Callable[[], None], disabled: bool = False) -> None:
    """Begin or stop, and how far it is."""
    job.beat.value  # noqa: B018  what makes this part be drawn again
    if job.is_under_way:
        solara.Button("Stop", on_click=job.stop, classes=["c-button", "r-stop"])
        Busy(job.text, job.share)
    else:
        classes = ["c-button", "c-main", "r-begin"]
        solara.Button(label, on_click=begin, disabled=disabled, classes=classes)
        if job.state == "failed":
            solara.Div(classes=["c-error"], children=[job.text])
        elif job.state == "stopped":
            solara.Div(classes=["c-note"], children=["Stopped before there was an answer."])
