"""One run of a case, with intervals from its own batches of calls in place of replications."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from experiments.batch.engine import Progress
from experiments.batch.folder import require_out
from experiments.compare import Comparison, compare
from scenarios.scenario import Scenario
from simulation.measures.catalogue import measure_of
from simulation.measures.service import call_values
from simulation.measures.steady_state import BATCHES, BatchMeans, batch_means
from simulation.tables.result import Result

ARM = "run"


def simulate_once(
    scenario: Scenario,
    *,
    level: float = 0.95,
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Run a case once; measures that are means over calls get intervals by batch means.

    Parameters
    ----------
    scenario : Scenario
    level : float
        Of the intervals.
    out, resume, progress
        As `experiments.batch.engine.run_batch` takes them.

    Raises
    ------
    CorridorError
        As `experiments.batch.engine.run_batch` does.
    """
    require_out(out, resume=resume)
    with run_folder(out) as folder:
        once = compare(
            {ARM: scenario}, 1, level=level, out=folder, resume=resume, progress=progress
        )
        if once.batch.failures:
            return once
        told = with_batch_means(once, once.batch.result(ARM, 0))
    if out is None:
        return replace(told, batch=replace(told.batch, folder=None))
    told.save(out)
    return told


def with_batch_means(once: Comparison, result: Result) -> Comparison:
    """A comparison of one run with the intervals that its batch means give.

    Parameters
    ----------
    once : Comparison
        Of one arm and one replication.
    result : Result
        That run.
    """
    means_over_calls = call_values(result.calls)
    found = {
        name: batch_means(result, name, once.level)
        for name in once.table["measure"]
        if name.partition("[")[0] in means_over_calls
    }
    known = {name: means for name, means in found.items() if means.batches}
    table = once.table.set_index("measure", drop=False)
    for name, means in known.items():
        table.loc[name, ["low", "high"]] = means.low, means.high
    others = once.notes[1:]  # the first says that one replication has no interval
    return replace(once, table=table.reset_index(drop=True), notes=(*_notes(known), *others))


@contextmanager
def run_folder(out: Path | None) -> Iterator[Path]:
    """Where the run is kept: the user's folder, or one that is gone afterwards."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "once"


def _notes(found: dict[str, BatchMeans]) -> Iterator[str]:
    """What a reader of the intervals must know."""
    if not found:
        yield "a run as short as this has no intervals; ask for replications, or more days"
        return
    yield f"intervals are from {BATCHES} batches of calls; the other measures need replications"
    alike = [name for name, means in found.items() if not means.independent]
    if alike:
        headings = "; ".join(measure_of(name).full_heading for name in alike)
        yield (
            "calls that are far apart are still alike, so that the interval may be too narrow; "
            f"more days are needed for {headings}"
        )
