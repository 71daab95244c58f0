"""What a connection to Odoo can be told."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from connector.contract import Pattern, Settings
from connector.messages import say


class OdooSettings(Settings):
    """One database, and the user in whose name the connector acts. `base_url` is its address."""

    database: str
    """Name of the database."""
    api_key: SecretStr
    """An API key of the integration user (Preferences → Account Security)."""
    protocol: Literal["json2", "jsonrpc", "xmlrpc"] = "json2"
    """`json2` from Odoo 19 on; the others for 14 to 18. Odoo 20 is to drop them."""
    user: str = ""
    """Login of the integration user; `json2` knows it by the key."""
    company: int | None = None
    """Id of the company in which we work; none: the user's own. What belongs to other companies is
    not seen then."""
    language: str = ""
    """Language of Odoo's words, an installed one such as `zh_CN`; empty: the user's own."""
    busy_text: Pattern = "could not serialize|could not obtain lock|deadlock detected|串行|死锁"
    """By these words an import that others got in the way of says so, and was surely not done; a
    pattern, for the database speaks its own language."""
    page: int = Field(default=200, ge=1, le=2000)
    """Records a page."""

    @model_validator(mode="after")
    def _names_its_user(self) -> Self:
        if self.protocol != "json2" and not self.user:
            raise ValueError(say("odoo_needs_user", protocol=self.protocol))
        return self
