"""A bill as the target shows it, and the mapping that writes it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from connector.contract import Record
from connector.engine import adopting
from connector.engine import plan as planning
from connector.engine.base import Before, LineKeys, after_write, whole
from connector.engine.plan import Held, Plan
from connector.mapping.document import Canonical, Node, canonical
from connector.mapping.writing import Writer
from tests.mapping.build import writer

RULES = """
no: {from: number, on: create}
note: special_terms
status: status
rate: {from: exchange_rate, reads_as: FRate}
total: {from: amount_with_tax, on: check, tolerance: 0}
rows:
  each: lines
  key: rid
  fields:
    material: {from: material, link: material}
    qty: quantity
    amount: {from: net_amount, scale: money}
    remark: {from: note, reads_as: FRemark}
    wh: {value: W1, on: create}
"""
WRITER = writer(RULES)
NOTHING: Canonical = {"f": {}}


def row(material: str = "M1", qty: Any = 10, amount: Any = 100, **more: Any) -> Node:
    fields = {"material": material, "qty": Decimal(str(qty)), "amount": Decimal(str(amount))}
    return Node({**fields, "wh": "W1", **more})


def bill(rows: Mapping[str, Node] | None = None, **fields: Any) -> Node:
    head = {"no": "O1", "note": "n", "total": Decimal(1), **fields}
    return Node(head, {"rows": dict({"a": row()} if rows is None else rows)})


def form(document: Node, writer: Writer = WRITER) -> Canonical:
    """What of a document should stand in the target for good."""
    made = canonical(document)
    for path in writer.not_wanted:
        table, _, name = path.rpartition("/")
        for node in made.get("t", {}).get(table, {}).values() if table else [made]:
            node["f"].pop(name, None)
    return made


def keys(document: Node) -> dict[str, dict[str, str]]:
    return {"rows": {line: f"r-{line}" for line in document.tables["rows"]}}


def shown(document: Node) -> Record:
    """The target's record once the document stands in it: more digits, its own names."""
    fields = {_as(name): _theirs(value) for name, value in document.fields.items()}
    fields["rows"] = [
        {"rid": f"r-{line}", **{_as(n): _theirs(v) for n, v in node.fields.items()}}
        for line, node in document.tables["rows"].items()
    ]
    return Record("k1", fields)


def _as(name: str) -> str:
    return {"rate": "FRate", "remark": "FRemark"}.get(name, name)


def _theirs(value: Any) -> Any:
    return f"{value:.4f}" if isinstance(value, Decimal) else value


def base_after(
    document: Node, record: Record | None, line_keys: LineKeys, before: Before | None = None
) -> Canonical:
    """The whole base once `document` was written and the target shows `record`."""
    kept = after_write(form(document), document, record, WRITER, line_keys, before or Before())
    return whole(kept, form(document), line_keys)


def held(delivered: Node, theirs: Record | None) -> Held:
    """What is known after `delivered` was written, and what the target shows now."""
    line_keys = keys(delivered)
    base = base_after(delivered, shown(delivered), line_keys)
    return Held(form(delivered), base, theirs, line_keys)


def update(wanted: Node, delivered: Node, theirs: Record | None = None, force: str = "") -> Plan:
    now = shown(delivered) if theirs is None else theirs
    return planning.update(wanted, form(wanted), held(delivered, now), WRITER, force=force)


def looked(sent: Node, delivered: Node, now: Record) -> Held:
    """What is known after the look at an attempt that was never answered."""
    before = held(delivered, now)
    line_keys = adopting.added(sent, form(sent), before.line_keys, now, WRITER)
    before = replace(before, line_keys=line_keys)
    known, base = adopting.cleared(before, form(sent), WRITER)
    return replace(before, delivered=known, base=base)


def people(delivered: Node, rows: Mapping[str, Any] | None = None, **fields: Any) -> Record:
    """What the target shows after people changed some fields, and fields of rows by key."""
    record = copy.deepcopy(shown(delivered))
    record.fields.update(fields)
    for key, values in (rows or {}).items():
        found = [each for each in record.fields["rows"] if each["rid"] == key]
        if values is None:
            record.fields["rows"].remove(found[0])
        elif found:
            found[0].update(values)
        else:
            record.fields["rows"].append({"rid": key, **values})
    return record


def applied(plan: Plan, theirs: Record) -> Record:
    """The target after it did what the plan says."""
    record = copy.deepcopy(theirs)
    record.fields.update({_as(name): _theirs(value) for name, value in plan.fields.items()})
    for table, write in plan.tables.items():
        rows = record.fields[table]
        rows[:] = [each for each in rows if each["rid"] not in write.drop]
        for change in write.rows:
            values = {_as(name): _theirs(value) for name, value in change.fields.items()}
            if change.key:
                next(each for each in rows if each["rid"] == change.key).update(values)
            else:
                rows.append({"rid": f"r-{change.line}", **values})
    return record
