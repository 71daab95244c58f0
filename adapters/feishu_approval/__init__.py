"""Feishu (飞书) and Lark: approvals put before people by an application of the company's own."""

from adapters.feishu_approval.adapter import FeishuApproval
from connector import messages

messages.add(__name__)

__all__ = ["FeishuApproval"]
