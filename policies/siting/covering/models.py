"""Covering models by name: the one list that location policies and ``corridor locate`` read."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.siting.sites import CoveringModel


@dataclass(frozen=True)
class CoveringChoice:
    """A covering model, and how it is chosen.

    Attributes
    ----------
    name : str
        Of the location policy.
    asked_as : str
        Its name in ``corridor locate``.
    looks_for : str
        What it looks for, in a few words.
    use : str
        ``module:Class``.
    asks : tuple of str
        What it asks beside what all models do.
    sizes_fleet : bool
        Whether it says how many ambulances each site has; others choose sites.
    reaches_all_within : str
        Name of the limit within which it needs a site for every point; empty where it needs none.
    """

    name: str
    asked_as: str
    looks_for: str
    use: str
    asks: tuple[str, ...] = ()
    sizes_fleet: bool = False
    reaches_all_within: str = ""

    def make(self, values: Mapping[str, Any]) -> CoveringModel:
        """Make the model with those of some values that its class takes."""
        module, _, name = self.use.partition(":")
        cls = getattr(importlib.import_module(module), name)
        taken = inspect.signature(cls).parameters
        model: CoveringModel = cls(**{key: values[key] for key in taken})
        return model


COVERING_MODELS = (
    CoveringChoice(
        name="set_covering",
        asked_as="lscp",
        looks_for="fewest stations that cover all",
        use="policies.siting.covering.set_covering:SetCovering",
        reaches_all_within="target_s",
    ),
    CoveringChoice(
        name="mclp",
        asked_as="mclp",
        looks_for="most demand covered",
        use="policies.siting.covering.maximal_covering:MaximalCovering",
        asks=("stations",),
    ),
    CoveringChoice(
        name="p_median",
        asked_as="p_median",
        looks_for="least mean drive",
        use="policies.siting.covering.p_median:PMedian",
        asks=("stations",),
    ),
    CoveringChoice(
        name="p_center",
        asked_as="p_center",
        looks_for="least longest drive",
        use="policies.siting.covering.p_center:PCenter",
        asks=("stations",),
    ),
    CoveringChoice(
        name="mexclp",
        asked_as="mexclp",
        looks_for="most demand covered, ambulances being busy",
        use="policies.siting.covering.mexclp:Mexclp",
        asks=("busy_fraction",),
        sizes_fleet=True,
    ),
    CoveringChoice(
        name="double_standard",
        asked_as="double_standard",
        looks_for="two limits of time",
        use="policies.siting.covering.double_standard:DoubleStandard",
        asks=("outer_target_s", "covered_share"),
        sizes_fleet=True,
        reaches_all_within="outer_target_s",
    ),
    CoveringChoice(
        name="backup_coverage",
        asked_as="backup_coverage",
        looks_for="covered twice",
        use="policies.siting.covering.backup_coverage:BackupCoverage",
        asks=("stations",),
        reaches_all_within="target_s",
    ),
)
