"""What all parts of the suite share: the fixtures, and the few verbs tests are written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from connector.contract import (
    Adapter,
    FormCapabilities,
    Record,
    TableWrite,
    Value,
    Write,
    Written,
)
from connector.testing.needs import lack_of
from connector.testing.remote import Remote
from connector.testing.sample import Sample

MOMENT = 5.0
"""Seconds after which what was done lies certainly behind a reading that begins."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading gave."""

    records: Sequence[Record]
    cursors: Sequence[str | None]
    """Of each page."""
    sizes: Sequence[int]
    """Records on each page."""
    after: str | None = None
    """Where it began."""

    @property
    def keys(self) -> list[str]:
        return [record.key for record in self.records]

    @property
    def news(self) -> list[str]:
        """The keys of records that are not said to have been read before."""
        return [record.key for record in self.records if not record.again]

    @property
    def cursor(self) -> str:
        """Where the next reading goes on."""
        found = [cursor for cursor in (self.after, *self.cursors) if cursor is not None]
        assert found, "the reading ended without a cursor"
        return found[-1]

    def until(self, page: int) -> set[str]:
        """The keys of all records up to a page and with it."""
        return set(self.keys[: sum(self.sizes[: page + 1])])


class Suite:
    """Fixtures and verbs."""

    sample: ClassVar[Sample]
    """The form that is exercised."""

    @pytest.fixture
    def remote(self) -> Remote:
        """The remote, empty or not, and of this test alone. Override it."""
        raise NotImplementedError("the test class has no fixture `remote`")

    @pytest.fixture
    def adapter(self, remote: Remote) -> Iterator[Adapter]:
        """The adapter under test."""
        made = remote.connect()
        yield made
        made.close()

    @pytest.fixture(autouse=True)
    def _skip_what_is_lacking(
        self, request: pytest.FixtureRequest, remote: Remote, adapter: Adapter
    ) -> None:
        reason = lack_of(request.function, self.form(adapter), self.sample, remote)
        if reason:
            pytest.skip(reason)

    def form(self, adapter: Adapter) -> FormCapabilities:
        """What can be done with the exercised form."""
        return adapter.capabilities.of(self.sample.shape.form)

    # -- reading ----------------------------------------------------------------------------

    def read(self, remote: Remote, adapter: Adapter, after: str | None = None) -> Reading:
        """A whole reading, a moment later."""
        self.later(remote, adapter)
        pages = list(adapter.read(self.sample.shape, after))
        records = [record for page in pages for record in page.records]
        sizes = [len(page.records) for page in pages]
        return Reading(records, [page.cursor for page in pages], sizes, after)

    def later(self, remote: Remote, adapter: Adapter, seconds: float = MOMENT) -> None:
        """Let time pass; the adapter learns of it as it does of everything, by an answer."""
        remote.pass_time(seconds)
        adapter.check()

    def shown(self, adapter: Adapter, key: str) -> Record:
        """A record as it is now."""
        found = list(adapter.fetch(self.sample.shape, [key]))
        assert [record.key for record in found] == [key]
        return found[0]

    def found(self, remote: Remote, adapter: Adapter, *marks: str) -> list[Record]:
        """What carries these marks, once it can be seen."""
        self.later(remote, adapter, adapter.capabilities.visibility_delay + 1)
        return list(adapter.find(self.sample.shape, self.sample.reference, marks))

    # -- records ----------------------------------------------------------------------------

    def some(self, remote: Remote, adapter: Adapter, count: int) -> list[str]:
        """So many new records; their keys."""
        if type(remote).add is not Remote.add:
            return [remote.add() for _ in range(count)]
        if self.sample.new is None:
            pytest.skip("neither people nor our side can add a record")
        return [self.created(adapter, f"S{place}").key for place in range(count)]

    def one(self, remote: Remote, adapter: Adapter, **more: Any) -> str:
        """A record that our side may change; `more` says of a new one how far it goes."""
        if self.sample.new is None or "create" not in self.form(adapter).operations:
            return self.some(remote, adapter, 1)[0]
        return self.created(adapter, "ONE", **more).key

    def to_end(self, remote: Remote, adapter: Adapter) -> str:
        """A record that our side may cancel."""
        return self.one(
            remote, adapter, **({"until": self.sample.ended} if self.sample.ended else {})
        )

    def new(self, adapter: Adapter, tag: str, **more: Any) -> Write:
        """A new record that is saved and goes no further, unless `more` says otherwise."""
        assert self.sample.new is not None
        steps = self.form(adapter).steps
        until = {"until": steps[0]} if steps else {}
        return replace(self.sample.new(tag), **{**until, **more})

    def created(self, adapter: Adapter, tag: str, **more: Any) -> Written:
        return adapter.write(self.new(adapter, tag, **more))

    def change(self, adapter: Adapter, key: str, **more: Any) -> Write:
        """A write onto a known record; without anything more it changes nothing."""
        shape, steps = self.sample.shape, self.form(adapter).steps
        until = steps[0] if steps else ""
        made = Write(shape.form, key, {}, number=shape.number, until=until, show=shape)
        if self.sample.new is not None:
            made = replace(made, options=self.sample.new("X").options)
        return replace(made, **more)

    def mark(self, tag: str) -> str:
        """Our mark in the record made of `tag`."""
        assert self.sample.new is not None
        reference = self.sample.new(tag).reference
        assert reference is not None
        return reference[1]

    # -- decimals ---------------------------------------------------------------------------

    def amount_of(self, fields: Any) -> Any:
        """The decimal field's value; of a table, its first row's."""
        table, _, name = self.sample.amount.rpartition("/")
        return fields[table][0][name] if table else fields[name]

    def with_amount(self, write: Write, value: Decimal) -> Write:
        """`write` with that value in its decimal field, or in each row's."""
        return self.with_value(write, self.sample.amount, value)

    def with_value(self, write: Write, path: str, value: Value) -> Write:
        """`write` with that value in a field, or in a row's field of each row."""
        table, _, name = path.rpartition("/")
        if not table:
            return replace(write, fields={**write.fields, name: value})
        rows = [replace(r, fields={**r.fields, name: value}) for r in write.tables[table].rows]
        return replace(write, tables={**write.tables, table: TableWrite(rows)})

    def amount_path(self, write: Write) -> str:
        """The decimal field as `Write.expect` names it."""
        table, _, name = self.sample.amount.rpartition("/")
        return f"{table}/{write.tables[table].rows[0].line}/{name}" if table else name
