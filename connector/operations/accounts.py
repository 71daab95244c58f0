"""Accounts: who can log in to the console, by a password and by secrets that stand for it a while.

Who people are and what they may do stands in the configuration, under `people`; an account adds
a password to one of their logins. A secret (an invitation, a session, a program's) is known to
whoever it was given to: what is stored is its digest.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import Message, say
from connector.rights import ROLES, role
from connector.settings import Config
from connector.store import accounts as store
from connector.store import journal
from connector.store.engine import Tx

INVITATION, SESSION, PROGRAM = "invitation", "session", "program"
INVITED = 24 * 3600.0
"""Seconds for which an invitation can be used."""
SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
GUESSES = 10**10
"""Tries that a password should withstand of whoever has its hash."""
LOOKED_AT = 72
"""Characters of a password that are held against those."""
PLAIN = ("connector", "console", "连接器", "admin", "administrator", "operator", "viewer")
"""Words that stand in nobody's password for much, besides those of the configuration."""
TRIES = 5
"""Wrong passwords after which an account rests, longer each time."""
REST, LONGEST_REST = 60.0, 900.0
NOTED = 60.0
"""Seconds within which it is not noted again that a session is used."""
MARK = "cn_"
"""How a program's secret begins, so that one that got out is found."""

_HASHER = PasswordHasher()
"""Its usual costs are those that are advised."""
_AT_ONCE = threading.Semaphore(2)
"""Passwords that are looked at side by side: each takes half a second and 64 MiB."""


class NotLetIn(ConnectorError):
    """A password, an invitation or a secret that does not do."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whoever comes with a secret."""

    login: str
    role: str
    """The most that this secret lets them do; empty: what the login may."""
    language: str
    """In which they want to be spoken to; empty: as the configuration says."""


@dataclass(frozen=True, slots=True)
class Account:
    """A login, and what stands for it now."""

    login: str
    person: str
    """Whose it is under `people`; empty: nobody's there."""
    role: str
    has_password: bool
    since: float | None
    sessions: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that was given out; the secret itself is not known any more."""

    id: str
    kind: str
    name: str
    role: str
    at: float
    seen_at: float | None
    until: float


class Accounts:
    """The accounts of one configuration."""

    def __init__(self, system: System, config: Config) -> None:
        self._store = system.store
        self._people = config.people
        adapters = (str(one.get("adapter", "")) for one in config.connections.values())
        self._plain = (*PLAIN, *config.connections, *adapters)
        self._settings = config.console

    # -- coming in --------------------------------------------------------------------------

    def invite(self, login: str, who: str) -> str:
        """A secret with which a login gets a password, once, within a day. Raises NotLetIn for
        one that nobody has."""
        if not login or not role(self._people, login):
            known = ", ".join(self._logins())
            raise NotLetIn(say("no_such_login", login=login, known=known))
        with self._store.transaction() as tx:
            store.end(tx, login, (INVITATION,))
            secret = self._token(tx, INVITATION, login, INVITED)
            journal.log_audit(tx, self._store.now(tx), who, "user_invited", {"login": login})
        return secret

    def invited(self, secret: str) -> str:
        """The login that an invitation is for; nothing is changed by looking. Raises NotLetIn."""
        with self._store.reading() as tx:
            return str(self._open(tx, secret, INVITATION).login)

    def welcome(self, secret: str, password: str) -> str:
        """Set the password that an invitation is for; the login. The invitation is used up, and
        whoever was logged in by the old password is so no more. Raises NotLetIn."""
        login = self.invited(secret)
        self._must_do(password, login)
        made = _hashed(password)
        with self._store.transaction() as tx:
            self._open(tx, secret, INVITATION, lock=True)
            now = self._store.now(tx)
            store.end(tx, login, (INVITATION, SESSION))
            row = {"login": login, "password": made, "at": now, "failed": 0, "closed_until": None}
            store.save(self._store, tx, row)
            journal.log_audit(tx, now, login, "password_set", {"login": login})
        return login

    def log_in(self, login: str, password: str, name: str = "") -> str:
        """A session's secret for whoever knows the password; `name` is their browser's. Raises
        NotLetIn, in the same words whether there is such an account or not."""
        with self._store.reading() as tx:
            row = store.account(tx, login)
            closed = row is not None and (row.closed_until or 0) > self._store.now(tx)
        right = _is(row.password if row else _nobodys(), password) and row is not None
        allowed = right and not closed and bool(role(self._people, login))
        made = _hashed(password) if allowed and row and _is_old(row.password) else ""
        with self._store.transaction() as tx:
            now, known = self._store.now(tx), store.account(tx, login, lock=True)
            if not allowed or known is None or known.password != (row and row.password):
                if known is not None and not closed:
                    self._failed(tx, login, now)
                journal.log_audit(tx, now, login[:200], "login_refused", {"login": login[:200]})
                secret = ""
            else:
                fresh = {"password": made} if made else {}
                store.save(
                    self._store, tx, {"login": login, "failed": 0, "closed_until": None, **fresh}
                )
                secret = self._token(tx, SESSION, login, self._settings.longest, name)
                store.prune(tx, now)
                journal.log_audit(tx, now, login, "login", {"login": login})
        if not secret:
            raise NotLetIn(say("login_closed" if closed and right else "login_wrong"))
        return secret

    def session(self, secret: str) -> Session | None:
        """Who comes with a session's secret; None: it is over, or never was."""
        return self._who(secret, SESSION, self._settings.idle)

    def program(self, secret: str) -> Session | None:
        """Who comes with a program's secret; None: it is over, or never was."""
        return self._who(secret, PROGRAM, inf)

    def _who(self, secret: str, kind: str, idle: float) -> Session | None:
        with self._store.reading() as tx:
            found, now = store.token(tx, _digest(secret), kind), self._store.now(tx)
            if found is None or found.until <= now or not role(self._people, found.login):
                return None
            language = self._language(tx, found.login)
        unseen = now - (found.seen_at or found.at)
        if unseen > idle:
            return None
        if unseen > NOTED:
            with self._store.transaction() as tx:
                store.seen(tx, found.digest, now)
        return Session(found.login, found.role, language)

    def log_out(self, secret: str) -> None:
        """A session is over."""
        with self._store.transaction() as tx:
            found = store.token(tx, _digest(secret), SESSION)
            if found is not None:
                store.end(tx, found.login, digest=found.digest)
                about = {"login": found.login}
                journal.log_audit(tx, self._store.now(tx), found.login, "logout", about)

    # -- what people do about their own -----------------------------------------------------

    def speak(self, login: str, language: str) -> None:
        """In which language pages speak to somebody from now on."""
        with self._store.transaction() as tx:
            if store.account(tx, login) is not None:
                store.save(self._store, tx, {"login": login, "language": language})

    def change_password(self, login: str, old: str, new: str, name: str = "") -> str:
        """Another password, by whoever knows the old one; all sessions end, and the secret of a
        new one is returned. Raises NotLetIn."""
        self._must_do(new, login)
        self.log_in(login, old)  # counts wrong ones, too
        made = _hashed(new)
        with self._store.transaction() as tx:
            now = self._store.now(tx)
            store.end(tx, login, (SESSION,))
            store.save(self._store, tx, {"login": login, "password": made, "at": now})
            journal.log_audit(tx, now, login, "password_set", {"login": login})
            return self._token(tx, SESSION, login, self._settings.longest, name)

    def own(self, login: str) -> tuple[Token, ...]:
        """The sessions in which somebody is logged in, newest first."""
        with self._store.reading() as tx:
            found = store.tokens_of(tx, self._store.now(tx), (SESSION,), login)
        return tuple(map(_told, found))

    def end_others(self, login: str, password: str, name: str = "") -> str:
        """All sessions of whoever knows the password end; the secret of a new one. Raises
        NotLetIn."""
        self.log_in(login, password)
        with self._store.transaction() as tx:
            store.end(tx, login, (SESSION,))
            about = {"login": login}
            journal.log_audit(tx, self._store.now(tx), login, "sessions_ended", about)
            return self._token(tx, SESSION, login, self._settings.longest, name)

    def make_token(self, login: str, name: str, most: str, days: int, who: str) -> str:
        """A secret for a program that works in a login's name; `most`: the role that it has at
        most. It is shown this once. Raises NotLetIn."""
        if not role(self._people, login) or most not in ROLES or not name or not 0 < days <= 366:
            raise NotLetIn(say("token_wrong", roles=", ".join(ROLES)))
        with self._store.transaction() as tx:
            secret = self._token(tx, PROGRAM, login, days * 86_400.0, name, most)
            about = {"login": login, "name": name, "role": most, "days": days}
            journal.log_audit(tx, self._store.now(tx), who, "token_made", about)
        return secret

    def end(self, login: str, id: str, who: str) -> int:
        """End one secret of a login, or with no `id` all its sessions; how many."""
        with self._store.transaction() as tx:
            kinds = (SESSION, PROGRAM) if id else (SESSION,)
            ended = store.end(tx, login, kinds, id)
            journal.log_audit(tx, self._store.now(tx), who, "sessions_ended", {"login": login})
        return ended

    def remove(self, login: str, who: str) -> bool:
        """Take a login's password and everything that stands for it away; whether there was
        any."""
        with self._store.transaction() as tx:
            gone = store.remove(tx, login)
            journal.log_audit(tx, self._store.now(tx), who, "user_removed", {"login": login})
        return gone

    def any(self) -> bool:
        """Somebody can log in."""
        with self._store.reading() as tx:
            return store.count(tx) > 0

    def is_invited(self, login: str) -> bool:
        """A login has an invitation that is still good."""
        with self._store.reading() as tx:
            return bool(store.tokens_of(tx, self._store.now(tx), (INVITATION,), login))

    def listing(self) -> list[Account]:
        """Every login of the configuration, and every account."""
        with self._store.reading() as tx:
            now = self._store.now(tx)
            known = {row.login: row for row in store.every(tx)}
            tokens = store.tokens_of(tx, now, (SESSION, PROGRAM))
        logins = [*self._logins(), *known]
        return [
            Account(
                login,
                self._person(login),
                role(self._people, login),
                login in known,
                known[login].at if login in known else None,
                tuple(_told(one) for one in tokens if one.login == login),
            )
            for login in dict.fromkeys(logins)
        ]

    # -- parts ------------------------------------------------------------------------------

    def _must_do(self, password: str, login: str) -> None:
        """Raises NotLetIn for a password that does not."""
        person = self._person(login)
        words = weakness(password, (login, *person.split(), *self._plain))
        if words is not None:
            raise NotLetIn(words)

    def _logins(self) -> list[str]:
        return sorted({login for one in self._people.values() for login in one.logins})

    def _person(self, login: str) -> str:
        mine = (one.name or name for name, one in self._people.items() if login in one.logins)
        return next(mine, "")

    def _language(self, tx: Tx, login: str) -> str:
        row = store.account(tx, login)
        own = (one.language for one in self._people.values() if login in one.logins)
        return (row.language if row else "") or next(own, "")

    def _token(
        self, tx: Tx, kind: str, login: str, seconds: float, name: str = "", most: str = ""
    ) -> str:
        secret = (MARK if kind == PROGRAM else "") + secrets.token_urlsafe(32)
        now = self._store.now(tx)
        row = {"digest": _digest(secret), "kind": kind, "login": login, "name": name[:200]}
        store.add_token(tx, {**row, "role": most, "at": now, "until": now + seconds})
        return secret

    def _open(self, tx: Tx, secret: str, kind: str, *, lock: bool = False) -> Any:
        found = store.token(tx, _digest(secret), kind, lock=lock)
        if found is None or found.until <= self._store.now(tx):
            raise NotLetIn(say("invitation_over"))
        return found

    def _failed(self, tx: Tx, login: str, now: float) -> None:
        row = store.account(tx, login, lock=True)
        failed = (row.failed if row else 0) + 1
        over = failed - TRIES
        rest = min(REST * 2.0 ** min(over, 10), LONGEST_REST) if over >= 0 else 0.0
        closed = now + rest if rest else None
        store.save(self._store, tx, {"login": login, "failed": failed, "closed_until": closed})


def weakness(password: str, plain: Sequence[str]) -> Message | None:
    """Why a password does not do; None: it does. What it is held against, besides `plain`, are the
    passwords that people choose most, common words and names, dates, and rows of keys."""
    from zxcvbn import zxcvbn

    if not SHORTEST <= len(password) <= LONGEST:
        return say("password_length", least=SHORTEST, most=LONGEST)
    known = [one for one in plain if len(one) > 1]
    guesses = zxcvbn(password[:LOOKED_AT], user_inputs=known)["guesses"]
    return say("password_plain") if guesses < GUESSES else None


def _told(row: Any) -> Token:
    names: Sequence[str] = ("kind", "name", "role", "at", "seen_at", "until")
    return Token(row.digest, *(getattr(row, name) for name in names))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _hashed(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(password)


def _is_old(known: str) -> bool:
    """It was made when hashing cost less than is advised now."""
    return _HASHER.check_needs_rehash(known)


@cache
def _nobodys() -> str:
    """What is looked at where there is no such account, so that nobody sees that by the clock."""
    return _hashed(secrets.token_urlsafe())


def _is(known: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _HASHER.verify(known, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
