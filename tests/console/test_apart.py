"""The console knows no secret and calls no system."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.app import App
from connector.console.serving import Serving
from connector.errors import ConfigError
from connector.runs import StoreInUse

CONFIG = """
language: en
connections:
  crm: {adapter: fxiaoke, base_url: "https://crm.example", app_id: A, app_secret: "${env:NOT_SET}",
        permanent_code: "${file:/run/secrets/no_such_file}", user_id: U}
  erp: {adapter: kingdee_galaxy, base_url: "https://erp.example/k3cloud/", acct_id: A,
        user: u, app_id: a, app_secret: "${env:NOT_SET}"}
flows:
  customers: {object: customer, from: crm, to: erp}
console: {address: "ADDRESS"MORE}
"""


def config(folder: Path, address: str = "127.0.0.1:8090", more: str = "") -> Path:
    path = folder / "config.yaml"
    path.write_text(CONFIG.replace("ADDRESS", address).replace("MORE", more), "utf-8")
    return path


def test_it_opens_where_no_secret_can_be_read_and_the_daemon_does_not(tmp_path: Path) -> None:
    path = config(tmp_path)
    serving = Serving(path)
    try:
        assert serving.app.status()["flows"]["customers"]["class"] == "B"
    finally:
        serving.close()
    with pytest.raises(ConfigError):
        App.open(path)


def test_it_is_never_the_engine_and_can_send_nothing(tmp_path: Path) -> None:
    serving = Serving(config(tmp_path))
    try:
        with pytest.raises(StoreInUse, match="no secrets"), serving.app.engine():
            pass
        for connection in serving.app.system.connections.values():
            with pytest.raises(AssertionError):
                connection.adapter.check()
    finally:
        serving.close()


@pytest.mark.parametrize(
    ("address", "more", "opens"),
    [
        ("127.0.0.1:8090", "", True),
        ("[::1]:8090", "", True),
        ("localhost:8090", "", True),
        ("0.0.0.0:8090", "", False),
        ("192.168.1.5:8090", "", False),
        ("0.0.0.0:8090", ', url: "http://console.example"', False),
        ("0.0.0.0:8090", ', url: "https://console.example"', True),
        ("0.0.0.0:8090", ', certificate: "/etc/cert.pem", key: "/etc/key.pem"', True),
        ("", "", False),
    ],
)
def test_passwords_never_cross_a_network_in_the_open(
    tmp_path: Path,
    address: str,
    more: str,
    opens: bool,
) -> None:
    path = config(tmp_path, address, more)
    if opens:
        Serving(path).close()
    else:
        with pytest.raises(ConfigError, match=r"console\.address"):
            Serving(path)
