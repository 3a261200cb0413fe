"""How long things take: distributions of a duration, by mean and coefficient of variation."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.parameters import Parameters, Seconds


class Duration(Parameters):
    """A random duration; a plain number stands for a constant one.

    ``{ distribution = "lognormal", mean_s = 600, cv = 0.5 }`` in a scenario file.
    """

    distribution: Annotated[
        Literal["constant", "exponential", "gamma", "lognormal"],
        Field(description="its kind; a plain number stands for a constant"),
    ] = "constant"
    mean_s: Annotated[Seconds, Field(description="mean")]
    cv: Annotated[
        float,
        Field(ge=0.001, le=10, description="standard deviation over mean, of gamma and lognormal"),
    ] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _constant_from_number(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"mean_s": value}
        return value

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Draw `size` durations in seconds."""
        if self.distribution == "constant" or self.mean_s == 0:
            return np.full(size, self.mean_s)
        if self.distribution == "exponential":
            return rng.exponential(self.mean_s, size)
        if self.distribution == "gamma":
            shape = self.cv**-2
            return rng.gamma(shape, self.mean_s / shape, size)
        return self.mean_s * lognormal_factors(rng, self.cv, size)


def lognormal_factors(
    rng: np.random.Generator, cv: float, size: int | tuple[int, ...]
) -> NDArray[np.float64]:
    """Draw lognormal factors with mean one and coefficient of variation `cv`."""
    sigma = np.sqrt(np.log1p(cv**2))
    return rng.lognormal(-(sigma**2) / 2, sigma, size)
