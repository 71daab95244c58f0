"""Release: suggestions become documents for the ERP, by a person's word or by the setting
`insight.release_ahead`.

What is released is made once and never changes; it counts as supply to come from that moment, so
that nothing is suggested, or released, twice. What is bought of one material is released as one,
for the first day on which some of it is needed; what is made, day by day, since it would need
its parts earlier. All of it says for whom it is, up to the customers' demands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.derive.model import Model, plain
from connector.derive.requirements import Planner, day, week
from connector.derive.structure import MADE
from connector.derive.subjects import subject
from connector.derive.suggesting import Pegging, Release, merge, suggestions
from connector.engine import modelling, orders, saving
from connector.engine.modelling import Modelling
from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import say, word
from connector.objects import BusinessObject
from connector.objects.fulfilment import (
    ProductionSuggestion,
    PurchaseLine,
    PurchaseRequisition,
    Served,
)
from connector.operations import inputs
from connector.settings import HUB
from connector.store import facts, journal, mentions
from connector.store.engine import Tx

COUNT = "released"
PLANS = "material_requirement"
BECOMES = {"buy": "purchase_requisition", "make": "production_suggestion"}
"""By kind of suggestion, what is made of it."""


@dataclass(frozen=True, slots=True)
class Released:
    """What was released, or would be."""

    object: str
    number: str
    material: str
    """Its number."""
    quantity: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class _Chosen:
    """One material's suggestions, merged."""

    material: str
    release: Release
    serves: tuple[Served, ...]


def release(
    system: System,
    materials: Sequence[str] | None,
    until: date | None,
    who: str,
    *,
    dry_run: bool = False,
) -> list[Released]:
    """Release what is suggested of these materials (keys; None: of all), as far as it must be
    ordered or started by `until` (None: all of it).

    What no flow carries into the ERP is left alone: once released, it would count as supply.
    Raises ConnectorError where a material of that kind was named or no flow carries anything, and
    where something that would tell that less is needed was not read yet.
    """
    store = system.store
    while True:
        with store.reading() as tx:  # planning may take long, and keeps nobody from writing
            before = facts.count_of(tx, COUNT)
            draft = _drafted(system, tx, materials, until)
        if dry_run or not draft.made:
            return draft.told(draft.made)
        with store.transaction() as tx:
            store.make_links(tx)  # one release at a time
            if facts.count_of(tx, COUNT) == before:
                return draft.told(_saved(system, tx, draft, who))


def ahead(system: System) -> date | None:
    """Until when the daemon releases by itself; None: it does not, because nobody wants it to, or
    what it would go by was not read yet, or long ago."""
    seconds = system.insight.settings.release_ahead
    if seconds is None or not system.insight.erp:
        return None
    with system.store.reading() as tx:
        now = system.store.now(tx)
        try:
            read = inputs.read_for(system, tx, PLANS)
        except ConnectorError:
            return None
        if read.unread or read.stale:
            return None
    today = datetime.fromtimestamp(now, system.zone(system.insight.erp)).date()
    return today + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What would be released now, without numbers."""

    today: date
    model: Model
    made: Made

    def told(self, made: Made) -> list[Released]:
        """What people are told of it."""
        names = {key: item.number or key for key, item in self.model.items.items()}
        return [told for object, record in made for told in _told(object, record, names)]


def _drafted(system: System, tx: Tx, materials: Sequence[str] | None, until: date | None) -> _Draft:
    if unread := inputs.read_for(system, tx, PLANS).unread:
        raise inputs.never_read(unread[0])
    now = system.store.now(tx)
    today = datetime.fromtimestamp(now, system.zone(system.insight.erp)).date()
    planner, model = _planned(system, tx, today)
    some = list(_chosen(planner, materials, until))
    chosen = _carried(system, some, named=materials is not None)
    return _Draft(today, model, _records(system, tx, planner, chosen, today))


def _planned(system: System, tx: Tx, today: date) -> tuple[Planner, Model]:
    modelled = Modelling(system, system.insight.erp)
    modelled.build(tx, today)
    bucket = week if system.insight.settings.plan_by == "week" else day
    return Planner(modelled.model, today, bucket=bucket), modelled.model


def _chosen(
    planner: Planner, materials: Sequence[str] | None, until: date | None
) -> Iterator[_Chosen]:
    pegging = Pegging(planner)
    for material in sorted(planner.plans if materials is None else materials):
        every = list(suggestions(planner, material))
        some = [x for x in every if until is None or (x.start_on or x.due_on) <= until]
        places = {one.id: n for n, one in enumerate(every)}
        made = planner.item(material).kind == MADE
        for one in merge(some, period=day if made else None):
            roots = [r for id in one.suggestions for r in pegging.roots(material, places[id])]
            yield _Chosen(material, one, _serves(roots))


def _carried(system: System, chosen: Sequence[_Chosen], *, named: bool) -> list[_Chosen]:
    """What a flow takes to the ERP. Where somebody names materials, the others are an error."""
    carried = {kind: bool(system.taking(HUB, object)) for kind, object in BECOMES.items()}
    found = [one for one in chosen if carried[one.release.kind]]
    if len(found) < len(chosen) and (named or not any(carried.values())):
        left = next(one.release.kind for one in chosen if not carried[one.release.kind])
        object = BECOMES[left]
        raise ConnectorError(say("release_nowhere", object=word("object", object), code=object))
    return found


def _serves(roots: Sequence[Any]) -> tuple[Served, ...]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for root in roots:
        if root.demand and root.kind in ("order", "forecast"):
            sums[root.demand.record, root.demand.line] += root.quantity
    found = sorted(sums.items())
    return tuple(Served(record=r, line=li, quantity=plain(q)) for (r, li), q in found)


Made = list[tuple[str, BusinessObject]]


def _records(
    system: System, tx: Tx, planner: Planner, chosen: Sequence[_Chosen], today: date
) -> Made:
    booked = _booked(system, tx, chosen)
    by_supplier: dict[str, list[_Chosen]] = defaultdict(list)
    made: Made = []
    for one in chosen:
        if one.release.kind == "buy":
            by_supplier[planner.item(one.material).supplier].append(one)
        else:
            made.append(("production_suggestion", _to_make(one, booked, today)))
    for _, some in sorted(by_supplier.items()):
        lines = tuple(_line(str(n), one, booked, today) for n, one in enumerate(some, 1))
        requisition = PurchaseRequisition(requested_on=today, lines=lines)
        made.append(("purchase_requisition", requisition))
    return made


Booked = Mapping[tuple[str, str], tuple[str, str]]
"""Orders' numbers and rows in the ERP, by their keys and their lines' in the source."""


def _booked(system: System, tx: Tx, chosen: Sequence[_Chosen]) -> Booked:
    served = {(some.record, some.line) for one in chosen for some in one.serves}
    keys = sorted({record for record, _ in served if record})
    found = {("", line): _typed(line) for record, line in served if not record}
    for flow in orders.flows(system):
        for key, order in orders.put_together(tx, flow, keys).items():
            for line in order.lines if order.booked else ():
                found[key, line.id] = order.target_number, min(line.rows, default="")
    return found


def _typed(line: str) -> tuple[str, str]:
    """Of an order that was typed into the ERP, what the id of its demand says."""
    number, _, row = line.rpartition("/")
    return number, row


def _alone(one: _Chosen, booked: Booked) -> dict[str, Any]:
    """The one order that it serves, if there is but one."""
    named = {(served.record, served.line) for served in one.serves}
    number, row = booked.get(named.pop(), ("", "")) if len(named) == 1 else ("", "")
    return {"order_number": number, "order_line": row, "tracking_no": one.release.tracking_no}


def _to_make(one: _Chosen, booked: Booked, today: date) -> ProductionSuggestion:
    return ProductionSuggestion(
        material=one.material,
        quantity=one.release.quantity,
        start_on=max(one.release.start_on or today, today),
        due_on=max(one.release.due_on, today),
        serves=one.serves,
        **_alone(one, booked),
    )


def _line(id: str, one: _Chosen, booked: Booked, today: date) -> PurchaseLine:
    return PurchaseLine(
        id=id,
        material=one.material,
        quantity=one.release.quantity,
        base_quantity=one.release.quantity,
        due_on=max(one.release.due_on, today),
        serves=one.serves,
        **_alone(one, booked),
    )


def _saved(system: System, tx: Tx, draft: _Draft, who: str) -> Made:
    """Give numbers, the day and a count that never begins anew, and keep it."""
    numbered: Made = []
    for object, record in draft.made:
        count = facts.count_more(system.store, tx, COUNT)
        number = f"R{draft.today:%Y%m%d}-{count:05}"
        numbered.append((object, record.model_copy(update={"number": number})))
    for object, record in numbered:
        saving.save(system, tx, object, {record.number: record})
        modelling.note_captured(system, tx, HUB, object, [record.number])
        served = {subject("demand", one.record) for one in _all_served(record) if one.record}
        mentions.save(tx, HUB, object, {record.number: served})
    about = {"numbers": [record.number for _, record in numbered]}
    journal.log_audit(tx, system.store.now(tx), who, "release", about)
    return numbered


def _all_served(record: BusinessObject) -> Iterator[Served]:
    for part in (record, *getattr(record, "lines", ())):
        yield from getattr(part, "serves", ())


def _told(object: str, record: Any, names: Mapping[str, str]) -> Iterator[Released]:
    for part in getattr(record, "lines", None) or (record,):
        name = names.get(part.material, part.material)
        yield Released(object, record.number, name, part.quantity, part.due_on)
