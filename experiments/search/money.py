"""What the candidates of a search cost: prices for the values of keys, as the user says them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from environment.errors import suggest
from experiments.errors import BatchError
from scenarios.overrides import read_overrides

Price: TypeAlias = "float | Mapping[str, float]"
"""Of a unit (of an entry, where the value is a list), or of each value by its name."""
ROUNDING = 1e-9
"""What the sum of a candidate may be above the money by, as a share of it: sums are not exact."""


@dataclass(frozen=True)
class Prices:
    """Prices by key, and how much a candidate may cost.

    Attributes
    ----------
    of : mapping of str to Price
    spend : float
        Infinite where nothing limits it.
    """

    of: Mapping[str, Price]
    spend: float = math.inf

    def cost(self, values: Mapping[str, Any]) -> float:
        """What the values of the priced keys cost together.

        Raises
        ------
        BatchError
            If a value has no price.
        """
        return math.fsum(_cost(key, price, values[key]) for key, price in self.of.items())

    def affords(self, cost: float) -> bool:
        """Whether so much may be spent."""
        return cost <= self.spend * (1 + ROUNDING)


def read_prices(texts: Iterable[str]) -> dict[str, Price]:
    """Read ``fleet.ambulances=2500`` and ``policies.signals={ fixed = 0, green_wave = 9000 }``.

    Raises
    ------
    ScenarioError
        With a line for each text that is no ``key=value``.
    """
    return read_overrides(texts, "--price")


def mistakes_of_prices(prices: Mapping[str, Any]) -> Iterator[str]:
    """A line for each that is no price."""
    for key, price in prices.items():
        given = list(price.values()) if isinstance(price, Mapping) else [price]
        if not given or not all(map(_is_price, given)):
            yield (
                f"the price of {key} must be a number >= 0, or a table with one for each value, "
                f"got {price!r}"
            )


def _is_price(given: Any) -> bool:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return is_number and math.isfinite(given) and given >= 0


def _cost(key: str, price: Price, value: Any) -> float:
    if isinstance(price, Mapping):
        name = _name_of(value)
        if name not in price:
            raise BatchError(f"{key} = {name} has no price ({suggest(name, list(price))})")
        return float(price[name])
    if isinstance(value, int | float):
        return price * value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return price * len(value)
    raise BatchError(
        f"{key} = {_name_of(value)} is no number, and needs a price for each of its values: "
        f"{key}={{ {_name_of(value)} = {price:g}, ... }}"
    )


def _name_of(value: Any) -> str:
    """A value as a table of prices names it; of a policy with parameters, its name."""
    if isinstance(value, Mapping) and "use" in value:
        return str(value["use"])
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)
