"""The main job as it is shown: off and on, then the attribution of the gain, then its price."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments.attribution.price_sweep import PriceSweep, sweep_all_prices
from experiments.attribution.shapley import Attribution, attribute, off_and_on
from experiments.batch.engine import Progress
from experiments.batch.failures import describe_failures
from experiments.compare import Comparison, compare
from experiments.main_job import (
    CASE,
    FULL,
    HEADLINES,
    QUESTION,
    QUICK,
    SHOWN,
    Size,
    clear_folder,
)
from scenarios.loader import load_scenario
from viz.pictures.attribution import draw_shapley, effect_table, shapley_table
from viz.pictures.draw import Drawing, draw_all, draw_pictures
from viz.pictures.price_sweep import draw_price_sweep, sweep_table, turning_table
from viz.report.report import GAIN_PICTURE, PRICE_PICTURE, write_report
from viz.terminal.console import comparison_tables, print_notes

FOLDER = "coordination"
COMMANDS = {QUICK: "python run.py", FULL: "python run.py --full"}
SHARES, ALONE, PRICES = (
    "Attribution of the gain",
    "Each mechanism, and pairs of them",
    "What if coordination cost less, or more?",
)


def run_main_job(
    size: Size,
    results: Path,
    console: Console,
    progress_bar: Callable[[str], AbstractContextManager[Progress]],
) -> bool:
    """Run the main job, print each part as soon as it is there, and write the report.

    Parameters
    ----------
    size : Size
    results : Path
        Folder of results; what an earlier main job left there is replaced.
    console : Console
    progress_bar : callable
        Gives a progress bar with a title.

    Returns
    -------
    bool
        Whether every run succeeded.
    """
    scenario, workers = load_scenario(CASE, {}, None), os.cpu_count() or 1
    out = clear_folder(results / FOLDER)
    with progress_bar("Off and on") as progress:
        comparison = compare(
            off_and_on(scenario), size.replications, workers=workers, out=out, progress=progress
        )
    _show_off_and_on(console, comparison)
    with progress_bar("All combinations") as progress:
        attribution = attribute(comparison, workers=workers, progress=progress)
    _show_attribution(console, attribution)
    with progress_bar("Prices") as progress:
        sweep = sweep_all_prices(
            scenario,
            size.price_factors,
            size.price_replications,
            known=comparison.batch,
            workers=workers,
            out=out / "prices",
            tables=False,
            progress=progress,
        )
    console.print("", sweep_table(sweep, HEADLINES, PRICES), turning_table(sweep, HEADLINES, ""))
    _draw(comparison, attribution, sweep, out, COMMANDS.get(size, ""))
    console.print(f"In {out}: report.html, and every run, figure and picture")
    return not (comparison.batch.failures or attribution.batch.failures)


def _show_off_and_on(console: Console, comparison: Comparison) -> None:
    shown = replace(comparison, table=_shown(comparison.table))
    console.print(*comparison_tables(shown, QUESTION))
    print_notes(console, comparison.notes, "Note")
    print_notes(console, describe_failures(comparison.batch), "Failed")


def _show_attribution(console: Console, attribution: Attribution) -> None:
    shown = replace(attribution, effects=_shown(attribution.effects))
    console.print("", shapley_table(shown, SHARES))
    console.print("", effect_table(attribution, HEADLINES, ALONE))
    print_notes(console, attribution.notes, "Note")


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """The measures that a terminal has room for."""
    return table[table["measure"].isin(SHOWN)]


def _draw(
    comparison: Comparison, attribution: Attribution, sweep: PriceSweep, out: Path, command: str
) -> None:
    charts = [
        Drawing(GAIN_PICTURE, partial(draw_shapley, attribution, HEADLINES, title=SHARES)),
        Drawing(PRICE_PICTURE, partial(draw_price_sweep, sweep, HEADLINES, title=PRICES)),
    ]
    pictures = [*draw_pictures(comparison.batch, out).drawn, *draw_all(charts, out)]
    report = out / "report.html"
    write_report(report, comparison, attribution, [sweep], pictures, command=command)
