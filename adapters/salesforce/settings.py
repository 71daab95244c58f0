"""What a connection to Salesforce can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from adapters.salesforce.signing import check_key
from connector.contract import Settings
from connector.messages import say


class SalesforceSettings(Settings):
    """A connected app (or external client app) of one org, and the user in whose name it acts."""

    asked: ClassVar[tuple[str, ...]] = ("base_url", "consumer_secret")
    usual: ClassVar[Mapping[str, str]] = {"quota": "{day: 100000, keep: 20%}"}
    """What an Enterprise org has besides its licences; `connector check` tells the real figure."""

    base_url: str
    """The org's own address (My Domain), `https://acme.my.salesforce.com`."""
    consumer_key: str
    """The app's consumer key."""
    consumer_secret: SecretStr = SecretStr("")
    """The app's consumer secret, for `auth: client_credentials`."""
    auth: Literal["client_credentials", "jwt"] = "client_credentials"
    """`client_credentials`: as the user whom the app runs as. `jwt`: as `username`, by a
    certificate; no secret goes over the wire."""
    username: str = ""
    """The integration user, for `auth: jwt`."""
    private_key: SecretStr = SecretStr("")
    """The certificate's private key in PEM, for `auth: jwt`."""
    audience: str = "https://login.salesforce.com"
    """Whom the assertion of `auth: jwt` is for; of a Salesforce sandbox
    `https://test.salesforce.com`."""
    api_version: int = Field(default=62, ge=31)
    """Version of the API; 62 is `v62.0`."""
    lookback: float = Field(default=900.0, ge=0)
    """Seconds that each reading starts again before the last one ended: a stamp is set when a
    transaction begins to write, and seen when it ends, up to ten minutes later."""
    page: int = Field(default=2000, ge=1, le=2000)
    """Records a page."""
    batch: int = Field(default=200, ge=1, le=200)
    """Records that are written in one call."""
    transaction: float = Field(default=600.0, ge=0)
    """Seconds for which a call whose answer was lost may still be at work over there."""
    multi_currency: bool = False
    """The org has several currencies: `CurrencyIsoCode` is read. Where it has one, there is no
    such field."""

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        jwt = self.auth == "jwt"
        for name in ("username", "private_key") if jwt else ("consumer_secret",):
            value = getattr(self, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise ValueError(say("salesforce_credentials", auth=self.auth, name=name))
        if jwt:
            check_key(self.private_key.get_secret_value())
        return self
