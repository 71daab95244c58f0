"""NeedReturnFields: what a Save gives back besides id and number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .envelope import words
from .errors import unknown_field
from .forms import Form
from .records import Bill

ROW_KEYS = ("FEntryID", "FSeq")


def check_return_fields(form: Form, options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`(entity, key)` pairs, the head's with an empty entity; raises for unknown names."""
    found = []
    for name in words(options.get("needreturnfields")):
        entity, _, key = name.rpartition(".")
        if entity in form.subheads:
            entity = ""
        made = form.fields.get(key)
        is_known = key in ROW_KEYS if entity and made is None else made or key == form.pk
        if not is_known or (entity and entity not in form.entries):
            raise unknown_field(name)
        if made is not None and made.entity != entity:
            raise unknown_field(name)
        found.append((entity, key))
    return found


def return_data(bill: Bill, fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Head fields by key, and each entry as a list of its rows in their order."""
    data: dict[str, Any] = {}
    for entity, key in fields:
        if not entity:
            data[key] = bill.id if key == bill.form.pk else bill.values.get(key)
            continue
        rows = bill.rows.get(entity, [])
        answers = data.setdefault(entity, [{} for _ in rows])
        for row, answer in zip(rows, answers, strict=True):
            answer[key] = row.id if key == "FEntryID" else row.values.get(key)
    return data
