"""WeCom (企业微信): approvals put before people by an application of the company's own."""

from adapters.wecom_approval.adapter import WeComApproval
from connector import messages

messages.add(__name__)

__all__ = ["WeComApproval"]
