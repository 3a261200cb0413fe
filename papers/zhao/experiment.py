"""The case of Zhao, Zhang and Pang (2024), run with and without coordination, beside its tables.

Each replication draws the free inputs of all ten scenarios anew (`papers.zhao.disasters`), and runs
each of them without coordination, with each mechanism alone, and with all of them. What is compared
is paired: the same sample with and without.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from environment.units import HOUR_S
from experiments.attribution.factorial import OFF, ON
from experiments.batch import Batch, Failed, Progress, own_executor, run_batch, run_tasks
from experiments.errors import BatchError, BatchInterrupted
from papers.zhao.disasters import DEMANDS, SCENARIOS, Disaster, draw_disasters, draw_scenario
from policies.coordination import MECHANISMS
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.streams import streams

CASE = "covid-supplies"
SHOWN_FAILURES = 3
QUICK, FULL = 4, 100
"""Replications of the ten scenarios."""

ARMS: Mapping[str, tuple[str, ...]] = {
    OFF: (),
    **{mechanism: (mechanism,) for mechanism in MECHANISMS},
    ON: MECHANISMS,
}
RUNS = SCENARIOS * len(ARMS)
"""Of each replication."""
MEASURES = ("ratio", "fill", "hours", "waited", "out_of_stock")
COLUMNS = ("replication", "scenario", "arm", "item", *MEASURES)


@dataclass(frozen=True, eq=False)
class ZhaoRuns:
    """What all samples gave.

    Attributes
    ----------
    disasters : tuple of Disaster
        The ten scenarios, but for their free inputs.
    replications : int
    samples : DataFrame
        One row per replication, scenario (from 1 on), arm and item: ``ratio`` (delivered over
        needed), ``fill`` (given over needed), ``hours`` (from a request to its delivery, NaN where
        nothing came), ``waited`` (hours likewise, where what has not come waits to the end),
        ``out_of_stock`` (share of the time, of all items of the run).
    failures : tuple of str
        A line for each run that gave nothing.
    """

    disasters: tuple[Disaster, ...]
    replications: int
    samples: pd.DataFrame
    failures: tuple[str, ...]


def ten_scenarios(base: Scenario) -> tuple[Disaster, ...]:
    """The paper's scenarios and those that are drawn, always the same for a seed."""
    return draw_disasters(streams(base.seed, 0)("zhao.disasters"))


def sample_arms(base: Scenario, replication: int) -> dict[str, Scenario]:
    """One sample of each of the ten scenarios with every arm, by names such as ``3.off``."""
    draw = streams(base.seed, replication)
    arms = {}
    for disaster in ten_scenarios(base):
        sample = draw_scenario(base, disaster, draw(f"zhao.inputs.{disaster.number}"))
        for arm, on in ARMS.items():
            changed = sample.changed({"coordination.mechanisms": list(on)})
            arms[f"{disaster.number}.{arm}"] = changed
    return arms


def run_zhao(
    replications: int,
    *,
    workers: int = 1,
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> ZhaoRuns:
    """Run all samples; a replication is a batch of its own, and some of them go on at a time.

    Parameters
    ----------
    replications : int
        Of the ten scenarios; each is 60 runs.
    workers, progress
        As for `experiments.batch.engine.run_batch`.
    out : Path, optional
        Where the batches are saved, ``sample-0000`` and so on, without their tables.
    resume : bool
        Go on in such a folder.

    Raises
    ------
    BatchError
        If `out` holds something else, every run failed, or a worker process has died.
    BatchInterrupted
        After Ctrl-C.
    """
    if replications < 1:
        raise BatchError(f"replications must be >= 1, got {replications}")
    if out is not None and not resume and out.exists() and any(out.iterdir()):
        raise BatchError(f"{out}: is not empty; go on in it by --resume, or choose another folder")
    base = load_scenario(CASE)
    batches = _run_samples(base, replications, workers, out, progress)
    failures = [
        f"replication {replication}, {failure.arm}: {failure.message}"
        for replication, batch in batches.items()
        for failure in batch.failures
    ]
    rows = [read_samples(number, batch) for number, batch in batches.items()]
    samples = pd.concat(rows, ignore_index=True)
    if samples.empty:
        raise BatchError("every run failed:\n" + "\n".join(failures[:SHOWN_FAILURES]))
    return ZhaoRuns(ten_scenarios(base), replications, samples, tuple(failures))


@dataclass(frozen=True)
class Sample:
    """One replication of the ten scenarios, and the folder of its batch."""

    base: Scenario
    replication: int
    out: Path | None


def run_sample(sample: Sample) -> Batch:
    """Run one sample of each scenario with every arm."""
    arms = sample_arms(sample.base, sample.replication)
    return run_batch(arms, 1, out=sample.out, tables=False, resume=sample.out is not None)


def _run_samples(
    base: Scenario, replications: int, workers: int, out: Path | None, progress: Progress | None
) -> dict[int, Batch]:
    """Batches by replication, each run whole by one worker."""
    samples = [
        Sample(base, number, None if out is None else out / f"sample-{number:04d}")
        for number in range(replications)
    ]
    done = dict[int, Batch]()
    tell = progress or (lambda *_: None)
    tell(0, replications * RUNS, 0)
    workers = min(workers, replications)
    make_executor = partial(own_executor, workers)
    try:
        with closing(run_tasks(run_sample, samples, make_executor, workers)) as endings:
            for sample, ending in endings:
                if isinstance(ending, Failed):
                    raise BatchError(f"replication {sample.replication}: {ending.message}")
                done[sample.replication] = ending
                tell(len(done) * RUNS, replications * RUNS, 0)
    except KeyboardInterrupt:
        kept = "nothing was saved" if out is None else f"go on in {out} with --resume"
        raise BatchInterrupted(
            f"stopped after {len(done)} of {replications} samples; {kept}"
        ) from None
    return dict(sorted(done.items()))


def read_samples(replication: int, batch: Batch) -> pd.DataFrame:
    """The rows of one replication, see `ZhaoRuns.samples`."""
    rows = []
    for run in batch.summaries.to_dict("records"):
        number, _, arm = str(run["arm"]).partition(".")
        for item in DEMANDS:
            measures = (
                run[f"item_allocation_ratio[{item}]"],
                run[f"item_fill_rate[{item}]"],
                run[f"item_delivery_s[{item}]"] / HOUR_S,
                run[f"item_waiting_s[{item}]"] / HOUR_S,
                run["stock_out_share"],
            )
            rows.append((replication, int(number), arm, item, *measures))
    return pd.DataFrame(rows, columns=list(COLUMNS))
