"""What the ERP holds about orders: every document that names one, or names a document that does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from connector.derive.papers import Papers
from connector.derive.subjects import names, subject
from connector.objects import OBJECTS, BusinessObject
from connector.objects.finance import Invoice, Payment, Receivable
from connector.objects.fulfilment import GoodsReturn, Shipment
from connector.settings import HUB
from connector.store import links, mentions, snapshots
from connector.store.engine import Tx

Kind = TypeVar("Kind", bound=BusinessObject)

HUBS = ("production_order", "receivable")
"""Documents that others name in the place of the order: an inspection its production order, a
payment its receivable."""


class Dossier:
    """The documents about one order, by object."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, BusinessObject]] = defaultdict(dict)

    def add(self, row: Any) -> None:
        """Take in a record of the store, once."""
        self._records[row.object][row.key] = OBJECTS[row.object].model_validate_json(row.data)

    def of(self, kind: type[Kind], *objects: str) -> list[Kind]:
        """Its documents of these objects, which are all of one class, in order of their keys."""
        return [one for object in objects for one in self.by_key(kind, object).values()]

    def by_key(self, kind: type[Kind], object: str) -> dict[str, Kind]:
        """The same of one object, by their keys."""
        found = sorted(self._records[object].items())
        return {key: record for key, record in found if isinstance(record, kind)}

    def papers(self) -> Papers:
        """What they say of goods, invoices and money."""
        return Papers(
            shipments=self.of(Shipment, "shipment"),
            returns=self.of(GoodsReturn, "goods_return"),
            invoices=self.of(Invoice, "invoice", "ordinary_invoice"),
            receivables=self.of(Receivable, "receivable"),
            payments=self.of(Payment, "payment", "refund"),
        )

    def numbers(self, *objects: str) -> set[str]:
        """The numbers of its documents of these objects."""
        return {one.number for object in objects for one in self._records[object].values()}

    def __bool__(self) -> bool:
        return any(self._records.values())


def about(tx: Tx, erp: str, numbers: Iterable[str], more: Iterable[str] = ()) -> dict[str, Dossier]:
    """The dossiers of the orders that stand in an ERP under these numbers. `more` are numbers of
    documents that serve one without naming it: what names those is told under `""`."""
    found: dict[str, Dossier] = defaultdict(Dossier)
    subjects = [subject("order", number) for number in sorted(numbers)]
    for row in mentions.records(tx, erp, subjects):
        if row.data:
            found[row.subject.partition(":")[2]].add(row)
    by_document: dict[str, set[str]] = defaultdict(set)
    for order, dossier in found.items():
        for number in dossier.numbers(*HUBS):
            by_document[subject("document", number)].add(order)
    for number in more:
        by_document[subject("document", number)].add("")
    for row in mentions.records(tx, erp, sorted(by_document)):
        for order in by_document[row.subject] if row.data else ():
            found[order].add(row)
    return found


def orders_named(tx: Tx, erp: str, subjects: set[str]) -> list[str]:
    """The source keys of the orders that these subjects lead to: over documents, too, and over
    production orders that serve them without naming them."""
    numbers, made = set(names("order", subjects)), set(names("production", subjects))
    for row in snapshots.numbered(tx, erp, HUBS, names("document", subjects)):
        numbers |= set(names("order", mentions.subjects(tx, erp, row.object, [row.key])))
        made |= {row.key} if row.object == "production_order" else set()
    named = links.numbered(tx, "sales_order", erp, sorted(numbers))
    served = mentions.records(tx, HUB, [subject("production", key) for key in sorted(made)])
    return sorted({link.source_key for link in named} | {row.key for row in served})
