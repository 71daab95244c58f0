"""Which production serves which open order lines without naming them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from connector.derive import serving
from connector.derive.demand import lying
from connector.derive.model import ZERO, Demand, Model
from connector.derive.rows import named
from connector.derive.serving import DONE
from connector.engine.system import System
from connector.objects.derived import OrderSupply, Share
from connector.objects.fulfilment import ProductionOrder, ProductionSuggestion
from connector.settings import HUB
from connector.store import links, snapshots
from connector.store.engine import Tx


class Productions(NamedTuple):
    """The production orders of one material."""

    anonymous: dict[str, ProductionOrder]
    """Those that name no order, by their keys."""
    named: list[ProductionOrder]


def served(system: System, model: Model) -> Iterator[tuple[str, OrderSupply]]:
    """What serves the open lines of each order without naming it."""
    with system.store.reading() as tx:
        by_material, pegs = _productions(system, tx), _pegs(system, tx)
    shares: dict[str, list[Share]] = defaultdict(list)
    for material, productions in sorted(by_material.items()):
        if productions.anonymous:
            lines = _Lines(model, material, productions.named)
            some = serving.assigned(lines.open(), productions.anonymous, lines.on_hand(), pegs)
            for order, found in some.items():
                shares[order] += [_share(one) for one in found]
    shares.pop("", None)  # of orders that were typed into the ERP
    for order, serving_it in sorted(shares.items()):
        yield order, OrderSupply(record=order, shares=tuple(serving_it))


def _productions(system: System, tx: Tx) -> dict[str, Productions]:
    found: dict[str, Productions] = defaultdict(lambda: Productions({}, []))
    for row in snapshots.every(tx, system.insight.erp, "production_order"):
        one = ProductionOrder.model_validate_json(row.data)
        if one.order_number:
            found[one.material].named.append(one)
        else:
            found[one.material].anonymous[row.key] = one
    return found


def _pegs(system: System, tx: Tx) -> dict[str, list[str]]:
    """The lines for which production orders were released, by the keys of those."""
    lines = {}
    for row in snapshots.every(tx, HUB, "production_suggestion"):
        released = ProductionSuggestion.model_validate_json(row.data)
        lines[row.key] = [one.line for one in released.serves]
    found = links.find(tx, "production_suggestion", HUB, system.insight.erp, sorted(lines))
    return {link.there: lines[link.here] for link in found}


class _Lines:
    """The order lines of one material, and what documents that name them did for them."""

    def __init__(self, model: Model, material: str, productions: Sequence[ProductionOrder]) -> None:
        self._demands = [d for d in model.demands.get(material, {}).values() if d.kind == "order"]
        self._productions = productions
        self._stock = sum(lying(model.stock.get(material, ())).values(), ZERO)
        self._bought: dict[str, Decimal] = defaultdict(Decimal)
        for supply in model.supplies.get(material, {}).values():
            if supply.kind != "production_order":
                self._bought[supply.demand] += supply.quantity

    def open(self) -> Iterator[serving.OpenLine]:
        """What of each is still to come from production that does not name it."""
        promised = self._given(lambda one: one.finished if one.status in DONE else _good(one))
        for one in self._demands:
            free = _ordered(one) - promised[one.id] - self._bought[one.id]
            if (left := min(one.quantity, free)) > 0:
                yield serving.OpenLine(one.record, one.line, left, one.due, one.tracking)

    def on_hand(self) -> Decimal:
        """What lies there, less what was finished for a line by name and has not left yet."""
        finished = self._given(lambda one: one.finished)
        gone = {one.id: _ordered(one) - one.quantity for one in self._demands}
        return self._stock - sum((max(finished[id] - gone[id], ZERO) for id in gone), ZERO)

    def _given(self, amount: Callable[[ProductionOrder], Decimal]) -> dict[str, Decimal]:
        """By line, how much production orders give that name it; one that names no line gives to
        its order's lines in turn."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for one in self._productions:
            left, lines = amount(one), self._named_by(one)
            for line in lines:
                free = max(_ordered(line) - found[line.id], ZERO)
                share = left if line is lines[-1] else min(left, free)
                found[line.id] += share
                left -= share
        return found

    def _named_by(self, production: ProductionOrder) -> list[Demand]:
        exact = named(production.order_number, production.order_line)
        mine = [one for one in self._demands if one.id == exact]
        order = f"{production.order_number}/"
        return mine or [one for one in self._demands if one.id.startswith(order)]


def _ordered(line: Demand) -> Decimal:
    return line.quantity if line.ordered is None else line.ordered


def _good(one: ProductionOrder) -> Decimal:
    return one.planned - one.scrapped


def _share(one: serving.Serving) -> Share:
    return Share(line=one.line, production=one.key, quantity=one.quantity, basis=one.basis)
