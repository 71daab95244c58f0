"""Chanjet T+Cloud (畅捷通 T+): bills and archives over its open platform."""

from adapters.chanjet_tplus.adapter import ChanjetTPlus
from connector import messages

messages.add(__name__)

__all__ = ["ChanjetTPlus"]
