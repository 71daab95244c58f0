"""DingTalk (钉钉): approvals put before people by an application of the company's own."""

from adapters.dingtalk_app.adapter import DingTalkApp
from connector import messages

messages.add(__name__)

__all__ = ["DingTalkApp"]
