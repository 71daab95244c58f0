"""A record through a mapping, rule by rule: the present one, or a text that a person tries.

Nothing is called and nothing is written: the record is as it was captured last, with what people
corrected, and links are followed in the store. A text that is tried passes the loader as any file
does. What not everybody may see is hidden wherever it had a part, and is compared with nothing:
a rule is whatever a person wrote, so that neither where its value goes nor whether there is one
may tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connector.assemble import shipped
from connector.contract import Record
from connector.engine import correcting
from connector.engine.resolving import Resolver
from connector.engine.system import System
from connector.errors import ConfigError, MappingFault, MissingLink, Problem, Words
from connector.mapping import explaining
from connector.mapping.document import LinkRef, canon
from connector.mapping.explaining import NOTHING, Given, Row
from connector.mapping.kinds import kinds
from connector.mapping.load import load_text
from connector.mapping.model import RECORD, Each, Rule, Side
from connector.mapping.model import Mapping as MappingFile
from connector.mapping.reading import Reader
from connector.messages import load, say
from connector.objects import OBJECTS
from connector.objects.base import Part
from connector.objects.showing import labels, plainly
from connector.objects.sights import HIDDEN, marked, names
from connector.operations import finding
from connector.operations.mappings import cases, listing, sides
from connector.operations.mappings.listing import Marked
from connector.operations.mappings.rules import line_of
from connector.operations.mappings.sides import Used
from connector.store import snapshots
from connector.store.engine import Tx

LONGEST = 50_000
"""Bytes of a text that is tried."""
ROWS = 20
"""Of each list, as many lines are taken through."""
FIELDS = 2000
"""As many are shown in all."""
CUT = 300
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a rule made of the record."""

    target: str
    on: str
    """`always`, or `create`: written once, then theirs; `check`: only compared."""
    line: int
    """Of the rule, in the file or in the text that is tried."""
    state: str
    """`given`, `compared` (not written), `empty`, `when` (its condition does not hold), `waits`
    (for a record that it links to), `fault` or `hidden`."""
    value: str
    words: str = ""
    """What it waits for, or what is wrong."""
    sources: tuple[tuple[str, str], ...] = ()
    """The fields that it came of, and what they hold; empty: nobody knows any more."""
    change: str = ""
    """Against the present mapping: `new`, `changed` or `gone`; empty: none, or not compared."""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A head or a row."""

    table: str
    row: str
    """Of a line its number, as people know it."""
    key: str
    fields: tuple[Field, ...]
    state: str = ""
    """`when`: there is no such row, by its table's condition; `fault`; `hidden`."""
    words: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Mapped:
    """A record, and what a mapping makes of it."""

    flow: str
    side: str
    key: str
    number: str
    scope: str
    """`in` the flow's scope, `out` of it or on `hold`."""
    fault: str
    """Why the newest record cannot be read, by this mapping."""
    known: bool
    """What the rules came of is known: of what was read without fault it is not kept."""
    sections: tuple[Section, ...]
    more: bool
    """Not all of it is shown."""
    changes: int = 0
    """Fields that would be otherwise than by the present mapping."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a text that was tried."""

    problems: tuple[Marked, ...] = ()
    """Why it cannot be used at all."""
    mapped: Mapped | None = None
    """None: no record was named, or the text cannot be used."""
    cases: list[dict[str, Any]] = field(default_factory=list)
    """The mapping's cases, as they stand by this text."""
    lines: tuple[str, ...] = ()
    """The text's."""


def mapped(
    system: System, flow: str, side: str, number: str, *, hides: frozenset[str] = frozenset()
) -> Mapped:
    """What the present mapping makes of a record. Raises ConfigError, NotFound."""
    used = sides.one(system, flow, side)
    with system.store.reading() as tx:
        return _Record(system, tx, used, number, hides).by(used.mapping)


def attempt(
    system: System,
    folders: Sequence[Path],
    flow: str,
    side: str,
    number: str,
    text: str,
    *,
    hides: frozenset[str] = frozenset(),
) -> Tried:
    """The same with this text in the mapping's place, and what would be otherwise. Raises
    ConfigError for a flow that is not there, NotFound."""
    used = sides.one(system, flow, side)
    try:
        new = _loaded(folders, used, text)
    except ConfigError as error:
        problems = tuple(listing.marked(used.mapping.file, problem) for problem in error.problems)
        return Tried(problems, lines=tuple(text.splitlines()) if len(text) <= LONGEST else ())
    proved = cases.of([*folders, shipped()], new, used.side)
    if not number:
        return Tried(cases=proved)
    with system.store.reading() as tx:
        record = _Record(system, tx, used, number, hides)
        found = _compared(record.by(used.mapping), record.by(new))
    return Tried(mapped=found, cases=proved)


def _loaded(folders: Sequence[Path], used: Used, text: str) -> MappingFile:
    """The mapping that a text is. Raises ConfigError."""
    file, object = used.mapping.file, used.mapping.object
    if len(text.encode()) > LONGEST:
        raise ConfigError([Problem(file, say("trial_too_long", most=LONGEST))])
    made = load_text(text, file, listing.values_of(folders))
    if made.object != object:
        words = say("trial_of_another", object=object, name=made.object)
        raise ConfigError([Problem(f"{file}:1:1", words)])
    if sides.rules_of(made, used.side) is None:
        raise ConfigError([Problem(f"{file}:1:1", say("missing_word", name=used.side))])
    return made


class _Record:
    """One record of a flow, for somebody who may not see everything; inside a transaction."""

    def __init__(
        self, system: System, tx: Tx, used: Used, number: str, hides: frozenset[str]
    ) -> None:
        flow = used.flow
        row = finding.one(tx, flow, number)
        self._system = system
        self._tx = tx
        self._used = used
        self._model = OBJECTS[flow.object]
        self._raw = json.loads(row.raw) if row.raw and used.side == "read" else None
        """What its system said, of a record that cannot be read; of others it is not kept."""
        if used.side == "write":
            row = correcting.corrected(tx, flow, {row.key: row})[row.key]
        self._row = row
        self._values: dict[str, Any] = dict(snapshots.data(row)) if row.data else {}
        self._lines = labels(self._values)
        self._sight = _Sight(hides)
        self._cut = False
        """More came of it than is shown."""

    def by(self, mapping: MappingFile) -> Mapped:
        """What a mapping makes of it."""
        used, row = self._used, self._row
        found = list(self._explained(mapping))
        resolve = self._resolver(found) if used.side == "write" else None
        sections = [self._section(one, resolve) for one in found]
        lists = self._raw if self._raw is not None else self._values
        return Mapped(
            flow=used.flow.name,
            side=used.side,
            key=row.key,
            number=row.number,
            scope=used.flow.scope_of(self._values) if self._values else "",
            fault=self._fault(mapping),
            known=used.side == "write" or self._raw is not None,
            sections=tuple(sections),
            more=self._cut
            or any(isinstance(some, list) and len(some) > ROWS for some in lists.values()),
        )

    def _fault(self, mapping: MappingFile) -> str:
        """Why it cannot be read; by a text that is tried, of what its system said."""
        if self._raw is None or mapping is self._used.mapping:
            return str(load(self._row.fault)) if self._row.fault else ""
        if self._sight.hides_any(self._model):
            return HIDDEN
        try:
            reader = Reader(mapping, self._used.connection.settings.zone)
            reader(Record(self._row.key, self._raw, self._row.number))
        except MappingFault as error:
            return str(error.words)
        return ""

    def _explained(self, mapping: MappingFile) -> Iterator[Row]:
        """As much of it as fits on a page. How much that is depends on nothing that is hidden: on
        how many rules there are, not on what they give."""
        side, left = sides.rules_of(mapping, self._used.side), FIELDS
        assert side is not None
        for row in self._rows(side):
            if left <= 0:
                self._cut = True
                return
            if not self._within_hidden(row):
                left -= 1 + len(row.tables[-1].rules if row.tables else side.rules)
                yield row

    def _rows(self, side: Side) -> Iterator[Row]:
        if self._used.side == "write":
            return explaining.written(side, self._model, self._values, ROWS)
        if self._raw is None:
            return explaining.kept(side, self._model, self._values, ROWS)
        zone = self._used.connection.settings.zone
        return explaining.read(side, self._model, self._raw, zone, ROWS)

    def _resolver(self, found: Sequence[Row]) -> Resolver:
        made = Resolver(self._system, self._system.named_in(self._used.flow),
                        self._used.connection.name)  # fmt: skip
        refs = [one.value for row in found for one in row.given if isinstance(one.value, LinkRef)]
        made.prepare(self._tx, refs)
        return made

    # -- as people see it -------------------------------------------------------------------

    def _section(self, row: Row, resolve: Resolver | None) -> Section:
        table = "/".join(each.target for each in row.tables)
        called = (self._lines.get(key, key) for key in row.keys)
        place = row.tables[-1].place if row.tables else ""
        made = Section(table, ".".join(called), "/".join(row.keys), (), line=line_of(place))
        if row.tables and self._hides_rows(row.tables):
            return replace(made, state="hidden")
        if row.fault:
            return replace(made, state="fault", words=str(row.fault))
        if not row.holds:
            return replace(made, state="when")
        model = self._model_of(row.tables)
        return replace(made, fields=tuple(self._field(one, model, resolve) for one in row.given))

    def _field(self, given: Given, model: type[Part], resolve: Resolver | None) -> Field:
        rule = given.rule
        made = Field(rule.target, rule.on, line_of(rule.place), "given", "")
        if self._hidden(rule, model):
            seen = ((name, HIDDEN) for name in given.sources)
            return replace(made, state="hidden", value=HIDDEN, sources=tuple(seen))
        sources = tuple((name, _text(value)) for name, value in given.sources.items())
        made = replace(made, sources=sources)
        if given.fault:
            return replace(made, state="fault", words=str(given.fault))
        if given.value is NOTHING:
            return replace(made, state="empty" if given.holds else "when")
        if isinstance(given.value, LinkRef):
            assert resolve is not None
            return self._followed(made, given.value, resolve)
        state = "compared" if rule.on == "check" else "given"
        return replace(made, state=state, value=_text(given.value))

    def _followed(self, made: Field, ref: LinkRef, resolve: Resolver) -> Field:
        try:
            value = _text(resolve(ref))
            return replace(made, value=value, state="given" if value else "empty")
        except (MissingLink, MappingFault) as error:
            waits = isinstance(error, MissingLink)
            return replace(
                made, state="waits" if waits else "fault", value=_text(ref),
                words=str(self._why(ref, error.words)),
            )  # fmt: skip

    def _why(self, ref: LinkRef, words: Words) -> Words:
        """Why a link leads nowhere, without the name of a person."""
        if not self._sight.hides(OBJECTS[ref.object], "name"):
            return words
        system = self._used.connection.name
        return say("link_missing", object=ref.object, record=ref.key, system=system)

    # -- what is hidden ---------------------------------------------------------------------

    def _hidden(self, rule: Rule, model: type[Part]) -> bool:
        """Something that is hidden has a part in it."""
        if self._used.side == "read":
            return self._sight.hides(model, rule.target) or (
                self._raw is not None and self._sight.hides_any(self._model)
            )
        link = rule.link
        if link and self._sight.hides(OBJECTS[link.object], link.field):
            return True
        return any(self._hides(name, model) for name in explaining.names(rule))

    def _hides(self, name: str, model: type[Part]) -> bool:
        head = name.startswith("record.")
        return self._sight.hides(self._model if head else model, name.removeprefix("record."))

    def _within_hidden(self, row: Row) -> bool:
        """It stands in a row of which even that there is one is hidden."""
        return any(self._hides_rows(row.tables[:depth]) for depth in range(1, len(row.tables)))

    def _hides_rows(self, tables: Sequence[Each]) -> bool:
        """Whether the innermost table has a row tells something that is hidden."""
        if self._used.side == "read":
            return self._raw is not None and self._sight.hides_any(self._model)
        when, model = tables[-1].when, self._model_of(tables)
        return any(self._hides(name, model) for name in (when.names if when else ()))

    def _model_of(self, tables: Sequence[Each]) -> type[Part]:
        """What the rules in these tables are about."""
        model: type[Part] = self._model
        for each in tables:
            name = each.source if self._used.side == "write" else each.target
            if name != RECORD or self._used.side == "read":
                found = kinds(model)[name]
                assert isinstance(found, type)
                model = found
        return model


class _Sight:
    """What somebody does not see."""

    def __init__(self, hides: frozenset[str]) -> None:
        self._hides = hides
        self._everywhere = frozenset[str]().union(*(names(one, hides) for one in OBJECTS))

    def hides(self, model: type[Part], name: str) -> bool:
        """A field, or anything in it, is hidden; a company's own where it is called so."""
        if name.startswith("custom."):
            return name.removeprefix("custom.") in self._everywhere
        part = kinds(model).get(name)
        inner = self.hides_any(part) if isinstance(part, type) else False
        return inner or any(name in marked(model, kind) for kind in self._hides)

    def hides_any(self, model: type[Part]) -> bool:
        """Some field of it, or of its parts, is."""
        return any(marked(model, kind) for kind in self._hides)


def _text(value: Any) -> str:
    """A value as people read it, and no more of it than they do."""
    if value is None or value is NOTHING:
        return ""
    text = plainly(canon(value)) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= CUT else f"{text[:CUT]}…"


# -- against the present mapping -----------------------------------------------------------------


def _compared(before: Mapped, after: Mapped) -> Mapped:
    """The later one, each field with what it was."""
    was = {(one.table, one.key): one for one in before.sections}
    sections = [_against(was.pop((one.table, one.key), None), one) for one in after.sections]
    for gone in () if after.more else was.values():  # it may only not be shown
        fields = tuple(_gone(one) for one in gone.fields)
        sections.append(replace(gone, fields=fields, line=0))
    changes = sum(bool(one.change) for section in sections for one in section.fields)
    return replace(after, sections=tuple(sections), changes=changes)


def _against(before: Section | None, after: Section) -> Section:
    known = {one.target: one for one in before.fields} if before else {}
    compared = "hidden" not in (after.state, before.state if before else "")
    fields = [_beside(known.pop(one.target, None), one) if compared else one
              for one in after.fields]  # fmt: skip
    gone = [_gone(one) for one in known.values()] if compared else []
    return replace(after, fields=(*fields, *gone))


def _beside(before: Field | None, after: Field) -> Field:
    states = {after.state, before.state if before else ""}
    if "hidden" in states:
        return after
    was = _said(before) if before else ""
    if _said(after) == was and (not was or before is None or before.state == after.state):
        return after
    change = "changed" if was else "new"
    return replace(after, change=change if _said(after) else "gone", was=was)


def _gone(one: Field) -> Field:
    change = "gone" if _said(one) else ""
    return replace(one, change=change, was=_said(one), value="", line=0, state="empty", words="")


def _said(one: Field) -> str:
    """What is sent, or stands in the way of it."""
    return one.value or one.words
