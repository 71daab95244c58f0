"""The fields of a form, as far as the platform tells: by what one of its records shows.

There is no interface for it, and what is empty need not be shown. So what the vendor's SDK names
stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.kingdee_xingchen.client import Client
from adapters.kingdee_xingchen.codec import rows_of, text_of
from adapters.kingdee_xingchen.forms import ID, ROWS, form_of
from connector.contract import FormField


def fields_of(client: Client, name: str) -> list[FormField]:
    """Fields of the head, `a.b` in the object `a`, and of the rows under their table."""
    form = form_of(name)
    listed = client.page(name, {}, 1, 1).rows
    if not listed:
        return []
    whole = {} if form.full else client.detail(name, id=text_of(listed[0].get(ID))) or {}
    head = dict.fromkeys((*_names([whole, *listed]), *sorted(form.kept), *_of(form.named, "")))
    rows = (*_names(rows_of(whole)), *sorted(form.kept_rows), *_of(form.named, ROWS))
    inside = dict.fromkeys(rows)
    return [
        *(FormField(one, required=one in form.demanded) for one in head if one != ROWS),
        *(FormField(one, table=ROWS, required=f"{ROWS}/{one}" in form.demanded) for one in inside),
        # As a mapping names them that makes a record of each row.
        *(FormField(f"{ROWS}.{one}") for one in inside if not form.kept_rows),
    ]


def _names(several: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for data in several:
        for name, value in data.items():
            yield name
            if isinstance(value, Mapping):
                yield from (f"{name}.{inner}" for inner in value)


def _of(named: Iterable[str], table: str) -> Iterator[str]:
    """Those of the head, or of a table, without its name."""
    for one in sorted(named):
        outer, _, inner = one.rpartition("/")
        if outer == table:
            yield inner
