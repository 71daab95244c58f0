"""What is being read now, as conditions on stamp columns: a window of moments, or of versions.

A version only grows, but says nothing of time; what was committed late has a lower one than what
was seen already. Where the database tells the lowest version that may still be uncommitted, a
reading ends before it, and nothing comes late. Elsewhere it begins again at a version that was
the newest a whole `lookback` ago; until there is such a one, at the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_

from adapters.sql.codec import Codec
from adapters.sql.settings import SqlSettings
from adapters.sql.tables import Form
from connector.kit.window import AHEAD, Window

ROWVERSION = 8
"""Bytes of a row version that is no number."""
MARKS = 8
"""Readings that a cursor of versions remembers at most; with fewer it begins further back."""
EPOCH = {"epoch": 1, "epoch_ms": 1000}
"""Units in a second, by the kind of stamp."""


class Span(Protocol):
    """One reading of what changed."""

    @property
    def after(self) -> str:
        """The last key that was read in it."""

    @property
    def everything(self) -> bool:
        """It has no beginning: also what carries no stamp belongs to it."""

    def within(self, form: Form) -> ColumnElement[bool]:
        """Stamped inside it. Not for one that is everything."""

    def is_old(self, form: Form, stamps: Iterable[Any]) -> bool:
        """All of these lie before what the last reading left out."""

    def at(self, after: str) -> str:
        """The cursor that resumes in it behind `after`."""

    def done(self) -> str:
        """The cursor when all of it was read."""


class Moments:
    """A window of time, see `connector.kit.window`."""

    def __init__(self, window: Window, settings: SqlSettings, codec: Codec) -> None:
        self._window = window
        self._settings = settings
        self._codec = codec
        self._fresh: dict[str, list[Any]] = {}
        """Where the last window ended, as the stamps of each form hold it."""
        self.after = window.after
        self.everything = window.start is None

    def within(self, form: Form) -> ColumnElement[bool]:
        start, end = self._window.start, self._window.end
        assert start is not None
        return or_(
            *(
                and_(
                    form.column(name) >= self._bound(form, name, start),
                    form.column(name) < self._bound(form, name, end, past=True),
                )
                for name in form.settings.stamp
            )
        )

    def is_old(self, form: Form, stamps: Iterable[Any]) -> bool:
        fresh = self._window.fresh
        if fresh is None:
            return False
        if form.name not in self._fresh:
            names = form.settings.stamp
            self._fresh[form.name] = [self._bound(form, name, fresh) for name in names]
        pairs = zip(stamps, self._fresh[form.name], strict=True)
        return all(stamp is None or stamp < bound for stamp, bound in pairs)

    def at(self, after: str) -> str:
        return self._window.at(after)

    def done(self) -> str:
        return self._window.done()

    def _bound(self, form: Form, name: str, moment: datetime, *, past: bool = False) -> Any:
        """A moment as the column holds it. A date belongs to a window whole."""
        settings, kind = form.settings, form.kinds[name]
        if settings.kind in EPOCH:
            return int(moment.timestamp() * EPOCH[settings.kind])
        zone = ZoneInfo(settings.timezone or self._settings.timezone)
        local = self._codec.local(kind, moment, zone)
        made: date = local
        if kind == "date":
            made = local.date() + timedelta(days=past)
        return self._codec.write(name, kind, None, made)


class Versions:
    """A window of versions."""

    def __init__(
        self, cursor: str | None, now: datetime, newest: int, *, lookback: float, exact: bool
    ) -> None:
        """Go on where `cursor` says: inside its window, or with the next one up to `newest`.

        `exact`: nothing up to there can come late. A version or a time that lies behind the
        cursor's own is that of a database that was put back: everything is read again.
        """
        state = json.loads(cursor) if cursor else {}
        told: list[tuple[str, int]] = state.get("marks", [])
        marks = [(datetime.fromisoformat(at), version) for at, version in told]
        if marks and (marks[-1][0] > now + AHEAD or marks[-1][1] > newest):
            state, marks = {}, []
        self._marks = marks
        self._fresh = marks[-1][1] if marks else None
        self._lookback = timedelta(seconds=0 if exact else lookback)
        self._start = self._begun()
        at, self._end = state.get("to", (now.isoformat(), newest))
        self._at = datetime.fromisoformat(at)
        self.after: str = state.get("after", "")
        self.everything = self._start is None

    def _begun(self) -> int | None:
        """The version behind which it begins: the newest one a lookback before the last reading."""
        if self._marks and self._marks[0][0] <= self._marks[-1][0] - self._lookback:
            return self._marks[0][1]
        return None

    def within(self, form: Form) -> ColumnElement[bool]:
        (name,), start = form.settings.stamp, self._start
        assert start is not None
        column = form.column(name)
        return and_(column > _as_held(form, name, start), column <= _as_held(form, name, self._end))

    def is_old(self, form: Form, stamps: Iterable[Any]) -> bool:
        fresh = self._fresh
        return fresh is not None and all(s is None or number_of(s) <= fresh for s in stamps)

    def at(self, after: str) -> str:
        to = (self._at.isoformat(), self._end)
        return json.dumps({"marks": _told(self._marks), "to": to, "after": after})

    def done(self) -> str:
        marks = [*self._marks, (self._at, self._end)]
        while len(marks) > 1 and marks[1][0] <= self._at - self._lookback:
            del marks[0]
        if len(marks) > MARKS:
            del marks[1:-1:2]
        return json.dumps({"marks": _told(marks)})


def number_of(version: Any) -> int:
    """A version as a number, from whatever the driver makes of it."""
    return int.from_bytes(version) if isinstance(version, bytes) else int(version)


def _as_held(form: Form, name: str, version: int) -> Any:
    return version.to_bytes(ROWVERSION) if form.kinds[name] == "binary" else version


def _told(marks: Iterable[tuple[datetime, int]]) -> list[tuple[str, int]]:
    return [(at.isoformat(), version) for at, version in marks]
