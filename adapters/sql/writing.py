"""A write from beginning to end: one transaction, in which the record is looked at again.

Whatever fails before the commit has not happened. Amounts are compared before the record is
handed over; where they are wrong it stays, and goes no further.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from adapters.sql.answers import column_of
from adapters.sql.client import Client
from adapters.sql.codec import reader, text_of
from adapters.sql.importing import STEPS, Standing
from adapters.sql.reading import Reading
from adapters.sql.records import Records
from adapters.sql.saving import Held, Saving, key_of
from adapters.sql.tables import Form
from connector.contract import Record, Shape, Table, Write, Written
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Awaiting,
    Conflict,
    Gone,
    HalfDone,
    Rejected,
)
from connector.kit.expected import LineKeys, difference, head_paths
from connector.messages import say


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a write comes to, in columns."""

    values: Held
    mark: Held
    """Our mark, in a new record."""
    ending: Held
    """What cancelling or closing sets."""
    void: Held
    """What a cancelled record shows; empty: none is."""
    ready: Held
    """What hands the record over; empty: nobody asks for that."""


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, saving: Saving, reading: Reading) -> None:
        self._client = client
        self._saving = saving
        self._reading = reading

    def write(self, write: Write) -> Written:
        """One record. What failed before the commit is raised as it is."""
        form = self._saving.form(write.form)
        shape = write.show or self._shape(write, form)
        whole = replace(write, show=shape)
        # Whatever can be refused without the database is refused here.
        records, wanted = self._reading.records(shape), self._wanted(write, form)
        try:
            with self._client.writing() as connection:
                outcome = Job(connection, self._saving, records, whole, wanted).carried_out()
        except AlreadyExists as refusal:
            raise self._whose(write, shape, refusal) from None
        if isinstance(outcome, AdapterError):
            raise outcome
        return outcome if write.show else replace(outcome, shown=None)

    def _wanted(self, write: Write, form: Form) -> Wanted:
        settings, values = form.settings, self._saving.values
        ending = {"cancel": settings.cancel, "close": settings.close}.get(write.verb)
        if ending == {}:
            raise Rejected(say("sql_no_end", verb=write.verb, form=form.name))
        mark = dict([write.reference] if write.reference else [])
        importer, ready = settings.importer, dict[str, str]()
        if importer and write.until == STEPS[-1]:
            ready = {importer.state: importer.ready}
        return Wanted(
            values(form, {**write.fields, **mark}),
            values(form, mark),
            values(form, ending or {}),
            values(form, settings.cancel),
            values(form, ready),
        )

    def _shape(self, write: Write, form: Form) -> Shape:
        """What must be read back where nobody asks to see it."""
        if not form.key:
            raise Rejected(say("sql_no_key", form=form.name))
        tables = {}
        for name in write.tables:
            paths = [path.split("/") for path in write.expect if path.startswith(f"{name}/")]
            fields = tuple(dict.fromkeys(path[-1] for path in paths))
            tables[name] = Table(self._saving.form(name).key[0], fields)
        return Shape(write.form, form.key, tuple(head_paths(write)), write.number, tables)

    def _whose(self, write: Write, shape: Shape, refusal: AlreadyExists) -> AdapterError:
        """Something is in use: our mark or number, with the key of the record that has it; or a
        value that must be another one."""
        words, code, answer = refusal.words, refusal.code, refusal.answer
        asked = Shape(shape.form, shape.key, ())
        given = dict([write.reference] if write.reference else [])
        given |= {name: str(write.fields[name]) for name in (write.number,) if name in write.fields}
        for name, value in given.items():
            for record in self._reading.find(asked, name, [value]):
                if record.key != write.key:
                    return AlreadyExists(words, key=record.key, code=code, answer=answer)
        return Rejected(words, field=column_of(str(words)), code=code, answer=answer)


class Job:
    """One write inside its transaction."""

    def __init__(
        self,
        connection: Connection,
        saving: Saving,
        records: Records,
        write: Write,
        wanted: Wanted,
    ) -> None:
        assert write.show is not None
        self._connection = connection
        self._saving = saving
        self._records = records
        self._write = write
        # The very one by which the record is found: another description of the same table, of a
        # moment later, would be another table to SQLAlchemy, and the condition one on that.
        self._form = records.form
        self._shape = write.show
        self._wanted = wanted
        self._key = write.key

    def carried_out(self) -> Written | AdapterError:
        """What was written, or what is to be raised once it is committed."""
        if self._write.verb != "put":
            return self._ended()
        if not self._write.key:
            return self._finished(self._created(), changes=True)
        held = self._held(self._wanted.void)
        if self._wanted.void and self._shows(held, self._wanted.void):
            raise Conflict(say("bill_voided", number=self._key))
        standing = self._standing(held)
        if self._write.fields or self._write.tables:
            return self._finished(self._changed(standing), changes=True)
        if refusal := self._refusal(standing):
            raise refusal
        return self._finished({}, changes=False)

    # -- saving -----------------------------------------------------------------------------

    def _created(self) -> LineKeys:
        for name, value in self._wanted.mark.items():
            if name not in self._form.unique and self._is_taken(name, str(value)):
                raise AlreadyExists(say("sql_taken", form=self._form.name, value=value))
        made = self._saving.add(self._connection, self._form, self._wanted.values, self._shape.key)
        self._key = key_of(self._form, made)
        return self._rows()

    def _is_taken(self, name: str, value: str) -> bool:
        """Somebody has our mark, and the table would take it twice."""
        same = self._records.one_of(name, [value])
        found = self._connection.execute(select(self._form.column(name)).where(same)).scalars()
        read = reader(self._form.kinds[name])
        return any(text_of(read(one)) == value for one in found)

    def _changed(self, standing: Standing | None) -> LineKeys:
        if standing:
            standing.check()
        self._set(self._wanted.values)
        return self._rows()

    def _rows(self) -> LineKeys:
        tables, shape = self._write.tables, self._shape
        return self._saving.rows(self._connection, shape, self._key, tables) if tables else {}

    def _set(self, values: Held) -> None:
        if values:
            one = self._records.having([self._key])
            self._saving.change(self._connection, self._form, one, values)

    # -- looking ----------------------------------------------------------------------------

    def _held(self, names: Iterable[str] = ()) -> Held:
        """What these columns of the record hold, and those of its importer; nobody else changes
        it meanwhile. Raises Gone."""
        importer = self._form.settings.importer
        more = (importer.state, importer.error) if importer else ()
        wanted = [name for name in dict.fromkeys((*self._shape.key, *names, *more)) if name]
        asked = select(*map(self._form.column, wanted)).where(self._records.having([self._key]))
        found = self._connection.execute(asked.with_for_update()).first()
        if found is None:
            raise Gone(say("sql_gone", form=self._form.name, key=self._key))
        kinds = self._form.kinds
        return {n: reader(kinds[n])(value) for n, value in zip(wanted, found, strict=True)}

    def _standing(self, held: Held) -> Standing | None:
        importer = self._form.settings.importer
        return Standing(importer, self._form.name, held) if importer else None

    def _shows(self, held: Held, ending: Held) -> bool:
        kinds = self._form.kinds
        return all(held[name] == reader(kinds[name])(value) for name, value in ending.items())

    def _shown(self) -> Record:
        """The record as the database shows it now."""
        asked = self._records.select().where(self._records.having([self._key]))
        (record,) = self._records.made(self._connection, self._connection.execute(asked).all())
        return record

    # -- ending -----------------------------------------------------------------------------

    def _ended(self) -> Written | AdapterError:
        """Cancel or close it; what was ended already stays so."""
        ending = self._wanted.ending
        held = self._held(ending)
        standing = self._standing(held)
        if not self._shows(held, ending):
            if standing:
                standing.check()
            self._set(ending | self._wanted.ready)
            standing = self._standing(self._held())
        if standing and standing.awaits and self._wanted.ready:
            return Awaiting(standing.awaits, taken=True)
        return self._refusal(standing) or Written(self._key)

    # -- finishing --------------------------------------------------------------------------

    def _finished(self, added: LineKeys, *, changes: bool) -> Written | AdapterError:
        """Compare what stands there with what was expected; then hand it over."""
        written, standing = self._seen(added)
        assert written.shown is not None
        if (wrong := difference(self._write, written.shown, added)) is not None:
            return HalfDone(written, wrong)
        if self._wanted.ready and standing and (changes or standing.untouched):
            self._set(self._wanted.ready)
            written, standing = self._seen(added)
        refusal = self._refusal(standing)
        return HalfDone(written, refusal) if refusal else written

    def _seen(self, added: LineKeys) -> tuple[Written, Standing | None]:
        """What can be said of it now."""
        shown = self._shown()
        written = Written(self._key, shown.number, added, shown=shown)
        if self._form.settings.importer is None:
            return written, None
        standing = self._standing(self._held())
        assert standing is not None
        awaits = standing.awaits if self._wanted.ready else ""
        return replace(written, step=standing.step, awaits=awaits), standing

    def _refusal(self, standing: Standing | None) -> Rejected | None:
        """The importer's own words, where it was asked to take the record."""
        return standing.refusal if standing and self._wanted.ready else None
