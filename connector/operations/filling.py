"""Filling a value map: which codes are in use, which have a partner, and who it could be.

A rule that *writes* asks the table for our codes: those of the records that were captured. A rule
that *reads* asks it for theirs: those for which records could not be read. What may answer is what
the other side accepts, as adapters tell it. Neither system is written to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.mapping.using import Use
from connector.matching.codes import alike
from connector.messages import Message, load, say
from connector.operations.value_codes import Accepted, Codes
from connector.operations.value_file import ValueFile
from connector.operations.value_uses import uses
from connector.store import snapshots

GROUP = 500

Way = Literal["write", "read"]
"""`write`: a code of ours asks for theirs. `read`: one of theirs asks for ours."""


@dataclass(slots=True, kw_only=True)
class Pair:
    """A code that asks, and the one that answers."""

    way: Way
    code: str
    partner: str = ""
    """Empty: nothing answers."""

    def ordered(self) -> tuple[str, str]:
        """Our code and theirs, as a table has them."""
        return (self.code, self.partner) if self.way == "write" else (self.partner, self.code)


@dataclass(slots=True, kw_only=True)
class Asked(Pair):
    """A code in use; its partner is what it is mapped to, else what is proposed."""

    mapped: bool = False
    """The table has it."""
    name: str = ""
    partner_name: str = ""
    count: int = 0
    """Records that use it."""
    example: str = ""
    """The number of one of them."""


@dataclass(slots=True, kw_only=True)
class Decided(Pair):
    """A row of a sheet that says yes."""

    place: str


@dataclass(frozen=True, slots=True)
class Dead:
    """A pair of the table whose other side does not exist."""

    ours: str
    theirs: str
    place: str


@dataclass(slots=True)
class Filling:
    """How a table stands."""

    table: str
    connection: str
    file: str
    told: bool
    """The system tells which codes it accepts."""
    refused: list[str]
    """What systems said instead of telling some codes."""
    uses: list[dict[str, Any]]
    """The rules that use it."""
    asked: list[Asked] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)
    written: int = 0
    """Pairs that were added just now."""

    @property
    def open(self) -> list[Asked]:
        """Codes in use that the table does not have."""
        return [one for one in self.asked if not one.mapped]


class Table:
    """One value map and everything that bears on it."""

    def __init__(self, system: System, folders: Sequence[Path], name: str, connection: str) -> None:
        """Raises ConfigError where nothing uses the table, or several connections do."""
        self._system = system
        self._folders = folders
        self._used = uses(system, name, connection)
        self._accepted = Accepted(system, self._used)
        self.name = name
        self.connection = self._used[0].connection

    def look(self, written: int = 0) -> Filling:
        """Which codes are in use, and which of them are mapped, proposed or without a partner."""
        file, theirs, ours = self._file(), self._accepted.theirs, self._accepted.ours
        found = Filling(
            table=self.name,
            connection=self.connection,
            file=file.path.as_posix(),
            told=theirs is not None,
            refused=self._accepted.refused,
            uses=[used.shown() for used in self._used],
            written=written,
        )
        found.asked = [
            *self._answered(self._asked("write"), file, ours, theirs or {}),
            *self._answered(self._asked("read"), file, theirs or {}, ours),
        ]
        if theirs is not None:
            found.dead = [Dead(*entry) for entry in file.entries() if entry[1] not in theirs]
        return found

    def _file(self) -> ValueFile:
        return ValueFile(self.name, self._folders)

    # -- what is in use ---------------------------------------------------------------------

    def _asked(self, way: Way) -> list[Asked]:
        """The codes that records ask for, the most frequent first."""
        found: dict[str, Asked] = {}
        for (connection, object), some in self._by_source(way).items():
            for row in self._rows(connection, object):
                for code in self._codes_of(row, some):
                    one = found.setdefault(code, Asked(way=way, code=code))
                    one.example = one.example or row.number or row.key
                    one.count += 1
        return sorted(found.values(), key=lambda one: (-one.count, one.code))

    def _by_source(self, way: Way) -> dict[tuple[str, str], list[Use]]:
        """The rules by the records that go through them."""
        found: dict[tuple[str, str], list[Use]] = {}
        for used in self._used:
            if used.use.reads == (way == "read"):
                found.setdefault((used.source, used.object), []).append(used.use)
        return found

    def _rows(self, connection: str, object: str) -> Iterator[Any]:
        after = ""
        while True:
            with self._system.store.reading() as tx:
                rows = snapshots.walk(tx, connection, object, after, GROUP)
            if not rows:
                return
            after = rows[-1].key
            yield from (row for row in rows if not row.deleted)

    def _codes_of(self, row: Any, some: Sequence[Use]) -> set[str]:
        if some[0].reads:
            words = load(row.fault)
            lacking = isinstance(words, Message) and words.id == "unmapped_code" and words.params
            return {str(lacking["value"])} if lacking and lacking["table"] == self.name else set()
        values = snapshots.data(row)
        return set().union(*(use.needed(values) for use in some if use.needed and values))

    # -- who it could be --------------------------------------------------------------------

    def _answered(
        self, asked: list[Asked], file: ValueFile, askers: Codes, answers: Codes
    ) -> list[Asked]:
        """The same with their partners: those of the table, else those that are alike."""
        map, sure = file.with_pairs(()), list[Pair]()
        for one in asked:
            one.name = askers.get(one.code, "")
            one.partner = (map.write if one.way == "write" else map.read)(one.code) or ""
            one.mapped = bool(one.partner)
        pairs = alike({one.code: one.name for one in asked if not one.mapped}, answers)
        for one in asked:
            if one.code in pairs:
                one.partner = pairs[one.code]
                sure.append(one)
                if self._shared(file, sure):
                    sure.pop()
                    one.partner = ""
            one.partner_name = answers.get(one.partner, "")
        return asked

    def _shared(self, file: ValueFile, pairs: Sequence[Pair]) -> bool:
        """A code of theirs would stand for two of ours, and reading could not tell which."""
        reads = any(used.use.reads for used in self._used)
        return reads and bool(file.with_pairs(pair.ordered() for pair in pairs).ambiguous)

    # -- deciding ---------------------------------------------------------------------------

    def write_proposed(self) -> Filling:
        """Write the pairs that are proposed into the site's file."""
        return self._write([one for one in self.look().open if one.partner])

    def write_decided(self, decided: Sequence[Decided]) -> Filling:
        """Write decided pairs, all of them or none. Raises ConfigError."""
        file, problems = self._file(), list[Problem]()
        fresh: dict[tuple[Way, str], Pair] = {}
        map = file.with_pairs(())
        for one in decided:
            known = (map.forward if one.way == "write" else map.inverse).get(one.code, "")
            if known == one.partner:
                continue
            before = fresh.get((one.way, one.code))
            words = self._against(one, known or (before.partner if before else ""))
            if words is None and self._shared(file, [*fresh.values(), one]):
                words = say("pair_shared", code=one.ordered()[1], table=self.name)
            if words is None:
                fresh[one.way, one.code] = one
            else:
                problems.append(Problem(one.place, words))
        if problems:
            raise ConfigError(problems)
        return self._write(list(fresh.values()))

    def _against(self, one: Decided, known: str) -> Message | None:
        """What is against a pair; `known` is the partner that its code has."""
        theirs = self._accepted.theirs
        if one.way == "write" and theirs is not None and one.partner not in theirs:
            return say("code_not_there", code=one.partner, connection=self.connection)
        if known not in ("", one.partner):
            return say("pair_there", code=one.code, partner=known)
        return None

    def _write(self, pairs: Sequence[Pair]) -> Filling:
        if pairs:
            self._file().add(pair.ordered() for pair in pairs)
        return self.look(len(pairs))
