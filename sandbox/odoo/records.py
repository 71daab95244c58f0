"""The records: by model and id, with their stamps, their external ids and the ledger's account.

A transaction stamps all it touches with the time at which it began. What it raises takes it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

from .registry import MODELS, Field

Row = dict[str, Any]


class Refusal(Exception):
    """An exception in Odoo, by its name there."""

    def __init__(self, message: str, name: str = "odoo.exceptions.UserError") -> None:
        super().__init__(message)
        self.message = message
        self.name = name


class Records:
    """All of them. Called under the application's lock."""

    def __init__(self, clock: SandboxClock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._tables: dict[str, dict[int, Row]] = {model: {} for model in MODELS}
        self._last: dict[str, int] = defaultdict(int)
        self._behind: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(
            lambda: defaultdict(set)
        )
        """Rows by the record that a field of theirs points to."""
        self.names: dict[str, tuple[str, int]] = {}
        """What has an external id."""
        self._undo: list[tuple[str, int, Row | None]] | None = None
        self._told: list[dict[str, Any]] = []
        self._names_before: dict[str, tuple[str, int]] = {}
        self.by = "api"
        self.now = clock.now()

    @contextmanager
    def transaction(self, by: str = "api", at: datetime | None = None) -> Iterator[None]:
        """Everything inside, or nothing."""
        self._undo, self._told, self._names_before = [], [], dict(self.names)
        self.by, self.now = by, at or self._clock.now()
        try:
            yield
        except BaseException:
            for model, id, before in reversed(self._undo):
                self._put(model, id, before)
            self.names = self._names_before
            raise
        finally:
            self._undo = None
        for entry in self._told:
            self._ledger.append("commit", **entry)

    # -- looking ----------------------------------------------------------------------------

    def table(self, model: str) -> Mapping[int, Row]:
        return self._tables[model]

    def get(self, model: str, id: int) -> Row:
        """One record. Raises Refusal."""
        row = self._tables[model].get(id)
        if row is None:
            words = "Record does not exist or has been deleted."
            name = "odoo.exceptions.MissingError"
            raise Refusal(f"{words}\n(Record: {model}({id},), User: 2)", name)
        return row

    def behind(self, field: Field, id: int) -> list[int]:
        """The rows of a one2many, by id."""
        return sorted(self.rows(field.relation, field.back, id))

    def rows(self, model: str, field: str, id: int) -> set[int]:
        """The records whose field points to one."""
        return self._behind[model, field].get(id, set())

    def one(self, model: str, **values: Any) -> int:
        """The id of the record with these values. Raises KeyError."""
        for id, row in self._tables[model].items():
            if all(row.get(name) == value for name, value in values.items()):
                return id
        raise KeyError(f"no {model} with {values}")

    # -- changing ---------------------------------------------------------------------------

    def create(self, model: str, values: Row, mark: str = "") -> int:
        """A new record with, perhaps, an external id; its id."""
        self._last[model] += 1
        id = self._last[model]
        row = {**values, "id": id, "create_date": self.now, "write_date": self.now}
        self._put(model, id, row)
        if mark:
            self.names[mark] = (model, id)
        self._tell("create", model, {**row, "external_id": mark})
        return id

    def write(self, model: str, id: int, values: Row, *, silent: bool = False) -> None:
        """Set fields and the stamp, also where nothing differs."""
        row = {**self.get(model, id), **values, "write_date": self.now}
        self._put(model, id, row)
        if not silent:
            self._tell("update", model, {**values, "id": id, "name": row.get("name")})

    def delete(self, model: str, id: int) -> None:
        row = self.get(model, id)
        self._put(model, id, None)
        self.names = {name: of for name, of in self.names.items() if of != (model, id)}
        self._tell("delete", model, row)

    def note(self, operation: str, model: str, id: int) -> None:
        """Something else was done to a record."""
        self._tell(operation, model, {"id": id, "name": self.get(model, id).get("name")})

    def _tell(self, operation: str, model: str, row: Row) -> None:
        number = str(row.get("name") or "")
        data = {name: value for name, value in row.items() if not name.endswith("_date")}
        self._told.append({"operation": operation, "form": model, "key": str(row["id"]),
                           "number": number, "by": self.by, "data": data})  # fmt: skip

    def _put(self, model: str, id: int, row: Row | None) -> None:
        before = self._tables[model].get(id)
        if self._undo is not None:
            self._undo.append((model, id, before))
        for field in _links(model):
            if before and before.get(field.name):
                self._behind[model, field.name][before[field.name]].discard(id)
            if row and row.get(field.name):
                self._behind[model, field.name][row[field.name]].add(id)
        if row is None:
            self._tables[model].pop(id, None)
        else:
            self._tables[model][id] = row


def _links(model: str) -> Iterable[Field]:
    return (field for field in MODELS[model].values() if field.kind == "many2one")
