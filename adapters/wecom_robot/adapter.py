"""What WeCom is asked: a robot to say something in its group."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlencode

from adapters.wecom_robot.answers import CODES
from adapters.wecom_robot.robot import message
from adapters.wecom_robot.settings import WeComRobotSettings
from connector.contract import Fields, Identity, Settings
from connector.kit.channel import Channel, recipients, titled


class WeComRobot(Channel):
    """A group and its robot."""

    settings_type: ClassVar[type[Settings]] = WeComRobotSettings
    settings: WeComRobotSettings

    def check(self) -> Identity:
        """Nothing can be asked of a robot without its group hearing it."""
        return Identity(self.settings.base_url)

    def send(self, form: str, fields: Fields) -> str:
        body = message(self.settings.msgtype, titled(fields), recipients(fields.get("to")))
        query = urlencode({"key": self.settings.key.get_secret_value()})
        path = f"/cgi-bin/webhook/send?{query}"
        CODES.judge(self.http.send("POST", path, json=body, writes=True))
        return ""
