"""Sending: look before writing, plan, write, and say what became of each record.

Nothing is stored here. A record without a counterpart is searched by our reference before
it is created; one with a counterpart is read before it is changed, so that what people did
there is seen. Whatever happens, every job gets exactly one result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from connector import log
from connector.clock import Deadline
from connector.contract import Fields, Record, TableWrite, Write, Written, chunks
from connector.engine import adopting, opposite
from connector.engine import plan as planning
from connector.engine.base import LineKeys, whole
from connector.engine.jobs import Job, Opposite, Result
from connector.engine.plan import Held, Plan
from connector.engine.system import THEIRS, Flow, System
from connector.errors import (
    AdapterError,
    AlreadyExists,
    Conflict,
    ConnectorError,
    Gone,
    HalfDone,
    MappingFault,
    OutcomeUnknown,
    Words,
)
from connector.faults import fault
from connector.mapping.document import Canonical
from connector.messages import say
from connector.objects.showing import plainly

CUTOFF = 5.0
"""Seconds that must be left of a claim beyond the longest request, else nothing is sent."""

NOTHING: Canonical = {"f": {}}

_log = log.get(__name__)

Ready = tuple[Job, Write, Plan]
"""What is about to be written."""


class Sender:
    """Sends one flow's jobs to its target."""

    def __init__(self, system: System, flow: Flow) -> None:
        assert flow.target is not None
        assert flow.writer is not None
        self._system = system
        self._flow = flow
        self._target = flow.target
        self._adapter = flow.target.adapter
        self._writer = flow.writer
        self._mapping = flow.mapping

    def send(self, jobs: Sequence[Job], deadline: Deadline) -> Iterator[Result]:
        """One result per job. `deadline` is the claim's: after it the jobs may be another's."""
        ready: list[Ready] = []
        fault("before_look")
        try:
            theirs = self._look(jobs)
        except AdapterError as error:
            yield from (Result(job, error=error) for job in jobs)
            return
        fault("after_look")
        for job in jobs:
            result = self._prepared(job, theirs)
            if isinstance(result, Result):
                yield result
            else:
                ready.append((job, *result))
        fault("planned")
        for some in self._batches(ready):
            yield from self._write(some, deadline)

    def _batches(self, ready: Sequence[Ready]) -> Iterator[Sequence[Ready]]:
        """As many at once as the target takes. What failed before goes alone, after the others:
        it may be what cost a batch its answer, and must not take anybody along again."""
        fresh = [one for one in ready if not one[0].row.attempts]
        yield from chunks(fresh, max(self._flow.capabilities.batch, 1))
        yield from ([one] for one in ready if one[0].row.attempts)

    def preview(self, jobs: Sequence[Job]) -> list[Result]:
        """What `send` would do, by the same way, without the last step. Raises AdapterError."""
        theirs = self._look(jobs)
        previewed: list[Result] = []
        for job in jobs:
            prepared = self._prepare(job, theirs)
            if not isinstance(prepared, Result):
                write, made = prepared
                did = job.verb if job.verb != "put" else _did(write)
                prepared = Result(job, did, plan=made)
            previewed.append(prepared)
        return previewed

    # -- looking ----------------------------------------------------------------------------

    def _look(self, jobs: Sequence[Job]) -> dict[str, list[Record]]:
        """What the target shows, by source key: found by reference, or by the target's key."""
        found: dict[str, list[Record]] = {}
        unsure = self._flow.idempotency == "B"
        unknown = {job.reference: job for job in jobs if not job.key and (unsure or job.in_doubt)}
        if unknown and self._flow.idempotency != "C":
            for record in self._find(list(unknown)):
                mark = str(record.fields.get(self._mapping.reference))
                if mark in unknown:
                    found.setdefault(unknown[mark].row.key, []).append(record)
        known = {job.key: job for job in jobs if self._must_see(job)}
        if known:
            for record in self._adapter.fetch(self._writer.shape, list(known)):
                found.setdefault(known[record.key].row.key, []).append(record)
        return found

    def _find(self, references: list[str]) -> Iterator[Record]:
        return self._adapter.find(self._writer.shape, self._mapping.reference, references)

    def _must_see(self, job: Job) -> bool:
        """Changed records are read first, unless nobody else's word counts for their fields."""
        if not job.key or self._mapping.onto:
            return False
        ours_alone = self._flow.settings.on_conflict == "ours" and not self._writer.tables
        ours_alone = ours_alone and job.opposite is None
        changed = job.verb == "put" and job.wanted != job.row.delivered
        return job.verb == "look" or (changed and not ours_alone)

    def _ours(self, job: Job) -> Record | None:
        """The record that carries our reference, if the target says that there is one already."""
        if self._flow.idempotency == "C":
            return None
        try:
            found = list(self._find([job.reference]))
        except AdapterError:
            return None
        return found[0] if len(found) == 1 else None

    # -- deciding ---------------------------------------------------------------------------

    def _prepared(self, job: Job, theirs: dict[str, list[Record]]) -> Result | tuple[Write, Plan]:
        """A mistake of ours in one record must not keep the others of its group from going."""
        try:
            return self._prepare(job, theirs)
        except Exception as error:  # noqa: BLE001 - nothing was sent; the record waits for a person
            _log.exception("planning_bug", flow=self._flow.name, key=job.row.key)
            return Result(job, error=MappingFault("", say("planning_bug", detail=repr(error))))

    def _prepare(self, job: Job, theirs: dict[str, list[Record]]) -> Result | tuple[Write, Plan]:
        shown = theirs.get(job.row.key, [])
        if job.verb == "look":
            return self._looked_up(job, shown)
        if job.verb != "put":
            return self._write_of(job, Plan()), Plan()
        if not job.key:
            return self._to_create(job, shown)
        if self._must_see(job) and not shown:
            return Result(job, error=Gone(say("target_gone", key=job.key)))
        record = shown[0] if shown else None
        ours = job.link is not None and job.link.ours
        if record and ours and adopting.is_another(job.reference, record, self._mapping):
            words = say("target_is_another", number=record.number or job.key)
            return Result(job, error=Gone(words))
        return self._to_update(job, record)

    def _looked_up(self, job: Job, found: list[Record]) -> Result:
        """What became of a write that was never answered."""
        if not job.key and self._flow.idempotency == "C":
            return Result(job, error=Undecidable(say("cannot_look_up")))
        if not found:
            error = Gone(say("target_gone", key=job.key)) if job.key else None
            return Result(job, error=error or NotDone(say("was_not_done")))
        if not job.key:
            outcome = self._to_create(job, found)
            assert isinstance(outcome, Result)
            return outcome
        keys = adopting.added(job.document, job.form, job.line_keys, found[0], self._writer)
        written = Written(job.key, found[0].number)
        return Result(job, "found", written, delivered=False, shown=found[0], line_keys=keys)

    def _to_create(self, job: Job, found: list[Record]) -> Result | tuple[Write, Plan]:
        if len(found) > 1:
            numbers = ", ".join(record.number or record.key for record in found)
            return Result(job, error=Twice(say("found_twice", numbers=numbers)))
        if found:
            return self._adopted(job, found[0])
        made = planning.create(job.document)
        return self._write_of(job, made), made

    def _adopted(self, job: Job, record: Record) -> Result:
        """The target has it already: a write whose answer was lost, or a store restored."""
        sent = job.form if job.verb == "look" else NOTHING
        keys = adopting.line_keys(job.document, sent, record, self._writer)
        if keys is None:
            words = say("rows_unclear", number=record.number or record.key)
            return Result(job, error=Conflict(words))
        same = job.verb != "look" and adopting.agrees(job.form, job.document, record, self._writer)
        made = Written(record.key, record.number, keys)
        return Result(job, "adopted", made, delivered=same, shown=record, line_keys=keys)

    def _to_update(self, job: Job, record: Record | None) -> Result | tuple[Write, Plan]:
        # Written onto a record, a doubt is ended by writing everything once more.
        delivered = NOTHING if job.in_doubt else job.delivered
        keys = self._line_keys(job, record)
        if keys is None:
            words = say("rows_unclear", number=record.number if record else job.key)
            return Result(job, error=Conflict(words))
        other = None if job.row.forced else job.opposite
        heard = opposite.heard_of(self._system, self._flow, job, record) if other else None
        base = whole(job.kept, job.delivered, keys)
        if job.row.sent and record is not None and not job.in_doubt and other is None:
            # What was taken earlier may have taken effect since: then it is nobody else's.
            keys = adopting.added(job.document, job.sent, keys, record, self._writer)
            before = Held(delivered, base, record, keys)
            delivered, base = adopting.cleared(before, job.sent, self._writer)
        held = Held(delivered, base, record, keys, other is not None, heard, job.unsure)
        made = planning.update(job.document, job.form, held, self._writer, force=self._force(job))
        for table, lines in keys.items() if not job.line_keys else ():
            made.standing.setdefault(table, {}).update(lines)
        for table, lines in made.standing.items():
            keys.setdefault(table, {}).update(lines)
        refused = self._others_first(job, made, other) if other else None
        if refused is None and made.conflicts:
            refused = Conflict(_conflict_words(made, forgotten=held.unsure))
        if refused is None and made.strange:
            refused = Conflict(say("rows_forgotten", number=record.number if record else job.key))
        if refused is not None:
            return Result(job, error=refused, plan=made)
        step = THEIRS if heard and _made_by_people(job) and self._flow.until else _step(job)
        if made.empty and self._flow.reached(step):
            written = Written(job.key, step=step)
            return Result(job, "none", written, plan=made, shown=record, line_keys=keys)
        others = record is not None and self._has_other_rows(job, made, record, keys)
        theirs_too = others or (record is not None and bool(made.drift))
        return self._write_of(job, made, only_rows=theirs_too), made

    def _force(self, job: Job) -> str:
        """Whose side wins; empty: a person decides."""
        policy = self._flow.settings.on_conflict
        if job.row.forced:
            return "ours"
        # What differs from a version that nobody knows may be ours.
        return "" if policy == "ask" or (policy == "theirs" and job.unsure) else policy

    def _others_first(self, job: Job, made: Plan, other: Opposite) -> ConnectorError | None:
        """Why a field that both sides want otherwise is not for us to settle now; None: it is."""
        heard, under_way = other.heard, say("opposite_first", flow=other.flow)
        if made.contested and other.told:
            return Yielded(under_way)
        unsure = made.left or (made.contested and heard and heard.first)
        if (heard and unsure and not other.in_sync) or (made.contested and other.in_doubt):
            return TooEarly(under_way)
        if made.contested and heard and not opposite.still_says(self._system, self._flow, job):
            return TooEarly(say("read_first", system=self._flow.source))
        return None

    def _line_keys(self, job: Job, record: Record | None) -> dict[str, dict[str, str]] | None:
        """Which rows are whose. A bill that people entered has rows that nobody paired yet."""
        known = job.line_keys
        if known or record is None or not any(record.fields.get(t) for t in self._writer.tables):
            return known
        return adopting.line_keys(job.document, job.delivered, record, self._writer)

    def _has_other_rows(self, job: Job, made: Plan, record: Record, keys: LineKeys) -> bool:
        """People added or deleted rows, or one of ours stands there closed: the record's totals
        are not ours alone any more."""
        for name, table in self._writer.tables.items():
            shown = {str(row[table.key]) for row in record.fields.get(name) or ()}
            going = made.tables[name].drop if name in made.tables else ()
            lines = job.document.tables.get(name, {})
            if shown - set(going) != {k for line, k in keys.get(name, {}).items() if line in lines}:
                return True
        return False

    def _write_of(self, job: Job, made: Plan, *, only_rows: bool = False) -> Write:
        mapping, settings = self._mapping, self._flow.settings
        carries = mapping.reference and not job.key
        return Write(
            form=mapping.form,
            key=job.key,
            fields=self._written_fields("", made.fields),
            tables=self._written_tables(made),
            reference=(mapping.reference, job.reference) if carries else None,
            number=mapping.number,
            until=self._flow.until,
            verb=job.verb,  # type: ignore[arg-type]
            on_change=settings.on_change or mapping.on_change,
            accept=frozenset(settings.accept) | mapping.accept,
            expect=self._expected(job, made, only_rows=only_rows),
            step="" if job.row.step == THEIRS else _step(job),
            show=self._writer.shape,
            options=mapping.options,
        )

    def _written_fields(self, table: str, fields: Fields) -> Fields:
        """Without those that are only compared."""
        if table not in self._writer.checked_tables:
            return fields
        prefix = f"{table}/" if table else ""
        return {n: v for n, v in fields.items() if prefix + n not in self._writer.checks}

    def _written_tables(self, made: Plan) -> Mapping[str, TableWrite]:
        if not self._writer.checked_tables - {""}:
            return made.tables
        return {
            table: TableWrite(
                [
                    replace(row, fields=self._written_fields(table, row.fields))
                    for row in change.rows
                ],
                change.drop,
            )
            for table, change in made.tables.items()
        }

    def _expected(
        self, job: Job, made: Plan, *, only_rows: bool
    ) -> dict[str, tuple[Decimal, Decimal]]:
        """The amounts that must stand there before any further step, by path."""
        if job.verb != "put":
            return {}
        expected: dict[str, tuple[Decimal, Decimal]] = {}
        for path, tolerance in self._writer.expected.items():
            table, _, name = path.rpartition("/")
            if table:
                for line, row in job.document.tables[table].items():
                    path = f"{table}/{line}/{name}"
                    value = made.split.get(path, row.fields.get(name))
                    _expect(expected, path, value, tolerance)
            elif not only_rows:
                _expect(expected, name, job.document.fields.get(name), tolerance)
        return expected

    # -- writing ----------------------------------------------------------------------------

    def _write(self, some: Sequence[Ready], deadline: Deadline) -> Iterator[Result]:
        held_back = self._held_back(some, deadline)
        if held_back is not None:
            yield from (Result(job, error=NotSent(held_back)) for job, _, _ in some)
            return
        clock = self._system.clock
        fault("before_write")
        start = clock.monotonic()
        outcomes = self._outcomes([write for _, write, _ in some])
        seconds = (clock.monotonic() - start) / len(some)
        fault("after_write")
        for (job, write, made), outcome in zip(some, outcomes, strict=True):
            yield self._result(job, write, made, outcome, seconds)

    def _held_back(self, some: Sequence[Ready], deadline: Deadline) -> Words | None:
        """Why these are not sent now, though they were claimed; None: they are."""
        late = deadline.left() < self._target.longest_request + CUTOFF
        if late or self._system.stopping.is_set():
            return say("claim_too_old")
        rest = self._system.resting(self._flow)
        if rest is None or (rest.doubts and all(job.in_doubt for job, _, _ in some)):
            return None
        return rest.words

    def _outcomes(self, writes: Sequence[Write]) -> list[Written | AdapterError]:
        """What the adapter says of each; what it leaves unsaid is unknown."""
        outcomes: list[Written | AdapterError] = []
        try:
            if len(writes) == 1:
                outcomes.append(self._adapter.write(writes[0]))
            else:
                outcomes.extend(self._adapter.write_many(writes))
        except AdapterError as error:
            outcomes += [error] * (len(writes) - len(outcomes))
        except Exception as error:  # noqa: BLE001 - a bug in an adapter must not cost an order
            _log.exception("adapter_bug", flow=self._flow.name)
            unknown = OutcomeUnknown(say("adapter_bug", detail=repr(error)))
            outcomes += [unknown] * (len(writes) - len(outcomes))
        missing = len(writes) - len(outcomes)
        return outcomes + [OutcomeUnknown(say("no_outcome"))] * missing

    def _result(
        self,
        job: Job,
        write: Write,
        made: Plan,
        outcome: Written | AdapterError,
        seconds: float,
    ) -> Result:
        did = job.verb if job.verb != "put" else _did(write)
        if isinstance(outcome, AlreadyExists) and not job.key:
            ours = self._ours(job)
            if ours is not None:
                return self._adopted(job, ours)
        result = Result(job, did, sent=True, seconds=seconds, plan=made)
        if isinstance(outcome, AdapterError):
            result.error = outcome
        # What a half done write reached is kept, its row keys above all.
        written = outcome.written if isinstance(outcome, HalfDone) else outcome
        if isinstance(written, Written):
            result.written, result.shown = written, written.shown
            result.line_keys = _keys_after(job, made, written)
        return result


class Twice(ConnectorError):
    """The target holds two records with our reference."""


class NotDone(ConnectorError):
    """The look-up shows that a doubtful attempt did nothing: send it again."""


class Undecidable(ConnectorError):
    """A doubtful attempt that nobody but a person can look up (class C)."""


class Yielded(ConnectorError):
    """Both sides want a field otherwise, and the opposite flow settles that."""


class TooEarly(ConnectorError):
    """Both sides want a field otherwise, and whose is newer shows when the opposite flow is through
    or our source is read again."""


class NotSent(ConnectorError):
    """It may not be sent any more, or not now; the record goes back as it was."""


def _step(job: Job) -> str:
    """How far the target's record is, as far as we know: a change that nobody remembers may have
    taken it back."""
    return "" if job.unsure and job.row.step != THEIRS else str(job.row.step)


def _made_by_people(job: Job) -> bool:
    """The opposite flow has brought us the record from there, and we have not sent it yet."""
    return not job.row.delivered and not (job.link and job.link.mine)


def _expect(
    expected: dict[str, tuple[Decimal, Decimal]], path: str, value: Any, tolerance: Decimal
) -> None:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        expected[path] = (Decimal(value), tolerance)


def _keys_after(job: Job, made: Plan, written: Written) -> dict[str, dict[str, str]]:
    """The rows that we knew, those that were found, and those that this write added."""
    keys = job.line_keys
    for table, lines in (*made.standing.items(), *written.line_keys.items()):
        keys.setdefault(table, {}).update(lines)
    return keys


def _did(write: Write) -> str:
    if not write.key:
        return "created"
    return "updated" if write.fields or write.tables else "advanced"


def _conflict_words(made: Plan, *, forgotten: bool) -> Any:
    first = made.conflicts[0]
    values = {name: plainly(getattr(first, name)) for name in ("ours", "theirs")}
    count = len(made.conflicts)
    if forgotten:
        return say("conflict_forgotten", path=first.path, count=count, **values)
    values["base"] = plainly(first.base)
    if count > 1:
        return say("conflicts", path=first.path, more=count - 1, **values)
    return say("conflict", path=first.path, **values)
