"""What DingTalk is asked: a robot to say something in its group."""

from __future__ import annotations

from typing import ClassVar

from adapters.dingtalk.answers import CODES
from adapters.dingtalk.robot import markdown, signed
from adapters.dingtalk.settings import DingTalkSettings
from connector.contract import Fields, Identity, Settings
from connector.kit.channel import Channel, recipients


class DingTalk(Channel):
    """A group and its robot."""

    settings_type: ClassVar[type[Settings]] = DingTalkSettings
    settings: DingTalkSettings

    def check(self) -> Identity:
        """Nothing can be asked of a robot without its group hearing it."""
        return Identity(self.settings.base_url)

    def send(self, form: str, fields: Fields) -> str:
        settings = self.settings
        title, text = str(fields.get("title") or ""), str(fields.get("text") or "")
        body = markdown(title, text, recipients(fields.get("to")), settings.keyword)
        path = f"/robot/send?access_token={settings.access_token.get_secret_value()}"
        millis = int(self.http.now().timestamp() * 1000)
        path = signed(path, settings.secret.get_secret_value(), millis)
        CODES.judge(self.http.send("POST", path, json=body, writes=True))
        return ""
