"""Kingdee Xingchen (金蝶云星辰, AI星辰): bills and base data over its open platform."""

from adapters.kingdee_xingchen.adapter import KingdeeXingchen
from connector import messages

messages.add(__name__)

__all__ = ["KingdeeXingchen"]
