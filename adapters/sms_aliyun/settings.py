"""What a connection to Aliyun SMS is told."""

from __future__ import annotations

from typing import ClassVar

from pydantic import SecretStr

from connector.contract import Settings


class AliyunSmsSettings(Settings):
    """A company's signature, and a key that may send under it."""

    asked: ClassVar[tuple[str, ...]] = ()

    base_url: str = "https://dysmsapi.aliyuncs.com"
    """Where messages are sent."""
    access_key_id: str
    """The id of the key (AccessKey ID) of a RAM user who may send."""
    access_key_secret: SecretStr
    """Its secret."""
    sign_name: str
    """The approved signature (短信签名), without the brackets around it."""
