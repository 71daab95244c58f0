"""Yonyou U8+ (用友): bills and base data over its OpenAPI relay."""

from adapters.yonyou_u8.adapter import YonyouU8
from connector import messages

messages.add(__name__)

__all__ = ["YonyouU8"]
