"""What a person corrected is laid over the record wherever it is delivered.

A correction stands as long as the record says what it said when it was corrected: once its own
system says something else, that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from connector import exact
from connector.engine.system import Flow
from connector.errors import MappingFault
from connector.mapping.reading import fault_of
from connector.messages import dump
from connector.objects import OBJECTS, content
from connector.objects.paths import laid_over, value_at
from connector.store import corrections, snapshots
from connector.store.engine import Tx


def corrected(tx: Tx, flow: Flow, known: Mapping[str, Any]) -> dict[str, Any]:
    """These snapshots of the flow's records, by key, as people corrected them."""
    found = corrections.of(tx, flow.name, list(known))
    return {key: _laid_over(flow, row, found.get(key, ())) for key, row in known.items()}


def standing(rows: Iterable[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What corrections say of a stored record, by path; without those that are over."""
    return {
        row.field: exact.loads(row.value)
        for row in rows
        if exact.loads(row.instead_of) == value_at(values, row.field)
    }


def made(object: str, values: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """A stored record with these values, as it would be stored: what follows from them follows.
    Raises MappingFault where they do not fit."""
    try:
        record = OBJECTS[object].model_validate(laid_over(values, given))
    except ValidationError as error:
        raise fault_of(error) from None
    record.settle()
    return content(record)


def _laid_over(flow: Flow, row: Any, rows: Iterable[Any]) -> Any:
    values = snapshots.data(row)
    given = standing(rows, values) if values else {}
    if not given:
        return row
    try:
        return _Corrected(row, data=made(flow.object, values, given))
    except MappingFault as error:
        return _Corrected(row, fault=dump(error.words))


class _Corrected:
    """A snapshot of which something is otherwise."""

    def __init__(self, row: Any, **other: str) -> None:
        self._row = row
        vars(self).update(other)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
