"""What a connection to Yonyou YonBIP is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from connector.contract import Pattern, Settings
from connector.messages import say


class YonyouYonBipSettings(Settings):
    """`base_url` is where the tenant's own addresses are asked for; only a private cloud has
    another one."""

    asked: ClassVar[tuple[str, ...]] = ()
    usual: ClassVar[Mapping[str, str]] = {"rate": "60/m"}

    base_url: str = "https://apigateway.yonyoucloud.com"
    """Where the tenant's gateway is asked for."""
    tenant_id: str
    """Tenant (租户 id), as the platform's page of the enterprise shows it."""
    app_key: str
    """AppKey of the application; `suiteKey` where `auth` is `suite`."""
    app_secret: SecretStr
    """AppSecret of the application."""
    auth: Literal["app", "suite"] = "app"
    """`app`: an application of the enterprise's own (自建应用). `suite`: a software vendor's."""
    gateway_url: str = ""
    """The tenant's gateway, such as `https://HOST/iuap-api-gateway`; empty: it is asked for. Only
    for a private cloud."""
    auth_url: str = ""
    """Where tokens are asked for, such as `https://HOST/iuap-api-auth`; goes with `gateway_url`."""
    numbering: Literal["manual", "erp"] = "manual"
    """`erp`: the coding rules number bills by themselves, so new ones are sent without a number."""
    reference_search: bool = True
    """Lists of bills can be searched by our mark. False: a doubt goes to a person."""
    without_submit: tuple[str, ...] = ()
    """Forms whose bills are audited without being submitted first."""
    events: Literal["", "plain", "sealed"] = ""
    """How we answer events that the platform pushes (事件订阅): its pages ask for a sealed answer,
    and a plain one is taken in practice. Empty: we take none."""
    stock_warehouses: tuple[str, ...] = ()
    """Codes of the warehouses whose stock is asked for one by one; empty: all in one answer."""
    stock_rule: str = "voucher_order"
    """By whose rule stock is reckoned available: that of sales orders."""
    batch: int = Field(default=20, ge=1, le=100)
    """New records that are submitted and audited in one call."""
    taken_text: Pattern = "已存在|重复"
    """By these words a refusal says that a code is in use; a pattern."""
    changed_text: Pattern = "已被.{0,6}修改|请刷新|时间戳"
    """By these words a refusal says that a record changed meanwhile; a pattern."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.gateway_url) != bool(self.auth_url):
            raise ValueError(say("yonyou_both_urls"))
        return self
