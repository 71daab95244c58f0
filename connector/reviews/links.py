"""Links with which a message can be answered: signed, for one person, one department and one
review, for some days. A link shows; only what is sent from its page answers, once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import say
from connector.reviews.board import Board, Review
from connector.store import facts
from connector.store.engine import Tx

SECRET = "link secret"  # noqa: S105 - where it is kept
PATH = "/review/"


class BadLink(ConnectorError):
    """A link that was changed, is over, or never was one of ours."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says."""

    review: int
    department: str
    person: str
    until: float


def made(
    system: System, tx: Tx, board: Board, review: int, department: str, person: str, kind: Review
) -> str:
    """A link for somebody; empty where nobody could follow it."""
    url = board.book.messages.url
    if not url:
        return ""
    until = system.store.now(tx) + kind.settings.expires
    secret = facts.first(system.store, tx, SECRET, secrets.token_urlsafe(32))
    token = _signer(secret).dumps([review, department, person, until])
    return f"{url.rstrip('/')}{PATH}{token}"


def read(system: System, tx: Tx, token: str) -> Link:
    """What it says. Raises BadLink."""
    secret = facts.noted(tx, SECRET)
    if not secret:
        raise BadLink(say("link_bad"))
    try:
        link = Link(*_signer(secret).loads(token))
    except (BadSignature, TypeError, ValueError):
        raise BadLink(say("link_bad")) from None
    if link.until < system.store.now(tx):
        raise BadLink(say("link_over"))
    return link


def _signer(secret: str) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt="review", signer_kwargs=how)
