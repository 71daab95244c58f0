"""What a connection to Fxiaoke can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from connector.contract import Rate, Settings


class FxiaokeSettings(Settings):
    """A self-built app (自建应用) of one tenant, and the employee in whose name it acts."""

    usual: ClassVar[Mapping[str, str]] = {"quota": "{day: 100000, keep: 20%}"}
    """One pack of calls (开放平台调用包); a tenant may have bought several."""

    app_id: str
    """The app's id, `FSAID_…`."""
    app_secret: SecretStr
    """The app's secret."""
    permanent_code: SecretStr
    """The permanent authorisation code (永久授权码) that the tenant gave the app."""
    user_id: str
    """The acting employee: the employee id such as `1000` with `oauth`, `FSUID_…` with `corp`. A
    CRM administrator: what others may not see is missing without a word."""
    base_url: str = "https://open.fxiaoke.com"
    """Address of the tenant's cloud, `https://open-<login domain>` in general."""
    auth: Literal["oauth", "corp"] = "oauth"
    """The generation of tokens: `oauth` in headers, or the older `corp` in the body."""
    push_token: SecretStr | None = None
    """The token of the event callback (事件回调); with `push_key`. None: events are not taken."""
    push_key: SecretStr | None = None
    """The callback's key (EncodingAESKey) of 43 characters."""
    locked: Literal["unlock", "wait", "fail"] = "unlock"
    """What a write to a locked record does: unlock, write and lock again; wait until somebody
    unlocks it; or stop."""
    page: int = Field(default=100, ge=1, le=100)
    """Records a page; Fxiaoke allows 100."""
    rate: Rate = "9/2s"
    """Calls allowed. Fxiaoke takes 100 in 20 seconds for each endpoint: 9 at once and then 4.5 a
    second stay below that."""
    search_delay: float = Field(default=30.0, ge=0)
    """Seconds until queries see what was written. Fxiaoke names no figure."""
