"""The papers whose cases can be run again: all are asked, shown and reported in the same way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from experiments.errors import BatchError

if TYPE_CHECKING:
    from rich.console import Console

    from papers.report import ReproductionReport
    from viz.pictures.draw import Drawing


class ReproductionRequest(NamedTuple):
    """What is asked of a reproduction.

    Attributes
    ----------
    quick : bool
    replications, workers : int or None
        None for as many as it has by itself, and as there are cores.
    out, figures : Path or None
        Folders for all that comes of it, and for its pictures alone.
    resume : bool
    """

    quick: bool
    replications: int | None
    workers: int | None
    out: Path | None
    figures: Path | None
    resume: bool

    @property
    def processes(self) -> int:
        """In how many processes it runs."""
        return self.workers or os.cpu_count() or 1

    def command(self, paper: str) -> str:
        """The command by which it can be made again."""
        options = [" --quick"] if self.quick else []
        if self.replications:
            options.append(f" --replications {self.replications}")
        return f"corridor reproduce {paper}{''.join(options)}"


class Reproduced(NamedTuple):
    """What came of it; each part is made when it is wanted.

    Attributes
    ----------
    to_json : callable
    show : callable
        Prints its tables.
    report : callable
    drawings : callable
    has_failures : bool
        Whether some runs have failed.
    """

    to_json: Callable[[], str]
    show: Callable[[Console], None]
    report: Callable[[], ReproductionReport]
    drawings: Callable[[], Iterable[Drawing]]
    has_failures: bool


def _zhao(request: ReproductionRequest, console: Console) -> Reproduced:
    """Supplies with and without coordination, in ten scenarios."""
    from papers.zhao.claims import Reproduction
    from papers.zhao.experiment import FULL, QUICK, run_zhao
    from papers.zhao.report import zhao_drawings, zhao_report
    from papers.zhao.tables import print_reproduction
    from viz.terminal.console import progress_bar

    wanted = request.replications or (QUICK if request.quick else FULL)
    with progress_bar(console, "Simulating") as progress:
        runs = run_zhao(
            wanted,
            workers=request.processes,
            out=request.out,
            resume=request.resume,
            progress=progress,
        )
    found = Reproduction(runs)
    return Reproduced(
        found.to_json,
        lambda console: print_reproduction(console, found),
        lambda: zhao_report(found, request.command("zhao")),
        lambda: zhao_drawings(found),
        bool(runs.failures),
    )


def _smart_ems(request: ReproductionRequest, console: Console) -> Reproduced:
    """Robust location, and lights that make way."""
    from papers.smart_ems.claims import SmartEms
    from papers.smart_ems.experiment import FULL, QUICK, run_smart_ems
    from papers.smart_ems.report import smart_ems_drawings, smart_ems_report
    from papers.smart_ems.tables import print_smart_ems
    from viz.terminal.console import progress_bar

    size = QUICK if request.quick else FULL
    size = size._replace(replications=request.replications or size.replications)
    with progress_bar(console, "Simulating") as progress:
        runs = run_smart_ems(
            size,
            workers=request.processes,
            out=request.out,
            resume=request.resume,
            progress=progress,
        )
    found = SmartEms(runs)
    return Reproduced(
        found.to_json,
        lambda console: print_smart_ems(console, found),
        lambda: smart_ems_report(found, request.command("smart-ems")),
        lambda: smart_ems_drawings(found),
        bool(runs.lights.batch.failures),
    )


def _zaatari(request: ReproductionRequest, console: Console) -> Reproduced:
    """A camp's ambulances in outbreaks, by the hypercube."""
    from papers.report import make_folder
    from papers.zaatari.as_json import zaatari_json
    from papers.zaatari.experiment import FULL, QUICK, run_zaatari
    from papers.zaatari.report import zaatari_drawings, zaatari_report
    from papers.zaatari.tables import print_zaatari

    if request.workers is not None or request.resume:
        raise BatchError("zaatari takes minutes in one process: leave out --workers and --resume")
    for folder in (request.out, request.figures):
        if folder is not None:
            make_folder(folder)
    size = (QUICK if request.quick else FULL).with_runs(request.replications)
    with console.status("") as status:
        found = run_zaatari(size, status.update)
    return Reproduced(
        lambda: zaatari_json(found),
        lambda console: print_zaatari(console, found),
        lambda: zaatari_report(found, request.command("zaatari")),
        lambda: zaatari_drawings(found),
        has_failures=False,
    )


def _scott_rutner(request: ReproductionRequest, console: Console) -> Reproduced:
    """Orders of treatment centres and the trips that bring them, apart and together."""
    from papers.report import make_folder
    from papers.scott_rutner.claims import ScottRutner
    from papers.scott_rutner.experiment import FULL, QUICK, run_scott_rutner
    from papers.scott_rutner.report import scott_rutner_drawings, scott_rutner_report
    from papers.scott_rutner.tables import print_scott_rutner
    from viz.terminal.console import progress_bar

    if request.resume:
        raise BatchError("scott-rutner keeps no runs to go on with: leave out --resume")
    for folder in (request.out, request.figures):
        if folder is not None:
            make_folder(folder)
    size = QUICK if request.quick else FULL
    size = size._replace(replications=request.replications or size.replications)
    with progress_bar(console, "Solving and simulating") as progress:
        runs = run_scott_rutner(size, workers=request.processes, tell=progress)
    found = ScottRutner(runs)
    return Reproduced(
        found.to_json,
        lambda console: print_scott_rutner(console, found),
        lambda: scott_rutner_report(found, request.command("scott-rutner")),
        lambda: scott_rutner_drawings(found),
        has_failures=False,
    )


def _hubei(request: ReproductionRequest, console: Console) -> Reproduced:
    """An epidemic's shape, its delivery sites and deliveries, as far as they can be checked."""
    from papers.hubei.claims import Hubei
    from papers.hubei.experiment import FULL, QUICK, run_hubei
    from papers.hubei.report import hubei_drawings, hubei_report
    from papers.hubei.tables import print_hubei
    from papers.report import make_folder
    from viz.terminal.console import progress_bar

    if request.workers is not None or request.resume or request.replications is not None:
        raise BatchError(
            "hubei has no replications and takes a minute in one process: leave out "
            "--replications, --workers and --resume"
        )
    for folder in (request.out, request.figures):
        if folder is not None:
            make_folder(folder)
    with progress_bar(console, "Searching") as progress:
        runs = run_hubei(QUICK if request.quick else FULL, progress)
    found = Hubei(runs)
    return Reproduced(
        found.to_json,
        lambda console: print_hubei(console, found),
        lambda: hubei_report(found, request.command("hubei")),
        lambda: hubei_drawings(found),
        has_failures=False,
    )


PAPERS: Mapping[str, Callable[[ReproductionRequest, Console], Reproduced]] = {
    "zhao": _zhao,
    "smart-ems": _smart_ems,
    "zaatari": _zaatari,
    "scott-rutner": _scott_rutner,
    "hubei": _hubei,
}
"""Each is told what is asked, and where to show how far it has come."""
