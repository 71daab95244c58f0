"""What a connection to Kingdee Cloud Galaxy is told."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from adapters.kingdee_galaxy.signing import signing_key
from connector.contract import Pattern, Settings
from connector.messages import say


class KingdeeGalaxySettings(Settings):
    """`base_url` is the address of the site with its directory: `https://host/k3cloud/`."""

    asked: ClassVar[tuple[str, ...]] = ("base_url", "app_id", "app_secret")

    acct_id: str
    """Account set (账套, 数据中心): 14 or so characters, from the third-party login page."""
    user: str
    """The integration user; a user of its own, never a person's."""
    app_id: str = ""
    """Application id of the third-party login authorisation, `<client>_<secret part>`."""
    app_secret: SecretStr = SecretStr("")
    """Application secret."""
    password: SecretStr = SecretStr("")
    """Password of the user, for `auth: password` alone."""
    auth: Literal["signature", "sign", "app_secret", "password"] = "signature"
    """`signature`: every call is signed, no login (from 7.3.1310.2 on). The others log in, by a
    hash of the secret (`sign`), by the secret itself, or by the password."""
    sign_hash: Literal["sha256", "sha1"] = "sha256"
    """Hash of `auth: sign`; `sha1` for servers before PT-146911 (8.0.0.202205)."""
    lcid: int = 2052
    """Language of the server's words: 2052 Chinese, 1033 English."""
    org: str = ""
    """Number of the organisation in which the session works; empty: the user's own."""
    numbering: Literal["manual", "erp"] = "manual"
    """`erp`: the coding rule forbids numbers of ours, so new records are sent without one."""
    execute_operation: Literal["ExcuteOperation", "ExecuteOperation"] = "ExcuteOperation"
    """How the server spells the method that closes and voids bills; both are in use."""
    query_limit: int = Field(default=2000, ge=10, le=10_000)
    """Rows that one query may give: 2000, or up to 10000 where the server's
    `WebAPIMaxQueryLimit` allows it."""
    batch: int = Field(default=50, ge=1, le=100)
    """New records that are saved in one call."""
    read_whole: tuple[str, ...] = ("STK_Inventory",)
    """Forms without a dependable modification stamp: read whole each time. No tables."""
    workflow_text: Pattern = "工作流|审批流|流程实例"
    """By these words the refusal of an audit says that a workflow decides; a pattern."""
    opinion_field: str = "F_CRM_Opinion"
    """Head field into which the site's workflow puts the approver's words; may be missing."""

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        needed = ("password",) if self.auth == "password" else ("app_id", "app_secret")
        for name in needed:
            value = getattr(self, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise ValueError(say("kingdee_credentials", auth=self.auth, name=name))
        if self.auth == "signature":
            try:
                signing_key(self.app_id)
            except ValueError:
                raise ValueError(say("kingdee_app_id")) from None
        return self
