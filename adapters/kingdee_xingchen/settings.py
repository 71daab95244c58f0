"""What a connection to Kingdee Xingchen is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, SecretStr

from connector.contract import Pattern, Settings


class KingdeeXingchenSettings(Settings):
    """All account sets are reached at one address."""

    asked: ClassVar[tuple[str, ...]] = ()
    usual: ClassVar[Mapping[str, str]] = {"rate": "400/m", "plain_text": "false"}

    base_url: str = "https://api.kingdee.com"
    """The open platform."""
    client_id: str
    """ClientId of the application, as the open platform's console shows it."""
    client_secret: SecretStr
    """ClientSecret of the application."""
    outer_instance_id: str
    """The customer's third-party instance (第三方实例 id) that has authorised the application."""
    account_id: str = ""
    """Account set (账套 id); needed where the instance has authorised several."""
    router: bool = True
    """Tell the gateway where the account set lives (`X-GW-Router-Addr`)."""
    lookback: float = Field(default=1800.0, ge=0)
    """Seconds that each reading starts again before the last one ended: lists show some records
    late, by 10 minutes or, as one integrator found, by hours."""
    plain_text: bool = False
    """The application is granted plain text of phones, addresses and the like. False: they come
    encrypted, so that they are not read, and records with some are not changed."""
    omitted_stay: bool = False
    """A save leaves fields that it does not name as they are. False: nobody knows, so that whatever
    is known to be there is sent along."""
    edits: bool = True
    """Records can be changed by the interface. False: they can only be created."""
    taken_text: Pattern = "与其他表单重复|已存在"
    """By these words a refusal says that a number is in use; a pattern."""
    missing_text: Pattern = r"参数\w+\[.*\]不存在|(单据|数据|记录)(不存在|已被?删除)"
    """By these words a refused look-up says that the record is not there; a pattern."""
