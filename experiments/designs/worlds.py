"""Three things kept apart: worlds, which nobody chooses; levers, which one does; and outcomes.

So has it the EMA Workbench (J. H. Kwakkel, The Exploratory Modeling Workbench, Environmental
Modelling & Software 96, 2017, 239-250): uncertainties, levers, outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.designs.design import Design
from experiments.statistics import Worlds, over_worlds
from scenarios.toml_text import inline

ALL = "all"
"""The setting of a design in which nothing but worlds differs."""
WORLDS = "worlds.csv"
"""The worlds of a what-if file, in the folder of its runs."""
BETWEEN = "."
"""Between the names of a world and of an arm of a what-if file, which together name an arm."""
Arms = Mapping[str, str]
"""The arm in each world."""


def setting_text(values: Mapping[str, Any]) -> str:
    """Values of keys as ``key=value, key=value``."""
    return ", ".join(f"{key}={_text(value)}" for key, value in values.items()) or ALL


def _text(value: Any) -> str:
    return value if isinstance(value, str) else inline(value)


def arms_by_setting(design: Design) -> dict[str, dict[str, str]]:
    """For each setting of the levers, the point in each world, by its values."""
    found: dict[str, dict[str, str]] = {}
    for name, values in design.points.items():
        setting = setting_text({key: values[key] for key in design.levers})
        world = setting_text({key: values[key] for key in design.worlds})
        found.setdefault(setting, {})[world] = name
    return found


def changes_by_world(
    summaries: pd.DataFrame, measure: str, arm: Arms, against: Arms | None
) -> pd.DataFrame:
    """What a measure is in an arm, or how it differs from another, in each world.

    Parameters
    ----------
    summaries : DataFrame
        A row a run, as of a batch.
    measure : str
    arm, against : mapping of str to str
        The name that each has in each world; without `against` it is the measure itself.

    Returns
    -------
    DataFrame
        A row a replication, a column a world that has both; NaN where a run is missing.
    """
    runs = summaries.pivot_table(measure, "replication", "arm", dropna=False)
    worlds = [world for world in arm if against is None or world in against]
    return pd.DataFrame(
        {
            world: runs.get(arm[world], np.nan)
            - (runs.get(against[world], np.nan) if against is not None else 0.0)
            for world in worlds
        },
        index=runs.index,
    )


def table_over_worlds(
    design: Design, summaries: pd.DataFrame, measure: str, level: float
) -> pd.DataFrame:
    """A row for each setting of the levers: a measure over worlds, and its change from the first.

    Returns
    -------
    DataFrame
        ``setting``, ``worlds``, the ``mean`` over worlds with ``low`` and ``high`` (an interval
        that counts worlds), deviations ``between`` worlds and ``within`` one; ``change`` from the
        first setting in the same worlds with ``change_low`` and ``change_high``; the shares of
        worlds in which it is ``up`` and ``down`` in the mean, and ``surely_up`` and
        ``surely_down`` by the world's own interval. The first setting has no change.
    """
    settings = arms_by_setting(design)
    base = next(iter(settings.values()))
    rows = []
    for number, (setting, arms) in enumerate(settings.items()):
        own = changes_over(changes_by_world(summaries, measure, arms, None), level)
        row = {
            "setting": setting,
            "worlds": own.mean.size,
            "mean": own.mean.mean,
            "low": own.mean.low,
            "high": own.mean.high,
            "between": own.between,
            "within": own.within,
        }
        if number:
            change = changes_over(changes_by_world(summaries, measure, arms, base), level)
            means = change.of_world[:, 0]
            row |= {
                "change": change.mean.mean,
                "change_low": change.mean.low,
                "change_high": change.mean.high,
                "up": float((means > 0).mean()) if len(means) else np.nan,
                "down": float((means < 0).mean()) if len(means) else np.nan,
                "surely_up": change.share_positive.mean,
                "surely_down": change.share_negative.mean,
            }
        rows.append(row)
    return pd.DataFrame(rows)


def changes_over(changes: pd.DataFrame, level: float = 0.95) -> Worlds:
    """A table of changes, a row a replication and a column a world, over its worlds."""
    values = changes.to_numpy(dtype=float)
    world = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    return over_worlds(values.ravel(), world.ravel(), level)
