"""The planning model of an ERP, built from the store and kept up to date with it.

It lives in memory: what changed since is known by a queue of records in the store, which captures
fill. Whoever takes from that queue without having the model would leave others with an old one, so
each taking is counted: a process whose count is not the store's builds its model anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from connector.derive import rows as planning_rows
from connector.derive.model import Item, Model, Row
from connector.derive.order import Order
from connector.derive.papers import away
from connector.derive.subjects import names
from connector.engine import dossier, orders
from connector.engine.system import Flow, System
from connector.objects import OBJECTS, RELEASED, BusinessObject
from connector.objects.planning import Forecast
from connector.settings import HUB
from connector.store import facts, journal, links, snapshots
from connector.store.engine import Tx

QUEUE = "planning"
"""Under which the journal keeps the records that changed."""
ERP_OBJECTS = (
    "material",
    "bom",
    "stock",
    "purchase_order",
    "purchase_requisition",
    "production_order",
    "sales_order",
)
"""What the ERP gives, materials first: the others need their units."""
RELEASED_AS = {
    "purchase_requisition": "purchase_requisition",
    "production_order": "production_suggestion",
}
"""By object of the ERP, what was released and stands there as that."""
GROUP = 500
ONE = Decimal(1)


def source(connection: str, object: str, key: str) -> str:
    """What names a record in the queue and in the model."""
    return f"{connection}/{object}/{key}"


def note_captured(
    system: System, tx: Tx, connection: str, object: str, keys: Sequence[str]
) -> None:
    """These records changed: planning looks at them, if anybody asks for plans."""
    erp = system.insight.erp
    ours = connection == erp and object in ERP_OBJECTS
    wanted = object in ("sales_order", "forecast") and connection in orders.sources(system)
    if ours or wanted or (connection == HUB and object in RELEASED):
        names = [source(connection, object, key) for key in keys]
        journal.derive_later(system.store, tx, QUEUE, names)


def note_shown(
    system: System, tx: Tx, connection: str, object: str, numbers: Sequence[str]
) -> None:
    """The ERP shows documents under these numbers: what we released counts there from now on."""
    released = RELEASED_AS.get(object)
    if released and connection == system.insight.erp:
        linked = links.numbered(tx, released, connection, numbers)
        note_captured(system, tx, HUB, released, [link.source_key for link in linked])


def note_orders(system: System, tx: Tx, keys: Sequence[str]) -> None:
    """What is told of these orders changed, in the ERP or by us: also, whether those that stand for
    them there were typed by people."""
    erp = system.insight.erp
    for connection in orders.sources(system):
        note_captured(system, tx, connection, "sales_order", keys)
        linked = links.find(tx, "sales_order", connection, erp, keys)
        note_captured(system, tx, erp, "sales_order", [one.there for one in linked])


def note_moved(system: System, tx: Tx, subjects: set[str]) -> None:
    """Goods of the orders that these subjects lead to left or came back."""
    erp = system.insight.erp
    note_orders(system, tx, dossier.orders_named(tx, erp, subjects))
    there = snapshots.numbered(tx, erp, ["sales_order"], names("order", subjects))
    note_captured(system, tx, erp, "sales_order", [row.key for row in there])


class Modelling:
    """A model and how far it is."""

    def __init__(self, system: System, erp: str) -> None:
        self._system = system
        self._erp = erp
        self._typed_are_read = f"{erp}/sales_order" in system.feeds
        """Orders that people typed into the ERP are known; else only the CRM's count."""
        self._taken = -1
        self.model = Model()
        self._unlinked: set[str] = set()
        """Orders and forecasts of materials that have no counterpart yet: they are looked at again
        each time."""
        self._ends: dict[str, date] = {}
        """Last days of forecasts' periods: then they are over."""
        self.linked: set[str] = set()
        """Materials that stand in a system from which orders come."""
        self.key_parts: set[str] = set()
        """Bought materials that orders wait for."""

    def refresh(self, today: date) -> set[str] | None:
        """Bring the model up to date; the materials that this touched, None: all of them."""
        touched, ended = self._taken_in(), self._end(today)
        return None if touched is None else touched | ended

    def _taken_in(self) -> set[str] | None:
        store = self._system.store
        with store.transaction() as tx:
            waiting = [row.key for row in journal.to_derive(tx, QUEUE, 1_000_000)]
            count = facts.count_more(store, tx, QUEUE) if waiting else facts.count_of(tx, QUEUE)
            journal.derived(tx, QUEUE, waiting)
            self._look_at_links(tx)
            mine, self._taken = self._taken, count
            if count - bool(waiting) != mine:
                self._build(tx)
                return None
            return self._put(tx, {*waiting, *self._unlinked})

    def build(self, tx: Tx, today: date) -> None:
        """Build the model as of now, whatever waits in the queue."""
        self._build(tx)
        self._end(today)

    def _end(self, today: date) -> set[str]:
        """Forecasts whose period is over expect nothing any more."""
        over = [one for one, end in self._ends.items() if end < today]
        ended = set[str]().union(*(self.model.put(one, ()) for one in over))
        for one in over:
            del self._ends[one]
        return ended

    def _build(self, tx: Tx) -> None:
        self.model = Model()
        self._ends.clear()
        self._unlinked.clear()
        for connection, object in self._kinds():
            for some in snapshots.groups(tx, connection, object, GROUP):
                self._of(tx, connection, object, [row.key for row in some])

    def _put(self, tx: Tx, sources: Iterable[str]) -> set[str]:
        touched: set[str] = set()
        by_kind: dict[tuple[str, str], list[str]] = {}
        for name in sources:
            connection, object, key = name.split("/", 2)
            by_kind.setdefault((connection, object), []).append(key)
        for kind in self._kinds():
            touched |= self._of(tx, *kind, by_kind.get(kind, ()))
        return touched

    def _kinds(self) -> Iterator[tuple[str, str]]:
        """What is modelled, in the order in which it is needed."""
        yield from ((self._erp, object) for object in ERP_OBJECTS)
        for flow in orders.flows(self._system):
            if flow.target and flow.target.name == self._erp:
                yield flow.source, "sales_order"
                yield flow.source, "forecast"
        # Released, and not read in the ERP yet.
        yield from ((HUB, object) for object in RELEASED)

    # -- one kind of records ----------------------------------------------------------------

    def _of(self, tx: Tx, connection: str, object: str, keys: Sequence[str]) -> set[str]:
        if not keys:
            return set()
        given: dict[str, list[Row]] = {key: [] for key in keys}
        if object == "sales_order" and connection == self._erp:
            given |= self._typed(tx, keys)
        elif object == "sales_order":
            given |= self._wanted(tx, connection, keys)
        else:
            held = snapshots.load(tx, connection, object, keys)
            read = {
                key: OBJECTS[object].model_validate_json(row.data)
                for key, row in held.items()
                if row.data and not row.deleted
            }
            if object == "forecast":
                given |= self._expected(tx, connection, read)
            else:
                if object == "material":
                    self._note_key_parts(held)
                gone = self._superseded(tx, object, read) if connection == HUB else set()
                given |= {
                    key: planning_rows.rows(object, key, record, self._factor)
                    for key, record in read.items()
                    if key not in gone and (object != "stock" or self._counts(held[key]))
                }
        touched: set[str] = set()
        for key, rows in given.items():
            touched |= self.model.put(source(connection, object, key), rows)
        return touched

    def _wanted(self, tx: Tx, connection: str, keys: Sequence[str]) -> dict[str, list[Row]]:
        given: dict[str, list[Row]] = {}
        for flow in self._flows(connection):
            known = orders.put_together(tx, flow, keys)
            numbers = {one.target_number for one in known.values() if one.booked}
            held = dossier.about(tx, self._erp, numbers)
            elsewhere = orders.left_to_people(tx, flow, keys) if self._typed_are_read else set()
            for key, order in known.items():
                given[key] = [] if key in elsewhere else _demands(order, held)
                linked = all(line.material for line in order.lines if line.goods)
                self._note(source(connection, "sales_order", key), linked or not order.in_force)
        return given

    def _typed(self, tx: Tx, keys: Sequence[str]) -> dict[str, list[Row]]:
        """What orders want that people typed into the ERP."""
        known = orders.typed_there(self._system, tx, keys)
        held = dossier.about(tx, self._erp, {one.number for one in known.values()})
        return {key: _demands(replace(one, key=""), held) for key, one in known.items()}

    def _expected(
        self, tx: Tx, connection: str, read: dict[str, BusinessObject]
    ) -> dict[str, list[Row]]:
        some = {key: one for key, one in read.items() if isinstance(one, Forecast)}
        wanted = sorted({one.material for one in some.values()})
        linked = links.find(tx, "material", connection, self._erp, wanted)
        there = {link.here: link.there for link in linked}
        for key, one in some.items():
            self._ends[source(connection, "forecast", key)] = one.ends_on
            self._note(source(connection, "forecast", key), one.material in there)
        return {
            key: planning_rows.forecast(key, one, there[one.material], self._factor)
            for key, one in some.items()
            if one.material in there
        }

    def _superseded(self, tx: Tx, object: str, read: Iterable[str]) -> set[str]:
        """Released ones that the ERP shows itself by now: they count there."""
        linked = links.find(tx, object, HUB, self._erp, sorted(read))
        shown = [there for there, released in RELEASED_AS.items() if released == object]
        numbers = [link.number for link in linked]
        found = snapshots.numbered(tx, self._erp, shown, numbers)
        seen = {row.number for row in found if row.data}
        return {link.here for link in linked if link.number in seen}

    def _note(self, name: str, linked: bool) -> None:
        (self._unlinked.discard if linked else self._unlinked.add)(name)

    def _flows(self, connection: str) -> Iterator[Flow]:
        for flow in orders.flows(self._system):
            if flow.source == connection and flow.target and flow.target.name == self._erp:
                yield flow

    def _look_at_links(self, tx: Tx) -> None:
        for connection in orders.sources(self._system):
            found = links.between(tx, "material", connection, self._erp)
            self.linked |= {link.there for link in found}

    def _note_key_parts(self, held: Mapping[str, Any]) -> None:
        self.key_parts -= held.keys()
        for key, row in held.items():
            values = snapshots.data(row)
            if values.get("kind") != "make" and self._system.insight.is_key_part(values):
                self.key_parts.add(key)

    def _counts(self, row: Any) -> bool:
        return self._system.insight.counts(snapshots.data(row))

    def _factor(self, material: str, unit: str) -> Decimal:
        item = self.model.items.get(material) or Item(material)
        return dict(item.factors).get(unit, ONE)


def _demands(order: Order, held: Mapping[str, dossier.Dossier]) -> list[Row]:
    papers = (held.get(order.target_number) or dossier.Dossier()).papers()
    return planning_rows.demands(order, away(order, papers))
