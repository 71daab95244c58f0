"""Taking sales up their steps: draft, quotation, confirmed; and back to a draft."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.tryton.bills import CARRIED_OUT, CONFIRMED, DRAFT, ROW_KEY, Bill
from adapters.tryton.client import Client
from adapters.tryton.describing import Models
from adapters.tryton.forms import STATE
from adapters.tryton.names import name_of
from adapters.tryton.reading import Reading
from connector.contract import Shape, Table, Write
from connector.errors import AdapterError, Changed, Conflict, Rejected
from connector.kit import ladder
from connector.kit.expected import head_paths
from connector.kit.ladder import Step
from connector.messages import say

TIMESTAMP = "_timestamp"


class Ladder(ladder.Ladder[Bill]):
    """Takes records up their steps."""

    def __init__(self, client: Client, models: Models, reading: Reading) -> None:
        self._client = client
        self._models = models
        self._reading = reading

    # -- where they stand -------------------------------------------------------------------

    def look(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            self._look(bill)

    def _look(self, bill: Bill) -> None:
        """Where it stands, what is expected of it, and what is to be shown."""
        write = bill.write
        view = self._reading.view(_seen(write, stated=bool(bill.steps)))
        tables = {name: name_of(name).plain for name in write.tables}
        same = [["id", "=", int(bill.key)]] if bill.key.isdecimal() else []
        more = [f"{plain}.{TIMESTAMP}" for plain in tables.values()]
        found = view.search(same, 1, TIMESTAMP, *more) if same else []
        if not found:
            bill.state = ""
            return
        (row,), (bill.record,) = found, view.records(found)
        bill.number = bill.record.number
        state = str(row.get(STATE) or DRAFT)
        bill.carried_out = state in CARRIED_OUT
        bill.state = CONFIRMED if bill.carried_out else state
        bill.stamps = {f"{bill.model},{bill.key}": row[TIMESTAMP]}
        for plain in tables.values():
            rows = self._models.field(bill.model, plain).relation
            bill.stamps |= {f"{rows},{part['id']}": part[TIMESTAMP] for part in row[f"{plain}."]}
        bill.rows = {
            name: [str(part[ROW_KEY]) for part in bill.record.fields[name]] for name in tables
        }
        if write.show is not None:
            (bill.shown,) = self._reading.view(write.show).records(found)

    # -- climbing ---------------------------------------------------------------------------

    def climb(self, bills: Sequence[Bill]) -> None:
        """A step gives it its number, and changes what is to be shown of it."""
        before = [bill.state for bill in bills]
        super().climb(bills)
        for bill, state in zip(bills, before, strict=True):
            if bill.state != state and not bill.error:
                try:
                    self._look(bill)
                except AdapterError as error:
                    bill.error = error

    def take(self, step: Step, bills: Sequence[Bill]) -> dict[str, AdapterError | None]:
        results: dict[str, AdapterError | None] = {}
        for bill in bills:
            results[bill.key] = None
            try:
                self._client.press(bill.model, step.verb, bill.key, bill.write.accept)
            except AdapterError as error:
                results[bill.key] = error
        return results

    def take_back(self, bill: Bill) -> None:
        if bill.carried_out:
            raise Conflict(say("tryton_carried_out", number=bill.number))
        self.press(bill, bill.form.back)
        self._look(bill)

    def press(self, bill: Bill, button: str) -> None:
        """A button that is no step. Raises what the server says; Changed: somebody has moved it."""
        before = (bill.state, bill.carried_out)
        try:
            self._client.press(bill.model, button, bill.key)
        except Rejected:
            self._look(bill)
            if (bill.state, bill.carried_out) != before:
                raise Changed(say("bill_moved", number=bill.number)) from None
            raise


def _seen(write: Write, *, stated: bool) -> Shape:
    """Everything of a record that a write has to know."""
    show = write.show
    fields = dict.fromkeys([*(show.fields if show else ()), *head_paths(write)])
    if stated:
        fields[STATE] = None
    number = write.number or (show.number if show else "")
    names = dict.fromkeys([*write.tables, *(show.tables if show else ())])
    tables = {name: Table(ROW_KEY, _seen_of_rows(write, name)) for name in names}
    return Shape(write.form, (ROW_KEY,), tuple(fields), number, tables)


def _seen_of_rows(write: Write, table: str) -> tuple[str, ...]:
    known = write.show.tables.get(table) if write.show else None
    fields = dict.fromkeys([known.key, *known.fields] if known else ())
    for path in write.expect:
        name, _, rest = path.partition("/")
        if rest and name == table:
            fields[rest.rpartition("/")[2]] = None
    return tuple(fields)
