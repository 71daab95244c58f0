"""The predicates: each takes the whole history and yields what is broken. None knows another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tests.oracle.expected import MARK, readable, same
from tests.oracle.history import Entry, Fields, History
from tests.oracle.reading import Story, Violation, last_setters, scope, stories

Broken = Iterator[Violation]


def o1_lost(history: History) -> Broken:
    """Every record in scope is there, or is listed, or was withdrawn before it was sent."""
    for story in stories(history):
        if story.scope != "in" or story.live or story.failure or story.parked or story.set_aside:
            continue
        if story.by_people("delete") and story.reconciled("missing"):
            continue
        yield Violation("lost", "O1", story.key, f"no {story.target}, and nobody says why")


def o1_unreadable(history: History) -> Broken:
    """A record in scope that cannot be read is listed, whatever stands there from before."""
    for story in stories(history):
        if story.scope == "in" and not readable(story.newest or {}) and not story.failure:
            yield Violation("lost", "O1", story.key, "it cannot be read, and nobody says so")


def o1_withdrawn(history: History) -> Broken:
    """What left the scope after it was sent is cancelled there, or is listed.

    Not promised where our own database was put back to a time before the record was first seen:
    nothing in the CRM asks for it any more; nor of a bill that people deleted and a backup brought
    back.
    """
    forgotten = any(d.what == "restore" for d in history.decisions)
    for story in stories(history):
        told = story.failure or story.set_aside or forgotten
        deleted = {entry.key for entry in story.by_people("delete")}
        ours = [bill for bill in story.live if bill["key"] not in deleted]
        if story.scope == "out" and ours and not told:
            yield Violation("lost", "O1", story.key, "it was withdrawn, and its bill lives on")


def o1_listed(history: History) -> Broken:
    """Whatever is listed says why, and who must act."""
    for line in history.failures:
        if not (line.reason and line.words):
            yield Violation("lost", "O1", line.key, f"listed without a reason: {line}")


def o2_duplicated(history: History) -> Broken:
    """At no instant two living records carry one mark."""
    living: dict[tuple[str, str], set[str]] = {}
    for entry in history.erp:
        if entry.reference:
            keys = living.setdefault((entry.form, entry.reference), set())
            alive = entry.after is not None and not entry.after["void"]
            (keys.add if alive else keys.discard)(entry.key)
            if entry.what == "create" and len(keys) > 1:
                text = f"at {entry.at:.3f} there are {sorted(keys)}"
                yield Violation("duplicated", "O2", entry.reference.removeprefix(MARK), text)


def o3_order(history: History) -> Broken:
    """No write carries an older version than one before it."""
    yield from _traced(history, "order")


def o5_unexpected(history: History) -> Broken:
    """Every value that was written is one that the CRM showed before."""
    yield from _traced(history, "unexpected")
    marks = {MARK + story.key for story in stories(history)}
    for entry in history.erp:
        if entry.who == "connector" and entry.reference not in marks:
            yield Violation("unexpected", "O5", entry.reference, "nobody ordered this")


def o6_unapproved(history: History) -> Broken:
    """Nothing is written that nobody approved."""
    yield from _traced(history, "unapproved")


def _traced(history: History, kind: str) -> Broken:
    """Go through a record's writes and find for each the version that it may have carried."""
    names = {"order": "O3", "unexpected": "O5", "unapproved": "O6"}
    for story in stories(history):
        low = 0
        for entry in story.entries:
            if entry.what == "restore":
                low = 0
            if entry.who != "connector" or entry.what not in ("create", "update"):
                continue
            fits = [n for n in range(len(story.versions)) if _may_carry(story, n, entry)]
            approved = [n for n in fits if scope(story.form, story.versions[n].fields) == "in"]
            later = [n for n in approved if n >= low]
            found = "" if later else "order" if approved else "unapproved" if fits else "unexpected"
            if found == kind:
                text = f"{entry.what} at {entry.at:.3f} carries {_short(entry.written)}"
                yield Violation(kind, names[kind], story.key, text)
            low = later[0] if later else low


def _short(written: Fields) -> str:
    return ", ".join(f"{name}={value}" for name, value in written.items())[:300]


def _may_carry(story: Story, n: int, entry: Entry) -> bool:
    version = story.versions[n]
    if version.fields is None or version.at > entry.at or not readable(version.fields):
        return False
    wanted = story.wanted(version.fields)
    once = wanted.once if entry.what == "create" else {}
    head = {**wanted.head, **once}
    return all(
        same(head.get(name), value) for name, value in entry.written.items() if name != "rows"
    ) and all(
        row["line"] in wanted.rows and _carries(story, entry, row, wanted.rows[row["line"]])
        for row in entry.written.get("rows", {}).get("rows", ())
    )


def _carries(story: Story, entry: Entry, row: Any, wanted: Fields) -> bool:
    """A row's values are the order's, less the pieces that people split off."""
    pieces = [p for p in story.pieces_at(entry) if row["key"] and p["split_of"] == row["key"]]
    for name, value in row["fields"].items():
        due = wanted.get(name)
        if pieces and name in ("qty", "amount") and not same(due, value):
            due -= sum(Decimal(str(piece[name])) for piece in pieces)
        if not same(due, value):
            return False
    return True


def o4_convergence(history: History) -> Broken:
    """In the end every bill shows the newest version, or it is said where it does not."""
    for story in stories(history):
        settled = not story.failure and not story.parked and readable(story.newest or {})
        if story.scope == "in" and settled:
            for bill in story.live:
                yield from _differs(story, bill)
        if story.waits and story.scope != "hold" and not story.parked:
            state = next(w for w in history.waiting if w.key == story.key and w.flow == story.flow)
            yield Violation("diverged", "O4", story.key, f"still {state}")


def _differs(story: Story, bill: Fields) -> Broken:
    assert story.newest is not None
    wanted = story.wanted(story.newest)
    setters = last_setters([e for e in story.entries if e.key == bill["key"]])
    for name, value in wanted.head.items():
        if not same(value, bill.get(name)) and not _excused(story, name, setters):
            text = f"{name} is {bill.get(name)!r} instead of {value!r}"
            yield Violation("diverged", "O4", story.key, text)
    rows, due = _rows(bill), _due(wanted.rows)
    theirs = setters["rows"] == "people" or _excused(story, "rows", setters)
    if rows != due and not (theirs or story.by_people("split", "update")):
        yield Violation("diverged", "O4", story.key, f"rows are {rows} instead of {due}")
    until = story.history.terms.until
    # A step that people or a backup took back is seen by them alone: nothing tells us.
    moved = story.by_people("saved", "submitted", "audited") or _restored(story.history)
    if story.form == "order" and bill["step"] != until and not moved:
        yield Violation("diverged", "O4", story.key, f"it is {bill['step']} instead of {until}")


def _excused(story: Story, name: str, setters: dict[str, str]) -> bool:
    """People wrote it last, and it is shown that they did, or the policy lets the target win, be it
    with what was put back there."""
    theirs = story.history.terms.on_conflict == "theirs"
    if setters[name] == "system":
        return theirs
    return setters[name] == "people" and (story.drifted(name) or theirs)


def _rows(bill: Fields) -> Counter[tuple[Any, ...]]:
    """Rows as far as they are ours; pieces that people split off count with what is left."""
    whole: dict[str, list[Any]] = {}
    for row in bill.get("rows", ()):
        if row["material"] != "FREIGHT":
            known = whole.setdefault(row.get("split_of", row["id"]), [row["material"], 0, 0])
            known[1] += Decimal(str(row["qty"]))
            known[2] += Decimal(str(row["amount"]))
    return Counter((m, q.normalize(), a.normalize()) for m, q, a in whole.values())


def _due(rows: Any) -> Counter[tuple[Any, ...]]:
    return Counter(
        (row["material"], row["qty"].normalize(), row["amount"].normalize())
        for row in rows.values()
    )


def o7_money(history: History) -> Broken:
    """What all undisputed bills add up to is what their orders add up to."""
    ordered = billed = Decimal(0)
    for story in stories(history):
        if story.form != "order" or story.scope != "in" or not story.live:
            continue
        assert story.newest is not None
        disputed = story.failure or story.parked or not readable(story.newest)
        if disputed or story.by_people("split", "update"):
            continue
        ordered += _ordered(story.newest)
        billed += sum((Decimal(str(row["amount"])) for row in story.live[0]["rows"]), Decimal(0))
    if ordered != billed:
        yield Violation("diverged", "O7", "all", f"{billed} billed of {ordered} ordered")


def o8_write_back(history: History) -> Broken:
    """The CRM's people see the number and the state that the ERP's people see.

    Not promised after our own database was put back: what the CRM was told since is forgotten, and
    stands there until the next change.
    """
    if any(d.what == "restore" for d in history.decisions):
        return
    shown = {entry.key: entry.after for entry in history.crm if entry.after is not None}
    for story in stories(history):
        if story.form != "order" or story.newest is None:
            continue
        told = shown.get(story.key, {})
        state = _state(story)
        if state and told.get("erp_state") != state:
            text = f"the CRM says {told.get('erp_state')!r} instead of {state!r}"
            yield Violation("diverged", "O8", story.key, text)
        if state == "done" and story.live and told.get("erp_number") != story.live[0].get("no"):
            text = f"the CRM says {told.get('erp_number')!r}: {story.live[0].get('no')!r}"
            yield Violation("diverged", "O8", story.key, text)


def _state(story: Story) -> str:
    """What the CRM must show of an order; empty: nothing certain."""
    if story.failure:
        return "stopped"
    if story.parked:
        return "waiting" if not story.live else ""
    if story.scope == "in" and story.live:
        return "done"
    return ""


def o9_bounds(history: History) -> Broken:
    """A change causes a bounded number of requests, whatever happens."""
    saves = Counter(key for call in history.calls if call.path == "save" for key in call.about)
    for story in stories(history):
        retries = sum(d.key == story.key for d in history.decisions)
        tries = (len(story.versions) + retries + 1) * (history.terms.attempts + 2)
        if saves[story.mark] > tries:
            text = f"{saves[story.mark]} saves for {len(story.versions)} versions"
            yield Violation("bounds", "O9", story.key, text)


def o10_recovery(history: History) -> Broken:
    """In calm weather doubts and dead claims are resolved in time."""
    for seen in history.late:
        yield Violation("bounds", "O10", seen.key, f"stood too long: {seen}")


def o11_secrets(history: History) -> Broken:
    """No planted secret turns up anywhere."""
    for secret in history.secrets:
        for text in history.texts:
            if secret in text:
                where = text.index(secret)
                around = text[max(where - 60, 0) : where].replace("\n", " ")
                yield Violation("leaked", "O11", "-", f"…{around}***")


def o12_true_reasons(history: History) -> Broken:
    """What is listed is so: nobody is asked about what did not happen."""
    for story in stories(history):
        line = story.failure
        if line is not None and not _is_true(story, line.reason):
            text = f"listed as {line.reason}, which it is not: {line.words}"
            yield Violation("unexpected", "O12", story.key, text)


def _is_true(story: Story, reason: str) -> bool:
    history = story.history
    if reason == "conflict":
        forgotten = any(d.what == "restore" for d in history.decisions)
        return bool(story.by_people()) or _beyond_editing(story) or forgotten
    if reason == "twice":
        return len(story.live) > 1
    if reason == "gone":
        withdrawn = story.scope == "out" or any(e.what == "void" for e in story.entries)
        return withdrawn or bool(story.by_people("delete")) or _restored(history)
    if reason == "not_ours":
        return any(e.form == story.target and e.reference != story.mark for e in history.erp)
    if reason in ("unlinked", "ignored"):
        return any((d.flow, d.key) == (story.flow, story.key) for d in history.decisions)
    return True


def _beyond_editing(story: Story) -> bool:
    """The bill had gone too far, and changes of such bills are not allowed."""
    went_on = any(e.what in ("submitted", "audited") for e in story.entries)
    return went_on and not story.history.terms.unaudit


def _restored(history: History) -> bool:
    return any(e.what == "restore" for e in history.erp)


def o6_reviewed(history: History) -> Broken:
    """What is made in the ERP was approved before, as it is, by all whom it needs."""
    anybody = {""} if history.terms.reviewed else set()
    for entry in history.erp:
        if (entry.who, entry.what, entry.form) != ("connector", "create", "bill"):
            continue
        key, amount = entry.reference.removeprefix(MARK), _amount(entry.written)
        approved = {
            decision.by
            for decision in history.decisions
            if (decision.what, decision.key) == ("approved", key)
            if decision.at <= entry.at and Decimal(decision.saw) == amount
        }
        lacking = (anybody | _needs(history, key, amount, entry.at)) - approved
        if lacking:
            who = ", ".join(sorted(lacking)) or "anybody"
            text = f"an order of {amount} was made without the approval of {who}"
            yield Violation("unexpected", "O6", key, text)


def _amount(written: Fields) -> Decimal:
    rows = written.get("rows", {}).get("rows", ())
    return sum((Decimal(str(row["fields"]["amount"])) for row in rows), Decimal(0))


def _needs(history: History, key: str, amount: Decimal, at: float) -> frozenset[str]:
    """Whom the newest version of this amount needs."""
    fits = [
        version.needs
        for version in history.versions
        if (version.form, version.key) == ("order", key) and version.at <= at
        if _ordered(version.fields or {}) == amount
    ]
    return fits[-1] if fits else frozenset()


def _ordered(fields: Fields) -> Decimal:
    if not readable(fields):
        return Decimal(0)
    lines = fields.get("lines", ())
    return sum((Decimal(line["qty"]) * Decimal(line["price"]) for line in lines), Decimal(0))


def o13_told(history: History) -> Broken:
    """Each order that is confirmed is told once each time it becomes so, or is listed; no message
    is said twice. Who put our database back is told again of what it forgot."""
    if not history.terms.told or any(d.what == "restore" for d in history.decisions):
        return
    for id, times in Counter(entry.key for entry in history.said).items():
        if times > 1:
            yield Violation("duplicated", "O13", id, f"said {times} times")
    told = Counter(str(entry.written["text"]) for entry in history.said)
    rises, standing = _confirmed(history)
    for number, times in rises.items():
        if told[f"confirmed {number}"] > times:
            text = f"told {told[f'confirmed {number}']} times, confirmed {times} times"
            yield Violation("duplicated", "O13", number, text)
    unsaid = [number for number in standing if not told[f"confirmed {number}"]]
    if len(unsaid) > sum(line.flow == "messages_chat" for line in history.failures):
        yield Violation("lost", "O13", ", ".join(unsaid), "nobody was told, and none is listed")


def _confirmed(history: History) -> tuple[Counter[str], list[str]]:
    """How often each order became confirmed, and those that are, by number; as far as they can be
    read."""
    rises: Counter[str] = Counter()
    now: dict[str, str] = {}
    for version in history.versions:
        fields = version.fields or {}
        if version.form != "order":
            continue
        confirmed = fields.get("status") == "confirmed" and readable(fields)
        if confirmed and version.key not in now:
            rises[str(fields["number"])] += 1
            now[version.key] = str(fields["number"])
        elif not confirmed:
            now.pop(version.key, None)
    return rises, list(now.values())


def sound(history: History) -> Broken:
    """The product found no bug in itself."""
    for text in history.trouble:
        yield Violation("unexpected", "P", "-", text)


PREDICATES: tuple[Callable[[History], Broken], ...] = (
    o1_lost, o1_unreadable, o1_withdrawn, o1_listed, o2_duplicated, o3_order, o4_convergence,
    o5_unexpected, o6_unapproved, o6_reviewed, o7_money, o8_write_back, o9_bounds, o10_recovery,
    o11_secrets, o12_true_reasons, o13_told, sound,
)  # fmt: skip
