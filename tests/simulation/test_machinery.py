"""The simulation itself: it repeats, it takes turns, and what dies leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.simulation import exhaustive
from tests.simulation.run import Run
from tests.simulation.scene import Scene
from tests.simulation.scheduler import Killed, Process, Scheduler, Turn

ROOT = Path(__file__).parents[2]


def digests(hash_seed: str, *seeds: int) -> dict[str, str]:
    """Of these seeds, run one after the other by a fresh interpreter."""
    code = (
        "import sys; from tests.simulation.run import Run\n"
        "for seed in sys.argv[1:]: print(seed, Run(int(seed)).go().digest)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, seeds)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in ran.stdout.splitlines())


def test_a_seed_repeats_byte_for_byte_whatever_the_hash_seed_and_whatever_ran_before() -> None:
    assert digests("1", 3, 12) == digests("2", 12, 3)


def test_a_calm_company_delivers_everything() -> None:
    outcome = Run(
        1, Scene(orders=5, on_change=("edit", "unaudit"), seconds=200.0, compare=60.0)
    ).go()
    assert outcome.verdict.good, outcome.verdict.violations
    assert outcome.verdict.listed == 0
    assert outcome.verdict.ok >= 5


@pytest.mark.parametrize("seed", range(2))
def test_a_few_companies_in_bad_weather(seed: int) -> None:
    outcome = Run(seed).go()
    assert outcome.verdict.good, "\n".join(map(str, outcome.verdict.violations))


def test_there_are_at_least_forty_fault_points() -> None:
    assert len(exhaustive.points()) >= 40


def test_a_plan_is_read_as_it_was_written() -> None:
    plan = exhaustive.Plan(7, (("page_read", 2, "crash"), ("after_claim", 0, "stop")))
    assert exhaustive.Plan.read(7, str(plan)) == plan


# -- the scheduler -------------------------------------------------------------------------------


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(Random(1), 100.0)


def test_time_moves_only_when_everybody_waits(scheduler: Scheduler) -> None:
    seen = []
    scheduler.spawn(None, lambda: (scheduler.sleep(5), seen.append(scheduler.now)))
    scheduler.spawn(None, lambda: seen.append(scheduler.now))
    scheduler.run(200.0)
    assert seen == [100.0, 105.0]


def test_who_waits_for_a_task_gets_its_value_or_its_error(scheduler: Scheduler) -> None:
    good = scheduler.spawn(None, lambda: scheduler.sleep(3) or "value")
    bad = scheduler.spawn(None, lambda: 1 / 0)
    seen = []
    scheduler.spawn(None, lambda: seen.append(scheduler.wait_for(good)))
    failed = scheduler.spawn(None, lambda: scheduler.wait_for(bad))
    scheduler.run(200.0)
    assert seen == ["value"]
    assert isinstance(failed.error, ZeroDivisionError)


def test_a_killed_process_ends_where_it_stands(scheduler: Scheduler) -> None:
    process, seen = Process("p"), []

    def work() -> None:
        try:
            scheduler.sleep(10)
            seen.append("woke")
        except Killed:
            seen.append("died")
            scheduler.sleep(1)  # it cannot wait for anything any more
            seen.append("lived on")

    scheduler.spawn(process, work)
    scheduler.at(105.0, lambda: scheduler.kill(process))
    scheduler.run(200.0)
    assert seen == ["died"]


def test_a_stopped_process_does_nothing_until_it_goes_on(scheduler: Scheduler) -> None:
    process, seen = Process("p"), []
    scheduler.spawn(process, lambda: (scheduler.sleep(5), seen.append(scheduler.now)))
    scheduler.run(101.0)
    scheduler.spawn(process, lambda: scheduler.freeze(process, 49.0, suspended=True))
    scheduler.run(300.0)
    assert seen == [150.0]
    assert process.asleep == 49.0


def test_writers_take_turns_and_give_up_after_a_while(scheduler: Scheduler) -> None:
    turn, seen = Turn(scheduler, patience=10.0), []

    def write(name: str, seconds: float) -> None:
        got = turn.take()
        seen.append((name, got, scheduler.now))
        if got:
            scheduler.sleep(seconds)
            turn.give_back()

    scheduler.spawn(None, lambda: write("a", 4.0))
    scheduler.run(101.0)
    scheduler.spawn(None, lambda: write("b", 30.0))
    scheduler.run(105.0)
    scheduler.spawn(None, lambda: write("c", 1.0))
    scheduler.run(200.0)
    assert seen == [("a", True, 100.0), ("b", True, 104.0), ("c", False, 115.0)]


def test_a_dead_writer_holds_nobody_up(scheduler: Scheduler) -> None:
    turn, process, seen = Turn(scheduler, patience=10.0), Process("p"), []
    scheduler.spawn(process, lambda: (turn.take(), scheduler.sleep(99)))
    scheduler.at(101.0, lambda: scheduler.kill(process))
    scheduler.run(102.0)
    scheduler.spawn(None, lambda: seen.append(turn.take()))
    scheduler.run(200.0)
    assert seen == [True]
