"""The fields of a form, as far as the platform tells: by what some of its records show.

There is no interface for it, and what is empty in all of them is not shown. So what the vendor's
pages name stands beside it. A tenant without a record of the form tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from adapters.yonyou_yonbip.client import Client, Row
from adapters.yonyou_yonbip.forms import Form, form_of
from connector.contract import FormField

LOOKED_AT = 50
"""Records, or rows of some, by which a form is known."""


def fields_of(client: Client, name: str) -> list[FormField]:
    """Fields of the head, `a.b` in the object `a`, and of the rows under their table."""
    form = form_of(name)
    heads, rows = _some(client, name, form)
    if not heads:
        return []
    named = form.listed | form.named
    head = dict.fromkeys((*_names(heads), *form.demanded, *_of(named, "")))
    inside = dict.fromkeys((*_names(rows), *_of(named, form.table))) if form.table else {}
    return [
        *(FormField(one, required=one in form.demanded) for one in head),
        *(FormField(one, table=form.table) for one in inside),
    ]


def _some(client: Client, name: str, form: Form) -> tuple[Sequence[Row], Sequence[Row]]:
    """Heads of some records, and rows."""
    if form.stock:
        return client.stock(name, form.stock, {})[:LOOKED_AT], ()
    if form.since:
        return client.page(name, {}, 1, LOOKED_AT).rows, ()
    listed = client.filtered(name, [], 1, LOOKED_AT).rows
    if not listed or not form.listed:
        return listed, [_as_row(form, one) for one in listed]
    document = client.detail(name, id=str(listed[0]["id"])) or {}
    rows = document.get(form.table)
    return [document], rows if isinstance(rows, list) else ()


def _as_row(form: Form, flat: Row) -> Row:
    """A flat row of a list by the names that rows have in whole records."""
    within = flat.get(form.table)
    bare = {name.removeprefix(form.prefix): value for name, value in flat.items()}
    known = {name: flat[listed] for name, listed in form.renamed.items() if listed in flat}
    return {**bare, **known, **(within if isinstance(within, Mapping) else {})}


def _names(several: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for data in several:
        for name, value in data.items():
            if isinstance(value, Mapping):
                yield from (f"{name}.{inner}" for inner in value)
            yield name.replace("!", ".", 1)


def _of(named: Iterable[str], table: str) -> Iterator[str]:
    """Those of the head, or of a table, without its name."""
    for one in sorted(named):
        outer, _, inner = one.rpartition("/")
        if outer == table:
            yield inner
