"""Insight: what only both sides together can tell, computed now from what was read last.

Every answer says as of when its inputs were read. One that lacks an input that nothing can be
told without is refused; others are named, and so is whatever was read too long ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connector.derive.availability import availability
from connector.derive.costing import Costing, Costs, Rates
from connector.derive.kitting import Kitter, kitting, what_if
from connector.derive.requirements import Planner, day, week
from connector.derive.slow_stock import idle_days
from connector.derive.structure import Structures
from connector.derive.suggesting import requirement
from connector.engine import figuring, progressing
from connector.engine.books import Books
from connector.engine.modelling import Modelling
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.objects import BusinessObject, plain
from connector.objects.derived import ThreeFlows
from connector.objects.sights import hidden, marked
from connector.operations import inputs
from connector.operations.finding import NotFound
from connector.operations.grouping import Grouping
from connector.store import snapshots
from connector.store.engine import Tx


@dataclass(slots=True)
class Answer:
    """What was asked for, and how far it can be trusted."""

    object: str
    """What is told."""
    records: list[BusinessObject]
    as_of: dict[str, datetime] = field(default_factory=dict)
    """By input, when it was read last, in the ERP's zone."""
    missing: list[str] = field(default_factory=list)
    """Inputs that were never read: what they would tell is not in it."""
    stale: list[str] = field(default_factory=list)
    """Inputs that were read longer ago than `insight.stale_after`."""
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """What people call orders, materials and customers, by object and key."""
    hides: frozenset[str] = frozenset()
    """Kinds of fields that whoever asks does not see."""

    def plain(self) -> list[dict[str, Any]]:
        """The records as JSON-like values, as whoever asks may see them."""
        return [hidden(self.unseen(one), plain(one))[0] for one in self.records]

    def unseen(self, record: BusinessObject) -> frozenset[str]:
        """The fields of a record, and of its parts, that whoever asks does not see."""
        return frozenset().union(*(marked(type(record), kind) for kind in self.hides))


class Asking:
    """Questions to one system. Raises ConfigError where no ERP is known, ConnectorError where a
    needed input was never read, NotFound for a number that nobody knows."""

    def __init__(self, system: System, hides: frozenset[str] = frozenset()) -> None:
        self._hides = hides
        if not system.insight.erp:
            raise ConfigError([Problem("", say("insight_erp"))])
        self._system = system
        self._erp = system.insight.erp

    # -- orders -----------------------------------------------------------------------------

    def progress(self, numbers: Sequence[str]) -> Answer:
        """How far orders are."""
        return self._of_orders("order_progress", numbers, progressing.progresses)

    def margins(self, numbers: Sequence[str]) -> Answer:
        """What orders earn."""

        def made(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, BusinessObject]:
            books = Books(system, tx)
            costs = Costs(books.costing)
            booked = (one for one in books.orders(keys) if one.order.rate and one.held)
            return {one.order.key: figuring.margin(one, costs) for one in booked}

        return self._of_orders("order_margin", numbers, made)

    def group_margins(self, by: str) -> Answer:
        """What all orders earn, added up by one of `grouping.DIMENSIONS`."""
        with self._system.store.reading() as tx:
            answer = self._answer(tx, "order_margin")
            answer.records = [*Grouping(self._system, tx).by(by)]
        return answer

    def three_flows(self, numbers: Sequence[str], *, differing: bool) -> Answer:
        """Whether goods, invoices and money agree; on request, only where they do not."""
        answer = self._of_orders("three_flows", numbers, figuring.agreements)
        if differing:
            some = answer.records
            answer.records = [x for x in some if isinstance(x, ThreeFlows) and not x.agrees]
        return answer

    def _of_orders(
        self,
        object: str,
        numbers: Sequence[str],
        made: Callable[[System, Tx, Sequence[str]], Mapping[str, BusinessObject]],
    ) -> Answer:
        with self._system.store.reading() as tx:
            answer = self._answer(tx, object)
            keys = self._order_keys(tx, numbers)
            found = made(self._system, tx, keys)
            answer.records = [found[key] for key in keys if key in found]
        return answer

    # -- materials --------------------------------------------------------------------------

    def kitting(self, numbers: Sequence[str], *, alone: bool) -> Answer:
        """What of open order lines can be delivered and built now."""
        with self._system.store.reading() as tx:
            answer, model = self._answer(tx, "kitting"), self._model(tx)
            keys = set(self._keys(tx, "sales_order", numbers, inputs.with_orders(self._system)))
            kitter = Kitter(model, Structures(model, self._today(tx)))
            open_lines = (one for some in model.demands.values() for one in some.values())
            lines = [one for one in open_lines if one.kind == "order"]
            kits = kitter.alone(lines) if alone else kitter.sequence(lines)
            for kit in kits:
                number = kit.demand.id.rpartition("/")[0]
                if not numbers or kit.demand.record in keys or number in numbers:
                    made = kitting(kitter, kit, model)
                    named = made if made.record else made.model_copy(update={"record": number})
                    answer.records.append(named)
        return answer

    def what_if(self, number: str, quantity: Decimal) -> Answer:
        """What of a wish could be delivered and built, if nobody else wanted anything."""
        with self._system.store.reading() as tx:
            answer, model = self._answer(tx, "kitting"), self._model(tx)
            [material] = self._material_keys(tx, [number])
            structures = Structures(model, self._today(tx))
            kit = what_if(model, structures, material, quantity)
            answer.records = [kitting(Kitter(model, structures), kit, model)]
        return answer

    def availability(self, numbers: Sequence[str]) -> Answer:
        """What of materials can be promised."""
        with self._system.store.reading() as tx:
            answer, model = self._answer(tx, "availability"), self._model(tx)
            structures = Structures(model, self._today(tx))
            wanted = self._material_keys(tx, numbers) or sorted(model.demands)
            answer.records = [availability(model, structures, key) for key in wanted]
        return answer

    def requirements(self, numbers: Sequence[str]) -> Answer:
        """What should be bought or made; without numbers, all of which something is missing or
        late."""
        with self._system.store.reading() as tx:
            answer, model = self._answer(tx, "material_requirement"), self._model(tx)
            bucket = week if self._system.insight.settings.plan_by == "week" else day
            planner = Planner(model, self._today(tx), bucket=bucket)
            wanted = self._material_keys(tx, numbers) or sorted(model.all())
            told = (requirement(planner, model, key) for key in wanted)
            answer.records = [one for one in told if numbers or one.suggestions or one.late]
        return answer

    def late(self, numbers: Sequence[str]) -> Answer:
        """What is bought or made already and comes later than it is wanted."""
        answer = self.requirements(numbers)
        answer.records = [one for one in answer.records if getattr(one, "late", ())]
        return answer

    def quote(self, numbers: Sequence[str], margin: Decimal | None, tax: Decimal | None) -> Answer:
        """What materials cost and should sell for, at other rates than the usual ones if asked."""
        settings = self._system.insight.settings
        with self._system.store.reading() as tx:
            answer, books = self._answer(tx, "price_estimate"), Books(self._system, tx)
            rates = Rates(
                margin=settings.margin_rate if margin is None else margin,
                tax=settings.tax_rate if tax is None else tax,
            )
            costing = Costing(books.model, books.today, rates)
            answer.records = [costing.estimate(key) for key in self._material_keys(tx, numbers)]
        return answer

    def slow_stock(self, days: int | None) -> Answer:
        """What lies there and has not moved for so many days."""
        least = int(self._system.insight.settings.slow_after / 86400) if days is None else days
        with self._system.store.reading() as tx:
            answer, books = self._answer(tx, "slow_stock"), Books(self._system, tx)
            found = (one for one in figuring.by_material(books).values() if one.on_hand)
            slow = [one for one in found if (idle_days(one, books.today) or least) >= least]
            answer.records = [*sorted(slow, key=lambda one: -(one.value or Decimal(0)))]
        return answer

    # -- all together -----------------------------------------------------------------------

    def together(self, object: str) -> Answer:
        """Figures that are made of everything: `customer_standing`, `cash_forecast`,
        `customer_grade` or `measures`."""
        with self._system.store.reading() as tx:
            answer = self._answer(tx, object)
            found = figuring.TOGETHER[object](Books(self._system, tx))
            answer.records = [found[key] for key in sorted(found)]
        return answer

    def materials(self, numbers: Sequence[str]) -> list[str]:
        """The keys of materials. Raises NotFound."""
        with self._system.store.reading() as tx:
            return self._material_keys(tx, numbers)

    # -- what they have in common -----------------------------------------------------------

    def _answer(self, tx: Tx, object: str) -> Answer:
        read, zone = inputs.read_for(self._system, tx, object), self._system.zone(self._erp)
        return Answer(
            object,
            [],
            as_of={one: datetime.fromtimestamp(int(at), zone) for one, at in read.at.items()},
            missing=read.missing + read.unread,
            stale=read.stale,
            names=self._names(tx),
            hides=self._hides,
        )

    def _names(self, tx: Tx) -> dict[str, dict[str, str]]:
        kinds = [(self._erp, "material"), (self._erp, "customer")]
        kinds += [(source, object) for source in inputs.sources(self._system)
                  for object in ("sales_order", "customer")]  # fmt: skip
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for connection, object in kinds:
            rows = snapshots.every(tx, connection, object)
            found[object] |= {row.key: row.number or row.key for row in rows}
        return found

    def _model(self, tx: Tx) -> Any:
        modelling = Modelling(self._system, self._erp)
        modelling.build(tx, self._today(tx))
        return modelling.model

    def _today(self, tx: Tx) -> date:
        now = self._system.store.now(tx)
        return datetime.fromtimestamp(now, self._system.zone(self._erp)).date()

    def _order_keys(self, tx: Tx, numbers: Sequence[str]) -> list[str]:
        """The source keys of orders; without numbers, of all there are."""
        if numbers:
            return list(self._keys(tx, "sales_order", numbers, inputs.sources(self._system)))
        return [
            row.key
            for one in inputs.sources(self._system)
            for row in snapshots.every(tx, one, "sales_order")
        ]

    def _material_keys(self, tx: Tx, numbers: Sequence[str]) -> list[str]:
        return list(self._keys(tx, "material", numbers, [self._erp]))

    def _keys(
        self, tx: Tx, object: str, numbers: Sequence[str], connections: Sequence[str]
    ) -> Iterator[str]:
        for number in numbers:
            found = [
                key
                for connection in connections
                for key in snapshots.keys_of_numbers(tx, connection, object, [number])
            ]
            if not found:
                raise NotFound(say("never_read", object=object, number=number))
            yield from found
