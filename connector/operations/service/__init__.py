"""The daemon as a service of this machine, registered and taken out again."""

from __future__ import annotations

import os

from connector.operations.service.steps import Supervisor
from connector.operations.service.systemd import Systemd
from connector.operations.service.windows import TaskScheduler


def supervisor() -> Supervisor:
    """What starts services on this kind of machine."""
    return TaskScheduler() if os.name == "nt" else Systemd()
