"""A WeCom application behind real sockets."""

from __future__ import annotations

from adapters.wecom_app import WeComApp
from sandbox.wecom_app import WeComAppSandbox
from tests.adapters.telling import Told


class World(Told):
    adapter_type = WeComApp
    sandbox_type = WeComAppSandbox
    system = "wecom_app"
    form = "app"
