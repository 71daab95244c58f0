"""What of records tells of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from connector.objects import OBJECTS
from connector.objects.base import Part, Personal

HIDDEN = "***"


@cache
def names(model: type[Part]) -> frozenset[str]:
    """The fields of a record and of its parts that tell of people."""
    own = {name for name, info in model.model_fields.items()
           if any(isinstance(one, Personal) for one in info.metadata)}  # fmt: skip
    return frozenset(own).union(*(names(part) for part in _parts(model)))


def _parts(model: type[Part]) -> Iterator[type[Part]]:
    for info in model.model_fields.values():
        for inner in getattr(info.annotation, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, Part):
                yield inner


OF: Mapping[str, frozenset[str]] = {
    object: found for object, model in OBJECTS.items() if (found := names(model))
}
"""By kind of record, those that have any."""


def hidden(object: str, values: Any) -> tuple[Any, set[str]]:
    """A stored record without them, and what stood there."""
    known, found = OF.get(object, frozenset()), set[str]()

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(one) for one in value]
        if not isinstance(value, dict):
            return value
        found.update(v for n, v in value.items() if n in known and isinstance(v, str) and v)
        return {n: HIDDEN if n in known and v else without(v) for n, v in value.items()}

    return without(values), found - {HIDDEN}
