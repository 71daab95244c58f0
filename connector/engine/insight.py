"""The compiled settings of what is computed from both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.mapping.expr import Expression
from connector.mapping.writing import getter
from connector.objects import OBJECTS
from connector.settings import InsightSettings


@dataclass(frozen=True, slots=True)
class Insight:
    """How it is computed."""

    settings: InsightSettings = field(default_factory=InsightSettings)
    erp: str = ""
    """Connection whose materials, stock and documents count; empty: nothing is computed of them."""
    stock: Expression | None = None
    """Which stock counts; None: all."""
    key_part: Expression | None = None
    """Which bought parts an order waits for; None: all."""

    def counts(self, stock: Mapping[str, Any]) -> bool:
        """Whether a stock record, as it is stored, counts."""
        return self.stock is None or self.stock.holds(getter(stock, OBJECTS["stock"]))

    def is_key_part(self, material: Mapping[str, Any]) -> bool:
        """Whether orders wait for a material, as it is stored."""
        return self.key_part is None or self.key_part.holds(getter(material, OBJECTS["material"]))
