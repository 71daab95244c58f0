"""What a connection to HubSpot can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connector.contract import Rate, Settings
from connector.messages import say


def _known_version(text: str) -> str:
    if not re.fullmatch(r"v3|20\d\d-\d\d", text):
        raise ValueError(say("hubspot_version"))
    return text


class HubSpotSettings(Settings):
    """One account, by a service key or the token of a private app. `timezone` is the account's: its
    day of calls ends at midnight there."""

    usual: ClassVar[Mapping[str, str]] = {"quota": "{day: 250000, keep: 20%}"}
    """Of the smallest editions; all apps of the account share it."""

    token: SecretStr
    """The service key or access token, `pat-…`."""
    base_url: str = "https://api.hubapi.com"
    """Address of the interface, the same for all accounts."""
    version: Annotated[str, AfterValidator(_known_version)] = "2026-09"
    """The version of the interface that is spoken, `2026-03`, `2026-09` and so on, or the undated
    `v3`. A dated one is supported for 18 months."""
    client_secret: SecretStr | None = None
    """The app's client secret, by which HubSpot signs webhooks; none: they are not taken."""
    webhook_url: str = ""
    """The address that HubSpot calls, as it stands there, with its query: it is signed, too."""
    page: int = Field(default=100, ge=1, le=100)
    """Records a page; HubSpot reads 100 by one call."""
    rate: Rate = "9/s"
    """Calls allowed. The smallest editions take 100 in ten seconds; the larger ones 190: `17/s`."""
    search_rate: Rate = "1/0.25s"
    """Searches allowed: HubSpot takes 5 a second."""
    bins: tuple[str, ...] = ("deals", "orders", "quotes")
    """Objects whose recycling bin is looked into every `reread` seconds, so that what was deleted
    is known soon: a call for each hundred records that lie there, of the last 90 days."""
    search_delay: float = Field(default=60.0, ge=0)
    """Seconds until searches see what was written. HubSpot names no figure."""

    @model_validator(mode="after")
    def _knows_its_webhook(self) -> Self:
        if self.client_secret is not None and not self.webhook_url:
            raise ValueError(say("hubspot_webhook_url"))
        return self
