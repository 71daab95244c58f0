"""A WeCom group behind real sockets."""

from __future__ import annotations

from adapters.wecom_robot import WeComRobot
from sandbox.wecom_robot import WeComRobotSandbox
from tests.adapters.telling import Told


class World(Told):
    adapter_type = WeComRobot
    sandbox_type = WeComRobotSandbox
    system = "wecom_robot"
    form = "robot"
