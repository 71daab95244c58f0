"""WeCom (企业微信): messages to single people from an application of the company's own."""

from adapters.wecom_app.adapter import WeComApp
from connector import messages

messages.add(__name__)

__all__ = ["WeComApp"]
