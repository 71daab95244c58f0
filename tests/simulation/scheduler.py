"""One thread, many tasks, a clock that only moves when nobody has anything to do.

Tasks are greenlets: exactly one runs, and it hands over only where it says so. Which one is next
depends on virtual time and on one seeded `Random` alone, so that a run can be repeated exactly.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

JITTER = 0.002
"""Most virtual seconds by which handing over delays a task: they shuffle who comes next."""


class Killed(BaseException):
    """The process of this task is dead. Unwinds what it was doing; nothing may catch it."""


class Process:
    """What dies, stops and wakes up as one: a daemon, a command, a machine."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.frozen_until = 0.0
        self.asleep = 0.0
        """Virtual seconds that its monotonic clock did not count: the machine was suspended."""
        self.skew = 0.0
        """Virtual seconds by which its wall clock is ahead."""
        self.tasks: list[Task] = []


class Task:
    """A line of work inside a process; without a process it is part of the world."""

    def __init__(self, process: Process | None, work: Callable[[], Any], hub: greenlet) -> None:
        self.process = process
        self.work = work
        self.greenlet = greenlet(self._run, hub)
        self.done = False
        self.value: Any = None
        self.error: Exception | None = None
        self.waiting: list[Task] = []
        """Tasks that want to know when this one ends."""
        self.ticket = 0
        """Counts hand-overs: what was queued for an earlier one is void."""

    def _run(self) -> None:
        try:
            self.value = self.work()
        except Killed:
            pass
        except Exception as error:  # noqa: BLE001 - for whoever waits for it
            self.error = error
        finally:
            self.done = True


class Scheduler:
    """Runs tasks in virtual time."""

    def __init__(self, random: Random, start: float) -> None:
        self.now = start
        self.current: Task | None = None
        self._random = random
        self._hub = getcurrent()
        self._queue: list[tuple[float, float, int, Task | Callable[[], None], int]] = []
        self._count = 0
        self._processes: list[Process] = []

    # -- what tasks ask for -----------------------------------------------------------------

    def sleep(self, seconds: float) -> None:
        """Let the others run for so long."""
        until = self.now + seconds
        self.park(until)
        while self.now < until:
            self.park(until)

    def give_way(self) -> None:
        """Let the others run if it is their turn."""
        self.sleep(self._random.random() * JITTER)

    def park(self, until: float | None = None) -> None:
        """Wait until somebody calls `wake`, or until a time."""
        task = self._mine()
        if until is not None:
            self._push(until, task)
        self._hand_over(task)

    def wake(self, task: Task) -> None:
        """Let a parked task go on."""
        self._push(self.now, task)

    def wait_for(self, task: Task) -> Any:
        """The value of a task, once it has ended. Raises what it raised."""
        while not task.done:
            task.waiting.append(self._mine())
            self.park()
        if task.error is not None:
            raise task.error
        return task.value

    def _mine(self) -> Task:
        assert self.current is not None, "nobody runs"
        return self.current

    def _hand_over(self, task: Task) -> None:
        self._check(task)
        self._hub.switch()
        task.ticket += 1
        self._check(task)

    def _check(self, task: Task) -> None:
        if task.process is not None and task.process.dead:
            raise Killed

    # -- starting and ending ----------------------------------------------------------------

    def spawn(self, process: Process | None, work: Callable[[], Any]) -> Task:
        """Begin a task, as soon as it is its turn."""
        task = Task(process, work, self._hub)
        if process is not None:
            process.tasks.append(task)
            if process not in self._processes:
                self._processes.append(process)
        self._push(self.now, task)
        return task

    def at(self, time: float, happening: Callable[[], None]) -> None:
        """Something that happens to the world at a time, all at once."""
        self._push(time, happening)

    def kill(self, process: Process) -> None:
        """As by kill -9. If the caller belongs to it, it must raise `Killed` at once."""
        process.dead = True

    def freeze(self, process: Process, seconds: float, *, suspended: bool) -> None:
        """As by SIGSTOP; `suspended`: the whole machine sleeps, its monotonic clock with it.

        Called by one of its own tasks, which goes on when it is over.
        """
        began = self.now
        process.frozen_until = began + seconds
        while process.frozen_until > self.now:
            self.park(process.frozen_until)
        if suspended:
            process.asleep += self.now - began

    def thaw(self, process: Process) -> None:
        """Let a stopped process go on now."""
        process.frozen_until = self.now
        for task in process.tasks:
            self.wake(task)

    def bury(self) -> None:
        """End every process that is left."""
        for process in self._processes:
            process.dead = True
        self._unwind()
        self._queue.clear()

    # -- the loop ---------------------------------------------------------------------------

    def run(self, until: float) -> None:
        """Work until a virtual time."""
        while self._queue and self._queue[0][0] <= until:
            time, _, _, next_one, ticket = heapq.heappop(self._queue)
            self.now = max(self.now, time)
            if not isinstance(next_one, Task):
                next_one()
                self._unwind()
            elif ticket == next_one.ticket and self._may_run(next_one):
                self._run(next_one)
        self.now = max(self.now, until)

    def _may_run(self, task: Task) -> bool:
        process = task.process
        if task.done or (process is not None and process.dead):
            return False
        if process is not None and process.frozen_until > self.now:
            self._push(process.frozen_until, task)
            return False
        return True

    def _run(self, task: Task) -> None:
        self.current = task
        task.greenlet.switch()
        self.current = None
        if task.done:
            self._ended(task)
        self._unwind()

    def _ended(self, task: Task) -> None:
        if task.process is not None:
            task.process.tasks.remove(task)
        for other in task.waiting:
            self.wake(other)

    def _unwind(self) -> None:
        """Take dead processes off the stage: each task of theirs ends where it stands."""
        for process in [p for p in self._processes if p.dead]:
            self._processes.remove(process)
            for task in process.tasks:
                self.current = task
                if task.greenlet:
                    task.greenlet.throw(Killed)
                task.done = True
            process.tasks.clear()
        self.current = None

    def _push(self, time: float, what: Task | Callable[[], None]) -> None:
        self._count += 1
        ticket = what.ticket if isinstance(what, Task) else 0
        heapq.heappush(self._queue, (time, self._random.random(), self._count, what, ticket))


class Turn:
    """A lock in virtual time: writers of one database, one after the other."""

    def __init__(self, scheduler: Scheduler, patience: float) -> None:
        """`patience`: seconds after which whoever waits gives up."""
        self._scheduler = scheduler
        self._patience = patience
        self._holder: Task | None = None
        self._queue: list[Task] = []

    def take(self) -> bool:
        """Wait for the turn; False: it took too long."""
        scheduler, task = self._scheduler, self._scheduler.current
        give_up = scheduler.now + self._patience
        while self._holder is not None and not self._holder.done:
            if scheduler.now >= give_up:
                return False
            assert task is not None, "the world waits for the database"
            self._queue.append(task)
            scheduler.park(give_up)
            if task in self._queue:
                self._queue.remove(task)
        self._holder = task
        return True

    def give_back(self) -> None:
        """Let the next one in, if it was ours."""
        if self._holder is not self._scheduler.current:
            return
        self._holder = None
        for task in self._queue:
            self._scheduler.wake(task)
        self._queue.clear()
