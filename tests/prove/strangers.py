"""What strangers may send, and what must come of it: judged here, whoever makes it up.

Hypothesis (`properties`) and atheris (`fuzzing`) both ask these; each raises AssertionError with
what is wrong. The adapters' own clients run over the product's own `Http`; only the socket is
replaced by answers that are given.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
import requests
from requests.structures import CaseInsensitiveDict

from adapters.fxiaoke import Fxiaoke
from adapters.fxiaoke.settings import FxiaokeSettings
from adapters.kingdee_galaxy import KingdeeGalaxy
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector import errors
from connector.contract import Adapter, Settings, Shape, Write, Written
from connector.http import Answer, Http
from connector.mapping.expr import Expression, ExpressionFault

LONGEST = 1.0
"""Seconds of work that anything from outside may cost."""
UNTOUCHED = (errors.Transient, errors.Changed, errors.Locked)
"""What has a write sent again by itself, without a look: only where nothing was done."""


@dataclass(frozen=True)
class Said:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class StoppedClock:
    """Waits take no time."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 8, tzinfo=UTC) + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds


class Told(Http):
    """The product's way out, with what is said in place of a socket; the last answer for ever."""

    def __init__(self, settings: Settings, said: Sequence[Said], known: Mapping[str, Said]) -> None:
        """`known` answers by a part of the address are given whatever else is said."""
        super().__init__(settings, StoppedClock())
        self._said, self._known = list(said), known
        self.writes = 0
        """Requests that may have changed something."""

    def _once(
        self, request: requests.PreparedRequest, own: Collection[int], *, writes: bool
    ) -> Answer:
        self.writes += writes
        said = next((s for part, s in self._known.items() if part in str(request.url)), None)
        if said is None:
            said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        self._note_date(said.headers.get("Date", ""))
        headers = CaseInsensitiveDict(said.headers)
        answer = Answer(said.status, headers, said.body, writes=writes)
        return answer if answer.status in own else self._classify(answer)


@contextmanager
def soon() -> Iterator[None]:
    """What is done inside takes no longer than `LONGEST`, by this process's own time."""
    start = time.process_time()
    yield
    spent = time.process_time() - start
    assert spent < LONGEST, f"{spent:.1f} s of work"


# -- adapters -----------------------------------------------------------------------------------

COMMON: dict[str, Any] = {"base_url": "https://remote.example", "rate": ""}
GALAXY = KingdeeGalaxySettings(
    adapter="kingdee_galaxy", acct_id="a", user="u", app_id="1_2345678901234567890123456789012345",
    app_secret="s", **COMMON,
)  # fmt: skip
FXIAOKE = FxiaokeSettings(
    adapter="fxiaoke", app_id="a", app_secret="s", permanent_code="p", user_id="1000", **COMMON
)
TOKEN = b'{"errorCode":0,"accessToken":"t","ea":"e","expiresIn":7200}'
FIELDS = {name: {"api_name": name, "type": "text"} for name in ("note", "mark__c")}
DESCRIBED = msgspec.json.encode({"errorCode": 0, "data": {"describe": {"fields": FIELDS}}})
KNOWN = {"/oauth2.0/token": Said(200, TOKEN), "object/describe": Said(200, DESCRIBED)}


def galaxy(said: Sequence[Said]) -> tuple[Adapter, Told]:
    http = Told(GALAXY, said, {})
    return KingdeeGalaxy(GALAXY, http, StoppedClock()), http


def fxiaoke(said: Sequence[Said]) -> tuple[Adapter, Told]:
    http = Told(FXIAOKE, said, KNOWN)
    return Fxiaoke(FXIAOKE, http, StoppedClock()), http


MAKE = {"kingdee_galaxy": galaxy, "fxiaoke": fxiaoke}
FORM = {"kingdee_galaxy": "SAL_SaleOrder", "fxiaoke": "AccountObj"}
FIELD = {"kingdee_galaxy": "FNote", "fxiaoke": "note"}
MARK = {"kingdee_galaxy": "F_CRM_Ref", "fxiaoke": "mark__c"}


def write_is_honest(name: str, said: Sequence[Said]) -> None:
    """A create ends in a declared outcome, is done only on the remote's word, and is sent again
    only where the remote understood it and did nothing."""
    adapter, http = MAKE[name](said)
    mark = (MARK[name], "crm:1")
    write = Write(FORM[name], "", {FIELD[name]: "x"}, reference=mark, until="saved")
    with soon():
        try:
            outcome: Any = adapter.write(write)
        except errors.AdapterError as error:
            outcome = error
    done, understood = WORD[name](said[0])
    if isinstance(outcome, Written):
        assert http.writes, "done without a write"
        assert done, f"{outcome} though the remote did not say so"
        assert outcome.key, f"{outcome} names no record"
    elif not isinstance(outcome, errors.HalfDone):
        assert not (done and isinstance(outcome, UNTOUCHED)), f"{outcome!r} though it may be done"
        assert understood or not isinstance(outcome, UNTOUCHED), f"{outcome!r} for garbage"


def read_is_honest(name: str, said: Sequence[Said]) -> None:
    """Readings give records or a declared error, and never a lost write."""
    adapter, _ = MAKE[name](said)
    keys = {"kingdee_galaxy": "FID", "fxiaoke": "_id"}
    shape = Shape(FORM[name], (keys[name],), (FIELD[name],))
    with soon():
        try:
            list(adapter.fetch(shape, ["1", "2"]))
            list(adapter.find(shape, MARK[name], ["crm:1"]))
            next(iter(adapter.read(shape, None)), None)
            adapter.check()
        except errors.AdapterError as error:
            assert not isinstance(error, errors.OutcomeUnknown), f"{error!r} for a reading"


def _json(said: Said) -> Any:
    """The body by a decoder of our own; None where there is none."""
    try:
        text = said.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = said.body.decode("gb18030", "replace")
    for read in (text, said.body.decode("utf-8", "replace")):
        try:
            return NUMBERS.decode(read)
        except (msgspec.DecodeError, RecursionError, InvalidOperation):
            continue
    return None


NUMBERS = msgspec.json.Decoder(float_hook=Decimal)


def _galaxy_word(said: Said) -> tuple[bool, bool]:
    """Whether it says that the record is made; whether it is an answer of theirs at all."""
    body = _json(said)
    while isinstance(body, list) and len(body) == 1:
        body = body[0]
    result = body.get("Result") if isinstance(body, dict) else None
    status = result.get("ResponseStatus") if isinstance(result, dict) else None
    if not isinstance(status, dict) or said.status not in (200, 206):
        return False, False
    flag = str(status.get("IsSuccess")).lower()
    made = status.get("SuccessEntitys")
    first = made[0] if isinstance(made, list) and made else {}
    return flag == "true" and isinstance(first, dict) and bool(first.get("Id")), flag == "false"


def _fxiaoke_word(said: Said) -> tuple[bool, bool]:
    body = _json(said)
    code = body.get("errorCode") if isinstance(body, dict) else None
    if isinstance(code, bool) or not isinstance(code, int | str) or not 200 <= said.status < 300:
        return False, said.status < 500 and isinstance(code, int | str)
    return str(code).strip().lstrip("+-0") == "" and str(code).strip() != "", True


WORD = {"kingdee_galaxy": _galaxy_word, "fxiaoke": _fxiaoke_word}


# -- expressions ----------------------------------------------------------------------------------

OPERANDS = {"a": Decimal("1.5"), "b": Decimal(0), "name": "客户 1", "flag": True, "none": None}


def expression_is_pure(source: str) -> None:
    """Refused, or the same result each time, in time."""
    with soon():
        first, second = _evaluated(source), _evaluated(source)
    assert first == second or first != first, f"{first!r}, and then {second!r}"


def _evaluated(source: str) -> Any:
    try:
        return Expression(source)(OPERANDS.get)
    except ExpressionFault as fault:
        return str(fault)
