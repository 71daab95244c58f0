"""The simulated 金蝶云星空 server: who calls, what may go wrong today, and the answer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sandbox.company.model import Company
from sandbox.server import Application, Request, Response, json_response, to_json

from .account_set import AccountSet
from .auth import (
    ACCT_ID,
    APP_ID,
    APP_SECRET,
    USER,
    Session,
    Sessions,
    check_headers,
    session_id_of,
)
from .envelope import LOGINS, Call, read_call
from .errors import HttpFailure, MsgCode, Outcome, Refused, failure_envelope, session_lost
from .load import load
from .login import data_centers, login_failed, login_parameters, login_succeeded, may_log_in
from .people import People
from .service import Service
from .switches import default_switches

SECRET = "KINGDEE_APP_SECRET"  # noqa: S105 - the name of an environment variable

SYSTEM_FAULTS = {
    "session_lost": session_lost(),
    "permission": Refused(MsgCode.NO_PERMISSION, "您没有该业务对象的操作权限，请联系系统管理员"),
    "licence": Refused(MsgCode.LICENCE, "许可校验失败，请检查许可文件"),
    "network_control": Refused(
        MsgCode.NETWORK_CONTROL, "该业务操作与其他用户正在执行的业务操作冲突，请稍候再使用"
    ),
    "call_limit": Refused(MsgCode.CALL_LIMIT, "接口调用次数超过限制"),
}
"""System faults that refuse a call before anything is done. Three more have shapes of their
own: `response_error` (HTTP 200, no JSON), `stack_trace_message` (no `Errors`) and
`partial_batch` (args: every; each such record of a BatchSave fails)."""


class KingdeeGalaxySandbox(Application):
    """A server with one account set, filled from a company."""

    system = "kingdee_galaxy"

    def __init__(
        self,
        company: Company | None = None,
        *,
        numbering: str = "manual",
        limits: str = "off",
        seed: int = 1,
    ) -> None:
        super().__init__(seed=seed)
        company = company or Company(name="测试账套")
        self.switches = default_switches(company, numbering, limits)
        self.books = AccountSet(self.ledger, self.clock, self.switches)
        load(self.books, company)
        rng = Random(seed)
        self.sessions = Sessions(Random(seed + 1))
        self.service = Service(self.books, self.faults, rng)
        self._people = People(self.books, rng)
        self._recent: deque[float] = deque()
        self._arrived = threading.local()

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": f"{url}/k3cloud/",
            "acct_id": self.switches["acct_id"],
            "user": USER,
            "app_id": APP_ID,
            "app_secret": f"${{env:{SECRET}}}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
            "numbering": self.switches["numbering"],
        }
        return settings, {SECRET: APP_SECRET}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        try:
            return [self.books.model(bill) for bill in self.books.table(form).bills.values()]
        except Refused as refused:
            raise KeyError(str(refused)) from refused

    def name_call(self, request: Request) -> tuple[str, str]:
        """Reads the body once; `answer` runs in the same thread and finds the call again."""
        call: Call | HttpFailure
        try:
            call = read_call(request)
        except HttpFailure as failure:
            call = failure
        self._arrived.call = call
        if isinstance(call, HttpFailure):
            return "malformed", ""
        return call.operation or "unknown", call.form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        call = self._arrived.call
        try:
            if isinstance(call, HttpFailure):
                raise call
            if operation in LOGINS:
                return self._log_in(call)
            if operation == "GetDataCenterList":
                switches = self.switches
                return json_response(data_centers(switches["acct_id"], switches["data_center"]))
            if operation == "Logout":
                return json_response(self.sessions.end(session_id_of(request)))
            return self._serve(request, call)
        except HttpFailure as failure:
            return Response(failure.status, failure.text.encode(), content_type="text/plain")

    def _serve(self, request: Request, call: Call) -> Response:
        headers: dict[str, str] = {}
        try:
            session, is_new = self._authenticate(request)
            if is_new:
                headers["Set-Cookie"] = session.cookies()
            self._system_faults(call)
            if self.faults.pick(call.operation, call.form, system="response_error"):
                raise HttpFailure(200, "response_error: 服务器内部错误")
            answer = self._answer(call, session)
        except Refused as refused:
            if refused.code == MsgCode.CONTEXT_LOST:
                headers["Set-Cookie"] = self.sessions.shell(0).cookies()
            answer = failure_envelope(refused)
            if call.operation == "ExecuteBillQuery":
                answer = [[answer]]
        return Response(body=to_json(answer), headers=headers)

    def _answer(self, call: Call, session: Session) -> Any:
        if call.operation == "SwitchOrg":
            session.org = str(call.data.get("orgnumber") or "")
            return Outcome().result()
        return self.service.do(call)

    def _authenticate(self, request: Request) -> tuple[Session, bool]:
        """The session of a request, and whether it was started for it just now."""
        now = self.clock.now().timestamp()
        idle = float(self.switches["session_idle"])
        session = self.sessions.use(session_id_of(request), now, idle)
        if session is not None:
            return session, False
        if "x-api-signature" not in request.headers:
            raise session_lost()
        check_headers(request, self._known_accts())
        return self.sessions.start(now), True

    def _known_accts(self) -> frozenset[str]:
        """The switch renames the account set; who still asks for the old one is let in."""
        return frozenset((ACCT_ID, self.switches["acct_id"]))

    def _log_in(self, call: Call) -> Response:
        given, switches = login_parameters(call), self.switches
        if given["acctid"] not in self._known_accts():
            raise HttpFailure(500, "Fail to verify thirty passport: data center not found")
        if not may_log_in(call.operation, given, switches["login_hash"]):
            return json_response(login_failed())
        session = self.sessions.start(self.clock.now().timestamp())
        org = next(iter(self.books.tables["ORG_Organizations"].bills.values()))
        organisation = int(org.id), str(org.values["FName"])
        answer = login_succeeded(
            session, switches["acct_id"], switches["data_center"], organisation
        )
        return Response(body=to_json(answer), headers={"Set-Cookie": session.cookies()})

    def _system_faults(self, call: Call) -> None:
        for name, refused in SYSTEM_FAULTS.items():
            if self.faults.pick(call.operation, call.form, system=name):
                if name == "session_lost":
                    self.sessions.end_all()
                raise refused
        if self.switches["limits"] == "on":
            self._count_call()

    def _count_call(self) -> None:
        now = self.clock.now().timestamp()
        while self._recent and self._recent[0] < now - 60:
            self._recent.popleft()
        if len(self._recent) >= self.switches["calls_per_minute"]:
            raise SYSTEM_FAULTS["call_limit"]
        self._recent.append(now)
