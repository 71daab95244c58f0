"""T10: a day and a night of a company, from noon to noon, when clocks and months turn.

Sessions end every half hour, the ERP is down for an hour at night, somebody changes a password and
tells us a quarter of an hour later, everything is compared once, and the daemon is restarted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from tests.simulation import company
from tests.simulation.erp import Nature
from tests.simulation.run import Outcome, Run
from tests.simulation.scene import LONGEST, Perils, Scene
from tests.simulation.wire import Server, Weather

HOUR = 3600.0
SESSION = 1800.0
"""Seconds for which a session is known."""
TOLD = 900.0
"""Seconds after which we are told a changed password."""
DATES = (
    ("Asia/Shanghai", datetime(2026, 11, 30, 12)),  # a month ends
    ("Asia/Shanghai", datetime(2026, 12, 31, 12)),  # a year does
    ("Europe/Berlin", datetime(2027, 3, 27, 12)),  # clocks go forward
    ("Europe/Berlin", datetime(2026, 10, 24, 12)),  # clocks go back
    ("America/New_York", datetime(2026, 10, 31, 12)),  # a month ends, and clocks go back
    ("Asia/Shanghai", datetime(2028, 2, 28, 12)),  # a leap day begins
)
"""Where our machine stands, and its local time at the beginning."""


def quiet_day(random: Random) -> Scene:
    """Some orders an hour, little goes wrong."""
    idempotency = random.choice("AB")
    return Scene(
        orders=24,
        customers=4,
        seconds=24 * HOUR,
        idempotency=idempotency,
        every=300.0,
        compare=24 * HOUR,
        lookback=600.0,
        page=20,
        batch=random.choice((1, 10)),
        on_change=("edit", "unaudit"),
        gone="cancel",
        cancels=0.1,
        deletes=0.05,
        clerks=0.2,
        late=0.1,
        terminations=1,
        operator=4 * HOUR,
        nature=Nature(unique=idempotency == "A"),
        weather=Weather(mute=0.005, slow=0.005, busy=0.01, broken=0.005, life=LONGEST),
        perils=Perils(crash=2e-5, stop=1e-5, error=2e-5, switch=0.05),
    )


class Day(Run):
    """One such day, by its seed."""

    def __init__(self, seed: int, url: str = "") -> None:
        self._zone, noon = DATES[seed % len(DATES)]
        self._noon = noon.replace(tzinfo=ZoneInfo(self._zone))
        scene = quiet_day(Random(f"{seed}/day"))
        super().__init__(seed, scene, url=url, start=self._noon.timestamp())

    def go(self) -> Outcome:
        """As any run, on a machine that stands there."""
        with _standing(self._zone):
            return super().go()

    def _schedule(self) -> None:
        super()._schedule()
        random = self.random("day")
        for server in self.servers.values():
            for number in range(1, int(self.scene.seconds / SESSION)):
                again = partial(self._end_session, server, number)
                self.scheduler.at(self.start + number * SESSION, again)
        night = (self._noon + timedelta(hours=random.randint(13, 16))).timestamp()
        self.scheduler.at(night, partial(self._take_down, self.erp, HOUR))
        server = random.choice(list(self.servers.values()))
        morning = self.start + random.uniform(19, 22) * HOUR
        self.scheduler.at(morning, partial(self._rotate, server))

    def _end_session(self, server: Server, number: int) -> None:
        server.token = f"token-{number}-{server.name}"

    def _rotate(self, server: Server) -> None:
        """Its password is another one; we are told later."""
        self.note(f"{server.name} has a new password")
        server.secret = f"{company.SECRETS[server.name]}-rotated"
        self._end_session(server, 0)

        def tell() -> None:
            self.scene.secrets[server.name] = server.secret
            self.machines.reload()

        self.scheduler.at(self.scheduler.now + TOLD, tell)


@contextmanager
def _standing(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
