"""What not everybody may see: what tells of people, and what things cost us.

Fields say so where they are declared; here they are found, and hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from connector.objects import OBJECTS
from connector.objects.base import Costs, Part, Personal

HIDDEN = "***"
MARKS: Mapping[str, type] = {"personal": Personal, "costs": Costs}
"""Kinds of what is hidden, and how its fields are marked."""


@cache
def marked(model: type[Part], kind: str) -> frozenset[str]:
    """The fields of a record and of its parts that are of a kind."""
    mark = MARKS.get(kind, ())  # there are kinds of which no single field is
    own = {name for name, info in model.model_fields.items()
           if any(isinstance(one, mark) for one in info.metadata)}  # fmt: skip
    return frozenset(own).union(*(marked(part, kind) for part in _parts(model)))


def names(object: str, kinds: Collection[str]) -> frozenset[str]:
    """The fields of a kind of record that somebody does not see, from whom these are hidden."""
    model = OBJECTS.get(object)
    return frozenset().union(*(marked(model, kind) for kind in kinds)) if model else frozenset()


def kind_of(object: str, field: str) -> str:
    """Of which kind a field of a record itself is; empty: everybody may see it."""
    known = OBJECTS[object].model_fields.get(field)
    marks = known.metadata if known else ()
    return next((kind for kind, mark in MARKS.items()
                 if any(isinstance(one, mark) for one in marks)), "")  # fmt: skip


def _parts(model: type[Part]) -> Iterator[type[Part]]:
    for info in model.model_fields.values():
        for inner in getattr(info.annotation, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, Part):
                yield inner


PERSONAL: Mapping[str, frozenset[str]] = {
    object: found for object, model in OBJECTS.items() if (found := marked(model, "personal"))
}
"""By kind of record, the fields that tell of people."""


def hidden(known: Collection[str], values: Any) -> tuple[Any, set[str]]:
    """A stored record without these fields, and what texts stood there."""
    found = set[str]()

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(one) for one in value]
        if not isinstance(value, dict):
            return value
        found.update(v for n, v in value.items() if n in known and isinstance(v, str) and v)
        return {n: HIDDEN if n in known and v else without(v) for n, v in value.items()}

    return without(values), found - {HIDDEN}
