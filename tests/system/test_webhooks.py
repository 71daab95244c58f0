"""A system that calls us makes us read at once; a call that is not its own does nothing."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.fxiaoke import hinting
from connector.daemon import Daemon
from connector.kit.sealed import sealed
from tests.system.company import SMALL
from tests.system.site import Site, opened, sold, wait_for
from tests.system.test_daemon import quickened, serving

KEY, TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "fxtoken"


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, Daemon]]:
    """A daemon that reads once an hour by itself, and takes the CRM's events."""
    with opened(tmp_path, SMALL) as site:
        site.sync()
        quickened(site)
        site.connection("crm", push_token="${env:PUSH_TOKEN}", push_key="${env:PUSH_KEY}")
        monkeypatch.setenv("PUSH_TOKEN", TOKEN)
        monkeypatch.setenv("PUSH_KEY", KEY)
        with site.settings() as config:
            for flow in config["flows"].values():
                flow["every"] = "1h"
        with serving(site) as daemon:
            wait_for(lambda: daemon.health.report()["beats"].get("read crm/sales_order"), 30)
            yield site, daemon


def event(**changes: Any) -> bytes:
    content = sealed('{"type":"MESSAGE"}', "FSAID_demo", KEY)
    signature = hinting.signature(TOKEN, "1700000000000", "n", content)
    told = {"nonce": "n", "timeStamp": "1700000000000", "sig": signature, "content": content}
    return json.dumps({**told, **changes}).encode()


def call(daemon: Daemon, connection: str, body: bytes) -> tuple[int, str]:
    request = urllib.request.Request(f"{daemon.door.url}/hooks/{connection}", body)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_an_event_brings_an_order_into_the_erp_at_once(heard: tuple[Site, Daemon]) -> None:
    site, daemon = heard
    number = site.order(sold("M1", 2))
    site.clock.advance(3)
    assert call(daemon, "crm", event()) == (200, "success")
    wait_for(lambda: site.bills(number), 10)


def test_what_is_not_the_systems_own_call_makes_nobody_read(heard: tuple[Site, Daemon]) -> None:
    _, daemon = heard
    reads = daemon.health.report()["beats"]["read crm/sales_order"]
    forged = event(sig="0" * 40)
    assert call(daemon, "crm", forged)[0] == 403
    assert call(daemon, "crm", b"no json")[0] == 403
    assert call(daemon, "erp", event())[0] == 404, "it takes none"
    assert call(daemon, "nobody", event())[0] == 404
    assert call(daemon, "crm", b"x" * 1_000_001)[0] == 413
    assert daemon.health.report()["beats"]["read crm/sales_order"] == reads
