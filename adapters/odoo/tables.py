"""The rows of a record on their way into Odoo: new ones for an import, known ones in a write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.odoo.client import Client, Row
from adapters.odoo.documents import Document
from adapters.odoo.forms import KEY, RECOMPUTED, model_of
from adapters.odoo.importing import Cells, common, left_out
from adapters.odoo.marks import Marks, external_id, row_mark
from adapters.odoo.models import Models
from adapters.odoo.reading import Reading
from adapters.odoo.resolving import Resolving
from connector.contract import RowWrite, TableWrite
from connector.errors import OutcomeUnknown, Rejected
from connector.messages import say

Command = list[Any]
"""What happens to a row in a write: `[1, id, values]` changes it, `[2, id, 0]` deletes it."""


class Tables:
    """Rows of one connection."""

    def __init__(
        self, client: Client, models: Models, marks: Marks, resolving: Resolving, reading: Reading
    ) -> None:
        self._client = client
        self._models = models
        self._marks = marks
        self._resolving = resolving
        self._reading = reading

    # -- new rows ---------------------------------------------------------------------------

    def cells(self, form: str, mark: str, table: str, rows: Sequence[RowWrite]) -> list[Cells]:
        """New rows for an import: our marks, and the fields that all of them have."""
        if any(row.tables for row in rows):
            raise Rejected(say("odoo_nested", form=form, table=table))
        shared, model = common(rows), self._models.rows(form, table).relation
        fields = [{n: v for n, v in row.fields.items() if n in shared} for row in rows]
        return [
            {"id": external_id(form, row_mark(mark, table, row.line)), **cells}
            for row, cells in zip(rows, self._resolving.cells(model, fields), strict=True)
        ]

    def complete(self, document: Document, mark: str) -> None:
        """Note the keys of imported rows, and write what only some of them have."""
        form, values = document.write.form, dict[str, list[Command]]()
        for table, change in document.write.tables.items():
            new = [row for row in change.rows if not row.key]
            if new:
                keys = self._keys(document, mark, table, new)
                document.line_keys = {**document.line_keys, table: keys}
                more = [(keys[row.line], fields) for row, fields in left_out(new)]
                if more:
                    model = self._models.rows(form, table).relation
                    values[table] = [self._change(model, key, fields) for key, fields in more]
        if values:
            self._client.write(model_of(form), int(document.key), values)

    def _keys(
        self, document: Document, mark: str, table: str, rows: Sequence[RowWrite]
    ) -> dict[str, str]:
        """The keys of rows that were just imported, by the source's line, told by our marks."""
        form = document.write.form
        there = [row[KEY] for row in self.standing(document, table, [KEY])]
        marks = self._marks.of(form, self._models.rows(form, table).relation, there)
        ids = {name: str(id) for id, name in marks.items()}
        keys = {row.line: ids.get(row_mark(mark, table, row.line), "") for row in rows}
        if not all(keys.values()):
            raise OutcomeUnknown(say("odoo_rows_unclear", form=form, table=table))
        return keys

    # -- known rows -------------------------------------------------------------------------

    def standing(self, document: Document, table: str, fields: Sequence[str]) -> list[Row]:
        """All rows of a record, as they stand."""
        field = self._models.rows(document.write.form, table)
        return self._client.rows(field.relation, [(field.back, "=", int(document.key))], fields)

    def touched(self, document: Document) -> dict[str, Row]:
        """The rows that are to change or go, as they stand: what Odoo would recompute of them, and
        what was delivered and invoiced."""
        found: dict[str, Row] = {}
        life = document.life
        for table, change in document.write.tables.items():
            keys = [int(key) for key in (*(r.key for r in change.rows if r.key), *change.drop)]
            model = self._models.rows(document.write.form, table).relation
            paths = list(RECOMPUTED[model][1]) if model in RECOMPUTED else []
            if life and table == life.rows:
                paths += [life.gone, life.billed]
            if keys and paths:
                rows = self._reading.rows_of(model, keys, paths)
                found |= {str(row[KEY]): row for row in rows}
        return found

    def commands(
        self, document: Document, table: str, change: TableWrite, touched: Mapping[str, Row]
    ) -> list[Command]:
        """What happens to known rows. Of a confirmed document they are emptied, not deleted."""
        model, life = self._models.rows(document.write.form, table).relation, document.life
        rows = [(row.key, row.fields) for row in change.rows if row.key]
        drop = list(change.drop)
        if document.confirmed and life and table == life.rows:
            rows += [(key, {life.quantity: 0}) for key in drop]
            drop = []
        changes = [
            self._change(model, key, _kept(model, fields, touched.get(key, {})))
            for key, fields in rows
        ]
        return changes + [[2, int(key), 0] for key in drop]

    def _change(self, model: str, key: str, fields: Mapping[str, Any]) -> Command:
        return [1, int(key), self._resolving.values(model, fields)]


def _kept(model: str, fields: Mapping[str, Any], standing: Row) -> Mapping[str, Any]:
    """The fields of a row, and beside them what Odoo would otherwise recompute."""
    triggers, kept = RECOMPUTED.get(model, (frozenset[str](), ()))
    if not triggers & fields.keys():
        return fields
    return {**{name: standing[name] for name in kept if name in standing}, **fields}
