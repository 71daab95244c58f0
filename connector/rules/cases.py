"""Cases: examples that stand in a rule and prove it.

- name: three days late
  record: {record: A1, promised_on: 2026-03-01}
  today: 2026-03-05
  order: {number: SO-1, customer: C1}
  holds: true
  says: 订单 SO-1 已延期 4 天
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Any

from connector.mapping.expr import ExpressionFault
from connector.messages import LANGUAGES, Message, say
from connector.objects import OBJECTS
from connector.rules.joining import JOINS
from connector.rules.record import Seen, Today
from connector.rules.rule import Rule
from connector.rules.text import TextFault

WORDS = ("name", "record", "was", "today", "holds", "says")
SOME_DAY = "2026-03-02"


def failing(rule: Rule) -> Iterator[tuple[int, Message]]:
    """The cases that do not come out as they say: their places, and what comes out."""
    for n, case in enumerate(rule.settings.cases):
        if words := _wrong(rule, case):
            yield n, words


def _wrong(rule: Rule, case: Mapping[str, Any]) -> Message | None:
    joins = JOINS.get(rule.object, {})
    unknown = sorted(case.keys() - {*WORDS, *joins})
    if unknown or "record" not in case:
        known = ", ".join([*WORDS, *joins])
        return say("rule_case_shape", name=", ".join(unknown) or "record", known=known)
    try:
        seen = _seen(rule, case)
        holds, texts = (
            rule.holds(seen),
            [text for one in LANGUAGES for text in said(rule, seen, one)],
        )
    except (ExpressionFault, TextFault, ValueError, ArithmeticError) as fault:
        return say("rule_case_fault", detail=str(fault))
    if holds != case.get("holds", True):
        return say("rule_case_holds" if holds else "rule_case_holds_not")
    if "says" in case and str(case["says"]) not in texts:
        return say("rule_case_says", text=next(filter(None, texts), ""))
    return None


def said(rule: Rule, seen: Seen, language: str) -> Iterator[str]:
    """The texts that a rule makes of a record: what people are told, why flows are paused, what is
    to be done, and why somebody looks at it."""
    yield rule.rendered(seen, language).text
    for texts in (rule.why, rule.todo_title, rule.todo_text, rule.asked):
        if texts:
            yield texts[language](seen.get)


def _seen(rule: Rule, case: Mapping[str, Any]) -> Seen:
    """A case as a record that was read."""
    today = date.fromisoformat(str(case.get("today", SOME_DAY)))
    joined = {
        name: _stored(join.object, case.get(name, {}))
        for name, join in JOINS.get(rule.object, {}).items()
    }
    return Seen(
        rule.object,
        _stored(rule.object, case["record"]),
        Today(today, UTC),
        rule.settings.set,
        _stored(rule.object, case.get("was", {})),
        lambda name: joined.get(name, {}),
    )


def _stored(object: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields as a store holds them: numbers of the object's own as text."""
    known = OBJECTS[object].model_fields
    if unknown := sorted(name for name in values if name not in known):
        raise ValueError(", ".join(unknown))
    return {
        name: str(value) if isinstance(value, float) else value for name, value in values.items()
    }
