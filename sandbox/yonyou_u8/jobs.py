"""Writes as the relay takes them: accepted at once, done by the agent, told when asked for.

One `biz_id`, or one `tradeid`, makes one document. What a repeated one is answered is documented
nowhere: it is refused here, or told the first one's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .faults import NO_RESULT, NO_TRADE, RUNNING, Fault, business

Work = Callable[[], Mapping[str, Any]]


@dataclass
class Job:
    """A write that was accepted."""

    work: Work
    trade: str
    answer: dict[str, Any] = field(default_factory=dict)
    """Empty: the agent has not done it."""
    asked: int = 0


class Jobs:
    """The relay's queue, and what became of what was in it."""

    def __init__(self, switches: Mapping[str, Any], fresh: Callable[[], str]) -> None:
        self._switches = switches
        self._fresh = fresh
        self._jobs: dict[str, Job] = {}
        self._known: dict[tuple[str, str], Job] = {}
        """By resource and the caller's own id."""

    def take(self, form: str, query: Mapping[str, str], work: Work, home: str) -> dict[str, Any]:
        """Accept a write; the answer is the outcome itself where the caller waits (`sync`)."""
        own = [query[name] for name in ("tradeid", "biz_id") if query.get(name)]
        if len(own) != 1:
            raise NO_TRADE
        job = self._job(form, own[0], work)
        if query.get("sync") == "1":
            self.run()
            if not job.answer:
                raise RUNNING
            return job.answer
        number = self._fresh()
        self._jobs[number] = job
        self.run()
        return {
            "errcode": "0", "errmsg": "", "tradeid": job.trade,
            "ping_after": str(self._switches["ping_after"]),
            "url": f"{home}/result?requestid={number}",
        }  # fmt: skip

    def result(self, number: str) -> dict[str, Any]:
        """What became of a write, once it has been asked for often enough."""
        if number not in self._jobs:
            raise NO_RESULT
        job = self._jobs[number]
        job.asked += 1
        if not job.answer or job.asked <= self._switches["pending"]:
            raise RUNNING
        return job.answer

    def run(self) -> None:
        """The agent does what it was sent, where it is there."""
        if self._switches["agent"] != "on":
            return
        for job in [*self._known.values(), *self._jobs.values()]:
            if not job.answer:
                job.answer = _done(job)

    def _job(self, form: str, own: str, work: Work) -> Job:
        known = self._known.get((form, own))
        burnt = known and self._switches["burnt_ids"]
        if known and (burnt or not known.answer or known.answer["errcode"] == "0"):
            if self._switches["repeated"] == "earlier" or not known.answer:
                return known
            refused = business(f"业务标识{own}重复提交")
            return Job(work, own, {"errcode": refused.code, "errmsg": refused.message})
        made = self._known[form, own] = Job(work, own)
        return made


def _done(job: Job) -> dict[str, Any]:
    try:
        return {"errcode": "0", "errmsg": "", "tradeid": job.trade, **job.work()}
    except Fault as fault:
        return {"errcode": fault.code, "errmsg": fault.message, "tradeid": job.trade}
