"""Yonyou YonBIP / YonSuite (用友): bills and base data over its open platform."""

from adapters.yonyou_yonbip.adapter import YonyouYonBip
from connector import messages

messages.add(__name__)

__all__ = ["YonyouYonBip"]
