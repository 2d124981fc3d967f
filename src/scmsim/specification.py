"""The common root of everything a scenario file can say: strict, frozen, documented."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LARGEST = 1e12
"""The largest quantity, cost or time a scenario may hold; beyond it sums lose units."""

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Specification(BaseModel):
    """A frozen piece of a scenario: unknown keys, strings for numbers and numbers for booleans are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
