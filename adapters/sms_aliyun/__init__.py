"""Aliyun SMS (阿里云短信): texts of approved templates to phones."""

from adapters.sms_aliyun.adapter import AliyunSms
from connector import messages

messages.add(__name__)

__all__ = ["AliyunSms"]
