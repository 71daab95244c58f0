"""The product, whole: configuration, adapters, mappings and store as a site has them.

    python -m benchmarks.product '{"port": 1234, "workload": "orders", "directory": "…"}'

Customers, materials and employees are captured and paired before the clock runs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.measuring import control, measured, peak_mb, told
from connector import log, yamlfile
from connector.app import App
from connector.operations.beginning import init
from connector.store import feeds

BASE = ("customers", "erp_customers", "employees", "erp_employees", "products", "materials")
FLOWS = {"orders": "orders", "one": "orders", "unchanged": "orders", "stock": "stock"}
SECRET = "BENCHMARKS_SECRET"


def configure(
    directory: Path,
    port: int,
    flow: str,
    *,
    store: str = "",
    batch: int = 50,
    group: int = 50,
    parallel: int = 1,
) -> Path:
    """What `init` writes, told where the stub is; the flows that are not measured left out."""
    path = directory / "config.yaml"
    path.unlink(missing_ok=True)
    init("fxiaoke", "kingdee_galaxy", directory, backfill=True, today=date(2026, 1, 15))
    config = yamlfile.to_plain(yamlfile.load(path))
    secret = f"${{env:{SECRET}}}"
    here = {"rate": "", "allow_insecure_http": ["127.0.0.1"]}
    config["connections"]["crm"] |= {
        **here, "base_url": f"http://127.0.0.1:{port}", "app_id": "FSAID_bench", "user_id": "1000",
        "app_secret": secret, "permanent_code": secret,
    }  # fmt: skip
    config["connections"]["erp"] |= {
        **here, "base_url": f"http://127.0.0.1:{port}/k3cloud", "acct_id": "bench",
        "user": "bench", "app_id": "bench_" + "A" * 32, "batch": batch, "parallel": parallel,
        "app_secret": secret,
    }  # fmt: skip
    config["connections"]["erp"].pop("password", None)
    config["flows"] = {name: config["flows"][name] for name in (*BASE, flow)}
    config["flows"]["customers"] = {"object": "customer", "from": "crm", "pair": "number"}
    config["flows"]["erp_customers"] |= {"pair": "number"}
    config["flows"][flow]["group"] = group
    if store:
        config["store"] = store
    path.write_text(json.dumps(config, ensure_ascii=False), "utf-8")
    return path


@contextmanager
def warm(path: Path) -> Iterator[App]:
    """The product as the daemon runs it: the engine is ours, base data are there and paired."""
    os.environ[SECRET] = "c2VjcmV0IG9mIHRoZSBiZW5jaG1hcms="
    with (path.parent / "log.jsonl").open("a", encoding="utf-8") as stream:
        log.configure(json=True, stream=stream)
        app = App.open(path)
        try:
            with app.engine():
                checked(app.sync(BASE))
                yield app
        finally:
            app.close()


def checked(result: dict[str, Any]) -> dict[str, Any]:
    """The result of a run in which all went well. Raises RuntimeError."""
    if result["errors"]:
        raise RuntimeError(result["errors"])
    for name, counts in result["flows"].items():
        if counts["refused"] or counts.get("stopped") or counts.get("pending"):
            raise RuntimeError(f"{name}: {counts}")
    return result


def forget_cursor(app: App) -> None:
    """The next reading begins at the beginning, with nothing forgotten of what was read."""
    store = app.system.store
    with store.transaction() as tx:
        feeds.save(store, tx, "crm", "sales_order", cursor="")


def rows(app: App) -> dict[str, int]:
    """How many rows each table has."""
    with app.system.store.reading() as tx:
        names = ("snapshots", "changes", "deliveries", "attempts", "links", "derivations", "audit")
        return {n: tx.execute(text(f"select count(*) from {n}")).scalar_one() for n in names}


def newest(app: App) -> float:
    """When anything in the store was last written, but runs and cursors."""
    with app.system.store.reading() as tx:
        found = tx.execute(text("select max(captured_at) from snapshots")).scalar_one()
        return float(found or 0.0)


def run(port: int, workload: str, directory: str, **options: Any) -> dict[str, Any]:
    """One workload once."""
    flow = FLOWS[workload]
    times = options.pop("times", 1)
    path = configure(Path(directory), port, flow, **options)
    with warm(path) as app:
        if workload == "one":
            return _one_by_one(app, port, flow, times)
        if workload == "unchanged":
            forget_cursor(app)
        before, written = rows(app), newest(app)
        found: dict[str, Any] = {}
        result = measured(port, lambda: found.update(checked(app.sync([flow]))))
        untouched = before == rows(app) and written == newest(app)
        counts = found["flows"][flow]
        return {**result, "peak_mb": peak_mb(), "counts": counts, "untouched": untouched}


def _one_by_one(app: App, port: int, flow: str, times: int) -> dict[str, Any]:
    """One new order at a time, each in a run of its own, after all that were there before."""
    checked(app.sync([flow]))
    found = []
    for _ in range(times):
        control(port, add=1)
        found.append(measured(port, lambda: checked(app.sync([flow]))))
    found.sort(key=lambda result: float(result["wall"]))
    return {**found[len(found) // 2], "peak_mb": peak_mb()}


if __name__ == "__main__":
    told(run(**json.loads(sys.argv[1])))
