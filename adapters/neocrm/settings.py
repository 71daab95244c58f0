"""What a connection to Neocrm can be told."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from connector.contract import Rate, Settings


class NeocrmSettings(Settings):
    """A connected app (远程应用) of one tenant, and the user in whose name it acts."""

    asked: ClassVar[tuple[str, ...]] = ("base_url", "login_url")

    client_id: str
    """The app's id."""
    client_secret: SecretStr
    """The app's secret."""
    username: str
    """The acting user's login name."""
    password: SecretStr
    """Their password."""
    security_token: SecretStr
    """Their security token of eight characters (安全令牌): it is sent right behind the password."""
    base_url: str = "https://api.xiaoshouyi.com"
    """Address of the interface; tenants live on pods: `https://api-p10.xiaoshouyi.com`. A token
    that names the tenant's own address is believed."""
    login_url: str = "https://login.xiaoshouyi.com/auc/oauth2/token"
    """Where tokens are given out: `https://login-p10.xiaoshouyi.com/auc/oauth2/token`; older
    tenants: `https://api.xiaoshouyi.com/oauth2/token.action`."""
    redirect_uri: str = ""
    """The app's callback address, where the tenant wants it sent along."""
    query: Literal["xoql", "plain"] = "xoql"
    """How records are asked for: by XOQL, or by the older interface with 100 records a page."""
    order_as: str = "_order"
    """How queries call the object `order`, which is a word of the language."""
    quotes: Literal["refuse", "double", "backslash"] = "refuse"
    """How a quote is written inside a text that is searched for. Nobody tells: such a text is
    refused, unless a trial has shown how it is done."""
    see_all: bool = False
    """Ask as an administrator (`xsy-criteria: 10`), whatever the user may see."""
    page: int = Field(default=1000, ge=1, le=3000)
    """Records a page; XOQL gives 3,000 at most."""
    batch: int = Field(default=100, ge=1, le=5000)
    """Records that are written by one call. Neocrm names no figure."""
    rate: Rate = "5/s"
    """Calls allowed. Neocrm names no figure, and refuses what is too much by code 1020025."""
    passing_codes: tuple[str, ...] = ()
    """Codes of refusals that were seen to pass by themselves (busy, timeout): tried again, a write
    after it was looked up. Neocrm names none."""
    search_delay: float = Field(default=30.0, ge=0)
    """Seconds until queries see what was written. Neocrm names no figure."""
