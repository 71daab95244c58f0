"""What a connection to Yonyou U8+ is told."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from connector.contract import Pattern, Settings


class YonyouU8Settings(Settings):
    """`base_url` is the relay; behind it the enterprise's agent speaks to its U8."""

    asked: ClassVar[tuple[str, ...]] = ("user_id",)

    base_url: str = "https://api.yonyouup.com"
    """The relay."""
    from_account: str
    """Account of the developer whose application calls (调用方 id)."""
    to_account: str
    """Account of the enterprise that allowed it (提供方 id)."""
    app_key: str
    """AppKey of the application (应用编码)."""
    app_secret: SecretStr
    """AppSecret of the application."""
    ds_sequence: int = Field(default=1, ge=1)
    """Which of the application's data sources (数据源序号): one account set of one year."""
    user_id: str = ""
    """Operator in U8 (操作员编码) in whose name bills are audited and closed."""
    person_code: str = ""
    """Person (人员编码) in the operator's place, where U8 wants one."""
    numbering: Literal["manual", "erp"] = "manual"
    """`erp`: U8 numbers bills by itself, so new ones are sent without a number."""
    resubmit: Literal["biz_id", "tradeid"] = "biz_id"
    """By what a repeated new record is known. `tradeid`: each call has one of its own, where U8
    goes on refusing a `biz_id` that failed once."""
    reference_search: bool = True
    """Lists of orders can be searched by our mark. False: a doubt goes to a person."""
    workflow: tuple[str, ...] = ()
    """Resources whose bills people audit in U8's workflow (工作流)."""
    sync: bool = False
    """Wait for each write inside its call. Writes that take long are then lost by the relay."""
    wait: float = Field(default=60.0, gt=0)
    """Seconds that a write may be under way; afterwards it is in doubt."""
    recent_days: int = Field(default=31, ge=1)
    """Bills without row versions are read again for so many days back from today."""
    by_day: tuple[str, ...] = ()
    """Resources whose lists do not keep to `timestamp_begin`: they are read so, too."""
    stock_warehouses: tuple[str, ...] = ()
    """Codes of the warehouses whose stock is asked for one by one; empty: all together."""
    batch: int = Field(default=10, ge=1, le=50)
    """New records that are under way at once."""
    lapsed_text: Pattern = "(?i)token"
    """By these words a refusal says that our token is not good; a pattern."""
    denied_text: Pattern = "授权|权限|白名单"
    """By these words the relay says that our application may not do it."""
    busy_text: Pattern = "频繁|超过.{0,6}次数|流量"
    """By these words a refusal says that there were too many calls."""
    offline_text: Pattern = "客户端|超时|断开|(?i:timeout|offline)"
    """By these words a refusal says that the enterprise's agent cannot be reached."""
    locked_text: Pattern = "锁定|正在使用|正在编辑|已结账"
    """By these words a refusal says that a record or a period is locked."""
    taken_text: Pattern = "已存在|重复"
    """By these words a refusal says that a code, or our own id of the write, was used before."""
    flow_text: Pattern = "工作流|审批流"
    """By these words a refused audit says that people decide."""
