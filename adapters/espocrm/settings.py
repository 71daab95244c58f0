"""What a connection to EspoCRM can be told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from connector.contract import Settings


class EspoCrmSettings(Settings):
    """An API user of one instance, with a role that sees all records."""

    base_url: str
    """Address of the instance, as people open it in their browser."""
    api_key: SecretStr
    """The API user's key."""
    secret_key: SecretStr | None = None
    """The API user's secret where their authentication method is HMAC; none: the key alone."""
    digest: Literal["hex", "raw"] = "hex"
    """How signatures by HMAC are written: `hex` since EspoCRM 8.4.1, `raw` before."""
    webhooks: dict[str, SecretStr] = {}
    """Of each webhook that is to be heard its id and the secret that EspoCRM gave it."""
    page: int = Field(default=200, ge=1)
    """Records a page; EspoCRM allows 200 unless its configuration says otherwise."""
    aliases: bool = False
    """Ask by `whereGroup` and `attributeSelect`, where a firewall refuses `where` and `select`;
    EspoCRM knows them since 9.0."""
