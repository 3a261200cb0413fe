"""The number of calls as a control variate of what a batch's runs say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from environment.demand.drawn_calls import expected_onsets
from experiments.batch import Batch
from experiments.errors import BatchError
from experiments.statistics import control_gain, controlled_interval, t_interval
from scenarios.scenario import Scenario

CALLS = "calls"


def expected_calls(scenario: Scenario) -> float:
    """How many calls a run counts on average, exactly.

    Raises
    ------
    BatchError
        If that is not known: calls are recorded, an epidemic or a disruption brings some, or which
        call comes after the warm-up depends on a random delay.
    """
    demand, run = scenario.demand, scenario.run
    extra = [one.kind for one in scenario.disruptions if one.kind in ("surge", "mass_casualty")]
    why = ""
    if demand.recorded_calls is not None:
        why = "its calls are a record, and always the same"
    elif scenario.epidemic.outbreaks:
        why = "an epidemic brings calls"
    elif extra:
        why = f"a disruption brings calls ({extra[0]})"
    elif run.warm_up_s > 0 and demand.alarm_delay.distribution != "constant":
        why = "demand.alarm_delay is random, and calls are counted from the warm-up on"
    if why:
        raise BatchError(f"{scenario.name}: the expected number of calls is not known: {why}")
    start_s = max(0.0, run.warm_up_s - demand.alarm_delay.mean_s)
    return expected_onsets(demand, run.horizon_s, min(start_s, run.horizon_s))


def require_expected_calls(arms: Mapping[str, Scenario]) -> None:
    """Refuse arms of which it is not known how many calls they have.

    Raises
    ------
    BatchError
        With a line for every reason.
    """
    reasons = dict[str, None]()
    for scenario in arms.values():
        try:
            expected_calls(scenario)
        except BatchError as error:
            reasons[str(error)] = None
    if reasons:
        raise BatchError("\n".join(reasons))


def controlled_means(batch: Batch, measure: str, level: float = 0.95) -> pd.DataFrame:
    """Means of a measure with the number of calls as control variate, arm by arm.

    Returns
    -------
    DataFrame
        One row per arm: ``arm``, ``mean``, ``low``, ``high`` and ``gain``, how many times as many
        replications the same interval would need without control. Of the number of calls itself,
        and of an arm without four values, it is Student's t and the gain NaN.

    Raises
    ------
    BatchError
        As `expected_calls` does.
    """
    rows = []
    runs = dict(iter(batch.summaries.groupby("arm", sort=False)))
    for arm, scenario in batch.arms.items():
        expected, own = expected_calls(scenario), runs.get(arm, batch.summaries.iloc[:0])
        if measure == CALLS:
            found, gain = t_interval(own[measure], level), float("nan")
        else:
            control = own[CALLS] - expected
            found = controlled_interval(own[measure], control, level)
            gain = control_gain(own[measure], control)
        rows.append({"arm": arm, **found._asdict(), "gain": gain})
    return pd.DataFrame(rows).drop(columns="size")
