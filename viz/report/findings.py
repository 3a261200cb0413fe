"""The answer in a few sentences, made from the figures and their intervals."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from experiments.attribution.factorial import OFF, ON
from experiments.attribution.shapley import Attribution
from experiments.compare import Comparison
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure

WORDS = {
    "response_s": "mean response time",
    "in_target_share": "share of calls reached in time",
    "lost_share": "share of calls lost",
    "waiting_share": "share of calls that wait",
    "fill_rate": "share of needs that are met",
    "acquisition_s": "mean time until people get their supplies",
    "km_per_call": "kilometres driven per call",
    "truck_km_per_day": "kilometres that trucks drive",
    "coordination_cost_per_day": "cost of coordination",
}
"""Measures in running text; others go by their label."""
Row = dict[Hashable, Any]
"""The figures of one arm and measure, by column."""

SHOWN_MECHANISMS = 2
SHOWN_HARMS = 4


def verdict(measure: Measure, change: float, low: float, high: float) -> str:
    """``better`` or ``worse`` where an interval leaves no doubt of it, else empty.

    So it is where the change is too small to be seen among the digits that are shown.
    """
    if measure.better is None or not (low > 0 or high < 0):
        return ""
    if not measure.difference_text(change).strip("+-0."):
        return ""
    return "better" if (high < 0) == (measure.better == "lower") else "worse"


def verdict_of(measure: Measure, row: Row) -> str:
    """The verdict on how an arm differs from the first, from a row of a comparison's table."""
    ends = row["difference_low"], row["difference_high"]
    return verdict(measure, row["difference"], *ends)


def what_changes(comparison: Comparison, measures: Sequence[str]) -> Iterator[str]:
    """A sentence for each arm but the first on how some measures differ from it."""
    for arm in list(comparison.batch.arms)[1:]:
        rows = _rows(comparison, arm)
        changes = [row["difference"] for row in rows.values() if not math.isnan(row["mean"])]
        if changes and not any(changes):
            yield f"{_with(comparison, arm)}, nothing that is measured differs."
            continue
        told = [
            _change(measure_of(name), rows[name])
            for name in measures
            if name in rows and not math.isnan(rows[name]["difference"])
        ]
        if told:
            known = f"in brackets differences with their {comparison.level:.0%} intervals"
            yield f"{_with(comparison, arm)} ({known}), {'; '.join(told)}."


def what_gets_worse(comparison: Comparison) -> Iterator[str]:
    """A sentence for each arm on the measures that are worse without doubt."""
    for arm in list(comparison.batch.arms)[1:]:
        harms = [
            f"{_words(measure)} ({_difference(measure, row['difference'])})"
            for measure, row in _shown(_rows(comparison, arm))
            if verdict_of(measure, row) == "worse"
        ]
        if harms:
            more = len(harms) - SHOWN_HARMS
            last = f", and {more} more in the table" if more > 0 else ""
            yield f"{_with(comparison, arm)}, worse: {', '.join(harms[:SHOWN_HARMS])}{last}."


def what_is_attributed(attribution: Attribution, measures: Sequence[str]) -> Iterator[str]:
    """A sentence on the measures that differ without doubt, and the mechanisms that make it so."""
    totals = attribution.totals.set_index("measure").to_dict("index")
    told = []
    for name in measures:
        if name not in totals:
            continue
        measure, total = measure_of(name), totals[name]
        what = verdict(measure, total["difference"], total["low"], total["high"])
        if what:
            gain = "gain" if what == "better" else "harm"
            by = _by_whom(attribution, measure, what)
            told.append(f"the {gain} in the {_words(measure)} {by}")
    if told:
        text = "; ".join(told)
        yield f"{text[:1].upper()}{text[1:]}."


def _by_whom(attribution: Attribution, measure: Measure, what: str) -> str:
    """The mechanisms that surely have the largest shares in a gain, or in a harm."""
    rows = attribution.shapley[attribution.shapley["measure"] == measure.name]
    shares = sorted(
        (
            (value, mechanism)
            for mechanism, value, low, high in rows[
                ["mechanism", "value", "low", "high"]
            ].itertuples(index=False)
            if verdict(measure, value, low, high) == what
        ),
        key=lambda share: -abs(share[0]),
    )
    if not shares:
        return "is no single one's beyond doubt"
    largest = [f"{name} ({_difference(measure, v)})" for v, name in shares[:SHOWN_MECHANISMS]]
    return f"comes most from {' and '.join(largest)}"


def what_it_costs(comparison: Comparison) -> Iterator[str]:
    """A sentence for each arm on what a day costs, and how much of it is for coordination."""
    of_it, whole = measure_of("coordination_cost_per_day"), measure_of("supply_cost_per_day")
    for arm in list(comparison.batch.arms)[1:]:
        rows = _rows(comparison, arm)
        if of_it.name in rows and rows[of_it.name]["mean"] > 0:
            cost = rows[whole.name]
            yield (
                f"{_with(comparison, arm)}, supplies cost {whole.text(cost['mean'])} "
                f"{whole.unit} a day in place of {whole.text(cost['base'])}; "
                f"{of_it.text(rows[of_it.name]['mean'])} of it pays for coordination itself."
            )


def _rows(comparison: Comparison, arm: str) -> dict[str, Row]:
    """The figures of an arm by measure, with the means of the first as ``base``."""
    table = comparison.table.set_index("measure")
    base = table.loc[table["arm"] == comparison.base, "mean"]
    own = table[table["arm"] == arm].assign(base=base)
    return {str(name): row for name, row in own.to_dict("index").items()}


def _shown(rows: dict[str, Row]) -> Iterator[tuple[Measure, Row]]:
    """Measures of all calls and all items that are shown, with their rows."""
    for name, row in rows.items():
        measure = measure_of(name)
        if not measure.part and measure.shown != "in files":
            yield measure, row


def _with(comparison: Comparison, arm: str) -> str:
    if (comparison.base, arm) == (OFF, ON):
        return "With coordination on"
    return f"With {arm} in place of {comparison.base}"


def _words(measure: Measure) -> str:
    return WORDS.get(measure.name, measure.label[:1].lower() + measure.label[1:])


def _change(measure: Measure, row: Row) -> str:
    """How one measure differs, or that no difference is shown."""
    low, high = row["difference_low"], row["difference_high"]
    change = _difference(measure, row["difference"])
    if math.isnan(low):
        return f"the {_words(measure)} differs by {change}, of which there is no interval"
    known = f"({change}, {measure.difference_text(low)} to {measure.difference_text(high)})"
    if not (low > 0 or high < 0):
        return f"no difference is shown in the {_words(measure)} {known}"
    way = "falls" if high < 0 else "rises"
    unit = f" {measure.unit}" if measure.unit else ""
    means = f"{measure.text(row['base'])} to {measure.text(row['mean'])}{unit}"
    return f"the {_words(measure)} {way} from {means} {known}"


def _difference(measure: Measure, value: float) -> str:
    unit = measure.unit_of_differences
    text = measure.difference_text(value)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text
