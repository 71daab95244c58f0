"""Who can log in to the console, and the secrets that stand for them for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql
from connector.store.tables import accounts, tokens


def account(tx: Tx, login: str, *, lock: bool = False) -> Any | None:
    """An account; locked, nobody else tries its password meanwhile."""
    return (_ACCOUNT_LOCKED if lock else _ACCOUNT).first(tx, login=login)


_OF_LOGIN = select(accounts).where(accounts.c.login == bindparam("login"))
_ACCOUNT, _ACCOUNT_LOCKED = Sql(_OF_LOGIN), Sql(_OF_LOGIN.with_for_update())


def every(tx: Tx) -> list[Any]:
    """All accounts, by login."""
    return list(tx.execute(select(accounts).order_by(accounts.c.login)))


def save(store: Store, tx: Tx, row: Row) -> None:
    """Make an account, or set columns of one."""
    store.upsert(tx, accounts, [row])


def remove(tx: Tx, login: str) -> bool:
    """An account and everything that stands for it; whether there was one."""
    end(tx, login)
    done = tx.execute(delete(accounts).where(accounts.c.login == login))
    return bool(done.rowcount)


def add_token(tx: Tx, row: Row) -> None:
    """A secret stands for a login from now on."""
    tx.execute(insert(tokens), [row])


def token(tx: Tx, digest: str, kind: str, *, lock: bool = False) -> Any | None:
    """One that was given out, whether it is over or not; locked, it is used by nobody else."""
    return (_TOKEN_LOCKED if lock else _TOKEN).first(tx, digest=digest, kind=kind)


_OF_DIGEST = select(tokens).where(
    tokens.c.digest == bindparam("digest"), tokens.c.kind == bindparam("kind")
)
_TOKEN, _TOKEN_LOCKED = Sql(_OF_DIGEST), Sql(_OF_DIGEST.with_for_update())


def tokens_of(tx: Tx, now: float, kinds: Sequence[str], login: str = "") -> list[Any]:
    """Those that are not over, newest first; of everybody, or of one."""
    query = select(tokens).where(tokens.c.kind.in_(kinds), tokens.c.until > now)
    if login:
        query = query.where(tokens.c.login == login)
    return list(tx.execute(query.order_by(tokens.c.at.desc(), tokens.c.digest)))


def seen(tx: Tx, digest: str, now: float) -> None:
    """It was used just now."""
    tx.execute(update(tokens).where(tokens.c.digest == digest).values(seen_at=now))


def end(tx: Tx, login: str, kinds: Sequence[str] = (), digest: str = "") -> int:
    """End what stands for a login: all of it, some kinds, or one; returns how many."""
    query = delete(tokens).where(tokens.c.login == login)
    if kinds:
        query = query.where(tokens.c.kind.in_(kinds))
    if digest:
        query = query.where(tokens.c.digest == digest)
    return int(tx.execute(query).rowcount)


def prune(tx: Tx, now: float) -> None:
    """Drop what is over."""
    tx.execute(delete(tokens).where(tokens.c.until < now))


def count(tx: Tx) -> int:
    """How many accounts there are."""
    return int(tx.execute(select(func.count()).select_from(accounts)).scalar_one())
