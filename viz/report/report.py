"""The report of a comparison: one page that holds everything and needs nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from experiments.attribution.factorial import OFF, ON
from experiments.attribution.price_sweep import PriceSweep
from experiments.attribution.shapley import Attribution
from experiments.batch.failures import describe_failures
from experiments.compare import Comparison
from experiments.main_job import HEADLINES, QUESTION
from scenarios.scenario import Scenario
from simulation.measures.catalogue import measure_of
from simulation.tables.files import write_file
from simulation.tables.result import versions
from viz.pictures.price_sweep import finding_text
from viz.report.findings import what_changes, what_gets_worse, what_is_attributed, what_it_costs
from viz.report.html import Html, element, page
from viz.report.parts import facts_list, notes_list, shown_picture
from viz.report.style import STYLE
from viz.report.tables import harms_alone, pairs, prices, shapley, side_by_side

GAIN_PICTURE, PRICE_PICTURE = "attribution", "prices"
"""Pictures with these names stand beside the tables that they show."""

MARKS = "✓ better and ✗ worse where the interval of a difference leaves no doubt of it."
SHAPLEY = (
    "The share of a mechanism is what it adds to those that are on before it, on average over all "
    "orders in which they can be switched on."
)


def write_report(
    path: Path,
    comparison: Comparison,
    attribution: Attribution | None = None,
    sweeps: Sequence[PriceSweep] = (),
    pictures: Sequence[Path] = (),
    *,
    command: str = "",
) -> Path:
    """Write a report as one HTML file, whole or not at all.

    Parameters
    ----------
    path : Path
    comparison : Comparison
        Of which one run must have succeeded.
    attribution : Attribution, optional
        Of the same arms.
    sweeps : sequence of PriceSweep
    pictures : sequence of Path
        They become part of the file, with captions by their names; in place of a PNG the light
        SVG that stands beside it.
    command : str
        By which all of it can be made again.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    sections = [
        *_head(comparison),
        *_answer(comparison, attribution),
        *_side_by_side(comparison),
        *_gains(attribution, pictures),
        *_costs(comparison, attribution, sweeps, pictures),
        *_gallery(pictures),
        *_making(comparison, command),
    ]
    title = next(iter(comparison.batch.arms.values())).name
    write_file(path, page(title, STYLE, *sections).encode())
    return path


def _head(comparison: Comparison) -> Iterator[Html]:
    base, *others = comparison.batch.arms
    scenario = comparison.batch.arms[base]
    if [base, *others] == [OFF, ON]:
        question = QUESTION
    elif others:
        question = f"What would change from {base} to {' or '.join(others)}?"
    else:
        question = "What comes of it?"
    yield element("h1", scenario.name)
    yield element("p", question, class_="question")
    if scenario.description:
        yield element("p", scenario.description, class_="note")


def _answer(comparison: Comparison, attribution: Attribution | None) -> Iterator[Html]:
    sentences = [*what_changes(comparison, HEADLINES)]
    if attribution is not None:
        sentences += what_is_attributed(attribution, HEADLINES)
    sentences += what_gets_worse(comparison)
    if sentences:
        yield element("section", *(element("p", one) for one in sentences), class_="answer")


def _side_by_side(comparison: Comparison) -> Iterator[Html]:
    for heading, system in (("Patients", "patients"), ("Supplies", "supplies")):
        if table := side_by_side(comparison, system):
            yield element("h2", heading)
            yield table
    if len(comparison.batch.arms) > 1:
        yield element("p", MARKS, class_="note")
    yield from notes_list([*comparison.notes, *describe_failures(comparison.batch)])


def _gains(attribution: Attribution | None, pictures: Sequence[Path]) -> Iterator[Html]:
    if attribution is None:
        return
    yield element("h2", "Attribution of the gain")
    yield element("p", SHAPLEY)
    yield from _pictures(pictures, GAIN_PICTURE)
    yield shapley(attribution)
    yield element("h3", "Pairs of mechanisms")
    yield pairs(attribution, HEADLINES)
    yield from notes_list(attribution.notes)


def _costs(
    comparison: Comparison,
    attribution: Attribution | None,
    sweeps: Sequence[PriceSweep],
    pictures: Sequence[Path],
) -> Iterator[Html]:
    if attribution is None and not sweeps:
        return
    yield element("h2", "What coordination costs, and where it does harm")
    yield from (element("p", one) for one in what_it_costs(comparison))
    for sweep in sweeps:
        yield prices(sweep, HEADLINES)
        yield element("ul", *(element("li", one) for one in _turning_points(sweep)))
    yield from _pictures(pictures, PRICE_PICTURE)
    if attribution is not None:
        harms = harms_alone(attribution)
        yield element("h3", "Single mechanisms that do harm")
        yield harms or element("p", "None makes any measure worse beyond doubt.")


def _turning_points(sweep: PriceSweep) -> Iterator[str]:
    found = sweep.turning_points
    for name, *what in found[found["measure"].isin(HEADLINES)].itertuples(index=False):
        yield f"{measure_of(name).full_heading}: {finding_text(*what)}"


def _gallery(pictures: Sequence[Path]) -> Iterator[Html]:
    others = [path for path in pictures if path.stem not in {GAIN_PICTURE, PRICE_PICTURE}]
    if others:
        yield element("h2", "Pictures")
        yield from map(shown_picture, others)


def _pictures(pictures: Sequence[Path], stem: str) -> Iterator[Html]:
    """The pictures of that name."""
    return (shown_picture(path) for path in pictures if path.stem == stem)


def _making(comparison: Comparison, command: str) -> Iterator[Html]:
    """All that is needed to make it again."""
    batch = comparison.batch
    base = next(iter(batch.arms))
    scenario = batch.arms[base]
    run = scenario.run
    facts = {
        "scenario": scenario.name,
        "days": f"{run.days:g}, after {run.warm_up_days:g} days of warm-up that do not count",
        "replications": f"{batch.replications} of each arm, on the same random numbers",
        "seed": str(scenario.seed),
        "command": command,
        **{f"arm {name}": _changes(scenario, arm) for name, arm in batch.arms.items()},
        "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
    }
    yield element("h2", "How it was made")
    yield facts_list(facts)
    values = json.dumps(scenario.model_dump(mode="json"), indent=1, ensure_ascii=False)
    summary = element("summary", f"Every value of the scenario, as {base} has it")
    yield element("details", summary, element("pre", values))


def _changes(base: Scenario, arm: Scenario) -> str:
    """What an arm has otherwise than the first, by dotted key."""
    before, after = _flat(base.model_dump(mode="json")), _flat(arm.model_dump(mode="json"))
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return ", ".join(f"{key} = {json.dumps(after.get(key))}" for key in keys)


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values by dotted key."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        inner = isinstance(value, dict) and value
        flat |= _flat(value, f"{prefix}{key}.") if inner else {f"{prefix}{key}": value}
    return flat
