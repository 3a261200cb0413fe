"""Which mechanism brings how much: factorial designs, Shapley values, and sweeps of prices."""

from __future__ import annotations

from experiments.attribution.factorial import OFF, ON, TOGETHER
from experiments.attribution.price_sweep import ALL_PRICES, SWEEP, PriceSweep, sweep_all_prices
from experiments.attribution.shapley import ATTRIBUTION, Attribution, attribute, off_and_on

__all__ = [
    "ALL_PRICES",
    "ATTRIBUTION",
    "OFF",
    "ON",
    "SWEEP",
    "TOGETHER",
    "Attribution",
    "PriceSweep",
    "attribute",
    "off_and_on",
    "sweep_all_prices",
]
