"""The figures of money once more, as slowly and as plainly as can be: units one by one, days one by
one, fractions instead of decimals. It shares nothing with what it is compared with but the rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

THERE = ("approved", "closed")


def half_up(value: Fraction, digits: int) -> Fraction:
    scale = 10**digits
    whole = int(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, scale)


def fen(value: Fraction) -> Fraction:
    return half_up(value, 2)


# -- cost ----------------------------------------------------------------------------------------


def leaves(material: str, times: Fraction, world: Any, path: tuple[str, ...] = ()) -> list[Any]:
    """Every way down from a material: `(kind, amount)`, or `(?, material)` for what is not known,
    or `(o, material)` for what comes back to itself."""
    if material in path:
        return [("o", one) for one in path[path.index(material) :]]
    parts = world["boms"].get(material)
    if not parts:
        cost = world["costs"].get(material)
        return [("?", material)] if cost is None else [("material", times * Fraction(cost))]
    labour, overhead = world["work"][material]
    found: list[Any] = [
        ("labour", times * Fraction(labour)),
        ("overhead", times * Fraction(overhead)),
    ]
    for part, quantity in parts:
        found += leaves(part, times * Fraction(quantity), world, (*path, material))
    return found


# -- what documents did to an order --------------------------------------------------------------


def rows_of(order: Any, papers: Any, until: date | None = None) -> list[tuple[Any, ...]]:
    """(what, row, line or none, base quantity, amount or none, on, tax)"""
    found = []
    for what, documents, day, sign in (
        ("out", papers.shipments, "shipped_on", 1),
        ("back", papers.returns, "returned_on", -1),
        ("bill", papers.invoices, "invoiced_on", 1),
    ):
        for document in documents:
            on = getattr(document, day)
            if document.status not in THERE or (until and on > until):
                continue
            if what == "bill" and document.currency != order.currency:
                continue
            kind = "gone" if what == "back" and not document.replace else what
            for row in document.lines:
                line = line_of(order, row)
                if line is None:
                    continue
                factor = Fraction(line.factor) if line != "?" else first_factor(order, row)
                factor = factor if what == "bill" else Fraction(1)
                quantity = sign * Fraction(row.quantity) * factor
                amount = row.amount_with_tax
                amount = None if amount is None else sign * Fraction(amount)
                tax = Fraction(getattr(row, "tax", 0))
                found.append((kind, row, line, quantity, amount, on, tax))
    return found


def first_factor(order: Any, row: Any) -> Fraction:
    lines = sorted((x for x in order.lines if x.material == row.material), key=lambda x: x.id)
    return Fraction(lines[0].factor) if lines and row.material else Fraction(1)


def line_of(order: Any, row: Any) -> Any:
    """A line, `?` for one that cannot be told, None: it is not ours."""
    named = [line for line in order.lines if row.order_line in line.rows]
    if row.order_number and order.target_number:
        if row.order_number != order.target_number:
            return None
    elif not named:
        return None
    if named:
        return named[0]
    same = [line for line in order.lines if row.material and line.material == row.material]
    return same[0] if len(same) == 1 else "?"


def counted(order: Any, rows: list[tuple[Any, ...]]) -> dict[str, list[Fraction]]:
    """Of each line: quantity, quantity without an amount, amount."""
    sums = {line.id: [Fraction(0)] * 3 for line in order.lines}
    loose: Counter[str] = Counter()
    for _, row, line, quantity, amount, _, _ in rows:
        if line == "?":
            loose[row.material] += int(quantity)
        else:
            old = sums[line.id]
            sums[line.id] = [
                old[0] + quantity,
                old[1] + (quantity if amount is None else 0),
                old[2] + (amount or 0),
            ]
    for material, count in loose.items():
        lines = sorted((x for x in order.lines if x.material == material), key=lambda x: x.id)
        for _ in range(abs(count) if lines else 0):
            if count > 0:
                fits = [x for x in lines if sums[x.id][0] < x.ordered] or lines[-1:]
                one, step = fits[0], 1
            else:
                fits = [x for x in lines if sums[x.id][0] > 0] or lines[:1]
                one, step = fits[-1], -1
            sums[one.id][0] += step
            sums[one.id][1] += step
    return sums


def done(order: Any, rows: list[tuple[Any, ...]], without: str = "") -> dict[str, list[Fraction]]:
    goods = counted(order, [r for r in rows if r[0] in ("out", "back", "gone") and r[0] != without])
    bills = counted(order, [r for r in rows if r[0] == "bill"])
    return {line.id: (goods if line.goods else bills)[line.id] for line in order.lines}


def part(line: Any, quantity: Fraction) -> Fraction:
    whole = Fraction(line.ordered)
    return fen(Fraction(line.amount_with_tax) * quantity / whole) if whole else Fraction(0)


def worth(line: Any, sums: list[Fraction]) -> Fraction:
    return sums[2] + part(line, sums[1])


def delivered_worth(order: Any, rows: list[tuple[Any, ...]]) -> Fraction:
    sums = done(order, rows)
    return sum((worth(line, sums[line.id]) for line in order.lines), Fraction(0))


def invoiced_worth(rows: list[tuple[Any, ...]]) -> Fraction:
    return sum((row[4] for row in rows if row[0] == "bill"), Fraction(0))


def missing(order: Any, rows: list[tuple[Any, ...]]) -> Fraction:
    """What is still to be delivered."""
    sums, whole = done(order, rows, without="gone"), Fraction(0)
    for line in order.lines:
        if line.open and order.in_force:
            if line.goods:
                there = min(max(sums[line.id][0], Fraction(0)), Fraction(line.ordered))
                whole += Fraction(line.amount_with_tax) - part(line, there)
            else:
                whole += max(
                    Fraction(line.amount_with_tax) - worth(line, sums[line.id]), Fraction(0)
                )
    return whole


def to_bill(order: Any, papers: Any) -> Fraction:
    rows, owed = rows_of(order, papers), Fraction(0)
    for debt in papers.receivables:
        if debt.status in THERE and debt.currency == order.currency and order.target_number:
            if debt.order_number == order.target_number:
                owed += Fraction(debt.amount_with_tax)
            else:
                named = [x for x in debt.dues if x.order_number == order.target_number]
                owed += sum((Fraction(x.amount) for x in named), Fraction(0))
    billed = max(owed, invoiced_worth(rows))
    return max(delivered_worth(order, rows) + missing(order, rows) - billed, Fraction(0))


# -- margin --------------------------------------------------------------------------------------


def margin(order: Any, papers: Any, supplied: Any, estimates: Any) -> list[tuple[Any, ...]]:
    """(line, revenue, cost or none, basis), and one for what was allowed on the whole."""
    rows = rows_of(order, papers)
    sums, found = done(order, rows), []
    allowed = [r for r in rows if r[0] == "bill" and not r[3] and r[4] < 0]
    for line in order.lines:
        value = worth(line, sums[line.id])
        if line.goods:
            value += sum(r[4] for r in allowed if r[2] == line)
        revenue = fen(value * Fraction(order.rate) / (1 + Fraction(line.tax_rate)))
        quantity = sums[line.id][0]
        same = [x for x in order.lines if x.material == line.material]
        needed = sum(sums[x.id][0] for x in same)
        unit, basis = unit_cost(order, line.material, needed, supplied, estimates)
        if not quantity:
            found.append((line.id, revenue, Fraction(0), ""))
        elif unit is None:
            found.append((line.id, revenue, None, ""))
        else:
            found.append((line.id, revenue, fen(unit * quantity), basis))
    loose = [r[4] - r[6] for r in allowed if r[2] == "?"]
    if loose:
        found.append(("", fen(sum(loose) * Fraction(order.rate)), Fraction(0), ""))
    return found


def unit_cost(order: Any, material: str, needed: Fraction, supplied: Any, estimates: Any) -> Any:
    spent, brought = Fraction(0), Fraction(0)
    for cost in supplied.costs:
        by = [p for p in supplied.production if p.number == cost.production_number]
        by = [p for p in by if p.material == material]
        ours = cost.order_number == order.target_number if cost.order_number else bool(by)
        if ours and cost.material == material:
            spent += Fraction(cost.material_cost + cost.labour_cost + cost.overhead_cost)
            if not any(p.rework for p in by):
                brought += Fraction(cost.quantity)
    if material and brought > 0:
        return spent / brought, "actual" if brought >= needed else "mixed"
    if material in estimates:
        return Fraction(estimates[material]), "estimated"
    return None, ""


# -- three flows ---------------------------------------------------------------------------------


def paid_for(order: Any, papers: Any, until: date) -> Fraction:
    whole = Fraction(0)
    own = [debt.number for debt in papers.receivables if debt.number]
    for debt in papers.receivables:
        names = {debt.order_number} if debt.order_number else {x.order_number for x in debt.dues}
        if names != {order.target_number}:
            own = [number for number in own if number != debt.number]
    for payment in papers.payments:
        if payment.status in THERE and payment.paid_on <= until:
            amount = Fraction(0)
            for use in payment.allocations:
                by_debt = not use.order_number and use.receivable in own
                if by_debt or use.order_number == order.target_number:
                    amount += Fraction(use.amount)
            amount = min(amount, Fraction(payment.amount))
            whole += -amount if payment.kind == "refund" else amount
    return whole


def three_flows(order: Any, papers: Any, first: date, last: date) -> tuple[Any, ...]:
    """Day by day: shipped, invoiced, received, and since when they differ."""
    since, day = None, first
    while day <= last:
        rows = rows_of(order, papers, day)
        now = delivered_worth(order, rows), invoiced_worth(rows), paid_for(order, papers, day)
        if max(now) - min(now) <= Fraction(len(order.lines), 100):
            since = None
        elif since is None:
            since = day
        day += timedelta(days=1)
    return (*now, since)


# -- debts ---------------------------------------------------------------------------------------


def open_by_day(debts: Any) -> dict[date, Fraction]:
    found: Counter[date] = Counter()
    for debt in debts:
        for day, amount in open_of(debt):
            found[day] += amount  # type: ignore[assignment]
    return {day: amount for day, amount in found.items() if amount}  # type: ignore[misc]


def open_of(debt: Any) -> list[tuple[date, Fraction]]:
    if debt.status not in THERE:
        return []
    parts = [[x.due_on, Fraction(x.amount - x.settled)] for x in debt.dues]
    rest = Fraction(debt.amount_with_tax) - sum(
        (Fraction(x.amount) for x in debt.dues), Fraction(0)
    )
    if rest or not parts:
        parts.append([debt.due_on or debt.booked_on, rest])
    parts.sort()
    told = sum((Fraction(x.settled) for x in debt.dues), Fraction(0))
    more = Fraction(0) if debt.settled is None else Fraction(debt.settled) - told
    return take(parts, more)


def take(parts: list[list[Any]], money: Fraction) -> list[tuple[Any, Fraction]]:
    """Fen by fen, from the earliest that has any."""
    left = [list(part) for part in sorted(parts)]
    for _ in range(int(abs(money) * 100)):
        step = Fraction(1 if money > 0 else -1, 100)
        fits = [x for x in left if x[1] * step > 0] or left[-1:]
        fits[0][1] -= step
    return [(day, amount) for day, amount in left]


def free_money(payments: Any) -> tuple[Fraction, dict[str, Fraction]]:
    """What is for nothing, and what is for orders in advance."""
    rest, orders = Fraction(0), dict[str, Fraction]()
    for payment in payments:
        if payment.status not in THERE:
            continue
        sign = -1 if payment.kind == "refund" else 1
        left = Fraction(payment.amount)
        for use in payment.allocations:
            if payment.kind == "ordinary" or use.receivable:
                left = max(left - Fraction(use.amount), Fraction(0))
        named = [x for x in payment.allocations if payment.kind != "ordinary" and not x.receivable]
        for use in sorted(named, key=lambda x: (x.order_number, x.amount)):
            if use.order_number:
                piece = min(Fraction(use.amount), left)
                left -= piece
                orders[use.order_number] = orders.get(use.order_number, Fraction(0)) + sign * piece
        rest += sign * left
    return rest, orders


def cash(
    receivables: Any, payables: Any, orders: Any, payments: Any, terms: Any
) -> dict[tuple[date, str], Fraction]:
    """Of one customer in one currency: what is expected, by Monday and kind."""
    rest, advances = free_money(payments)
    debts = [part for debt in receivables for part in open_of(debt)]
    planned: list[tuple[date, Fraction]] = []
    for order, papers in sorted(orders, key=lambda pair: pair[0].key):
        bill = to_bill(order, papers)
        ahead = min(max(advances.get(order.target_number, Fraction(0)), Fraction(0)), bill)
        if ahead:
            advances[order.target_number] -= ahead
        planned += plan_of(order, bill, ahead, terms)
    pool = max(rest + sum(advances.values(), Fraction(0)), Fraction(0))
    owed = sum((a for _, a in debts if a > 0), Fraction(0))
    first = min(pool, owed)
    second = min(pool - first, sum((a for _, a in planned), Fraction(0)))
    found: Counter[Any] = Counter()
    inflow = take([[d, a] for d, a in debts if a > 0], first) if owed else []
    for kind, parts in (
        ("receivable", inflow + [(d, a) for d, a in debts if a <= 0]),
        ("orders", take([[d, a] for d, a in planned], second) if planned else []),
        ("payable", [part for debt in payables for part in open_of(debt)]),
    ):
        for day, amount in parts:
            while day.weekday():
                day -= timedelta(days=1)
            found[day, kind] += amount  # type: ignore[assignment]
    return {key: amount for key, amount in found.items() if amount}  # type: ignore[misc]


def plan_of(order: Any, bill: Fraction, ahead: Fraction, terms: Any) -> list[tuple[date, Fraction]]:
    wanted = [x.wanted_on for x in order.lines if x.wanted_on]
    base = max(wanted) if wanted else order.promised_on or order.ordered_on
    later = base + timedelta(days=terms.days.get(order.payment_terms, terms.otherwise))
    whole = sum((Fraction(x.amount_with_tax) for x in order.lines), Fraction(0))
    parts: list[list[Any]] = []
    for due in order.payment_plan:
        amount = due.amount if due.amount is not None else None
        value = fen(Fraction(due.rate or 0) * whole) if amount is None else Fraction(amount)
        day = due.due_on or (order.ordered_on if due.advance else later)
        parts.append([day, value])
    told = sum((x[1] for x in parts), Fraction(0))
    parts.append([later, max(whole - told, bill - told, Fraction(0))])
    return take(parts, sum((x[1] for x in parts), Fraction(0)) - bill + ahead)
