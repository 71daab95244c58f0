"""DingTalk (钉钉): messages into a group by its custom robot."""

from adapters.dingtalk.adapter import DingTalk

__all__ = ["DingTalk"]
