"""Searches: groups of filters, one sort, at most 200 records a page and 10,000 in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.books import Books, Form, Record
from sandbox.server import to_json

from .errors import VALIDATION, Refusal
from .forms import DATETIME
from .values import millis, moment, shown, stamp_of, system_of

GROUPS, FILTERS, ALL_FILTERS = 5, 6, 18
PAGE, USUAL_PAGE, CAP = 200, 10, 10_000
CHARACTERS = 3_000
"""Of a search's body."""
Holds = Callable[[Record], bool]


class Searches:
    """Answers `POST …/search`, from an index that may be late."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def page(self, form: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a search. Raises Refusal."""
        if len(to_json(asked).decode()) > CHARACTERS:
            raise _wrong(f"The request exceeds {CHARACTERS} characters")
        kind, size = self._books.forms[form], int(asked.get("limit") or USUAL_PAGE)
        start = int(asked.get("after") or 0)
        if size > PAGE:
            raise _wrong(f"The page size must not exceed {PAGE}")
        if start + size > CAP:
            raise _wrong(f"Paging beyond {CAP} results is not supported")
        holds = self._groups(kind, asked.get("filterGroups") or [])
        found = [one for one in self._books.seen(form) if holds(one)]
        found = self._sorted(kind, found, asked.get("sorts") or [])
        names = asked.get("properties") or ()
        end = start + size
        paging = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        results = [told(one, names, kind) for one in found[start:end]]
        return {"total": len(found), "results": results, **paging}

    def _groups(self, kind: Form, groups: list[Any]) -> Holds:
        filters = [len(group["filters"]) for group in groups]
        if len(groups) > GROUPS or max(filters, default=0) > FILTERS or sum(filters) > ALL_FILTERS:
            raise _wrong("Too many filters")
        made = [[self._filter(kind, one) for one in group["filters"]] for group in groups]
        if not made:
            return lambda record: True
        return lambda record: any(all(hold(record) for hold in group) for group in made)

    def _filter(self, kind: Form, asked: Mapping[str, Any]) -> Holds:
        name, operator = str(asked["propertyName"]), str(asked["operator"])
        type = _type(kind, name)
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            wanted = operator == "HAS_PROPERTY"
            return lambda record: (_key(type, _value(record, name)) is not None) is wanted
        if operator in ("IN", "NOT_IN"):
            # Letters of text are made small in the index, and not in the question.
            values = {str(value) for value in asked["values"]}
            has = operator == "IN"
            return lambda record: (str(_value(record, name)).lower() in values) is has
        compare = COMPARISONS.get(operator)
        if compare is None:
            raise _wrong(f"operator {operator} is not valid")
        low, high = _key(type, asked.get("value")), _key(type, asked.get("highValue"))
        if low is None:
            raise _wrong(f"{name}: a value is required")
        return lambda record: compare(_key(type, _value(record, name)), low, high)

    def _sorted(self, kind: Form, found: list[Record], sorts: list[Any]) -> list[Record]:
        if len(sorts) > 1:
            raise _wrong("Only one sort is supported")
        by = sorts[0] if sorts else {"propertyName": "createdate"}
        name, type = str(by["propertyName"]), _type(kind, str(by["propertyName"]))
        none = "" if type in ("text", "choice", "reference") else Decimal("-Infinity")
        order = [(key if (key := _key(type, _value(one, name))) is not None else none, one)
                 for one in found]  # fmt: skip
        order.sort(key=lambda pair: pair[0], reverse=by.get("direction") == "DESCENDING")
        return [one for _, one in order]


def told(record: Record, names: Any, kind: Form) -> dict[str, Any]:
    """A record as every answer shows it, with these properties of it."""
    known = [str(name) for name in names if str(name) in kind.fields]
    usual = [field.name for field in kind.own[:3]]
    return {
        "id": record.key,
        "properties": shown(record, known or usual),
        "createdAt": shown(record, ())["createdate"],
        "updatedAt": shown(record, ())[stamp_of(record.form)],
        "archived": False,
    }


def _type(kind: Form, name: str) -> str:
    system = system_of(kind.name)
    if name not in system and name not in kind.fields:
        raise _wrong(f"There was a problem with the request: no property {name}")
    return system[name] if name in system else kind.fields[name].type


def _value(record: Record, name: str) -> Any:
    if name == stamp_of(record.form):
        return str(millis(record.stamp))
    if name == "createdate":
        return str(millis(record.made))
    return record.key if name == "hs_object_id" else record.values.get(name)


def _key(type: str, value: Any) -> Any:
    """What is compared: numbers as numbers, instants as milliseconds, text without its case."""
    if value is None or value == "":
        return None
    try:
        if type in ("date", DATETIME):
            text = str(value) if len(str(value)) != 10 else f"{value}T00:00:00+00:00"
            return Decimal(millis(moment(text)))
        if type == "number":
            return Decimal(str(value))
    except (ValueError, InvalidOperation):
        raise _wrong(f"{value} is not valid") from None
    return str(value).lower()


def _wrong(words: str) -> Refusal:
    return Refusal(400, VALIDATION, words)


COMPARISONS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "EQ": lambda key, low, _: key == low,
    "NEQ": lambda key, low, _: key is not None and key != low,
    "LT": lambda key, low, _: key is not None and key < low,
    "LTE": lambda key, low, _: key is not None and key <= low,
    "GT": lambda key, low, _: key is not None and key > low,
    "GTE": lambda key, low, _: key is not None and key >= low,
    "BETWEEN": lambda key, low, high: key is not None and low <= key <= high,
    "CONTAINS_TOKEN": lambda key, low, _: key is not None and low.strip("*") in str(key),
    "NOT_CONTAINS_TOKEN": lambda key, low, _: key is None or low.strip("*") not in str(key),
}
