"""The fields of a form, as far as U8 tells: by what some of its records show.

There is no interface for it, and what is empty is not shown. So what the vendor's pages name stands
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.yonyou_u8.client import Client
from adapters.yonyou_u8.codec import rows_of, text_of
from adapters.yonyou_u8.forms import ENTRY, STAMP, form_of
from connector.contract import FormField

LOOKED_AT = 50
"""Records of a list by which a form is known."""


def fields_of(client: Client, name: str) -> list[FormField]:
    """Fields of the head, and of the rows under their table."""
    form = form_of(name)
    listed = client.page(name, {}, 1, LOOKED_AT).rows
    if not listed:
        return []
    key = text_of(listed[0].get(form.key or form.code))
    whole = {} if form.whole else client.document(name, key) or {}
    head = dict.fromkeys((*_names([whole, *listed]), *form.demanded, *_of(form.named, "")))
    inside = dict.fromkeys((*_names(rows_of(whole)), *_of(form.named, ENTRY)))
    return [
        *(FormField(one, required=one in form.demanded) for one in head if one != ENTRY),
        *(FormField(one, table=ENTRY) for one in inside),
    ]


def _names(several: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (name for data in several for name in data if name != STAMP)


def _of(named: Iterable[str], table: str) -> Iterator[str]:
    """Those of the head, or of a table, without its name."""
    for one in sorted(named):
        outer, _, inner = one.rpartition("/")
        if outer == table:
            yield inner
