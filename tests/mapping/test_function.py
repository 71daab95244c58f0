"""Functions that are put together from source: what stands in a file never becomes any of it."""

from __future__ import annotations

import builtins
import json

import pytest

from tests.mapping.build import read, written

RUN: list[str] = []
HOSTILE = [
    "x'] = __import__('builtins').pwned() #",
    'x"] = __import__("builtins").pwned() #',
    "x\n    __import__('builtins').pwned()",
    "x\\'] = __import__('builtins').pwned() #",
    "{__import__('builtins').pwned()}",
]


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    RUN.clear()
    monkeypatch.setattr(builtins, "pwned", lambda: RUN.append("run"), raising=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_name_or_a_value_holds_it_stays_one(name: str) -> None:
    key = json.dumps(name, ensure_ascii=False)
    fields = written(
        f"{key}: number\nb: {{value: {key}}}\nc: {{from: organisation, default: {key}}}",
        {"number": name},
    )
    assert fields == {name: name, "b": name, "c": name}
    customer = read(f"name: {{from: {key}}}\ncustom.a: {{value: {key}}}", {name: name})
    assert customer.name == name
    assert customer.custom == {"a": name}
    assert RUN == []


def test_the_watch_would_notice() -> None:
    exec("__import__('builtins').pwned()")
    assert RUN == ["run"]
