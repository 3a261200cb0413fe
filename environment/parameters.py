"""The base of every parameter class: frozen, strict about names, with units in the names."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from environment.units import DAY_S

YEAR_S = 366 * DAY_S
MOST_M = 1e8
"""More than twice round the Earth: farther is a slip, and numbers far beyond it overflow."""

Seconds = Annotated[
    float, Field(ge=0, le=YEAR_S, allow_inf_nan=False, json_schema_extra={"unit": "s"})
]
PositiveSeconds = Annotated[
    float, Field(gt=0, le=YEAR_S, allow_inf_nan=False, json_schema_extra={"unit": "s"})
]
Metres = Annotated[float, Field(gt=0, allow_inf_nan=False, json_schema_extra={"unit": "m"})]
Kph = Annotated[float, Field(gt=0, allow_inf_nan=False, json_schema_extra={"unit": "km/h"})]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Parameters(BaseModel):
    """Parameters of one component, written beside it.

    Pydantic checks types and bounds and collects every mistake; the scenario loader turns them
    into one message. A name that is not a field is a mistake, never ignored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class PlacedMistakesError(ValueError):
    """Mistakes between the entries of a table, each beginning with its place in it.

    Parameters
    ----------
    mistakes : sequence of str
        Such as ``sites.stores.0.stock: no item 'mask'``.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)
