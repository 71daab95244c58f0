"""One captured record that is not as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.contract import Record
from connector.objects import BusinessObject


@dataclass(slots=True)
class Caught:
    """What a reading found of it, and what was made of that."""

    record: Record
    raw_hash: str
    made: BusinessObject | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """As much as could be read, for scope alone, where `made` is None."""
    text: str = ""
    hash: str = ""
    fault: str = ""

    def get(self, name: str) -> Any:
        """A field's value, for expressions."""
        if self.made is None:
            return self.values.get(name)
        if name.startswith("custom."):
            return self.made.custom.get(name[7:])
        return getattr(self.made, name, None)


def digest_of(text: str) -> str:
    """The hash of a record's content."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
