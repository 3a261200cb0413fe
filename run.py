"""The command line: reads what is asked, calls what answers it, prints what came of it.

``python run.py`` without arguments runs the main job. Everything heavy is imported by the command
that needs it, so that help comes at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from own_packages import require_own_packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from rich.console import Console

    from experiments.batch.engine import Batch, Progress
    from experiments.compare import Comparison
    from experiments.location.located import Location
    from papers.reproduce import Reproduced
    from scenarios.scenario import Scenario

MAIN_FOLDER = Path("results")
REPORT = "report.html"
MOST_LINES, LONGEST_LINE = 20, 1000
"""Lines of a message that are printed, and characters of each."""
MOST_RUNS = 1_000_000
MISTAKE, INTERRUPTED, INCOMPLETE = 2, 130, 1
"""Exit codes: of the user's mistakes, of Ctrl-C, and of batches in which some runs have failed."""


class Commands(TyperGroup):
    """Commands whose interruption is told; Typer's own end by it without a word."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            _end(str(stop) or "stopped", INTERRUPTED)


app = typer.Typer(
    cls=Commands,
    help="Simulate emergency medical logistics on real streets: what would it change?\n\n"
    "Without a command: what coordination changes in the default city, and whose gain it is.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Case = Annotated[str, typer.Argument(help="A shipped case by name, or a scenario file (.toml).")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the files that the scenario names.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Override a key, as in run.days=14.", metavar="KEY=VALUE"),
]
Coordinated = Annotated[
    str | None,
    typer.Option(
        "--coordination",
        help="Which mechanisms are on: on, off, or names such as information,risk.",
        metavar="MECHANISMS",
        show_default=False,
    ),
]
Replications = Annotated[
    int, typer.Option("--replications", "-n", min=1, max=MOST_RUNS, help="Runs of each arm.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", "-w", min=1, help="Processes; else one for each core.", show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder for runs, figures and pictures.", show_default=False),
]
Figures = Annotated[
    Path | None,
    typer.Option(
        "--figures",
        help="Folder for every picture as PNG and SVG.",
        metavar="DIR",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on in --out where a batch stopped.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.callback(invoke_without_command=True)
def main_job(
    context: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="More replications and prices: about ten times as long.")
    ] = False,
) -> None:
    """Run the main job where no command is given."""
    if context.invoked_subcommand is None:
        _run_main_job(full)


@app.command()
def simulate(
    case: Case,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 1,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Run a case and print what comes of it, with intervals.

    They are over replications, or, of a single run, from batches of its calls.
    """
    _require_runs_for(figures, out)
    scenario = _load(case, data, overrides, coordination)
    if replications > 1:
        arms = {"run": scenario}
        _compare(arms, replications, workers, out, resume, as_json, scenario.name, figures)
        return
    from experiments.single_run_intervals import simulate_once

    with _progress() as progress:
        once = simulate_once(scenario, out=out, resume=resume, progress=progress)
    _show(once, out, as_json, scenario.name, figures)


@app.command()
def compare(
    case: Case,
    arms: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="NAME:KEY=VALUE,...",
            help="An arm and what it changes; the first is what the others are compared with.",
        ),
    ],
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 10,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Compare arms of a case on the same patients."""
    from scenarios.arms import load_arms, read_arms

    _require_runs_for(figures, out)
    scenarios = load_arms(case, read_arms(arms), overrides, data, coordination)
    title = next(iter(scenarios.values())).name
    _compare(scenarios, replications, workers, out, resume, as_json, title, figures)


@app.command()
def warm_up(
    case: Case,
    data: Data = None,
    overrides: Set = None,
    replications: Replications = 10,
    as_json: AsJson = False,
) -> None:
    """Estimate how long a case takes to forget its empty start, beside its run.warm_up_days."""
    from experiments.warm_up import find_warm_up

    scenario = _load(case, data, overrides)
    with _progress() as progress:
        found = find_warm_up(scenario, replications, progress)
    if as_json:
        print(found.to_json())
        return
    from viz.terminal.console import print_warm_up

    print_warm_up(_console(), found, scenario.name)


@app.command()
def locate(
    case: Case,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="lscp, mclp, p_median, p_center, mexclp, double_standard, backup_coverage, "
            "k_means or robust.",
        ),
    ],
    sites: Annotated[
        int | None,
        typer.Option(
            "--sites",
            help="Junctions that are candidates beside the stations; none by default.",
            show_default=False,
        ),
    ] = None,
    protection: Annotated[
        str | None,
        typer.Option(
            "--protection",
            help="Of robust: nominal, box, budgeted or ellipsoid (by default).",
            show_default=False,
        ),
    ] = None,
    lights: Annotated[
        bool, typer.Option("--lights", help="Of robust: decide which lights to equip, too.")
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            help="Simulated days to learn from, and as many to try plans on; 200 by default.",
            show_default=False,
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="What else the model asks, as in stations=6 or front=8.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    data: Data = None,
    overrides: Set = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Site stations and size their fleets by a location model, and try the plan on simulated days.

    Ctrl-C ends the search and shows the best plan so far with its gap.
    """
    from policies.interrupts import BEFORE_A_PLAN, interrupts_held, interrupts_raised

    try:
        with interrupts_held():
            with interrupts_raised():
                from experiments.location.locate import locate as find_plan
                from experiments.location.question import make_question
                from scenarios.overrides import read_overrides
                from viz.terminal.location import search_line

                options = {"sites": sites, "protection": protection, "days": days}
                options |= {"lights": lights or None}
                given = {name: value for name, value in options.items() if value is not None}
                question = make_question(model, read_overrides(parameters or [], "--with") | given)
                scenario = _load(case, data, overrides)
            with search_line(_console(stderr=True)) as tell:
                found = find_plan(scenario, question, tell)
            _show_location(found, out, as_json)
    except KeyboardInterrupt:
        _end(BEFORE_A_PLAN, INTERRUPTED)


@app.command()
def reproduce(
    paper: Annotated[str, typer.Argument(help="Whose results: zhao, zaatari, or smart-ems.")],
    quick: Annotated[
        bool, typer.Option("--quick", help="Few replications: under a minute.")
    ] = False,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            "-n",
            min=1,
            help="Of zhao's ten scenarios, of each of zaatari's outbreaks, or of the city.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Run a paper's case and show it beside what it claims: what holds, and what does not."""
    from papers.reproduce import PAPERS, Wish

    if paper not in PAPERS:
        _end(f"{paper}: no such reproduction (there are: {', '.join(PAPERS)})", MISTAKE)
    wish = Wish(quick, replications, workers, out, figures, resume)
    found = PAPERS[paper](wish, _console(stderr=True))
    if as_json:
        print(found.to_json())
    else:
        found.show(_console())
    _report_on(found, out, figures)
    if found.has_failures:
        raise typer.Exit(INCOMPLETE)


@app.command()
def hypercube(
    case: Annotated[
        str, typer.Argument(help="A shipped case by name, or a scenario file (.toml).")
    ] = "city",
    data: Data = None,
    overrides: Set = None,
    replications: Replications = 10,
    workers: Workers = None,
    out: Out = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Predict a case by the hypercube model, beside simulated runs: what the model leaves out."""
    from experiments.hypercube.check import check_hypercube

    scenario = _load(case, data, overrides)
    with _progress() as progress:
        found = check_hypercube(
            scenario,
            replications,
            workers=_processes(workers),
            out=out,
            resume=resume,
            progress=progress,
        )
    if found.batch.summaries.empty:
        _end_without_results(found.batch, out)
    if as_json:
        print(found.to_json())
    else:
        from viz.terminal.hypercube import print_hypercube

        print_hypercube(_console(), found, scenario.name)
    if out is not None:
        _console(stderr=True).print(f"In {out}: every run, hypercube.json")
    if found.batch.failures:
        raise typer.Exit(INCOMPLETE)


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the cases that come with Corridor."""
    from scenarios.loader import describe_cases

    cases = describe_cases()
    if as_json:
        print(json.dumps(cases, indent=1))
        return
    from viz.terminal.console import cases_table

    _console().print(cases_table(cases))


@app.command()
def view(
    case: Annotated[
        str, typer.Argument(help="A shipped case by name, or a scenario file (.toml).")
    ] = "city",
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", help="Whom it answers; only this machine by default.")
    ] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    results: Annotated[
        Path, typer.Option("--results", help="Folder whose results the page may open.")
    ] = MAIN_FOLDER,
    tiles: Annotated[
        str,
        typer.Option(
            "--tiles",
            metavar="URL",
            help="Map tiles of your own, as in http://localhost:8080/{z}/{x}/{y}.png.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Watch a case in the browser, and change it while it runs; Ctrl-C ends it."""
    from viz.page.server import open_port, require_extra, serve

    require_extra()
    scenario = _load(case, data, overrides, coordination)
    with open_port(host, port) as listener:
        from viz.page.service import make_service, serve_this

        serve_this(make_service(scenario, results, tiles))
        serve(
            listener,
            lambda url: print(f"{scenario.name}: {url}   (Ctrl-C ends it)", flush=True),
            not no_browser,
        )


@app.command()
def check_policy(
    policy: Annotated[
        str, typer.Argument(help="module:Class, ./file.py:Class, or a built-in name.")
    ],
    decision: Annotated[
        str | None,
        typer.Option(
            help="dispatch, hospital, location, relocation, signals, ordering, allocation, routing "
            "or sourcing, if the policy does not tell."
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter of the policy.", metavar="NAME=VALUE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Test a policy, your own too, in a few hundred small situations."""
    from policies.check import check_policy as check
    from scenarios.overrides import read_overrides, with_values

    report = check(decision, policy, with_values({}, read_overrides(parameters or [])), [Path()])
    if as_json:
        from dataclasses import asdict

        print(json.dumps(asdict(report), indent=1))
    else:
        from viz.terminal.console import print_report

        print_report(_console(), report)
    if not report.passed:
        raise typer.Exit(MISTAKE)


def main() -> None:
    """Start the command line; a user's mistake ends it with a message and no traceback."""
    require_own_packages()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends workers as Ctrl-C does
    try:
        app()
    except Exception as error:
        from environment.errors import CorridorError

        if not isinstance(error, CorridorError):
            raise
        _end(str(error), MISTAKE)


def _run_main_job(full: bool) -> None:
    """Answer the question that Corridor asks where none is asked."""
    from experiments.main_job import FULL, QUICK
    from viz.report.main_job import run_main_job
    from viz.terminal.console import progress_bar

    bar = partial(progress_bar, _console(stderr=True))
    if not run_main_job(FULL if full else QUICK, MAIN_FOLDER, _console(), bar):
        raise typer.Exit(INCOMPLETE)


def _report_on(found: Reproduced, out: Path | None, figures: Path | None) -> None:
    """Keep a reproduction's report and pictures where they are wanted."""
    if out is None and figures is None:
        return
    from viz.pictures.draw import draw_all

    drawings = list(found.drawings())
    if out is not None:
        pictures = draw_all(drawings, out)
        found.report().write(out / REPORT, pictures)
        names = ", ".join(path.name for path in pictures)
        _console(stderr=True).print(f"In {out}: {REPORT}, {names}")
    if figures is not None:
        draw_all(drawings, figures, maps_as_svg=True)
        _tell_figures(figures)


def _compare(
    arms: Mapping[str, Scenario],
    replications: int,
    workers: int | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    title: str,
    figures: Path | None,
) -> None:
    """Run arms, and show them side by side."""
    from experiments.compare import compare as run_comparison

    with _progress() as progress:
        comparison = run_comparison(
            arms,
            replications,
            workers=_processes(workers),
            out=out,
            resume=resume,
            progress=progress,
        )
    _show(comparison, out, as_json, title, figures)


def _show(
    comparison: Comparison, out: Path | None, as_json: bool, title: str, figures: Path | None
) -> None:
    """Print a comparison, and draw pictures where results are kept."""
    from experiments.batch.failures import describe_failures
    from viz.terminal.console import comparison_tables, print_notes

    batch = comparison.batch
    if as_json:
        print(comparison.to_json())
    if batch.summaries.empty:
        _end_without_results(batch, out)
    if not as_json:
        console = _console()
        print_notes(console, _map_notes(batch.arms.values()), "Map")
        print_notes(console, _record_notes(batch.arms.values()), "Record")
        console.print(*comparison_tables(comparison, title, console.width))
        print_notes(console, comparison.notes, "Note")
        print_notes(console, describe_failures(batch), "Failed")
    if out is not None:
        _draw(comparison, out, figures)
    if batch.failures:
        raise typer.Exit(INCOMPLETE)


def _show_location(found: Location, out: Path | None, as_json: bool) -> None:
    """Print a plan, and write it where results are kept."""
    if as_json:
        from simulation.json_file import to_json

        print(to_json(found.to_dict()).decode())
    else:
        from viz.terminal.location import print_location

        print_location(_console(), found)
    if out is not None:
        from viz.maps.location_files import write_location

        _console(stderr=True).print(f"In {out}: {', '.join(write_location(found, out))}")
    if found.is_interrupted:
        raise typer.Exit(INTERRUPTED)


def _end_without_results(batch: Batch, out: Path | None) -> NoReturn:
    """Tell why there is nothing to show."""
    from experiments.batch.failures import describe_failures

    heading = "every run failed:" if len(batch.failures) > 1 else "the run failed:"
    lines = [heading, *describe_failures(batch)]
    if out is not None:
        lines.append(f"in {out}: no pictures, since there is nothing to draw")
    _end("\n".join(lines), MISTAKE)


def _processes(workers: int | None) -> int:
    return workers or os.cpu_count() or 1


def _progress() -> AbstractContextManager[Progress]:
    from viz.terminal.console import progress_bar

    return progress_bar(_console(stderr=True), "Simulating")


def _draw(comparison: Comparison, out: Path, figures: Path | None) -> None:
    from viz.pictures.draw import draw_pictures
    from viz.report.report import write_report

    pictures = draw_pictures(comparison.batch, out)
    write_report(out / REPORT, comparison, pictures=pictures.drawn)
    names = ", ".join(path.name for path in pictures.drawn)
    console = _console(stderr=True)
    console.print(f"In {out}: {REPORT}, every run, comparison.json, {names}")
    for why in pictures.left_out:
        console.print(why)
    if figures is not None:
        draw_pictures(comparison.batch, figures, maps_as_svg=True)
        _tell_figures(figures)


def _tell_figures(figures: Path) -> None:
    _console(stderr=True).print(f"In {figures}: every picture as PNG and SVG")


def _require_runs_for(figures: Path | None, out: Path | None) -> None:
    """Refuse to draw runs that are not kept."""
    if figures is not None and out is None:
        _end("--figures asks for --out, too: pictures are drawn from the runs kept there", MISTAKE)


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
            record = read_record(path, scenario.demand, roads, scenario.places)
            notes += record.notes(scenario.run.horizon_s)
    return list(dict.fromkeys(notes))


def _load(
    case: str,
    data: Path | None,
    overrides: Iterable[str] | None,
    coordination: str | None = None,
) -> Scenario:
    from scenarios.loader import load_changed
    from scenarios.overrides import read_changes

    return load_changed(case, read_changes(overrides, coordination), data)


def _console(*, stderr: bool = False) -> Console:
    from viz.terminal.console import open_console

    return open_console(stderr=stderr)


def _end(message: str, code: int) -> NoReturn:
    lines = message.splitlines()
    shown = lines if len(lines) <= MOST_LINES else lines[: MOST_LINES - 1]
    for line in shown:
        cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
        print(cut.encode(errors="backslashreplace").decode(), file=sys.stderr)
    if len(shown) < len(lines):
        print(f"… and {len(lines) - len(shown):,} more like these", file=sys.stderr)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
