"""Logging in: what is sent, and what comes of it. Pure; the client does the calling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.kingdee_galaxy import signing
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.errors import AccessDenied
from connector.messages import say

LOGGED_IN = (1, -5)
"""LoginResultType; -5 is what administrators may get, and is as good for an API client."""

_COOKIE = re.compile(r"(kdservice-sessionid|ASP\.NET_SessionId)=([^;,\s]+)")


@dataclass(frozen=True, slots=True)
class Session:
    """A session that the server gave us; empty: none yet, a signed call needs none."""

    id: str = ""
    cookie: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Session | None:
        """The session that an answer's cookies start."""
        cookies = dict(_COOKIE.findall(headers.get("Set-Cookie", "")))
        if "kdservice-sessionid" not in cookies:
            return None
        text = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return cls(cookies["kdservice-sessionid"], text)

    @property
    def headers(self) -> dict[str, str]:
        """How the server wants to be reminded of it."""
        return {"kdservice-sessionid": self.id, "Cookie": self.cookie} if self.id else {}


def credentials(settings: KingdeeGalaxySettings, timestamp: str) -> tuple[str, list[Any]]:
    """The method of the login and its parameters in their order."""
    who, lcid = (settings.acct_id, settings.user), settings.lcid
    if settings.auth == "password":
        return "ValidateUser", [*who, settings.password.get_secret_value(), lcid]
    secret, app = settings.app_secret.get_secret_value(), settings.app_id
    if settings.auth == "app_secret":
        return "LoginByAppSecret", [*who, app, secret, lcid]
    sign = signing.login_sign(*who, app, secret, timestamp, settings.sign_hash)
    return "LoginBySign", [*who, app, timestamp, sign, lcid]


def logged_in(body: Any, headers: Mapping[str, str]) -> tuple[Session, str]:
    """The session and the server's version. Raises AccessDenied with the server's words."""
    if not isinstance(body, dict) or body.get("LoginResultType") not in LOGGED_IN:
        text = str(body.get("Message") or "") if isinstance(body, dict) else ""
        raise AccessDenied(text or say("kingdee_not_let_in"), code="login")
    id = str(body.get("KDSVCSessionId") or "")
    session = Session.of(headers) or Session(id, f"kdservice-sessionid={id}")
    context = body.get("Context")
    told = context.get("DisplayVersion") if isinstance(context, dict) else ""
    return session, str(told or "")
