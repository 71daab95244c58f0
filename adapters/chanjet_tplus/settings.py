"""What a connection to Chanjet T+Cloud is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import SecretStr, model_validator

from connector.contract import Pattern, Settings
from connector.messages import say


class ChanjetTPlusSettings(Settings):
    """One account set (账套) of an enterprise, as an application of the open platform sees it."""

    asked: ClassVar[tuple[str, ...]] = ("certificate",)

    base_url: str = "https://openapi.chanjet.com"
    """Address of the open platform."""
    org_id: str
    """The enterprise (企业 id): what tokens are for."""
    app_key: str
    """appKey of the application."""
    app_secret: SecretStr
    """appSecret of the application."""
    auth: Literal["self_built", "oauth"] = "self_built"
    """`self_built`: an application of the enterprise's own (自建应用), by tickets that are pushed
    to it. `oauth`: a software vendor's, by a user's grant."""
    certificate: SecretStr = SecretStr("")
    """The enterprise's certificate (企业凭证), for `self_built`."""
    message_key: SecretStr = SecretStr("")
    """Message key (消息秘钥) of the application, sixteen characters: messages that it pushes to
    `/hooks/CONNECTION` are taken. Empty: something else receives them."""
    ticket_file: Path = Path("tplus-ticket.txt")
    """Where the newest appTicket is kept, by us or by whatever receives the messages; a relative
    path starts at the configuration."""
    token_file: Path = Path("tplus-token.json")
    """For `oauth`: where the grant's tokens are kept, `refresh_token` at first. It is written anew
    whenever they change."""
    numbering: Literal["manual", "erp"] = "manual"
    """`erp`: T+ numbers bills by itself, so new ones are sent without a number."""
    reference_search: bool = True
    """Bills can be looked up by `ExternalCode`. False: a doubt goes to a person."""
    row_versions: bool = True
    """Lists show `ts`. False: they do not, and every reading of bills is a whole one."""
    update: Literal["whole", "changes"] = "whole"
    """What a change sends: the whole bill as it stands, with what changed; or that alone."""
    first_page: Literal[0, 1] = 0
    """Number of the first page of lists of bills."""
    stock_warehouses: tuple[str, ...] = ()
    """Codes of the warehouses whose stock is asked for one by one; empty: all together."""
    states: Mapping[str, Literal["open", "approval", "audited", "closed", "void"]] = {}
    """What your words for a bill's state (单据状态) mean, where they are not known."""
    taken_text: Pattern = "已存在|重复|已使用"
    """By these words a refusal says that a code is in use; a pattern."""
    changed_text: Pattern = "已被.{0,6}修改|请刷新|时间戳|并发"
    """By these words a refusal says that a record changed meanwhile; a pattern."""
    missing_text: Pattern = "单据不存在|未找到|找不到|已被删除"
    """By these words a refusal says that a bill is not there; a pattern."""

    @model_validator(mode="after")
    def _has_certificate(self) -> Self:
        if self.auth == "self_built" and not self.certificate.get_secret_value():
            raise ValueError(say("tplus_need_certificate"))
        return self
