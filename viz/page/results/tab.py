"""The page of results: what batches have found, and any of their runs on the map again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import solara
import solara.lab

from environment.errors import CorridorError
from experiments.batch.failures import describe_failures
from experiments.main_job import HEADLINES
from simulation.measures.catalogue import measure_of
from simulation.tables.result import Result
from viz.page.parts import STYLE, Busy, Chart, Choice, Download, Empty, Markup, Tabs
from viz.page.results import charts
from viz.page.results.replay import Replay
from viz.page.results.saved import Saved, SavedName, list_saved, open_saved
from viz.page.service import Service
from viz.pictures.attribution import differing_measures
from viz.report.findings import what_changes, what_gets_worse, what_is_attributed, what_it_costs
from viz.report.html import Html, element, join
from viz.report.parts import caption_of, notes_list
from viz.report.tables import pairs, prices, shapley, side_by_side

POOLED = 8
"""Runs of an arm whose calls are drawn."""
MOST_FLEETS = 4


@solara.component_vue("saved_list.vue")
def SavedList(
    saved: Sequence[SavedName],
    chosen: str,
    event_choose: Callable[[str], None],
    event_refresh: Callable[[int], None],
) -> None:
    """What can be opened."""


@solara.component
def ResultsPage(service: Service) -> None:
    """A list of results at the left, one of them at the right."""
    asked, ask = solara.use_state(0)
    found = solara.use_memo(lambda: list_saved(service.results_dir), [asked])
    chosen, choose = solara.use_state(found[0].name if found else "")
    solara.Style(STYLE)
    with solara.Div(classes=["r-page", "r-results"]):
        SavedList(
            saved=[tuple(one) for one in found],
            chosen=chosen,
            event_choose=choose,
            event_refresh=lambda _: ask(asked + 1),
        )
        if chosen:
            Opened(service, chosen).key(f"{chosen} {asked}")
        else:
            Empty("No results yet", _how_to_begin(service))


def _how_to_begin(service: Service) -> Html:
    command = f"corridor compare CASE --arm … --out {service.results_dir.name}/NAME"
    return element("p", "Run a batch, and keep it here: ", element("code", command))


@solara.component
def Opened(service: Service, name: str) -> None:
    """One of the results, once it is read."""
    saved, problem = solara.use_memo(lambda: _read(service, name), [])
    tab, set_tab = solara.use_state("answer")
    with solara.Div(classes=["r-main"]):
        if saved is None:
            solara.Div(classes=["c-error", "r-problem"], children=[problem])
            return
        Head(saved)
        Tabs(tabs=_tabs(saved), chosen=tab, event_choose=set_tab)
        if tab == "replay":
            Replay(service, saved)
            return
        with solara.Div(classes=["r-body"]).key(tab):
            if tab == "answer":
                Answer(saved)
            elif tab == "gain":
                Gain(service, saved)
            elif tab == "charts":
                Charts(service, saved)
            else:
                Pictures(saved.pictures)


def _read(service: Service, name: str) -> tuple[Saved | None, str]:
    try:
        return open_saved(service.results_dir, name), ""
    except CorridorError as error:
        return None, str(error)


def _tabs(saved: Saved) -> list[tuple[str, str]]:
    tabs = [("answer", "Answer"), ("gain", "Attribution"), ("charts", "Charts")]
    tabs += [("pictures", "Pictures"), ("replay", "Replay")]
    left_out = set()
    if saved.attribution is None and saved.sweep is None:
        left_out.add("gain")
    if not saved.pictures:
        left_out.add("pictures")
    return [tab for tab in tabs if tab[0] not in left_out]


@solara.component
def Head(saved: Saved) -> None:
    """Its name, and what can be taken along."""
    scenario = next(iter(saved.batch.arms.values()))
    with solara.Div(classes=["r-head"]):
        solara.HTML(tag="h1", unsafe_innerHTML=join(saved.name), classes=["c-title"])
        count = saved.batch.replications
        days = f"{scenario.run.days:g} days, {count} replication{'' if count == 1 else 's'}"
        solara.Div(classes=["c-faint"], children=[f"{scenario.name}: {days}"])
        with solara.Div(classes=["r-tools"]):
            table, stem = saved.comparison.table, Path(saved.name).name
            Download(f"{stem}.csv", lambda: table.to_csv(index=False), "Data (CSV)", "r-csv")
            if saved.report is not None:
                Download(f"{stem}-report.html", saved.report.read_bytes, "Report", "r-report")


@solara.component
def Answer(saved: Saved) -> None:
    """The findings in words, and the tables of the terminal."""
    comparison = saved.comparison
    sentences = [*what_changes(comparison, HEADLINES), *what_gets_worse(comparison)]
    if saved.attribution is not None:
        sentences += what_is_attributed(saved.attribution, HEADLINES)
    sentences += what_it_costs(comparison)
    if sentences:
        told = join(*(element("p", sentence) for sentence in sentences))
        Markup(told, ["c-card", "r-answer"])
    notes = [*comparison.notes, *describe_failures(comparison.batch)]
    for system in ("patients", "supplies"):
        if table := side_by_side(comparison, system):
            title = element("h2", system.capitalize(), class_="c-heading")
            Markup(join(title, table), ["c-card", "r-tables", f"r-table-{system}"])
    if notes:
        Markup(join(*notes_list(notes)), ["r-tables"])


@solara.component
def Gain(service: Service, saved: Saved) -> None:
    """Attribution and prices: pictures first, then their tables."""
    dark = service.dark.value
    known = [*HEADLINES] if saved.attribution is None else _of_attribution(saved)
    measure, choose = solara.use_state(known[0])
    with solara.Div(classes=["r-choose"]):
        options = [(name, measure_of(name).full_heading) for name in known]
        Choice("measure", "Measure", options, measure, choose)
    attribution, sweep = saved.attribution, saved.sweep
    with solara.Div(classes=["r-cards"]):
        if attribution is not None:
            note = f"Shapley values with their {attribution.level:.0%} intervals"
            Chart(
                "Attribution of the gain", charts.shapley_figure(attribution, measure, dark), note
            )
        if sweep is not None and (sweep.table["measure"] == measure).any():
            note = "bands are the intervals"
            Chart("By the price of coordination", charts.price_figure(sweep, measure, dark), note)
    if attribution is not None:
        tables = join(
            element("h3", "What each mechanism adds"), shapley(attribution),
            element("h3", "Pairs of mechanisms"), pairs(attribution, HEADLINES),
        )  # fmt: skip
        Markup(tables, ["c-card", "r-tables"])
    if sweep is not None:
        Markup(join(element("h3", "Prices"), prices(sweep, HEADLINES)), ["c-card", "r-tables"])


def _of_attribution(saved: Saved) -> list[str]:
    """The measures of an attribution that differ, the headlines first."""
    assert saved.attribution is not None
    known = differing_measures(saved.attribution)
    return [*(n for n in HEADLINES if n in known), *(n for n in known if n not in HEADLINES)]


@solara.component
def Charts(service: Service, saved: Saved) -> None:
    """Any measure by arm, and what the runs' tables show."""
    dark, comparison = service.dark.value, saved.comparison
    known = charts.measures_of(comparison)
    first = "response_s" if "response_s" in known else next(iter(known))
    measure, choose = solara.use_state(first)
    with solara.Div(classes=["r-choose"]):
        Choice("measure", "Measure", list(known.items()), measure, choose)
    with solara.Div(classes=["r-cards"]):
        note = f"means with their {comparison.level:.0%} intervals"
        Chart(known[measure], charts.arms_figure(comparison, measure, dark), note)
        if len(comparison.batch.arms) > 1:
            figure = charts.differences_figure(comparison, measure, dark)
            Chart("Difference", figure, "paired on the same patients")
    OfRuns(service, saved)


@solara.component
def OfRuns(service: Service, saved: Saved) -> None:
    """Response times and the fleet's day, from the tables of the first runs."""
    arms = [arm for arm in saved.batch.arms if saved.replications(arm)]
    task = solara.lab.use_task(lambda: _runs(saved, arms), dependencies=[])
    if not arms:
        return
    if task.error:
        solara.Div(classes=["c-error"], children=["The tables of these runs cannot be read."])
        return
    if not task.finished or task.value is None:
        Busy("The tables of the runs are read …")
        return
    runs: dict[str, list[Result]] = task.value
    if not any(len(own[0].vehicles) for own in runs.values()):
        return
    dark = service.dark.value
    with solara.Div(classes=["r-cards"]):
        for priority in next(iter(saved.batch.arms.values())).demand.priorities:
            figure = charts.response_figure(runs, priority.name, dark)
            Chart(f"Response times, {priority.name} priority", figure)
        for arm in arms[:MOST_FLEETS]:
            Chart(f"What ambulances do: {arm}", charts.fleet_figure(runs[arm], dark))


def _runs(saved: Saved, arms: Sequence[str]) -> dict[str, list[Result]]:
    """The first runs of each arm with their tables."""
    return {
        arm: [saved.batch.result(arm, number) for number in saved.replications(arm)[:POOLED]]
        for arm in arms
    }


@solara.component
def Pictures(paths: Sequence[Path]) -> None:
    """The pictures that stand beside the results."""
    with solara.Div(classes=["r-cards"]):
        for path in paths:
            with solara.Div(classes=["c-card", "r-picture"]):
                solara.Image(path, width="100%")
                solara.HTML(tag="figcaption", unsafe_innerHTML=join(caption_of(path)))
