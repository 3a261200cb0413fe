"""The page of planning: stations, what a model predicts, who serves whom, and deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import solara

from experiments.batch.failures import describe_failures
from experiments.hypercube.check import HypercubeCheck, check_hypercube
from experiments.location.locate import locate
from experiments.location.located import LocatedPlan, Location
from experiments.location.question import MODEL_NAMES, MODELS, PROTECTIONS, ROBUST, make_question
from policies.siting.limits import Progress
from scenarios.scenario import Scenario
from simulation.preparation import prepare
from viz.page.parts import STYLE, Chart, Choice, Empty, Markup
from viz.page.planning.deliveries import Deliveries
from viz.page.planning.form import Form, Options, Run
from viz.page.planning.job import Job, Tell
from viz.page.planning.map import plan_figure, supply_figure, who_serves_whom
from viz.page.plot import figure_of
from viz.page.service import Service
from viz.page.theme import colours
from viz.report.html import element, join
from viz.report.parts import notes_list
from viz.report.tables import table_html
from viz.terminal.hypercube import left_out_table, matched_table, notes_of
from viz.terminal.location import legend, plans_table, stations_table, step_text

AS_IT_IS = "as it is"
SITES = (0, 20, 40, 80)
DAYS = (50, 100, 200)
MOST_STATIONS = 40
REPLICATIONS = (2, 4, 8)
RUN_DAYS = (2, 5)
SEARCH_S = 60.0


@dataclass(frozen=True)
class Question:
    """What a visitor asks of a location model, all of it from lists."""

    model: str = "mexclp"
    sites: int = 0
    days: int = 50
    stations: str = AS_IT_IS
    ambulances: str = AS_IT_IS
    protection: str = "ellipsoid"

    def given(self) -> dict[str, Any]:
        """As `experiments.location.question.make_question` takes it."""
        values: dict[str, Any] = {"sites": self.sites, "days": self.days, "time_limit_s": SEARCH_S}
        asked = {"stations": self.stations, "ambulances": self.ambulances}
        values |= {
            name: int(value)
            for name, value in asked.items()
            if value != AS_IT_IS and name in shown_parameters(self.model)
        }
        if self.model == ROBUST:
            values["protection"] = self.protection
        return values


def shown_parameters(model: str) -> tuple[str, ...]:
    """Which of `stations` and `ambulances` a model takes."""
    stations = ("stations",) if "stations" in MODELS[model] else ()
    return (*stations, *(("ambulances",) if model == "mexclp" else ()))


@solara.component
def PlanningPage(service: Service) -> None:
    """What is asked at the left, the answer at the right."""
    scenario = service.scenario
    parts = [("siting", "Stations")] * scenario.needs_service
    parts += [("hypercube", "Hypercube")] * scenario.needs_service
    parts += [("supplies", "Supplies")] * scenario.supplies.is_there
    parts += [("deliveries", "Deliveries")]
    part, choose = solara.use_state(parts[0][0])
    jobs = solara.use_memo(lambda: tuple(Job() for _ in range(4)), [])
    siting, hypercube, reading, planning = jobs

    def leave() -> None:
        for job in jobs:
            job.stop()

    solara.use_effect(lambda: leave, [])
    solara.Style(STYLE)
    if part == "siting":
        Siting(service, siting, parts, choose)
    elif part == "hypercube":
        Hypercube(service, hypercube, parts, choose)
    elif part == "deliveries":
        Deliveries(service, (reading, planning), parts, choose)
    else:
        Supplies(service, parts, choose)


# Stations and ambulances


@solara.component
def Siting(service: Service, job: Job, parts: Options, choose: Callable[[str], None]) -> None:
    """A location model asked for the served city."""
    question, ask = solara.use_state(Question())
    job.beat.value  # noqa: B018
    text = (
        "A model decides where stations stand and how many ambulances each has. Its plan is "
        "tried on simulated days that it has not seen."
    )

    def set_(**changes: Any) -> None:
        ask(Question(**{**question.__dict__, **changes}))

    def set_text(name: str, value: str) -> None:
        set_(**{name: value})

    def work(tell: Tell) -> Location:
        def heard(what: str, step: Progress | None) -> None:
            tell(what if step is None else f"{what}: {step_text(step)}", None)

        return locate(service.scenario, make_question(question.model, question.given()), heard)

    with solara.Div(classes=["r-page", "r-planning"]):
        with Form(parts, "siting", choose, text):
            busy = job.is_under_way
            models = [(name, f"{name}: {MODEL_NAMES[name]}") for name in MODELS]
            Choice(
                "model", "Model", models, question.model, lambda one: set_(model=one), disabled=busy
            )
            for name in shown_parameters(question.model):
                chosen = getattr(question, name)
                numbers = [AS_IT_IS, *map(str, range(1, MOST_STATIONS + 1))]
                Choice(
                    name, name.capitalize(), [(n, n) for n in numbers], chosen,
                    partial(set_text, name), disabled=busy,
                )  # fmt: skip
            if question.model == ROBUST:
                sets = [(name, name) for name in PROTECTIONS]
                Choice(
                    "protection", "Stands demands of", sets, question.protection,
                    lambda one: set_(protection=one), disabled=busy,
                )  # fmt: skip
            candidates = [
                (str(n), f"stations and {n} junctions" if n else "stations") for n in SITES
            ]
            Choice(
                "sites", "Candidates", candidates, str(question.sites),
                lambda one: set_(sites=int(one)), disabled=busy,
            )  # fmt: skip
            days = [(str(n), f"2 × {n}") for n in DAYS]
            Choice(
                "days", "Simulated days", days, str(question.days),
                lambda one: set_(days=int(one)), disabled=busy,
            )  # fmt: skip
            Run(job, "Find a plan", lambda: job.begin(work))
        with solara.Div(classes=["r-main"]):
            if job.result is None:
                about = "Choose a model at the left. Most answer within seconds."
                Empty("Where should stations stand?", element("p", about))
            else:
                Plans(service, job.result)


@solara.component
def Plans(service: Service, found: Location) -> None:
    """The city as it is, beside the plan."""
    dark = service.dark.value
    both = (found.present, found.plan)
    longest_s = max(plan.longest_drive_s for plan in both)
    with solara.Div(classes=["r-body"]):
        with solara.Div(classes=["r-cards"]):
            for title, plan in zip(("As it is", f"Plan: {found.plan.name}"), both, strict=True):
                Chart(title, plan_figure(plan, longest_s, dark), _in_short(plan, found.target_s))
        with solara.Div(classes=["r-cards"]):
            told = join(table_html(plans_table(found)), element("p", legend(found), class_="note"))
            Markup(told, ["c-card", "r-tables", "r-plans"])
            Markup(table_html(stations_table(found.plan)), ["c-card", "r-tables"])
        if found.notes:
            Markup(join(*notes_list(found.notes)), ["c-card", "r-tables"])


def _in_short(plan: LocatedPlan, target_s: float) -> str:
    stations, ambulances = int(plan.is_open.sum()), int(plan.ambulances.sum())
    return (
        f"{stations} stations, {ambulances} ambulances; {plan.within_target:.1%} of the demand "
        f"within {target_s / 60:.3g} min; colours: minutes of drive to each zone"
    )


# Hypercube


@solara.component
def Hypercube(service: Service, job: Job, parts: Options, choose: Callable[[str], None]) -> None:
    """What the hypercube predicts of the served case, beside runs."""
    replications, set_replications = solara.use_state(REPLICATIONS[0])
    own_days = service.scenario.run.days
    lengths = sorted({*(float(n) for n in RUN_DAYS if n < own_days), own_days})
    days, set_days = solara.use_state(lengths[0])
    job.beat.value  # noqa: B018
    text = (
        "A queueing model predicts response and workload without simulating. Runs beside it "
        "show what it leaves out."
    )

    def work(tell: Tell) -> HypercubeCheck:
        def heard(done: int, total: int, failed: int) -> None:
            told = f", {failed} failed" if failed else ""
            tell(f"{done} of {total} runs{told}", done / max(total, 1))

        tell("The model is solved", None)
        return check_hypercube(_shorter(service.scenario, days), replications, progress=heard)

    with solara.Div(classes=["r-page", "r-planning"]):
        with Form(parts, "hypercube", choose, text):
            busy = job.is_under_way
            Choice(
                "replications", "Runs of each arm", [(str(n), str(n)) for n in REPLICATIONS],
                str(replications), lambda one: set_replications(int(one)), disabled=busy,
            )  # fmt: skip
            Choice(
                "run-days", "Days of a run", [(f"{n:g}", f"{n:g}") for n in lengths], f"{days:g}",
                lambda one: set_days(float(one)), disabled=busy,
            )  # fmt: skip
            Run(job, "Predict and simulate", lambda: job.begin(work))
        with solara.Div(classes=["r-main"]):
            if job.result is None:
                about = "It is run as the model assumes, and with each thing that it leaves out."
                Empty("How good is the prediction?", element("p", about))
            else:
                Checked(service, job.result)


def _shorter(scenario: Scenario, days: float) -> Scenario:
    return scenario if days == scenario.run.days else scenario.changed({"run.days": days})


@solara.component
def Checked(service: Service, found: HypercubeCheck) -> None:
    """Bars and tables."""
    dark = service.dark.value
    with solara.Div(classes=["r-body"]):
        with solara.Div(classes=["r-cards"]):
            for measure, title, scale in (
                ("response_s", "Response time (min)", 1 / 60),
                ("workload", "Ambulances busy (%)", 100.0),
            ):
                Chart(title, beside_figure(found, measure, scale, dark), "bars: 95% intervals")
        with solara.Div(classes=["r-cards"]):
            for table in (matched_table(found, service.scenario.name), left_out_table(found)):
                Markup(table_html(table), ["c-card", "r-tables"])
        notes = [*notes_of(found), *describe_failures(found.batch)]
        Markup(join(*notes_list(notes)), ["c-card", "r-tables"])


def beside_figure(found: HypercubeCheck, measure: str, scale: float, dark: bool) -> dict[str, Any]:
    """Prediction and runs of every arm, side by side."""
    page = colours(dark)
    names = [arm.name.replace("-", " ") for arm in found.arms]
    figures = [arm.figure(measure) for arm in found.arms]
    mean = np.array([f.simulated.mean for f in figures]) * scale
    half = np.nan_to_num(np.array([f.simulated.high for f in figures]) * scale - mean)
    base: dict[str, Any] = {"type": "bar", "orientation": "h", "y": names}
    model = {
        **base, "name": "model", "x": [f.predicted * scale for f in figures],
        "marker": {"color": page["strong-line"]}, "hovertemplate": "model: %{x:.3f}<extra></extra>",
    }  # fmt: skip
    runs = {
        **base, "name": "runs", "x": mean.tolist(), "marker": {"color": page["accent"]},
        "error_x": {"type": "data", "array": half.tolist(), "color": page["ink"], "thickness": 1.2,
                    "width": 3},
        "hovertemplate": "runs: %{x:.3f}<extra></extra>",
    }  # fmt: skip
    return figure_of(
        [model, runs], dark, 90 + 30 * len(names), barmode="group", bargap=0.35,
        yaxis={"autorange": "reversed", "automargin": True, "showgrid": False},
        margin={"l": 20, "r": 12, "t": 30, "b": 30},
    )  # fmt: skip


# Supplies


@solara.component
def Supplies(service: Service, parts: Options, choose: Callable[[str], None]) -> None:
    """Who serves whom, as the served case has it."""
    scenario = service.scenario
    area = solara.use_memo(lambda: prepare(scenario), [])
    text = (
        "Every zone belongs to the distributor from which it is reached first. Lines lead from "
        "each distributor to its store."
    )
    with solara.Div(classes=["r-page", "r-planning"]):
        Form(parts, "supplies", choose, text, children=[])
        with solara.Div(classes=["r-main"]), solara.Div(classes=["r-body"]):
            dark = service.dark.value
            note = "Su supplier, St store, D distributor; colours: districts"
            Chart("Who serves whom", supply_figure(scenario, area, dark), note)
            Markup(_served_table(who_serves_whom(scenario, area)), ["c-card", "r-tables", "r-text"])


def _served_table(rows: Sequence[tuple[str, str, str, str]]) -> Any:
    headings = ("distributor", "serves", "its store", "which is supplied by")
    head = element("tr", *(element("th", one, scope="col") for one in headings))
    body = (
        element("tr", element("th", name, scope="row"), *(element("td", one) for one in others))
        for name, *others in rows
    )
    table = element("table", element("thead", head), element("tbody", *body))
    return element("div", table, class_="table")
