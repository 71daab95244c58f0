"""The command line as processes of their own, forked from one that has imported the product.

Importing takes a second, most of what a command does. What is forked has nothing of the
test's own process: no clock, no patch, no open store.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from multiprocessing import connection
from pathlib import Path

_ONE_AT_A_TIME = threading.Lock()
"""An exit code can be read once. Starting a process asks for those of all others, too: of two
threads that ask for one at once, the second would be told 255."""
ROOT = Path(__file__).resolve().parents[2]
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["connector.cli.main", "connector.daemon", "adapters.fxiaoke",
                                 "adapters.kingdee_galaxy", __name__])  # fmt: skip


class Command:
    """`connector …`, started."""

    def __init__(
        self,
        args: Sequence[str],
        env: Mapping[str, str],
        out: Path,
        err: Path,
        largest_file: int | None = None,
    ) -> None:
        """What it prints goes to the ends of `out` and `err`."""
        self._process = _CONTEXT.Process(
            target=_run, args=(list(args), dict(env), out, err, largest_file)
        )
        with _ONE_AT_A_TIME:
            self._process.start()

    def poll(self) -> int | None:
        """Its exit code, once it has ended."""
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit code; an AssertionError if it does not end."""
        connection.wait([self._process.sentinel], timeout)
        code = self.poll()
        assert code is not None, "it does not end"
        return code

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """`kill -9`, and wait until it is dead."""
        self._process.kill()
        connection.wait([self._process.sentinel], 10)


def _run(
    args: list[str], env: dict[str, str], out: Path, err: Path, largest_file: int | None
) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["connector", *args]
    from connector.cli.main import main

    main()
