"""Links: which record there is which record here.

A link is made in the direction of the flow that made it and found from either side. Several
source records may point to one target; exactly one of them *owns* it and is delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among
from connector.store.tables import links, snapshots


def _seen_from(here: str, there: str, source: str, target: str, *more: Any) -> Any:
    """Links as the side with the key `here` sees them."""
    return select(
        links.c[f"{here}_key"].label("here"),
        links.c[f"{there}_key"].label("there"),
        links.c.scope,
        links.c.part,
        links.c[f"{there}_number"].label("number"),
        links.c.line_keys,
        links.c.owns,
        links.c.origin,
        literal_column("1" if here == "source" else "0").label("mine"),
        *more,
    ).where(
        links.c.object == bindparam("what"),
        links.c.source == bindparam(source),
        links.c.target == bindparam(target),
        among(links.c[f"{here}_key"], "keys"),
    )


def _both_ways(*more: Any) -> tuple[Any, Any]:
    forward = _seen_from("source", "target", "from_", "to_", *more)
    backward = _seen_from("target", "source", "to_", "from_", *more).where(links.c.owns == 1)
    return forward, backward


def _with_snapshots() -> Any:
    """What is known of the counterparts beside their links."""
    shown = (snapshots.c.number.label("shown"), snapshots.c.usable, snapshots.c.deleted)
    sides = zip(("target", "source"), _both_ways(*shown, snapshots.c.data), strict=True)
    return union_all(
        *(
            statement.outerjoin_from(
                links,
                snapshots,
                (snapshots.c.connection == links.c[side])
                & (snapshots.c.object == links.c.object)
                & (snapshots.c.key == links.c[f"{side}_key"]),
            )
            for side, statement in sides
        )
    )


_FIND = Sql(union_all(*_both_ways()))
_COUNTERPARTS = Sql(_with_snapshots())


class Linked(NamedTuple):
    """A record's counterpart as one side sees it."""

    here: str
    there: str
    scope: str
    part: str
    number: str
    line_keys: str
    owns: int
    origin: str
    mine: int
    """1: made from this side; 0: by a flow that goes the other way."""

    @property
    def ours(self) -> bool:
        """The counterpart was made by us from this side, and so carries our reference."""
        return bool(self.mine) and self.origin in ("created", "adopted")


class Counterpart(NamedTuple):
    """The same with what that side was last seen to show; None where it was never captured."""

    here: str
    there: str
    scope: str
    part: str
    number: str
    line_keys: str
    owns: int
    origin: str
    mine: int
    shown: str | None
    """Its number."""
    usable: int | None
    deleted: int | None
    data: str | None


def itself(row: Any) -> Counterpart:
    """A snapshot as the counterpart of its own key: whoever names it names it there."""
    shown = (row.number, row.usable, row.deleted, row.data)
    return Counterpart(row.key, row.key, "", "", row.number, "", 1, "", 1, *shown)


def find(tx: Tx, object: str, source: str, target: str, keys: Sequence[str]) -> list[Linked]:
    """The counterparts in `target` of these records of `source`, whoever made the links."""
    rows = _FIND(tx, what=object, from_=source, to_=target, keys=list(keys))
    return [Linked._make(row) for row in rows]


def counterparts(
    tx: Tx, object: str, source: str, target: str, keys: Sequence[str]
) -> list[Counterpart]:
    """The same with what the target was last seen to show of them."""
    rows = _COUNTERPARTS(tx, what=object, from_=source, to_=target, keys=list(keys))
    return [Counterpart._make(row) for row in rows]


class Between(NamedTuple):
    """A link between two connections, as one of them sees it."""

    here: str
    here_number: str
    there: str
    number: str
    owns: int


def between(tx: Tx, object: str, source: str, target: str) -> list[Between]:
    """All links of an object between two connections, whoever made them."""
    rows = []
    for here, there, a, b in (("source", "target", source, target),
                              ("target", "source", target, source)):  # fmt: skip
        names = (f"{here}_key", f"{here}_number", f"{there}_key", f"{there}_number", "owns")
        query = select(*(links.c[name] for name in names)).where(
            links.c.object == object, links.c.source == a, links.c.target == b
        )
        rows += [Between._make(row) for row in tx.execute(query)]
    return rows


def save(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Make links, or change where they point to."""
    store.upsert(tx, links, rows)


def row(
    object: str,
    source: tuple[str, str, str],
    target: tuple[str, str, str],
    *,
    at: float,
    origin: str,
    scope: str = "",
    part: str = "",
    line_keys: str = "",
    owns: bool = True,
) -> Row:
    """A link's row; `source` and `target` are `(connection, key, number)`."""
    return {
        "object": object,
        "scope": scope,
        "source": source[0],
        "source_key": source[1],
        "source_number": source[2],
        "part": part,
        "target": target[0],
        "target_key": target[1],
        "target_number": target[2],
        "line_keys": line_keys,
        "owns": int(owns),
        "origin": origin,
        "at": at,
    }


def about(tx: Tx, object: str, connection: str, key: str) -> list[Any]:
    """Every link of a record, in either role."""
    return list(_ABOUT(tx, what=object, here=connection, this=key))


def _as(connection: str, key: str) -> Select[Any]:
    return select(links).where(
        links.c.object == bindparam("what"),
        links.c[connection] == bindparam("here"),
        links.c[key] == bindparam("this"),
    )


_ABOUT = Sql(_as("source", "source_key").union(_as("target", "target_key")))
"""Of both in turn, each by its own index."""


def numbered(tx: Tx, object: str, target: str, numbers: Sequence[str]) -> list[Any]:
    """The links of records that stand in the target under these numbers."""
    query = select(links).where(
        links.c.object == object, links.c.target == target, among(links.c.target_number, numbers)
    )
    return list(tx.execute(query))


def owner_of(tx: Tx, object: str, target: str, target_key: str) -> Any | None:
    """The link whose source owns this target record."""
    query = select(links).where(
        links.c.object == object,
        links.c.target == target,
        links.c.target_key == target_key,
        links.c.owns == 1,
    )
    return tx.execute(query).first()


def disown(tx: Tx, object: str, target: str, target_key: str) -> None:
    """Nobody owns this target record for now: its owner is gone."""
    query = update(links).where(
        links.c.object == object, links.c.target == target, links.c.target_key == target_key
    )
    tx.execute(query.values(owns=0))


def remove(tx: Tx, object: str, source: str, source_key: str, target: str) -> int:
    """Forget that a record has a counterpart, whichever way it was made; how many links went."""
    made_here = (links.c.source == source, links.c.source_key == source_key)
    made_there = (links.c.target == source, links.c.target_key == source_key)
    gone = tx.execute(
        delete(links).where(
            links.c.object == object,
            or_(
                and_(*made_here, links.c.target == target),
                and_(*made_there, links.c.source == target),
            ),
        )
    )
    return int(gone.rowcount)


def pair_rows(
    tx: Tx, object: str, source: str, source_key: str, target: str, line_keys: str
) -> None:
    """Which rows of its counterpart stand for which lines of a record, as JSON."""
    tx.execute(
        update(links)
        .where(
            links.c.object == object,
            links.c.source == source,
            links.c.source_key == source_key,
            links.c.target == target,
        )
        .values(line_keys=line_keys)
    )
