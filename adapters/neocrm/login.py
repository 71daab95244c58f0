"""Tokens by password grant: the password with the security token right behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from adapters.neocrm.answers import token_error_of
from adapters.neocrm.settings import NeocrmSettings
from connector.contract import Http

LIFE = 7200
"""Seconds a token lives where its answer does not say."""
SPARE, LEAST = 600, 60
"""Seconds of a token's life that are left to calls under way, and that it is used at least."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it leads."""

    text: str
    tenant: str
    """Empty where the answer does not say."""
    address: str
    """The tenant's own, where the answer names it."""
    until: datetime


def log_in(settings: NeocrmSettings, http: Http) -> Token:
    """A new token. Raises AccessDenied."""
    url = urlsplit(settings.login_url)
    answer = http.send(
        "POST",
        url.path,
        data=urlencode(_credentials(settings)).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        at=f"{url.scheme}://{url.netloc}",
    ).json()
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not text:
        raise token_error_of(answer)
    lasts = timedelta(seconds=max(_seconds(answer.get("expires_in")) - SPARE, LEAST))
    tenant, address = answer.get("tenant_id"), answer.get("instance_uri")
    return Token(str(text), str(tenant or ""), str(address or ""), http.now() + lasts)


def _credentials(settings: NeocrmSettings) -> dict[str, str]:
    password, token = settings.password, settings.security_token
    named = {
        "grant_type": "password",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.get_secret_value(),
        "username": settings.username,
        "password": password.get_secret_value() + token.get_secret_value(),
    }
    return {**named, "redirect_uri": settings.redirect_uri} if settings.redirect_uri else named


def _seconds(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 9 else LIFE
