"""The points of a design, and the answers to a what-if file, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from rich.table import Table
from rich.text import Text

from experiments.designs import Study
from experiments.what_if import Answers
from scenarios.toml_text import inline
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from viz.terminal.console import narrow_table

HEADLINES = ("response_s", "in_target_share", "fill_rate")
MOST_POINTS = 24


def study_table(study: Study, title: str) -> Table:
    """A row for each point: the values of its keys, and the headline measures."""
    table = narrow_table(title)
    shown = [name for name in HEADLINES if name in study.measures]
    shown = [name for name in shown if study.batch.summaries[name].notna().any()]
    for key in study.design.keys:
        table.add_column(key, overflow="fold")  # keys differ in how they end
    for name in shown:
        table.add_column(measure_of(name).heading, justify="right", no_wrap=True)
    means = [study.means(name) for name in shown]
    for row, (arm, values) in enumerate(list(study.design.points.items())[:MOST_POINTS]):
        cells = [_cell(name, own.iloc[row]) for name, own in zip(shown, means, strict=True)]
        table.add_row(arm, *(_value(values[key]) for key in study.design.keys), *cells)
    more = len(study.design.points) - MOST_POINTS
    told = (
        f"mean ± half-width of the {study.level:.0%} t-interval over {study.batch.replications} "
        "replications"
        if shown
        else "no run has a value of a headline measure; --json tells all others"
    )
    table.caption = told + (f"; {more:,} more points" if more > 0 else "")
    return table


def worlds_table(study: Study) -> Table | None:
    """Over worlds, a row for each setting of the levers; None without worlds to tell of.

    A headline measure has a section of its own.
    """
    shown = [name for name in HEADLINES if name in study.measures]
    shown = [name for name in shown if study.batch.summaries[name].notna().any()]
    rows = {name: study.over_worlds(name) for name in shown}
    if not any(len(own) and (own["worlds"] > 1).any() for own in rows.values()):
        return None
    table = narrow_table(f"Over worlds: {', '.join(study.design.worlds)}")
    table.columns[0].no_wrap = False
    for heading in ("mean", "between", "within", "change", "up", "down"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, own in rows.items():
        measure = measure_of(name)
        table.add_section()
        table.add_row(Text(measure.heading, "bold"))
        for _, row in own.head(MOST_POINTS).iterrows():
            table.add_row(*_over_worlds(measure, row))
    table.caption = (
        f"mean ± half-width of the {study.level:.0%} t-interval over {_counts(rows)} worlds; "
        "deviations between worlds and within one; change from the first row in the same worlds, "
        "and shares of worlds in which it is up and down"
    )
    return table


def control_table(study: Study) -> Table:
    """A row for each point: headline measures with the number of calls as control variate."""
    table = narrow_table("With the number of calls as control variate")
    shown = [name for name in (*HEADLINES, "utilisation") if name in study.measures]
    shown = [name for name in shown if study.batch.summaries[name].notna().any()]
    for name in shown:
        table.add_column(measure_of(name).heading, justify="right", no_wrap=True)
    means = [study.controlled(name) for name in shown]
    for row, arm in enumerate(list(study.batch.arms)[:MOST_POINTS]):
        rows = [(name, own.iloc[row]) for name, own in zip(shown, means, strict=True)]
        table.add_row(arm, *(f"{_cell(name, own)}{_gain(own)}" for name, own in rows))
    table.caption = (
        "mean ± half-width; in brackets how many times as many replications it would take without "
        "control"
    )
    return table


def _counts(rows: Mapping[str, pd.DataFrame]) -> str:
    """From how many to how many worlds the settings have."""
    every = pd.concat([own["worlds"] for own in rows.values()])
    return "–".join(map(str, sorted({every.min(), every.max()})))


def _over_worlds(measure: Measure, row: pd.Series) -> list[str]:
    half = measure.text(row["high"] - row["mean"])
    cells = [
        row["setting"],
        f"{measure.text(row['mean'])} ± {half}",
        measure.text(row["between"]),
        measure.text(row["within"]),
    ]
    if pd.isna(row.get("change")):
        return cells
    half = measure.text(row["change_high"] - row["change"])
    change = f"{measure.difference_text(row['change'])} ± {half}"
    return [*cells, change, f"{row['up']:.0%}", f"{row['down']:.0%}"]


def answers_table(found: Answers, title: str) -> Table:
    """A row for each question: what the runs say to it, and by how much."""
    table = narrow_table(title)
    table.columns[0].no_wrap = False
    for heading in ("answer", "change", "worlds for it"):
        table.add_column(heading, justify="right", no_wrap=True)
    for answer in found.answers:
        measure = measure_of(answer.measure)
        change = "–"
        if answer.worlds:
            half = f"{measure.text(answer.high - answer.change)} {measure.unit_of_differences}"
            change = f"{measure.difference_text(answer.change)} ± {half}"
        count = f"{answer.share_for:.0%} of {answer.worlds}" if answer.worlds else "–"
        table.add_row(answer.ask, answer.says, change, count)
    worlds = len(found.worlds.points)
    table.caption = (
        f"95% t-intervals over {worlds} worlds"
        if worlds > 1
        else "95% t-intervals over replications"
    )
    return table


def _cell(name: str, row: pd.Series) -> str:
    measure = measure_of(name)
    if pd.isna(row["low"]):
        return measure.text(row["mean"])
    return f"{measure.text(row['mean'])} ± {measure.text(row['high'] - row['mean'])}"


def _gain(row: pd.Series) -> str:
    return "" if pd.isna(row["gain"]) else f" ({row['gain']:.1f})"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else inline(value)
