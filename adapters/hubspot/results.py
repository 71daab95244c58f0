"""What stands in answers that went well: records, associations, batches, and where a page ends.

An answer of another shape is an error, not an empty page: changes would be lost in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.hubspot.answers import NOT_THERE, SHOWN, entry_error
from adapters.hubspot.codec import spelt
from adapters.hubspot.forms import KEY, STAMP
from connector.errors import AdapterError, OutcomeUnknown, Transient
from connector.messages import say

Row = dict[str, Any]
"""A record's properties, with its id and its stamp beside them; or any object of an answer."""


@dataclass(frozen=True, slots=True)
class Associated:
    """A record that another one belongs to."""

    key: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the inputs of one call: in no order, and not of all of them."""

    results: Sequence[Row]
    errors: Sequence[Row]


def records(answer: Row, named: str) -> list[Row]:
    """The results of an answer, each of which has something under this name."""
    found = _objects(answer, "results")
    if not all(one.get(named) for one in found):
        raise unrecognised(answer)
    return found


def ids_of(answer: Row) -> list[str]:
    """The ids of the records of an answer."""
    return [_id(one["id"], answer) for one in records(answer, "id")]


def row_of(record: Row, stamp: str) -> Row:
    """A record as one object; `stamp` is the property that says when it was modified."""
    try:
        properties = dict(record["properties"])
        modified = spelt(datetime.fromisoformat(properties[stamp]))
    except (KeyError, TypeError, ValueError):
        raise unrecognised(record) from None
    return {**properties, KEY: _id(record["id"], record), STAMP: modified}


def associations(one: Row, primary: int | None) -> tuple[str, list[Associated]]:
    """A record's id, and what it is associated with; `primary` is the type of the primary one."""
    try:
        key = _id(one["from"]["id"], one)
        return key, [_associated(other, primary) for other in one["to"]]
    except (AttributeError, KeyError, TypeError):
        raise unrecognised(one) from None


def _associated(other: Row, primary: int | None) -> Associated:
    kinds = other.get("associationTypes") or ()
    first = any(one.get("typeId") == primary or one.get("label") == "Primary" for one in kinds)
    # The dated versions tell the id as text, v4 as a number.
    return Associated(_id(other["toObjectId"], other), first)


def _id(value: Any, answer: Any) -> str:
    text = str(value)
    if not text.isdecimal():
        raise unrecognised(answer)
    return text


def batch_of(answer: Row) -> Batch:
    """What became of a write of many. Raises OutcomeUnknown."""
    results = _objects(answer, "results", OutcomeUnknown)
    return Batch(
        results, _objects(answer, "errors", OutcomeUnknown) if answer.get("errors") else []
    )


def raise_others(answer: Row) -> None:
    """What is not there, or belongs to nothing, is no error of a reading; whatever else is."""
    for entry in _objects(answer, "errors") if answer.get("errors") else ():
        if entry.get("category") != NOT_THERE:
            raise entry_error(entry)


def following(answer: Row) -> str:
    """Where the page behind this one begins; empty: there is none."""
    paging = answer.get("paging")
    behind = paging.get("next") if isinstance(paging, dict) else None
    return str(behind.get("after") or "") if isinstance(behind, dict) else ""


def unrecognised(answer: Any, kind: type[AdapterError] = Transient) -> AdapterError:
    """The error that an answer of no known shape is."""
    return kind(say("hubspot_unrecognised"), answer=str(answer)[:SHOWN])


def _objects(answer: Row, name: str, kind: type[AdapterError] = Transient) -> list[Row]:
    found = answer.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise unrecognised(answer, kind)
    return found
