"""Tokens of one connection: how they are got, and kept.

An application of the enterprise's own is pushed a ticket every ten minutes, and changes it into a
token that lasts for days. The newest ticket stands in a file, whoever has received it; where there
is none, another one is asked for. A software vendor's application has a user's grant. Whoever
renews that gets a new token *and* a new means to renew it, while the old ones end at once; so they
stand in a file, which is written before they are used, by one process at a time.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.clock import Clock
from connector.errors import AccessDenied, AdapterError, Transient, Unreachable
from connector.kit.shared import Shared
from connector.messages import say

Ask = Callable[[str, str, Any], Any]
"""Sends `(method, path, body)` without a token; what it says. Raises what it refuses."""

GENERATE = "/v1/common/auth/selfBuiltApp/generateToken"
RESEND = "/auth/appTicket/resend"
REFRESH = "/auth/v2/refreshToken?grantType=refresh_token&refreshToken="
SPARE = timedelta(hours=1)
"""Of a token's life that is left to calls under way."""
LIFE = timedelta(days=6).total_seconds()
TRIES, STALE = 50, 180.0
"""How often somebody else's lock is waited for, and after how many seconds nobody holds it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how long it is used."""

    text: str
    until: datetime


class Tokens:
    """The token of one connection. Safe for several threads."""

    def __init__(
        self, settings: ChanjetTPlusSettings, ask: Ask, now: Callable[[], datetime], clock: Clock
    ) -> None:
        """`now` is the platform's time."""
        self._settings = settings
        self._ask = ask
        self._now = now
        self._clock = clock
        self._dead = ""
        make = self._by_ticket if settings.auth == "self_built" else self._by_grant
        self._shared = Shared(make, lambda token: now() < token.until)

    def get(self, lost: Token | None = None) -> Token:
        """The one in use; another one if that is worn out, or the very one that was `lost`."""
        if lost is not None:
            self._dead = lost.text
        return self._shared.get(lost)

    @property
    def held(self) -> bool:
        """There is one."""
        return self._shared.held is not None

    # -- an application of the enterprise's own ---------------------------------------------

    def keep(self, ticket: str) -> None:
        """The newest ticket, for us and for other processes."""
        file = self._settings.ticket_file
        with _kept_in(file):
            _put(file, ticket)

    def _by_ticket(self) -> Token:
        try:
            ticket = self._settings.ticket_file.read_text("utf-8").strip()
        except OSError:
            ticket = ""
        if not ticket:
            self._wish_for_ticket()
            raise AccessDenied(say("tplus_no_ticket", file=str(self._settings.ticket_file)))
        certificate = self._settings.certificate.get_secret_value()
        body = {"appTicket": ticket, "certificate": certificate}
        try:
            said = self._ask("POST", GENERATE, body)
        except AccessDenied:
            self._wish_for_ticket()
            raise
        value = said.get("value") if isinstance(said, dict) else None
        return self._token(value, "accessToken", "expiresIn")

    def _wish_for_ticket(self) -> None:
        """Have another one pushed; it is there before we come again."""
        with suppress(AdapterError):
            self._ask("POST", RESEND, {})

    # -- a user's grant ---------------------------------------------------------------------

    def _by_grant(self) -> Token:
        file = self._settings.token_file
        with _kept_in(file), _alone(file, self._clock):
            kept = _kept(file)
            token = self._token(kept, "access_token", "expires_in") if "kept_at" in kept else None
            if token is None or token.text == self._dead or self._now() >= token.until:
                kept = self._renewed(file, kept)
            return self._token(kept, "access_token", "expires_in")

    def _renewed(self, file: Path, kept: Mapping[str, Any]) -> Mapping[str, Any]:
        """The grant's new tokens, which are kept before anything is done with them."""
        _place(file)  # before the old ones end, so that the new ones find room
        said = self._ask("GET", REFRESH + quote(str(kept["refresh_token"]), safe=""), None)
        if not isinstance(said, dict) or "refresh_token" not in said:
            raise Transient(say("tplus_unrecognised"))
        made = {**said, "kept_at": self._now().isoformat()}
        _put(file, json.dumps(made))
        return made

    def _token(self, value: Any, name: str, life: str) -> Token:
        """Raises AccessDenied where it is not for our enterprise."""
        try:
            text, left = str(value[name]), timedelta(seconds=float(value.get(life) or LIFE))
            since = value.get("kept_at")
            begun = datetime.fromisoformat(since) if since else self._now()
            until = begun + left - min(SPARE, left / 2)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise Transient(say("tplus_unrecognised")) from None
        org = str(value.get("orgId") or value.get("org_id") or _org_in(text))
        if org not in ("", self._settings.org_id):
            raise AccessDenied(say("tplus_other_org", org=org))
        return Token(text, until)


def _org_in(token: str) -> str:
    """The enterprise that a token names, if it does."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims["orgId"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return ""


def _kept(file: Path) -> Mapping[str, Any]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        kept = None
    if not isinstance(kept, dict) or not kept.get("refresh_token"):
        raise AccessDenied(say("tplus_no_grant", file=str(file)))
    return kept


def _place(file: Path) -> Path:
    """Where what is to stand in a file is written first, for nobody else to read."""
    made = file.with_name(f"{file.name}.new")
    made.touch(mode=0o600)
    made.write_text("")
    return made


def _put(file: Path, text: str) -> None:
    """Whoever reads the file finds the old text or the new one."""
    made = _place(file)
    made.write_text(text, "utf-8")
    made.replace(file)


@contextmanager
def _kept_in(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreachable(say("tplus_not_kept", file=str(file), why=str(error))) from None


@contextmanager
def _alone(file: Path, clock: Clock) -> Iterator[None]:
    """No other process is at this file."""
    lock = file.with_name(f"{file.name}.lock")
    for _ in range(TRIES):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            with suppress(OSError):
                if clock.now().timestamp() - lock.stat().st_mtime > STALE:
                    lock.unlink()
            clock.sleep(0.2)
    else:
        raise Unreachable(say("tplus_locked", file=str(lock)))
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
