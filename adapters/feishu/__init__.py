"""Feishu (飞书) and Lark: messages into a group by its custom bot."""

from adapters.feishu.adapter import Feishu
from connector import messages

messages.add(__name__)

__all__ = ["Feishu"]
