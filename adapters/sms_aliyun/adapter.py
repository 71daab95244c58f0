"""What Aliyun is asked: to send one text to some phones."""

from __future__ import annotations

import secrets
from typing import ClassVar
from urllib.parse import urlsplit

from adapters.sms_aliyun.answers import OWN, judged
from adapters.sms_aliyun.settings import AliyunSmsSettings
from adapters.sms_aliyun.signature import canonical_query, signed
from adapters.sms_aliyun.texts import text_of
from connector.contract import Fields, Identity, Settings
from connector.kit.channel import Channel


class AliyunSms(Channel):
    """The signature (短信签名) of a company, under which it sends."""

    settings_type: ClassVar[type[Settings]] = AliyunSmsSettings
    settings: AliyunSmsSettings

    def check(self) -> Identity:
        """Asks nothing. Keys change in the course of things, the company's signature does not."""
        return Identity(self.settings.sign_name)

    def send(self, form: str, fields: Fields) -> str:
        settings = self.settings
        query = canonical_query({"SignName": settings.sign_name, **text_of(fields)})
        headers = signed(
            {
                "host": urlsplit(settings.base_url).netloc,
                "x-acs-action": "SendSms",
                "x-acs-version": "2017-05-25",
                "x-acs-date": f"{self.http.now():%Y-%m-%dT%H:%M:%SZ}",
                "x-acs-signature-nonce": secrets.token_hex(16),
            },
            query,
            settings.access_key_id,
            settings.access_key_secret.get_secret_value(),
        )
        return judged(self.http.send("POST", f"/?{query}", headers=headers, writes=True, own=OWN))
