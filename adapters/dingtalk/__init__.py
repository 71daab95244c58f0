"""DingTalk (钉钉): messages into a group by its custom robot."""

from adapters.dingtalk.adapter import DingTalk
from connector import messages

messages.add(__name__)

__all__ = ["DingTalk"]
