"""The fields of a form, as far as T+ tells: by what some of its records show.

There is no interface for it that names a whole bill's fields, and what is empty in all of them is
not shown. So what is known from elsewhere stands beside it. An account set without a record of
the form tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.chanjet_tplus.client import Client, Row
from adapters.chanjet_tplus.codec import DYNAMIC, KEYS, VALUES
from adapters.chanjet_tplus.forms import Form, form_of
from connector.contract import FormField

LOOKED_AT = 5
"""Bills by which a form is known: one call each."""
SOME = 50
"""Records of an archive."""


def fields_of(client: Client, name: str) -> list[FormField]:
    """Fields of the head, `a.b` in the object `a`, and of the rows under their table."""
    form = form_of(name)
    shown = _some(client, name, form)
    if not shown:
        return []
    known = {path: None for document in shown for path in _paths(document, form)}
    known |= dict.fromkeys((*form.demanded, *sorted(form.named)))
    return [_field(path, form) for path in known]


def _some(client: Client, name: str, form: Form) -> list[Row]:
    if form.is_bill:
        listed = client.page(name, 0, LOOKED_AT).rows[:LOOKED_AT]
        found = (client.document(name, voucherID=str(row["id"])) for row in listed)
        return [document for document in found if document]
    if not form.size:
        return client.archive(name, {})
    return client.archive(name, {"PageIndex": 1, "PageSize": min(SOME, form.size)})


def _field(path: str, form: Form) -> FormField:
    table, _, inner = path.rpartition("/")
    return FormField(inner, required=inner in form.demanded and not table, table=table)


def _paths(data: Mapping[str, Any], form: Form, table: str = "") -> Iterator[str]:
    """The fields that a document shows, those of its rows as `table/field`."""
    before = f"{table}/" if table else ""
    for name, value in data.items():
        if name == KEYS:
            yield from (f"{before}{DYNAMIC}.{key}" for key in value or ())
        elif isinstance(value, Mapping):
            yield from (f"{before}{name}.{inner}" for inner in value)
        elif isinstance(value, list) and not table:
            for row in value:
                if isinstance(row, Mapping):
                    yield from _of_row(name, row, form)
        if name not in (KEYS, VALUES):
            yield f"{before}{name}"


def _of_row(table: str, row: Mapping[str, Any], form: Form) -> Iterator[str]:
    paths = _paths(row, form, table)
    return (one.replace("/", ".", 1) for one in paths) if form.split == table else paths
