"""Deliveries: a workbook is brought, and a plan is taken along."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import solara

from experiments.planning.errors import WorkbookError
from experiments.planning.reading.opening import require_openpyxl
from experiments.planning.streets import streets_of_case
from experiments.planning.writing.template import template
from viz.page.parts import Busy, Choice, Download, Empty, Markup
from viz.page.planning.delivery_plan import (
    MOST_BYTES,
    Asked,
    Delivered,
    decoded,
    deliver,
    read_asked,
)
from viz.page.planning.form import Form, Options, Run
from viz.page.planning.job import Job, Tell
from viz.page.service import Service
from viz.report.html import element, join
from viz.report.parts import notes_list
from viz.report.tables import table_html
from viz.terminal.planning import figures_table, findings

AS_ASKED, ON_STREETS = "workbook", "streets"
YES, NO = "yes", "no"
ABOUT = (
    "Fill in the template: who needs how much, which vehicles there are, what the budget is. The "
    "plan says how much each centre gets and who brings it when."
)


@solara.component_vue("workbook.vue")
def Workbook(most_bytes: int, disabled: bool, event_upload: Callable[[object], None]) -> None:
    """A file that the visitor chooses, or drops here."""


@solara.component
def Deliveries(
    service: Service, jobs: tuple[Job, Job], parts: Options, choose: Callable[[str], None]
) -> None:
    """Orders and routes for a workbook, as ``corridor plan`` makes them."""
    reading, planning = jobs
    reading.beat.value, planning.beat.value  # noqa: B018  what makes this part be drawn again
    missing = solara.use_memo(_what_is_missing, [])
    with solara.Div(classes=["r-page", "r-planning"]):
        with Form(parts, "deliveries", choose, ABOUT):
            if missing:
                solara.Div(classes=["c-error", "r-missing"], children=[missing])
            else:
                Bring(reading, planning.is_under_way)
                Ask(service, reading, planning)
        with solara.Div(classes=["r-main"]):
            if reading.state == "failed":
                Mistakes(reading.text)
            elif planning.result is None:
                about = "Download the template, fill it in and choose it; or try the example."
                Empty("Who gets how much, and who brings it?", element("p", about))
            else:
                Answer(planning.result)


def _what_is_missing() -> str:
    try:
        require_openpyxl()
    except WorkbookError as error:
        return str(error)
    return ""


@solara.component
def Bring(reading: Job, disabled: bool) -> None:
    """Where workbooks come from: the template, the visitor, the example."""
    reading.beat.value  # noqa: B018
    busy = disabled or reading.is_under_way

    def upload(message: object) -> None:
        reading.begin(lambda _: read_asked(*decoded(message)))

    def take_example() -> None:
        reading.begin(lambda _: read_asked("Example", template()))

    Download("template.xlsx", template, "Download the template", "r-template")
    Workbook(most_bytes=MOST_BYTES, disabled=busy, event_upload=upload)
    solara.Button(
        "Take the example", on_click=take_example, disabled=busy, classes=["c-button", "r-example"]
    )
    if reading.is_under_way:
        Busy("Reading the workbook …")
    elif reading.state == "done":
        solara.Div(classes=["c-note", "r-asked"], children=[reading.result.told])


@solara.component
def Ask(service: Service, reading: Job, planning: Job) -> None:
    """How it is to be planned."""
    reading.beat.value, planning.beat.value  # noqa: B018
    ways, set_ways = solara.use_state(AS_ASKED)
    what_if, set_what_if = solara.use_state(YES)
    busy = planning.is_under_way

    def work(tell: Tell) -> Delivered:
        asked: Asked = reading.result
        on_streets = ways == ON_STREETS
        if on_streets:
            tell("Preparing the streets", None)
        streets = streets_of_case(service.scenario) if on_streets else None
        return deliver(asked, streets, what_if == YES, tell)

    known = [
        (AS_ASKED, "as the workbook says"),
        (ON_STREETS, f"streets of {service.scenario.name}"),
    ]
    Choice("ways", "Distances", known, ways, set_ways, disabled=busy)
    answers = [(YES, "a few changes, too"), (NO, "the plan only")]
    Choice("what-if", "What if", answers, what_if, set_what_if, disabled=busy)
    Run(planning, "Plan", lambda: planning.begin(work), disabled=reading.state != "done")


@solara.component
def Mistakes(text: str) -> None:
    """All mistakes of a workbook, each with its cell."""
    lines = text.splitlines()
    head = element("h2", "The workbook cannot be planned yet", class_="c-heading")
    told = element("ul", *(element("li", line) for line in lines))
    after = element("p", "Correct this, save the workbook, and choose it again.")
    with solara.Div(classes=["r-body"]):
        Markup(join(head, told, after), ["c-card", "r-mistakes"])


@solara.component
def Answer(found: Delivered) -> None:
    """What a plan comes to, in the words of the terminal, and its pictures."""
    with solara.Div(classes=["r-delivered"]):
        with solara.Div(classes=["r-head"]):
            solara.HTML(tag="h1", unsafe_innerHTML=join(found.name), classes=["c-title"])
            centres = len(found.plan.asked.centres)
            told = f"{centres} centres, {found.plan.used_vehicles} vehicles on the road"
            solara.Div(classes=["c-faint"], children=[told])
            with solara.Div(classes=["r-tools"]):
                Download("PLAN.xlsx", lambda: found.workbook, "Download PLAN.xlsx", "r-plan-file")
        with solara.Div(classes=["r-body"]):
            with solara.Div(classes=["r-cards"]):
                Markup(
                    table_html(figures_table(found.plan, "")),
                    ["c-card", "r-tables", "r-figures-of"],
                )
                said = [
                    join(element("h3", what), *notes_list(lines))
                    for what, lines in findings(found.plan, found.what_ifs).items()
                    if lines
                ]
                Markup(element("div", *said), ["c-card", "r-tables", "r-findings"])
            with solara.Div(classes=["r-cards", "r-pictures"]):
                for caption, content in found.pictures.items():
                    Markup(_picture(caption, content), ["c-card", "r-picture"])


def _picture(caption: str, content: bytes) -> Any:
    source = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
    return join(element("img", src=source, alt=caption), element("figcaption", caption))
