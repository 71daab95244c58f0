"""WeCom (企业微信): messages into a group by its robot."""

from adapters.wecom_robot.adapter import WeComRobot

__all__ = ["WeComRobot"]
