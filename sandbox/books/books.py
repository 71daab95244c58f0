"""Tables of records, and the few ways in which they change: made, changed, moved on, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.ledger import Ledger

from .forms import Field, Form, Refused
from .records import Record, Row, Tables, merged

Values = Mapping[str, Any]
Rows = Mapping[str, Sequence[tuple[str, Values]]]
"""By table `(key, values)`; an empty key: a new row."""
VISIBLE_AFTER = "visible_after"
"""The switch that says after how many seconds queries show a change; 0 if there is no such."""


class Books:
    """Everything that a simulated system holds."""

    def __init__(
        self,
        forms: Iterable[Form],
        clock: SandboxClock,
        ledger: Ledger,
        switches: Mapping[str, Any],
        *,
        first: int = 1,
        key: Callable[[str, int], str] | None = None,
    ) -> None:
        """Keys count from `first`, over all forms and rows, so that none is ever given again;
        `key(form, n)` spells them."""
        self.forms = {form.name: form for form in forms}
        self.clock = clock
        self._ledger = ledger
        self._switches = switches
        self._tables: dict[str, dict[str, Record]] = {name: {} for name in self.forms}
        self._known: dict[tuple[str, str], dict[Any, set[str]]] = {}
        """By form and field that was asked for, the keys of records by value."""
        self._gone: list[tuple[datetime, Record]] = []
        """Removed ones, and until when queries still show them."""
        self._count = count(first)
        self._spell = key or (lambda _, n: str(n))
        self._backups: dict[str, dict[str, dict[str, Record]]] = {}
        self._shown_at: datetime | None = None
        self.computed: Callable[[Record], Record] = lambda record: record
        """Whatever the system reckons itself before it keeps a record: totals, numbers."""

    # -- looking ----------------------------------------------------------------------------

    def live(self, form: str) -> Mapping[str, Record]:
        """Every record of a form as it stands, by key, the oldest first."""
        return self._tables[self._form(form).name]

    def get(self, form: str, key: str) -> Record:
        """A record as it stands. Raises Refused (`missing`)."""
        record = self.live(form).get(key)
        if record is None:
            raise Refused("missing", form, value=key)
        return record

    def seen(self, form: str) -> Iterator[Record]:
        """The records of a form as queries show them now."""
        now = self.clock.now()
        for record in self.live(form).values():
            shown = record.seen(now)
            if shown is not None:
                yield shown
        yield from (gone for until, gone in self._gone if gone.form == form and until > now)

    def named(self, form: str, number: str) -> Record:
        """The record with this number. Raises Refused (`missing`)."""
        found = self.having(form, self._form(form).number, number)
        if not found:
            raise Refused("missing", form, self.forms[form].number, number)
        return found[0]

    def having(self, form: str, field: str, value: Any) -> list[Record]:
        """The records as they stand whose field has this value, the oldest first; the first call
        builds an index."""
        table, known = self.live(form), self._known.get((form, field))
        if known is None:
            known = self._known[form, field] = {}
            for one in table.values():
                known.setdefault(one.values.get(field), set()).add(one.key)
        found = [table[key] for key in known.get(value, ())]
        return sorted(found, key=lambda one: (one.made, one.key))

    # -- changing ---------------------------------------------------------------------------

    def create(
        self,
        form: str,
        values: Values,
        rows: Rows | None = None,
        *,
        by: str = "api",
        strict: bool = True,
        stamp: datetime | None = None,
    ) -> Record:
        """Add a record. `strict`: a field that it does not have is refused, else dropped. `stamp`
        pretends that it was made back then. Raises Refused."""
        made = self._made(form, values, rows or {}, strict, stamp)
        return self._commit("create", made, by, {**made.values, **_plainly(made.rows)})

    def load(
        self,
        form: str,
        values: Values,
        rows: Rows | None = None,
        *,
        state: str = "",
        stamp: datetime | None = None,
    ) -> Record:
        """Add a record that was there before the system began, made at `stamp`: nothing in the
        ledger. Raises Refused."""
        made = self.computed(self._made(form, values, rows or {}, True, stamp))
        return self._store(replace(made, state=state or made.state))

    def change(
        self,
        form: str,
        key: str,
        values: Values,
        rows: Rows | None = None,
        drop: Mapping[str, Sequence[str]] | None = None,
        *,
        by: str = "api",
        strict: bool = True,
        operation: str = "update",
        stamp: datetime | None = None,
    ) -> Record:
        """Set fields (None clears), change and add rows, drop others. Raises Refused."""
        kind, old = self._form(form), self.get(form, key)
        changes = self._kept(kind.fields, values, strict)
        kept = merged(old.values, changes)
        self._demand(kind, kept, but=key)
        tables = self._rows(kind, old.rows, rows or {}, drop or {}, strict)
        made = replace(old, values=kept, rows=tables, stamp=stamp or self.clock.now())
        return self._commit(operation, made, by, {**changes, **_plainly(tables)})

    def move(
        self, form: str, key: str, state: str, *, by: str = "api", operation: str = ""
    ) -> Record:
        """Take a record to another state. Raises Refused."""
        record = self.get(form, key)
        if state not in self.forms[form].states:
            raise Refused("state", form, value=state)
        made = replace(record, state=state, stamp=self.clock.now())
        return self._commit(operation or state, made, by, {"state": state})

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Queries see all that changes inside at the same instant, as of one transaction."""
        outer = self._shown_at
        self._shown_at = outer or self.clock.now() + self._delay
        try:
            yield
        finally:
            self._shown_at = outer

    def recompute(self, record: Record) -> Record:
        """Keep what the system reckons by itself: no stamp, nobody's change."""
        return self._store(record)

    def remove(self, form: str, key: str, *, by: str = "api") -> None:
        """Delete for good. Raises Refused."""
        record, now = self.get(form, key), self.clock.now()
        self._index(record, None)
        del self._tables[form][key]
        shown = record.seen(now)
        if shown is not None and self._delay:
            self._gone.append((self._shown_at or now + self._delay, shown))
        self._note("delete", record, by, {})

    def backup(self, name: str = "backup") -> None:
        """Keep everything as it stands."""
        self._backups[name] = {form: dict(table) for form, table in self._tables.items()}

    def restore(self, name: str = "backup") -> None:
        """Set everything back to a backup; keys are not given again."""
        self._tables = {form: dict(table) for form, table in self._backups[name].items()}
        self._known.clear()
        self._ledger.append("commit", "restore", by="person:administrator", data={"name": name})

    # -- keeping ----------------------------------------------------------------------------

    def _made(
        self, form: str, values: Values, rows: Rows, strict: bool, stamp: datetime | None
    ) -> Record:
        kind, now = self._form(form), stamp or self.clock.now()
        kept = merged({}, self._kept(kind.fields, values, strict))
        self._demand(kind, kept)
        tables = self._rows(kind, {}, rows, {}, strict)
        return Record(form, self._next(form), "", kept, tables, kind.states[0], now, now)

    def _commit(self, operation: str, record: Record, by: str, data: Values) -> Record:
        before, now = self._tables[record.form].get(record.key), self.clock.now()
        shown = before.seen(now) if before else None
        at = (self._shown_at or now + self._delay) if self._delay else None
        made = replace(self.computed(record), previous=shown, shown_at=at)
        self._store(made)
        self._note(operation, made, by, data)
        return self.get(made.form, made.key)

    def _store(self, record: Record) -> Record:
        number = str(record.values.get(self.forms[record.form].number) or "")
        made = replace(record, number=number)
        self._index(self._tables[record.form].get(record.key), made)
        self._tables[record.form][record.key] = made
        return made

    def _index(self, old: Record | None, new: Record | None) -> None:
        for (form, field), known in self._known.items():
            if old and old.form == form:
                known[old.values.get(field)].discard(old.key)
            if new and new.form == form:
                known.setdefault(new.values.get(field), set()).add(new.key)

    def _note(self, operation: str, record: Record, by: str, data: Values) -> None:
        about = {"form": record.form, "key": record.key, "number": record.number}
        self._ledger.append("commit", operation, by=by, data=dict(data), **about)

    @property
    def _delay(self) -> timedelta:
        return timedelta(seconds=float(self._switches.get(VISIBLE_AFTER, 0)))

    def _next(self, form: str) -> str:
        return self._spell(form, next(self._count))

    def _form(self, name: str) -> Form:
        if name not in self.forms:
            raise Refused("unknown", name)
        return self.forms[name]

    # -- what is accepted -------------------------------------------------------------------

    def _kept(self, fields: Mapping[str, Field], values: Values, strict: bool) -> dict[str, Any]:
        found = {}
        for name, value in values.items():
            field = fields.get(name)
            if field is not None:
                found[name] = field.kept(value)
                self._point(field, found[name])
            elif strict:
                raise Refused("unknown", field=name, value=value)
        return found

    def _point(self, field: Field, value: Any) -> None:
        if field.target and value is not None and value not in self._tables[field.target]:
            raise field.refused("reference", value)

    def _demand(self, kind: Form, kept: Values, but: str = "") -> None:
        for field in kind.own:
            value = kept.get(field.name)
            if field.required and value is None:
                raise Refused("required", kind.name, field.name)
            if field.unique and value is not None:
                others = self.having(kind.name, field.name, value)
                if any(other.key != but for other in others):
                    raise Refused("unique", kind.name, field.name, value)

    def _rows(
        self,
        kind: Form,
        old: Tables,
        rows: Rows,
        drop: Mapping[str, Sequence[str]],
        strict: bool,
    ) -> Tables:
        tables = dict(old)
        for table in {*rows, *drop}:
            if table not in kind.columns:
                raise Refused("unknown", kind.name, table)
            there = {row.key: row for row in tables.get(table, ())}
            for key in drop.get(table, ()):
                if there.pop(key, None) is None:
                    raise Refused("missing", kind.name, table, key)
            for key, values in rows.get(table, ()):
                row = self._row(kind, table, there, key, values, strict)
                there[row.key] = row
            tables[table] = tuple(there.values())
        return tables

    def _row(
        self,
        kind: Form,
        table: str,
        there: Mapping[str, Row],
        key: str,
        values: Values,
        strict: bool,
    ) -> Row:
        if key and key not in there:
            raise Refused("missing", kind.name, table, key)
        columns = kind.columns[table]
        before = there[key].values if key else {}
        kept = merged(before, self._kept(columns, values, strict))
        for field in columns.values():
            if field.required and kept.get(field.name) is None:
                raise Refused("required", kind.name, field.name)
        return Row(key or self._next(f"{kind.name}/{table}"), kept)


def _plainly(tables: Tables) -> dict[str, Any]:
    """Rows as the ledger shows them."""
    return {
        table: [{"key": row.key, **row.values} for row in rows] for table, rows in tables.items()
    }
