"""How the mapping describes the change document of a form, and which one an order has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.kingdee_galaxy.codec import text_of
from adapters.kingdee_galaxy.forms import STATUS
from connector.contract import Record, Write
from connector.errors import Rejected
from connector.messages import say

APPROVED = "FApproveDate"


class ChangeForm(BaseModel):
    """`options.change_bill` of a mapping. What it names differs from tenant to tenant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    """The change document."""
    table: str
    """The rows, of the order and of the change document alike."""
    source: str
    """Its head field that holds the order's key."""
    row: str
    """Its rows' field that holds the key of the order's row."""
    type: str
    """Its rows' field that says what happens to them."""
    added: str
    changed: str
    dropped: str
    """What stands there; empty: nothing is written."""
    user: str
    """By which property of a user `user` of the settings is known."""
    line: str
    """The rows' field with our mark of the line, on both forms; empty: no rows can be added."""
    closed: str = "FMrpCloseStatus"
    """The order's row is closed."""
    quantity: str
    """The ordered quantity."""
    shipped: str
    """How much of it has left: it is never set below that."""
    invoiced: str
    """How much of it was invoiced; empty: not known."""
    prices: tuple[str, ...]
    """What an invoiced row keeps; they follow from the amount."""
    amount: str
    """The row's amount, which decides."""
    total: str
    """The head's amount, which follows from those of the rows."""
    closes: tuple[str, ...]
    """A row in which one of these is not zero is closed, not dropped."""

    @classmethod
    def of(cls, write: Write) -> Self | None:
        """None where the mapping describes none."""
        described = write.options.get("change_bill")
        if not described:
            return None
        try:
            return cls.model_validate(described)
        except ValidationError as error:
            names = ", ".join(".".join(map(str, e["loc"])) or e["msg"] for e in error.errors())
            raise Rejected(say("kingdee_change_options", names=names)) from None

    @property
    def people(self) -> tuple[str, str]:
        """The fields that say who made it, and who changed it last."""
        return f"FCreatorId.{self.user}", f"FModifierId.{self.user}"

    def guards(self) -> list[str]:
        """Fields of the order's rows that say what may not change any more."""
        known = (self.closed, self.quantity, self.shipped, self.invoiced, *self.closes)
        return list(dict.fromkeys(name for name in (*known, "FSeq") if name))


@dataclass(frozen=True, slots=True)
class Found:
    """A change bill of an order."""

    key: str
    number: str
    state: str
    """FDocumentStatus."""
    maker: str
    editor: str
    """Who changed it last."""
    audited_at: str
    """The server's time; empty: it is not audited."""

    @classmethod
    def of(cls, record: Record, change: ChangeForm) -> Self:
        maker, editor = (text_of(record.fields[name]) for name in change.people)
        audited_at = text_of(record.fields[APPROVED])
        return cls(record.key, record.number, str(record.fields[STATUS]), maker, editor, audited_at)
