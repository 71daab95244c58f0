"""The contract, kept to the letter and in the plainest way."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from adapters.memory.world import STEPS, Kept, World
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
    FormField,
    Http,
    Identity,
    Page,
    Reads,
    Record,
    Settings,
    Shape,
    TableWrite,
    Write,
    Written,
    chunks,
    is_empty,
)
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Rejected,
)
from connector.kit.expected import difference


class MemorySettings(Settings):
    """What the world can do, so that every kind of system can be rehearsed."""

    world: str
    """Name of the world it speaks to."""
    full: tuple[str, ...] = ()
    """Forms that can only be read whole."""
    stepped: tuple[str, ...] = ()
    """Forms whose records are saved, submitted and audited."""
    search: bool = True
    """Records can be searched by a field."""
    batch: int = 50
    """Records written at once."""


class MemoryAdapter(Adapter):
    """Speaks to a `World`."""

    settings_type: ClassVar[type[Settings]] = MemorySettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, MemorySettings)
        self._world = World.of(settings.world)
        self._page = settings.page or 100
        self.capabilities = Capabilities(
            forms={form: _form(settings, form) for form in (*settings.full, *settings.stepped)},
            other=_form(settings, ""),
            longest_write=1.0,
        )

    def check(self) -> Identity:
        return Identity(self._world.tenant, "memory")

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        since = int(after or 0)
        self._world.meet("read", shape.form)
        with self._world.lock:
            form = self._world.form(shape.form)
            changed = sorted((k.revision, k.key) for k in form.values() if k.revision > since)
        for some in chunks(changed, self._page):
            self._world.meet("read", shape.form)
            # A cursor is made of the revisions as they were: a record that changes meanwhile
            # comes again, and must not take the cursor along.
            with self._world.lock:
                page = [_record(form[key], shape) for _, key in some if key in form]
            yield Page(page, str(some[-1][0]))

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        self._world.meet("read", shape.form)
        with self._world.lock:
            form = self._world.form(shape.form)
            found = [_record(form[key], shape) for key in keys if key in form]
        yield from found

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        wanted = set(values)
        self._world.meet("read", shape.form)
        with self._world.lock:
            kept = list(self._world.form(shape.form).values())
            found = [_record(k, shape, field) for k in kept if str(k.fields.get(field)) in wanted]
        yield from found

    def write(self, write: Write) -> Written:
        self._world.meet("before", write.form)
        with self._world.lock:
            written = self._withdraw(write) if write.verb != "put" else self._put(write)
        self._world.meet("after", write.form)
        return written

    def describe(self, form: str) -> Sequence[FormField]:
        names = {name for kept in self._world.form(form).values() for name in kept.fields}
        return [FormField(name) for name in sorted(names)]

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        self._world.meet("read", form)
        told = self._world.codes.get((form, field))
        if told is None:
            return None
        return {code: name for code, name in told.items() if wanted is None or code in wanted}

    def _put(self, write: Write) -> Written:
        key, line_keys = self._save(write)
        return self._finish(write, key, line_keys)

    # -- one record -------------------------------------------------------------------------

    def _save(self, write: Write) -> tuple[str, dict[str, dict[str, str]]]:
        form = self._world.form(write.form)
        if not write.key:
            return self._create(write)
        known = form.get(write.key)
        if known is None:
            raise Gone(f"{write.form} {write.key} is gone")
        if known.cancelled:
            raise Conflict(f"{write.form} {write.key} is void")
        if not write.fields and not write.tables:
            return write.key, {}
        if known.step == "audited":
            if "unaudit" not in write.on_change:
                raise Conflict(f"{write.form} {write.key} is audited")
            self._world.step(write.form, write.key, "saved")
        fields, line_keys = self._merged(known.fields, write)
        self._refuse(write.form, {**known.fields, **fields})
        self._world.put(write.form, fields, write.key)
        return write.key, line_keys

    def _create(self, write: Write) -> tuple[str, dict[str, dict[str, str]]]:
        fields, line_keys = self._merged({}, write)
        if write.reference is not None:
            fields[write.reference[0]] = write.reference[1]
        self._refuse(write.form, fields)
        unique = self._world.unique.get(write.form)
        if unique:
            for kept in self._world.form(write.form).values():
                if kept.fields.get(unique) == fields.get(unique):
                    raise AlreadyExists(f"{unique} is taken", key=kept.key)
        step = "saved" if self._steps(write) else ""
        return self._world.put(write.form, fields, step=step), line_keys

    def _refuse(self, form: str, fields: Mapping[str, Any]) -> None:
        rule = self._world.rules.get(form)
        words = (rule(fields) if rule else "") or self._unknown_code(form, fields)
        if words:
            raise Rejected(words)

    def _unknown_code(self, form: str, fields: Mapping[str, Any]) -> str:
        for (of, path), known in self._world.codes.items():
            for value in _values(fields, path) if of == form else ():
                if str(value) not in known:
                    return f"{path}: {value}"
        return ""

    def _merged(
        self, known: Mapping[str, Any], write: Write
    ) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        fields: dict[str, Any] = dict(write.fields)
        line_keys: dict[str, dict[str, str]] = {}
        for table, change in write.tables.items():
            rows = copy.deepcopy(list(known.get(table, ())))
            line_keys[table] = self._rows(rows, change, _key_field(write, table))
            fields[table] = rows
        return fields, line_keys

    def _rows(self, rows: list[Any], change: TableWrite, key_field: str) -> dict[str, str]:
        """Change `rows` in place; returns the keys of the rows that were added."""
        by_key = {str(row[key_field]): row for row in rows}
        added: dict[str, str] = {}
        for row in change.rows:
            if row.key:
                if row.key not in by_key:
                    raise Changed(f"row {row.key} is gone")
                by_key[row.key].update(row.fields)
            else:
                added[row.line] = self._world.new_key()
                rows.append({key_field: added[row.line], **row.fields})
        rows[:] = [row for row in rows if str(row[key_field]) not in set(change.drop)]
        return added

    def _finish(self, write: Write, key: str, line_keys: dict[str, dict[str, str]]) -> Written:
        """Check what was asked to be checked, then take the steps that are left."""
        known = self._world.form(write.form)[key]
        awaits = ""
        try:
            self._check(write, known, line_keys)
            awaits = self._climb(write, known)
        except AdapterError as cause:
            raise HalfDone(_written(write, known, line_keys), cause) from cause
        return _written(write, known, line_keys, awaits)

    def _climb(self, write: Write, known: Kept) -> str:
        """Take the steps up to `until`; whom it waits for, if anybody."""
        if not self._steps(write):
            return ""
        reached, wanted = known.step or STEPS[0], write.until or STEPS[0]
        for step in STEPS[STEPS.index(reached) + 1 : STEPS.index(wanted) + 1]:
            if step == "audited" and write.form in self._world.workflows:
                return "workflow"
            self._world.step(write.form, known.key, step)
            self._world.meet(step, write.form)
        return ""

    def _check(self, write: Write, known: Kept, line_keys: dict[str, dict[str, str]]) -> None:
        shown = Record(known.key, known.fields)
        wrong = difference(write, shown, line_keys, row_key="" if write.show else "id")
        if wrong is not None:
            raise wrong

    def _withdraw(self, write: Write) -> Written:
        known = self._world.form(write.form).get(write.key)
        if known is None:
            raise Gone(f"{write.form} {write.key} is gone")
        if not known.cancelled:
            self._world.cancel(write.form, write.key)
        return _written(write, known, {})

    def _steps(self, write: Write) -> tuple[str, ...]:
        return self.capabilities.of(write.form).steps


def _values(fields: Mapping[str, Any], path: str) -> Iterator[Any]:
    """What stands in a field, or in a row's field of each row."""
    table, _, name = path.rpartition("/")
    for holder in fields.get(table) or () if table else (fields,):
        if not is_empty(holder.get(name)):
            yield holder[name]


def _key_field(write: Write, table: str) -> str:
    return write.show.tables[table].key if write.show else "id"


def _written(
    write: Write, known: Kept, line_keys: dict[str, dict[str, str]], awaits: str = ""
) -> Written:
    number = str(known.fields.get(write.number, "")) if write.number else ""
    shown = _record(known, write.show) if write.show else None
    return Written(known.key, number, line_keys, known.step, awaits, shown)


def _form(settings: MemorySettings, form: str) -> FormCapabilities:
    reads: Reads = "full" if form in settings.full else "changes"
    return FormCapabilities(
        reads=reads,
        operations=frozenset({"create", "update", "cancel", "close"}),
        search=settings.search,
        batch=settings.batch,
        steps=STEPS if form in settings.stepped else (),
    )


def _record(kept: Kept, shape: Shape, *more: str) -> Record:
    names = (*shape.fields, *shape.tables, *more, *((shape.number,) if shape.number else ()))
    fields = {name: copy.deepcopy(kept.fields[name]) for name in names if name in kept.fields}
    number = str(kept.fields.get(shape.number, "")) if shape.number else ""
    return Record(kept.key, fields, number, stamp=str(kept.revision))
