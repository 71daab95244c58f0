"""WeCom's group robot, simulated after the fact sheet: the key is all that secures it.

Whatever is wrong is told under HTTP 200.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import WeComRobotSandbox

__all__ = ["WeComRobotSandbox", "create"]


def create(company: Company | None, options: Options) -> WeComRobotSandbox:
    """A group with a robot; the company says nothing in it."""
    return WeComRobotSandbox(seed=options.seed)
