"""Which production serves which order line, and how we know.

A production order that names an order serves that one (`linked`). One that names none is given to
open lines of its material: first to lines with the same 计划跟踪号 (`tracked`), then to those for
which it was suggested (`pegged`), and what is left in order of the lines' wanted dates
(`estimated`). No piece of a production order serves two lines.

Finished goods count for open lines only as far as they still lie in stock: the rest has gone to
somebody. Of what lies there, the newest was finished last (first in, first out).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.derive.order import ZERO, Order
from connector.objects.fulfilment import ProductionOrder

DONE = frozenset({"finished", "closed"})
BASES = ("linked", "tracked", "pegged", "estimated")
"""How we know, the strongest first."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A production order, as far as it serves a line."""

    line: str
    """Key of the line in the system its order comes from."""
    key: str
    """Key of the production order."""
    production: ProductionOrder
    quantity: Decimal
    """How much of it, in base units."""
    basis: str

    @property
    def finished(self) -> Decimal:
        """Of this, what is finished: the first pieces are."""
        return min(self.quantity, self.production.finished)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is still wanted of a line, less what production orders that name it will bring."""

    order: str
    """Key of the order in the system it comes from."""
    line: str
    quantity: Decimal
    wanted_on: date
    tracking: str = ""


def linked(order: Order, productions: Mapping[str, ProductionOrder]) -> list[Serving]:
    """What serves an order by naming it; one that names no line goes to the lines of its material
    in turn, and what is too much to the last of them."""
    found: list[Serving] = []
    left = {line.id: line.ordered for line in order.lines}
    for key, one in _in_turn(productions):
        lines = [line for line in order.lines if one.order_line and one.order_line in line.rows]
        lines = lines or [line for line in order.lines if one.material == line.material]
        rest = one.planned
        for line in lines:
            share = rest if line is lines[-1] else min(rest, max(left[line.id], ZERO))
            left[line.id] -= share
            rest -= share
            if share:
                found.append(Serving(line.id, key, one, share, "linked"))
    return found


def assigned(
    lines: Iterable[OpenLine],
    productions: Mapping[str, ProductionOrder],
    on_hand: Decimal,
    pegs: Mapping[str, Sequence[str]],
) -> dict[str, list[Serving]]:
    """What serves the open lines of one material without naming their orders, by order.

    `on_hand` is what lies there of it, `pegs` names the lines for which a production order was
    suggested, by its key.
    """
    wanted = sorted(lines, key=lambda line: (line.wanted_on, line.order, line.line))
    left = {line.line: line.quantity for line in wanted}
    found: dict[str, list[Serving]] = defaultdict(list)
    pieces = list(_pieces(productions, on_hand))
    for basis in BASES[1:]:
        for piece in pieces:
            for line in wanted:
                if not _may(basis, piece, line, pegs):
                    continue
                share = min(piece.quantity, left[line.line])
                if share > 0:
                    piece.quantity -= share
                    left[line.line] -= share
                    made = Serving(line.line, piece.key, piece.production, share, basis)
                    found[line.order].append(made)
    return dict(found)


@dataclass(slots=True)
class _Piece:
    """What of a production order nobody has been given yet."""

    key: str
    production: ProductionOrder
    quantity: Decimal


def _pieces(productions: Mapping[str, ProductionOrder], on_hand: Decimal) -> Iterator[_Piece]:
    """What still can serve somebody, in the order in which it is or will be there."""
    orders = [(key, one) for key, one in _in_turn(productions) if not one.order_number]
    in_stock: list[Decimal] = []
    for _, one in reversed(orders):
        in_stock.append(max(min(one.finished, on_hand), ZERO))
        on_hand -= in_stock[-1]
    for (key, one), lying in zip(orders, reversed(in_stock), strict=True):
        coming = ZERO if one.status in DONE else one.planned - one.finished - one.scrapped
        if (quantity := lying + max(coming, ZERO)) > 0:
            yield _Piece(key, one, quantity)


def _may(basis: str, piece: _Piece, line: OpenLine, pegs: Mapping[str, Sequence[str]]) -> bool:
    if piece.production.tracking_no:
        return basis == "tracked" and piece.production.tracking_no == line.tracking
    if basis == "pegged":
        return line.line in pegs.get(piece.key, ())
    return basis == "estimated"


def _in_turn(productions: Mapping[str, ProductionOrder]) -> list[tuple[str, ProductionOrder]]:
    """The earlier one was or will be finished, the earlier it serves."""

    def turn(entry: tuple[str, ProductionOrder]) -> tuple[date, date, str, str]:
        key, one = entry
        finished = one.finished_on if one.status in DONE else None
        planned = one.planned_finish or date.max
        return (finished or planned, planned, one.number, key)

    return sorted(productions.items(), key=turn)
