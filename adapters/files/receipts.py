"""Receipts: what the system that imports our files says became of each, in sheets of its own.

A receipt counts for a version of a record if its file came in after that version went out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adapters.files.outbox import Kept
from adapters.files.reading import Reading
from connector.contract import Shape, Write
from connector.errors import Rejected
from connector.messages import say


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was said of a record."""

    refused: bool
    number: str
    """Under which the other system knows it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The mapping's `options.receipt`: the form of such sheets, its columns, and what they say."""

    form: str
    key: str
    state: str
    done: tuple[str, ...]
    refused: tuple[str, ...]
    number: str
    reason: str

    @classmethod
    def of(cls, write: Write) -> Columns:
        """Raises Rejected where the mapping does not name them."""
        given: dict[str, Any] = dict(write.options.get("receipt") or {})
        if not given.keys() >= {"form", "key", "state", "done"}:
            raise Rejected(say("files_no_receipt", form=write.form))
        texts = {
            name: str(given.get(name) or "")
            for name in ("form", "key", "state", "number", "reason")
        }
        return cls(**texts, done=_words(given["done"]), refused=_words(given.get("refused")))

    @property
    def shape(self) -> Shape:
        names = tuple(filter(None, (self.state, self.number, self.reason)))
        return Shape(self.form, (self.key,), names, kinds=dict.fromkeys(names, "text"))


class Receipts:
    """Those of one connection. Safe for several threads."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def last(self, write: Write) -> int:
        """The number of the last file of receipts that came in by now."""
        files = self._reading.noted(Columns.of(write).shape).files
        return files[-1].number if files else 0

    def of(self, write: Write, kept: Kept) -> Receipt | None:
        """What was said of a record since it went out; None: nothing yet."""
        columns = Columns.of(write)
        for record in self._reading.fetch(columns.shape, [kept["key"]]):
            state = str(record.fields.get(columns.state) or "")
            known = state in (*columns.done, *columns.refused)
            if known and int(record.stamp) > kept["receipts"]:
                told = (str(record.fields.get(n) or "") for n in (columns.number, columns.reason))
                number, reason = told
                return Receipt(state in columns.refused, number, reason or state)
        return None


def _words(given: Any) -> tuple[str, ...]:
    return tuple(
        str(one) for one in (given if isinstance(given, list) else [given] if given else ())
    )
