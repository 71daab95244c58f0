"""What a run is like, drawn from its seed: the company, its systems, and how much goes wrong.

Each kind of mishap is left out of some runs and frequent in others (swarm testing): a run in
which everything fails a little seldom gets far enough to show anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.simulation.erp import Nature
from tests.simulation.wire import Weather

LONGEST = 90.0
"""Seconds after which no request of ours can arrive any more."""


@dataclass
class Perils:
    """What may happen to a process at each seam, and how often."""

    crash: float = 0.0
    stop: float = 0.0
    """Stopped for a while, as by SIGSTOP."""
    suspend: float = 0.0
    """The machine sleeps, and its monotonic clock with it."""
    error: float = 0.0
    """An exception that nobody foresaw; at the database: it is not available."""
    longest: float = 600.0
    """Most seconds of a stop."""
    switch: float = 0.2
    """How often somebody else is let in."""


@dataclass
class Scene:
    """Everything that is chosen before a run begins."""

    daemons: int = 1
    orders: int = 6
    customers: int = 2
    seconds: float = 900.0
    """How long people work and things go wrong."""
    idempotency: str = "B"
    until: str = "audited"
    on_change: tuple[str, ...] = ("edit", "ask")
    on_conflict: str = "ask"
    gone: str = "stop"
    quiet: float = 0.0
    group: int = 50
    parallel: int = 1
    batch: int = 1
    page: int = 3
    attempts: int = 8
    compare: float = 200.0
    lookback: float = 120.0
    late: float = 0.0
    """How many commits of the CRM become visible late."""
    grain: float = 1.0
    """Seconds to which the CRM's stamps are rounded."""
    skew: float = 0.0
    """Seconds by which the CRM's clock is ahead of ours."""
    edits: float = 1.0
    """Changes of an order, on average."""
    cancels: float = 0.0
    deletes: float = 0.0
    clerks: float = 0.0
    """What people in the ERP do per order, on average."""
    meddling: float = 0.0
    """How often an order is changed in the very moment in which it is saved."""
    spoils: float = 0.0
    """How often an order becomes unreadable for a while, or for good."""
    foreign: float = 0.0
    """How often somebody makes a bill by hand with an order's number."""
    every: float = 0.0
    """Seconds between readings of every feed; 0: as the configuration says."""
    secrets: dict[str, str] = field(default_factory=dict)
    """Secrets that connections were given since the configuration was written."""
    terminations: int = 0
    """Times that a daemon is asked to end, as by an upgrade."""
    introduced: float = 0.0
    """Seconds after which the configuration gets its flow of customers; 0: it always has it."""
    hosts: float = 0.0
    """Most seconds by which the clocks of the daemons' machines differ from the database's."""
    erp_restored: bool = False
    """The ERP is put back to an earlier state."""
    store_restored: bool = False
    """Our database is."""
    outage: float = 0.0
    """Seconds for which the database is not available."""
    downtime: float = 0.0
    """Seconds for which one of the systems does not answer."""
    chat: bool = False
    """People are told what rules say."""
    review: bool = False
    """Orders are reviewed before they go; with a chat."""
    operator: float = 0.0
    """Seconds between looks of a person at the failures; 0: nobody looks."""
    weather: Weather = field(default_factory=Weather)
    nature: Nature = field(default_factory=lambda: Nature(unique=False))
    perils: Perils = field(default_factory=Perils)


def calm(**changes: object) -> Scene:
    """Nothing goes wrong by chance."""
    return Scene(**changes)  # type: ignore[arg-type]


def swarm(random: Random) -> Scene:
    """A company in some weather."""
    idempotency = random.choice("AABBBBC")
    scene = Scene(
        daemons=random.choice((1, 1, 1, 2, 2, 3)),
        orders=random.randint(4, 9),
        customers=random.randint(1, 3),
        seconds=random.choice((400.0, 600.0, 1000.0)),
        idempotency=idempotency,
        until=random.choice(("audited", "audited", "saved", "submitted")),
        on_change=random.choice((("edit", "ask"), ("edit", "unaudit"))),
        on_conflict=random.choice(("ask", "ask", "ours", "theirs")),
        gone=random.choice(("stop", "cancel", "cancel")),
        quiet=random.choice((0.0, 0.0, 5.0, 60.0)),
        group=random.choice((1, 2, 5, 50)),
        parallel=random.choice((1, 1, 2, 3)),
        batch=random.choice((1, 1, 3, 10)),
        page=random.choice((1, 2, 3, 100)),
        late=_some(random, 0.3),
        grain=random.choice((1.0, 60.0, 0.001)),
        skew=random.choice((0.0, 0.0, -400.0, 400.0)),
        edits=random.uniform(0, 3),
        cancels=_some(random, 0.5),
        deletes=_some(random, 0.3),
        clerks=_some(random, 2.0),
        meddling=_some(random, 0.5),
        spoils=_some(random, 0.3),
        terminations=random.choice((0, 0, 1, 3)),
        outage=random.choice((0.0, 0.0, 0.0, 60.0)),
        downtime=random.choice((0.0, 0.0, 200.0)),
        operator=random.choice((0.0, 120.0, 400.0)),
    )
    if random.random() < 0.1:  # long enough for what takes several versions
        scene.seconds, scene.edits, scene.orders = 3000.0, random.uniform(4, 8), 5
    if scene.daemons > 1:
        scene.hosts = random.choice((0.0, 0.0, 30.0, 3600.0))
    scene.introduced = random.choice((0.0, 0.0, 0.0, 150.0))
    scene.foreign = _some(random, 0.2)
    scene.chat = random.random() < 0.3
    scene.review = scene.chat and random.random() < 0.5
    scene.erp_restored = random.random() < 0.05
    scene.store_restored = idempotency != "C" and random.random() < 0.05
    scene.weather = _weather(random)
    scene.nature = _nature(random, idempotency)
    scene.perils = _perils(random)
    return scene


def restored(random: Random) -> Scene:
    """A company that changes its orders for long, and something of it is put back: mostly our
    database, at times the ERP."""
    scene = swarm(random)
    scene.seconds, scene.edits, scene.orders = 3000.0, random.uniform(4, 8), 5
    if scene.idempotency == "C":
        scene.idempotency = "B"
    scene.erp_restored = random.random() < 0.3
    scene.store_restored = not scene.erp_restored
    return scene


def _some(random: Random, most: float) -> float:
    """Often nothing, else up to `most`."""
    return random.choice((0.0, random.uniform(0, most)))


def _weather(random: Random) -> Weather:
    rates = {kind: _some(random, 0.08) for kind in Weather.KINDS}
    expired = _some(random, 0.1)
    latency = random.choice((0.1, 1.0, 4.0))
    return Weather(**rates, expired=expired, latency=latency, life=LONGEST)


def _nature(random: Random, idempotency: str) -> Nature:
    return Nature(
        unique=idempotency == "A",
        numbering=random.choice(("erp", "crm")) if idempotency == "A" else "erp",
        delay=random.choice((0.0, 0.0, 20.0)),
        partial=_some(random, 0.3),
        refuses=_some(random, 0.1),
        holds=_some(random, 0.1),
    )


def _perils(random: Random) -> Perils:
    return Perils(
        crash=_some(random, 0.01),
        stop=_some(random, 0.003),
        suspend=_some(random, 0.001),
        error=_some(random, 0.005),
        switch=random.choice((0.05, 0.3)),
    )
