"""Saving: one record, and what the server made of it, checked before any further step."""

from __future__ import annotations

from adapters.tryton.bills import Bill
from adapters.tryton.client import Client
from adapters.tryton.entering import Entering
from adapters.tryton.ladder import Ladder
from adapters.tryton.reading import Reading
from connector.contract import Shape, Write
from connector.errors import AdapterError, AlreadyExists, Gone
from connector.kit.expected import new_rows
from connector.messages import say


class Saving:
    """Saves records of one connection."""

    def __init__(
        self, client: Client, reading: Reading, entering: Entering, ladder: Ladder
    ) -> None:
        self._client = client
        self._reading = reading
        self._entering = entering
        self._ladder = ladder

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what the server says; afterwards it has a key."""
        values = self._entering.new(bill.write)
        try:
            bill.key = self._client.create(bill.model, values, bill.write.accept)
        except AlreadyExists as error:
            raise self._taken(bill.write, error) from None
        self.see(bill)

    def update(self, bill: Bill) -> None:
        """Save what changes. Raises what the server says."""
        values = self._entering.changed(bill.write)
        try:
            self._client.write(bill.model, bill.key, values, bill.stamps, bill.write.accept)
        except AlreadyExists as error:
            raise self._taken(bill.write, error) from None
        self.see(bill)

    def see(self, bill: Bill) -> None:
        """What was made of it: the keys of its new rows, and its amounts as expected."""
        before = bill.rows
        try:
            self._ladder.look([bill])
            if not bill.state:
                raise Gone(say("target_gone", key=bill.key))
            bill.line_keys = new_rows(bill.write, bill.rows, before, bill.number or bill.key)
            bill.error = bill.difference()
        except AdapterError as error:
            bill.error = error

    def _taken(self, write: Write, error: AlreadyExists) -> AlreadyExists:
        """A number or mark that is in use: with the key of the record that has it."""
        given = {**write.fields, **dict([write.reference] if write.reference else ())}
        key = Shape(write.form, ("id",), ())
        try:
            for name in (write.number, *(write.reference or ())[:1]):
                value = str(given.get(name) or "") if name else ""
                for record in self._reading.find(key, name, [value]) if value else ():
                    error.key = record.key
                    return error
        except AdapterError:
            pass  # whose it is, is not worth another error
        return error
