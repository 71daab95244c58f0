"""What both sides share: the stub's side path, and the stop-watch."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Callable
from typing import Any


def control(port: int, **orders: Any) -> dict[str, Any]:
    """Tell the stub something on its side path; what it had counted until then."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/bench/control", json.dumps(orders))
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def measured(port: int, work: Callable[[], Any]) -> dict[str, Any]:
    """Do `work`: calls by kind, CPU seconds of this process and of the stub, wall seconds."""
    before = control(port, reset=True)
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = control(port)
    stub = after["cpu"] - before["cpu"]
    return {"calls": after["calls"], "cpu": cpu, "wall": wall, "stub_cpu": stub}


def peak_mb() -> float:
    """The most memory this process ever held resident."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def told(results: Any) -> None:
    """Hand results to the process that started this one."""
    print(json.dumps(results), flush=True)
