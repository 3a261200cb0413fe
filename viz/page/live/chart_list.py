"""Which charts a run has, of the measures that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from environment.demand.priorities import PriorityClass
from simulation.measures.measure import Measure
from viz.live.states import STATES
from viz.page.theme import adapted

Chart = dict[str, Any]
Line = dict[str, Any]


def charts_of(
    known: Mapping[str, Measure], priorities: Sequence[PriorityClass], colours: Mapping[str, str]
) -> list[Chart]:
    """All charts that have something to show, from top to bottom.

    Parameters
    ----------
    known : mapping of str to Measure
        The measures of the run, by their whole names.
    priorities : sequence of PriorityClass
    colours : mapping of str to str
        Of the states of vehicles, on light paper.
    """
    made = [
        _response(known, priorities),
        _chart("queue", "Waiting", "calls, crews", known, ["waiting_calls", "crews_waiting_bay"]),
        _fleet("fleet", "Ambulances by state", "ambulance", known, colours),
        _chart("epidemic", "Epidemic", "persons", known, ["infectious", "probable", "new_cases"]),
        _chart("fill", "Fill rate so far", "%", known, ["fill_rate"]),
        _stocks(known),
        _chart(
            "orders",
            "Orders up the chain, last 24 h",
            "units",
            known,
            ["needed_per_day", "requested_per_day", "ordered_per_day"],
        ),
        _fleet("trucks", "Trucks by state", "truck", known, colours),
        _chart("hospitals", "Patients bound for or at handover", "", known, ["hospital_patients"]),
        _chart("greens", "Lights turned green for sirens", "so far", known, ["forced_greens"]),
    ]
    return [chart for chart in made if chart["lines"] and not _is_of_nobody(chart, known)]


def _is_of_nobody(chart: Chart, known: Mapping[str, Measure]) -> bool:
    """Whether a chart is of calls, in a run where nobody calls."""
    of_calls = chart["id"] in ("response", "queue", "fleet", "hospitals", "greens")
    return of_calls and "response_s" not in known


def _chart(
    identity: str, title: str, unit: str, known: Mapping[str, Measure], keys: Sequence[str]
) -> Chart:
    lines = [{"key": key, "label": known[key].label} for key in keys if key in known]
    return {"id": identity, "title": title, "unit": unit, "lines": lines} | _PLAIN


_PLAIN: Chart = {"stacked": False, "targets": [], "target_text": "", "variants": [], "least_top": 4}


def _response(known: Mapping[str, Measure], priorities: Sequence[PriorityClass]) -> Chart:
    keys = [f"response_s[{priority.name}]" for priority in priorities]
    chart = _chart("response", "Response, mean so far", "min", known, keys)
    chart["lines"] = [
        {"key": key, "label": priority.name}
        for key, priority in zip(keys, priorities, strict=True)
        if key in known
    ]
    if "response_hour_s" in known:
        chart["lines"].append({"key": "response_hour_s", "label": "all, last hour"})
    targets = [priority.target_s / 60 for priority in priorities]
    texts = ", ".join(f"{minutes:g}" for minutes in targets)
    return chart | {"targets": targets, "target_text": f"target {texts} min"}


def _fleet(
    identity: str, title: str, kind: str, known: Mapping[str, Measure], colours: Mapping[str, str]
) -> Chart:
    """Vehicles by state, one on top of the other."""
    keys = [key for key, state in STATES.items() if state.kind == kind]
    lines = [
        {
            "key": f"vehicles[{key}]",
            "label": STATES[key].text,
            "colour": {"light": colours[key], "dark": adapted(colours[key], dark=True)},
        }
        for key in keys
        if f"vehicles[{key}]" in known
    ]
    chart = {"id": identity, "title": title, "unit": f"{kind}s", "lines": lines}
    return _PLAIN | chart | {"stacked": True}


def _stocks(known: Mapping[str, Measure]) -> Chart:
    """Stock by item, or of one item by site."""
    items = [key for key in known if key.startswith("stock[") and "/" not in key]
    chart = _chart("stock", "Stock", "units", known, items)
    names = [key.removeprefix("stock[").removesuffix("]") for key in items]
    chart["lines"] = [{"key": key, "label": name} for key, name in zip(items, names, strict=True)]
    chart["variants"] = [{"label": "by item", "lines": chart["lines"]}] + [
        {"label": f"of {name}, by site", "lines": list(_sites_of(known, name))} for name in names
    ]
    return chart


def _sites_of(known: Mapping[str, Measure], item: str) -> Iterator[Line]:
    for key in known:
        site, slash, rest = key.removeprefix("stock[").partition("/")
        if slash and rest == f"{item}]" and not site.startswith("supplier"):
            yield {"key": key, "label": site.partition("-")[2]}
