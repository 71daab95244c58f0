"""Quotas: how many calls a system allows us a day, and how many are kept for what is vital."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connector.messages import say


def _percent(value: Any) -> Any:
    """`20%` as a number. Raises ValueError for anything else."""
    match = re.fullmatch(r"(\d{1,3})%", str(value))
    if match is None or int(match[1]) > 100:
        raise ValueError(say("need_percent"))
    return int(match[1])


class Quota(BaseModel):
    """Calls that a system allows in one day, which begins at midnight of its own zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: int = Field(gt=0)
    """Calls a day, whoever makes them: what the vendor sold."""
    keep: Annotated[int, BeforeValidator(_percent)] = 20
    """The share, such as `20%`, that is kept for vital flows."""
    tight: bool = False
    """It is known that reading alone may take all that is not kept: `check` does not fail then."""

    @property
    def kept(self) -> int:
        """Calls that only vital flows may use."""
        return self.day * self.keep // 100
