"""What must be written so that the target shows what it should: pure, no I/O.

Three versions of every field meet here: what we delivered last, what the target showed
after that (the base), and what it shows now. A field of ours that changed is written; if
people changed it too, it is a conflict. A field that only people changed is drift: it is
reported and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from typing import Any

from connector.contract import Record, RowWrite, TableWrite
from connector.engine.base import LineKeys
from connector.mapping.document import Canonical, Node, canon, like
from connector.mapping.writing import Writer

EXTENSIVE = frozenset({"quantity", "amount_with_tax", "net_amount"})
"""Source fields that are divided when people split a row."""

MOST_PIECES = 6
"""Rows tried together when looking for what people split off."""

GONE = "(gone)"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the sides differ. `path` is `field` or `table/line/field`."""

    path: str
    ours: Any
    base: Any
    theirs: Any


@dataclass(slots=True)
class Plan:
    """What to write, and what people did in the meantime."""

    fields: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, TableWrite] = field(default_factory=dict)
    changes: list[Difference] = field(default_factory=list)
    """The fields of a known record that will be written."""
    created: Node | None = None
    """The whole document of a new one."""
    conflicts: list[Difference] = field(default_factory=list)
    drift: list[Difference] = field(default_factory=list)
    echoed: set[str] = field(default_factory=set)
    """Fields passed over as the opposite flow left them, while the target shows something that it
    has not carried yet."""
    left: set[str] = field(default_factory=set)
    """Fields that are left to the opposite flow, whose side wins."""
    split: dict[str, Any] = field(default_factory=dict)
    """What is left for our rows that people split, by path."""
    standing: dict[str, dict[str, str]] = field(default_factory=dict)
    """Rows that already show what a new line wants: `{table: {line: row key}}`."""
    strange: set[str] = field(default_factory=set)
    """Keys of rows that may be ours, and no line's."""

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not self.fields and not self.tables

    @property
    def contested(self) -> bool:
        """Of a field that we want, the target shows something else than we left there."""
        return any(one.theirs != one.base for one in (*self.changes, *self.conflicts))

    @property
    def writes(self) -> list[Difference]:
        """Every field that will be written, as people see it in `plan`."""
        return self.changes if self.created is None else list(_all_of(self.created))


@dataclass(frozen=True, slots=True)
class Heard:
    """Which of our fields come from an opposite flow, that writes the record in our source."""

    echoes: frozenset[str]
    """The source says only what that flow left there."""
    news: frozenset[str]
    """It says something else, or something where that flow left nothing."""
    agreed: frozenset[str]
    """That flow had a part in it, and nothing of that changed; or our source says nothing."""
    first: bool
    """We have not delivered the record yet."""
    carried: frozenset[str] = frozenset()
    """The target shows only what that flow has carried from there."""

    def is_echo(self, name: str, theirs: Any, *, as_left: bool) -> bool:
        """A field is not ours to write. Met for the first time, a record is in agreement but for
        what is news, and for what only we can tell where the target says nothing."""
        if name in self.echoes:
            return not as_left
        return self.first and name not in self.news and (theirs is not None or name in self.agreed)


@dataclass(frozen=True, slots=True)
class Held:
    """What we know of a record in the target before it is changed."""

    delivered: Canonical
    base: Canonical
    theirs: Record | None
    line_keys: LineKeys
    both_ways: bool = False
    """A flow carries the same object the other way."""
    heard: Heard | None = None
    """What comes of it; None: it has not delivered the record."""
    unsure: bool = False
    """Another version of ours may stand there than `delivered`, rows that we took away included:
    what differs from both is nobody's for certain."""


def create(document: Node) -> Plan:
    """Everything is new."""
    tables = {
        table: TableWrite([_new(line, row) for line, row in rows.items()])
        for table, rows in document.tables.items()
        if rows
    }
    return Plan(document.fields, tables, created=document)


_NO_ROWS: Mapping[str, Sequence[RowWrite]] = MappingProxyType({})


def _new(line: str, row: Node) -> RowWrite:
    return RowWrite(line, "", row.fields, _nested(row) if row.tables else _NO_ROWS)


def _all_of(document: Node) -> Iterator[Difference]:
    for name, value in document.fields.items():
        yield Difference(name, value, None, None)
    for table, rows in document.tables.items():
        for line, row in rows.items():
            yield from _added(table, line, row)


def _added(table: str, line: str, row: Node) -> Iterator[Difference]:
    for name, value in row.fields.items():
        yield Difference(f"{table}/{line}/{name}", value, None, None)


def _nested(row: Node) -> dict[str, Sequence[RowWrite]]:
    return {
        name: [_new(line, inner) for line, inner in rows.items()]
        for name, rows in row.tables.items()
        if rows
    }


def update(
    document: Node, wanted: Canonical, held: Held, writer: Writer, *, force: str = ""
) -> Plan:
    """The difference to what the target holds.

    `document` has its links resolved, `wanted` is its canonical form before that. `force`
    settles conflicts: `ours` writes over what people changed, `theirs` leaves it.
    """
    plan = Plan()
    shown = held.theirs.fields if held.theirs else None
    changed = _Fields(writer, "", "", force, held).compare(
        document.fields,
        wanted["f"],
        held.delivered["f"],
        held.base.get("f", {}),
        shown,
        plan,
    )
    plan.fields.update(changed)
    for table in {**document.tables, **held.delivered.get("t", {})}:
        rows = _Rows(table, document, wanted, held, writer, force, plan)
        write = rows.compare()
        if write is not None:
            plan.tables[table] = write
        if held.unsure and force != "ours":
            plan.strange.update(rows.strangers())
    if held.unsure and force != "ours":
        plan.conflicts, plan.drift = plan.conflicts + plan.drift, []
    return plan


class _Fields:
    """Compares the fields of a head or a row."""

    def __init__(
        self,
        writer: Writer,
        table: str,
        line: str,
        force: str,
        head: Held | None = None,
    ) -> None:
        self._writer = writer
        self._heard = head.heard if head else None
        self._both_ways = head is not None and head.both_ways
        self._again = head is not None and bool(head.delivered["f"])
        self._rules = f"{table}/" if table else ""
        self._path = f"{table}/{line}/" if table else ""
        self._force = force

    def compare(
        self,
        values: Mapping[str, Any],
        wanted: Mapping[str, Any],
        delivered: Mapping[str, Any],
        base: Mapping[str, Any],
        shown: Mapping[str, Any] | None,
        plan: Plan,
    ) -> dict[str, Any]:
        """The fields to write; conflicts and drift go to the plan."""
        changed: dict[str, Any] = {}
        for name, value in values.items():
            if self._rules + name not in self._writer.not_wanted:
                moved = wanted[name] != delivered.get(name, GONE)
                if self._decide(name, value, moved, base, shown, plan):
                    changed[name] = value
        return changed

    def _decide(
        self,
        name: str,
        value: Any,
        moved: bool,
        base: Mapping[str, Any],
        shown: Mapping[str, Any] | None,
        plan: Plan,
    ) -> bool:
        ours = canon(value)
        was = base.get(name)
        theirs = was if shown is None else like(ours, shown.get(self._shown_as(name)))
        difference = Difference(self._path + name, value, was, theirs)
        if theirs == ours and shown is not None:
            return False
        heard = self._heard if shown is not None else None
        # Where both write, whatever stands in a field that we left empty is the other side's.
        known = name in base or heard is not None or (self._both_ways and self._again)
        as_left = name in base and theirs == was
        if heard is not None and heard.is_echo(name, theirs, as_left=as_left):
            if moved and name in heard.echoes - heard.carried:
                plan.echoed.add(name)
            return False
        edited = shown is not None and theirs != was and known
        if edited and not (heard is not None and name in heard.carried) and not self._wins(moved):
            self._is_theirs(difference, moved, plan)
            return False
        if moved or (edited and self._wins(moved)):
            plan.changes.append(difference)
            return True
        return False

    def _wins(self, moved: bool) -> bool:
        """Ours stands over what people changed; where they write as well, over no more than what
        both changed."""
        return self._force == "ours" and (moved or not self._both_ways)

    def _is_theirs(self, difference: Difference, moved: bool, plan: Plan) -> None:
        if moved and self._force != "theirs":
            plan.conflicts.append(difference)
        elif not moved:
            plan.drift.append(difference)
        elif self._both_ways:
            plan.left.add(self._shown_as(difference.path))

    def _shown_as(self, name: str) -> str:
        return self._writer.rules[self._rules + name].reads_as or name


class _Rows:
    """Compares a table: rows of ours by their key in the target, rows of theirs left alone."""

    def __init__(
        self,
        table: str,
        document: Node,
        wanted: Canonical,
        held: Held,
        writer: Writer,
        force: str,
        plan: Plan,
    ) -> None:
        self._table = table
        self._rows = document.tables.get(table, {})
        self._wanted = wanted.get("t", {}).get(table, {})
        self._delivered = held.delivered.get("t", {}).get(table, {})
        self._base = held.base.get("t", {}).get(table, {})
        self._keys = held.line_keys.get(table, {})
        self._unsure = held.unsure
        self._writer = writer
        self._force = force
        self._plan = plan
        self._key_field = writer.tables[table].key if table in writer.tables else ""
        self._shown = self._shown_rows(held.theirs)

    def _shown_rows(self, theirs: Record | None) -> dict[str, Mapping[str, Any]] | None:
        if theirs is None:
            return None
        rows = theirs.fields.get(self._table) or ()
        return {str(row[self._key_field]): row for row in rows}

    def compare(self) -> TableWrite | None:
        writes: list[RowWrite] = []
        for line, row in self._rows.items():
            write = self._row(line, row)
            if write is not None:
                writes.append(write)
        # Of a record that was found and is not compared yet only its rows are known.
        all_of_ours = self._unsure or not self._delivered
        lines = {**self._delivered, **self._keys} if all_of_ours else self._delivered
        drop = [key for line in lines if (key := self._dropped(line))]
        return TableWrite(writes, drop) if writes or drop else None

    def _row(self, line: str, row: Node) -> RowWrite | None:
        key = self._keys.get(line)
        if key is None or self._was_dropped(line, key):
            return None if self._stands(line, row) else self._new_row(line, row)
        delivered = self._delivered.get(line, {"f": {}})
        shown = self._shown.get(key) if self._shown is not None else None
        if self._shown is not None and shown is None:
            if self._force == "ours":
                return None if self._stands(line, row) else self._put_back(line, row)
            self._row_is_gone(line, delivered)
            return None
        values, base = self._less_pieces(line, row, shown, self._base.get(key, {}))
        fields = _Fields(self._writer, self._table, line, self._force).compare(
            values, self._wanted[line]["f"], delivered["f"], base, shown, self._plan
        )
        nested = _nested(row) if self._wanted[line].get("t") != delivered.get("t") else {}
        return RowWrite(line, key, fields, nested) if fields or nested else None

    def _new_row(self, line: str, row: Node) -> RowWrite:
        self._plan.changes += _added(self._table, line, row)
        return _new(line, row)

    def _put_back(self, line: str, row: Node) -> RowWrite:
        """A row that is gone stands there again: in the only one of its material that is no line's,
        which a target that was put back knows by an older key, or else as a new one."""
        material = self._field("material")
        alike = {
            key: shown
            for key, shown in self.strangers().items()
            if material and self._equal(material, row.fields[material], shown)
        }
        if len(alike) != 1:
            return self._new_row(line, row)
        ((key, shown),) = alike.items()
        self._plan.standing.setdefault(self._table, {})[line] = key
        fields = _Fields(self._writer, self._table, line, self._force).compare(
            row.fields, self._wanted[line]["f"], {}, {}, shown, self._plan
        )
        return RowWrite(line, key, fields, _nested(row))

    def _was_dropped(self, line: str, key: str) -> bool:
        """We took the row away with its line, and now the line is back."""
        return line not in self._delivered and self._shown is not None and key not in self._shown

    def _stands(self, line: str, row: Node) -> bool:
        """A row that we do not know shows just what the new line wants: it is taken for it.

        A store that was put back to an earlier state has forgotten it; were it a person's, one
        of the two would be too many anyway. What people split off is not looked at.
        """
        for key, shown in self.strangers().items():
            if all(self._equal(name, value, shown) for name, value in row.fields.items()):
                self._plan.standing.setdefault(self._table, {})[line] = key
                return True
        return False

    def strangers(self) -> dict[str, Mapping[str, Any]]:
        """Rows that are no line's, nor a piece of one."""
        known = {*self._keys.values(), *self._plan.standing.get(self._table, {}).values()}
        shown = self._shown or {}
        for line, key in self._keys.items():
            if key in shown:
                known |= {str(p[self._key_field]) for p in self._pieces(line, shown[key])}
        return {key: row for key, row in shown.items() if key not in known}

    def _equal(self, name: str, value: Any, shown: Mapping[str, Any]) -> bool:
        ours = canon(value)
        once = f"{self._table}/{name}" in self._writer.not_wanted
        return once or like(ours, shown.get(self._shown_as(name))) == ours

    def _row_is_gone(self, line: str, delivered: Canonical) -> None:
        """People deleted a row of ours: a conflict once we want something of it."""
        difference = Difference(f"{self._table}/{line}", self._wanted[line]["f"], None, GONE)
        wanted_anew = self._wanted[line]["f"] != delivered["f"]
        (self._plan.conflicts if wanted_anew else self._plan.drift).append(difference)

    def _dropped(self, line: str) -> str:
        """The key of a row whose line vanished in the source, if it still stands."""
        key = self._keys.get(line, "")
        if line in self._rows or not key or (self._shown is not None and key not in self._shown):
            return ""
        shown = self._shown[key] if self._shown is not None else None
        path = f"{self._table}/{line}"
        if shown is not None and self._pieces(line, shown):
            self._plan.conflicts.append(Difference(path, GONE, None, "split"))
            return ""
        self._plan.changes.append(Difference(path, GONE, None, None))
        return key

    # -- rows that people split from ours still add up to it ---------------------------------

    def _less_pieces(
        self,
        line: str,
        row: Node,
        shown: Mapping[str, Any] | None,
        base: Mapping[str, Any],
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Our values less what the split-off rows hold, and what the row then shows as its base."""
        pieces = self._pieces(line, shown) if shown is not None else ()
        if not pieces or shown is None:
            return row.fields, base
        values, base = dict(row.fields), dict(base)
        for name in self._extensive():
            seen_as = self._shown_as(name)
            if isinstance(values.get(name), Decimal | int) and seen_as in shown:
                values[name] -= sum((_number(piece.get(seen_as)) for piece in pieces), Decimal(0))
                self._plan.split[f"{self._table}/{line}/{name}"] = values[name]
                base[name] = like(canon(values[name]), shown[seen_as])
        return values, base

    def _pieces(self, line: str, shown: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        quantity, material = self._field("quantity"), self._field("material")
        delivered = self._delivered.get(line, {"f": {}})["f"].get(quantity)
        if not quantity or not material or delivered is None or self._shown is None:
            return ()
        quantity, material = self._shown_as(quantity), self._shown_as(material)
        missing = Decimal(delivered) - _number(shown.get(quantity))
        if missing <= 0:
            return ()
        ours = set(self._keys.values())
        strangers = [
            row
            for key, row in self._shown.items()
            if key not in ours and row.get(material) == shown.get(material)
        ]
        for size in range(1, min(len(strangers), MOST_PIECES) + 1):
            for some in combinations(strangers, size):
                if sum((_number(row.get(quantity)) for row in some), Decimal(0)) == missing:
                    return some
        return ()

    def _shown_as(self, name: str) -> str:
        return self._writer.rules[f"{self._table}/{name}"].reads_as or name

    def _field(self, source: str) -> str:
        names = self._by_source((source,))
        return names[0] if names else ""

    def _extensive(self) -> list[str]:
        return self._by_source(tuple(EXTENSIVE))

    def _by_source(self, sources: tuple[str, ...]) -> list[str]:
        prefix = f"{self._table}/"
        return [
            path.removeprefix(prefix)
            for path, rule in self._writer.rules.items()
            if path.startswith(prefix) and rule.sources and rule.sources[0] in sources
        ]


def _number(value: Any) -> Decimal:
    return Decimal(str(value or 0))
