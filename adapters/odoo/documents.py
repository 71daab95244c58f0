"""A record on its way into Odoo: where it stands, and what may still be done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.odoo.client import Row
from adapters.odoo.forms import STATE, Form, Life, form_of
from connector.contract import Record, Write, Written
from connector.errors import AdapterError, Conflict, HalfDone
from connector.kit.expected import LineKeys
from connector.messages import say


@dataclass
class Document:
    """A record, and what is known of it so far."""

    write: Write
    key: str = ""
    number: str = ""
    state: str = ""
    """Empty where the form knows no states."""
    locked: bool = False
    line_keys: LineKeys = field(default_factory=dict)
    shown: Record | None = None
    awaits: str = ""

    @property
    def form(self) -> Form:
        return form_of(self.write.form)

    @property
    def life(self) -> Life | None:
        return self.form.life

    @property
    def void(self) -> bool:
        """Somebody cancelled it."""
        return self.life is not None and self.state == self.life.void

    @property
    def confirmed(self) -> bool:
        """It has taken effect: deliveries, productions or invoices may hang on it."""
        return self.life is not None and not self.void and self.state not in self.life.open

    @property
    def step(self) -> str:
        return "" if self.life is None else "audited" if self.confirmed else "saved"

    @property
    def arrived(self) -> bool:
        """It is as far as our side takes it."""
        return self.life is None or self.write.until != "audited" or self.confirmed

    def stand(self, row: Row) -> None:
        """Note what was read of it."""
        self.state = str(row.get(STATE) or "")
        self.locked = bool(self.life and self.life.locked and row.get(self.life.locked))
        if self.write.number:
            self.number = str(row.get(self.write.number) or "")

    def written(self) -> Written:
        """What can be said of it now."""
        return Written(self.key, self.number, self.line_keys, self.step, self.awaits, self.shown)

    def half_done(self, cause: AdapterError) -> HalfDone:
        """The record is there, and something after that failed."""
        return HalfDone(self.written(), cause)


def permit(document: Document, rows: Mapping[str, Row]) -> None:
    """Raise Conflict where a change would leave behind what was made of a confirmed document, or
    where nothing would come of it. `rows` are those that it touches, by their key.

    Odoo's own screens close these fields; its calls take nearly all of them.
    """
    write, life, number = document.write, document.life, document.number
    if document.void:
        raise Conflict(say("odoo_void", number=number))
    if life is None or not document.confirmed:
        return
    fixed = sorted({name.partition(".")[0] for name in write.fields} & life.fixed)
    if fixed:
        raise Conflict(say("odoo_fixed", number=number, fields=", ".join(fixed)))
    if document.locked and write.tables:
        raise Conflict(say("odoo_locked", number=number))
    for key, reason in _billed(write, life, rows):
        raise Conflict(say(reason, number=number, row=key))


def permit_end(document: Document, rows: Sequence[Row]) -> None:
    """Raise Conflict where goods left or invoices went out: Odoo would cancel the order all the
    same, and leave them."""
    life = document.life
    assert life is not None
    if document.locked:
        raise Conflict(say("odoo_locked", number=document.number))
    names = [name for name in (life.gone, life.billed) if name]
    if document.confirmed and any(row.get(name) for row in rows for name in names):
        raise Conflict(say("odoo_delivered", number=document.number))


def _billed(write: Write, life: Life, rows: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Rows that may not change as they are to, because of what was delivered or invoiced."""
    change = write.tables.get(life.rows)
    if change is None:
        return []
    found = [
        (row.key, "odoo_invoiced")
        for row in change.rows
        if rows.get(row.key, {}).get(life.billed)
        and life.priced & {name.partition(".")[0] for name in row.fields}
    ]
    used = [k for k in change.drop if any(rows.get(k, {}).get(n) for n in (life.gone, life.billed))]
    return found + [(key, "odoo_used") for key in used]
