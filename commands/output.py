"""How commands print: the terminal, batches and their pictures, and the ways to end."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from environment.errors import CorridorError

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.batch.engine import Batch, Progress
    from experiments.compare import Comparison
    from experiments.designs import Study
    from experiments.search import Optimum
    from scenarios.scenario import Scenario

REPORT = "report.html"
MOST_LINES, LONGEST_LINE = 20, 1000
"""Lines of a message that are printed, and characters of each."""
MISTAKE, INTERRUPTED, INCOMPLETE = 2, 130, 1
"""Exit codes: of the user's mistakes, of Ctrl-C, and of batches in which some runs have failed."""


def end(message: str, code: int) -> NoReturn:
    """Print a message where errors go, and end with an exit code."""
    lines = message.splitlines()
    shown = lines if len(lines) <= MOST_LINES else lines[: MOST_LINES - 1]
    for line in shown:
        cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
        print(cut.encode(errors="backslashreplace").decode(), file=sys.stderr)
    if len(shown) < len(lines):
        print(f"… and {len(lines) - len(shown):,} more like these", file=sys.stderr)
    raise SystemExit(code)


def run_to_end(app: Callable[[], object]) -> None:
    """Run the command line; what a user can mend is told in lines, without a traceback."""
    _write_any_text()
    try:
        with _output_that_ends():
            app()
    except CorridorError as error:
        end(str(error), MISTAKE)
    except OSError as error:
        end(_describe_os_error(error), MISTAKE)


PLAIN = str.maketrans({"±": "+-", "–": "-", "−": "-", "…": "...", "×": "x", "µ": "u", "·": "."})
"""What stands for characters that a terminal or a pipe does not have."""


def _write_any_text() -> None:
    """Let no character end the program where output has few of them, as that of ``LANG=C``."""
    codecs.register_error("corridor", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="corridor")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return text.encode("ascii", "replace").decode(), error.end


@contextmanager
def _output_that_ends() -> Iterator[None]:
    """Write out what is printed before the program ends, whatever becomes of it.

    Else Python does so after everything, and tells of a full disk in lines of its own.
    """
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise


def _describe_os_error(error: OSError) -> str:
    """What a file or the output could not be used for, on one line."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"{error.filename or 'the output'}: {reason}"


def end_incomplete(batch: Batch) -> None:
    """End with `INCOMPLETE` if some runs of a batch have failed."""
    if batch.failures:
        raise typer.Exit(INCOMPLETE)


def end_without_results(batch: Batch, out: Path | None) -> NoReturn:
    """Tell why there is nothing to show, and end."""
    from experiments.batch.failures import describe_failures

    heading = "every run failed:" if len(batch.failures) > 1 else "the run failed:"
    lines = [heading, *describe_failures(batch)]
    if out is not None:
        lines.append(f"in {out}: no pictures, since there is nothing to draw")
    end("\n".join(lines), MISTAKE)


def open_console() -> Console:
    """The terminal, for results."""
    from viz.terminal.console import open_console

    return open_console()


def open_error_console() -> Console:
    """The terminal, for what is no result: progress, and where files lie."""
    from viz.terminal.console import open_console

    return open_console(stderr=True)


def progress_bar() -> AbstractContextManager[Progress]:
    """Progress of a batch in the terminal."""
    from viz.terminal.console import progress_bar

    return progress_bar(open_error_console(), "Simulating")


def require_runs_for(figures: Path | None, out: Path | None) -> None:
    """Refuse to draw runs that are not kept."""
    if figures is not None and figures.exists() and not figures.is_dir():
        end(f"--figures {figures}: is no folder", MISTAKE)
    if figures is not None and out is None:
        end("--figures asks for --out, too: pictures are drawn from the runs kept there", MISTAKE)


def show_comparison(
    comparison: Comparison, out: Path | None, as_json: bool, title: str, figures: Path | None
) -> None:
    """Print a comparison, and draw pictures where results are kept."""
    from experiments.batch.failures import describe_failures
    from experiments.precision import precision_notes
    from viz.terminal.console import comparison_tables, print_notes

    batch = comparison.batch
    tell_mended(batch)
    if as_json:
        print(comparison.to_json())
    if batch.summaries.empty:
        end_without_results(batch, out)
    if not as_json:
        console = open_console()
        print_notes(console, _map_notes(batch.arms.values()), "Map")
        print_notes(console, _record_notes(batch.arms.values()), "Record")
        console.print(*comparison_tables(comparison, title, console.width))
        print_notes(console, comparison.notes, "Note")
        print_notes(console, list(precision_notes(comparison)), "Precision")
        print_notes(console, describe_failures(batch), "Failed")
    if out is not None:
        _draw(comparison, out, figures)
    end_incomplete(batch)


def show_study(
    study: Study, out: Path | None, as_json: bool, title: str, *, control: bool = False
) -> None:
    """Print what came of a design, and draw it where results are kept."""
    from experiments.batch.failures import describe_failures
    from viz.terminal.console import print_notes
    from viz.terminal.designs import control_table, study_table, worlds_table

    batch = study.batch
    tell_mended(batch)
    if as_json:
        print(study.to_json(control=control))
    if batch.summaries.empty:
        end_without_results(batch, out)
    if not as_json:
        console = open_console()
        console.print(study_table(study, title))
        if (table := worlds_table(study)) is not None:
            console.print(table)
        if control:
            console.print(control_table(study))
        print_notes(console, study.notes, "Note")
        print_notes(console, describe_failures(batch), "Failed")
    if out is not None:
        from viz.pictures.studies.designs import draw_study

        names = ", ".join(path.name for path in draw_study(study, out))
        told = f"In {out}: summaries.parquet, points.csv, means.json"
        open_error_console().print(f"{told}, {names}" if names else told)
    end_incomplete(batch)


def show_optimum(found: Optimum, out: Path | None, as_json: bool, title: str) -> None:
    """Print what a search found, and draw it where results are kept."""
    from viz.terminal.search import print_optimum

    if as_json:
        print(found.to_json())
    else:
        print_optimum(open_console(), found, title)
    if out is not None:
        from viz.pictures.studies.search import draw_optimum

        names = ", ".join(path.name for path in draw_optimum(found, out))
        told = f"In {out}: every run's measures, trials.csv, optimum.json, {names}"
        open_error_console().print(told)


def tell_mended(batch: Batch) -> None:
    """Tell what in the folder of a batch was not as it had been saved."""
    from viz.terminal.console import print_notes

    print_notes(open_error_console(), batch.mended, "Mended")


def tell_figures(figures: Path) -> None:
    """Tell where ``--figures`` lie."""
    open_error_console().print(f"In {figures}: every picture as PNG and SVG")


def _draw(comparison: Comparison, out: Path, figures: Path | None) -> None:
    from viz.pictures.draw import draw_pictures
    from viz.report.report import write_report

    pictures = draw_pictures(comparison.batch, out)
    write_report(out / REPORT, comparison, pictures=pictures.drawn)
    names = ", ".join(path.name for path in pictures.drawn)
    console = open_error_console()
    console.print(f"In {out}: {REPORT}, every run, comparison.json, {names}")
    for why in pictures.left_out:
        console.print(why)
    if figures is not None:
        draw_pictures(comparison.batch, figures, maps_as_svg=True)
        tell_figures(figures)


def _map_notes(scenarios: Iterable[Scenario]) -> list[str]:
    """What was mended on the maps, each line once."""
    from simulation.preparation import prepare

    notes = [note for scenario in scenarios for note in prepare(scenario).city.roads.notes]
    return list(dict.fromkeys(notes))


def _record_notes(scenarios: Iterable[Scenario]) -> list[str]:
    """What is left out of records of calls, and what they do not cover, each line once."""
    from environment.demand.record import read_record
    from simulation.preparation import prepare

    notes: list[str] = []
    for scenario in scenarios:
        if scenario.demand.recorded_calls is not None:
            path = scenario.folder / scenario.demand.recorded_calls
            roads = prepare(scenario).city.roads
            horizon_s = scenario.run.horizon_s
            record = read_record(path, scenario.demand, roads, scenario.places, horizon_s)
            notes += record.notes(horizon_s)
    return list(dict.fromkeys(notes))
