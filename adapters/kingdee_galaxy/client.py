"""The protocol: addresses, envelopes, sessions. Nothing else knows a URL.

One session is kept and given up only when the server says that it is lost. MsgCode 1 comes
before any business logic, so the call is then repeated once, writes included. It also comes
for wrong credentials: the second time it means that we are not let in.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.kingdee_galaxy import signing
from adapters.kingdee_galaxy.answers import (
    SHOWN,
    Garbled,
    Outcome,
    SessionLost,
    classified,
    made_of,
    outcome_of,
)
from adapters.kingdee_galaxy.login import Session, credentials, logged_in
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector import exact
from connector.contract import Answer, Http
from connector.errors import (
    AccessDenied,
    AdapterError,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.kit.shared import Shared
from connector.messages import say

STUBS = "Kingdee.BOS.WebApi.ServicesStub"
FORMS = f"{STUBS}.DynamicFormService"
LOGIN = f"{STUBS}.AuthService"
CHANGES = "Kingdee.K3.SCM.WebApi.ServicesStub.SaveXSaleOrderWebApi.SaveXSaleOrder"
ACCOUNTS = "Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService"

GATEWAY = "519"
"""The status under which the vendor's gateway refuses what it does not pass on to the server."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: KingdeeGalaxySettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._directory = urlsplit(settings.base_url).path.rstrip("/")
        self._session = Shared(self._begin)
        self._answered = False
        self.version = ""
        """The server's version, as a login tells it; a signed call does not."""

    # -- calls ------------------------------------------------------------------------------

    def query(
        self, form: str, keys: str, where: str, order: str, *, start: int = 0, limit: int = 0
    ) -> list[list[Any]]:
        """ExecuteBillQuery: rows of values in the order of `keys`."""
        data = {
            "FormId": form,
            "FieldKeys": keys,
            "FilterString": where,
            "OrderString": order,
            "TopRowCount": 0,
            "StartRow": start,
            "Limit": limit or self._settings.query_limit,
        }
        body, outcome = self._call(f"{FORMS}.ExecuteBillQuery", {"data": data})
        if outcome is not None:
            raise outcome.error()
        width = keys.count(",") + 1
        rows = body if isinstance(body, list) else [body]
        if not all(isinstance(row, list) and len(row) == width for row in rows):
            raise Transient(say("kingdee_no_reason"), answer=str(body)[:SHOWN])
        return rows

    def save(self, form: str, data: Mapping[str, Any]) -> Outcome:
        """Save, or BatchSave where the Model is a list."""
        method = "BatchSave" if isinstance(data["Model"], list) else "Save"
        return self._write(method, {"formid": form, "data": data})

    def operate(
        self, verb: str, form: str, keys: Sequence[str], accept: str
    ) -> dict[str, AdapterError | None]:
        """Submit, Audit or UnAudit; what became of each record."""
        data = {"Ids": ",".join(keys), "IgnoreInterationFlag": "false"}
        if verb != "Submit":
            data["InterationFlags"] = accept
        return self._write(verb, {"formid": form, "data": data}).of(keys)

    def execute(self, form: str, operation: str, key: str, rows: Sequence[str] = ()) -> None:
        """An operation of the form, such as voiding a bill or closing some of its rows."""
        chosen: dict[str, Any] = {"Ids": key}
        if rows:
            chosen = {"PkEntryIds": [{"Id": key, "EntryIds": ",".join(rows)}]}
        data = {**chosen, "IgnoreInterationFlag": "false"}
        body = {"formid": form, "opNumber": operation, "data": data}
        error = self._write(self._settings.execute_operation, body).of([key])[key]
        if error is not None:
            raise error

    def make_change_bill(self, number: str, key: str, rows: Sequence[str]) -> str:
        """SaveXSaleOrder: a change document of a sales order, with those of its rows; its key.
        Every call makes another one."""
        order = {
            "SaleOrderBillNo": number, "SaleOrderBillId": int(key),
            "SOEntryIds": [int(row) for row in rows],
        }  # fmt: skip
        body, _ = self._call(CHANGES, {"parameters": [exact.dumps(order)]}, writes=True)
        return made_of(body)

    def allocate(
        self, form: str, keys: Sequence[str], orgs: Sequence[str]
    ) -> dict[str, AdapterError | None]:
        """Give base data to organisations (by id), ready for use there."""
        data = {
            "PkIds": ",".join(keys), "TOrgIds": ",".join(orgs), "IsAutoSubmitAndAudit": "true",
        }  # fmt: skip
        return self._write("Allocate", {"formid": form, "data": data}).of(keys)

    def business_info(self, form: str) -> Mapping[str, Any]:
        """QueryBusinessInfo: the form's metadata."""
        _, outcome = self._call(f"{FORMS}.QueryBusinessInfo", {"data": {"FormId": form}})
        if outcome is None or not outcome.ok:
            raise outcome.error() if outcome else Rejected(say("kingdee_no_reason"))
        info = outcome.result.get("NeedReturnData")
        return info if isinstance(info, dict) else {}

    def data_center(self) -> str:
        """The account set's name; empty where the server does not list it. Needs no session."""
        answer = self._send(f"{ACCOUNTS}.GetDataCenterList", {}, {}, writes=False)
        listed = answer.json() if answer.status == 200 else ()
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and item.get("Id") == self._settings.acct_id:
                return str(item.get("Name") or "")
        return ""

    def now(self) -> datetime:
        """The server's time in its own zone, whole seconds. It is its word, never ours."""
        if not self._answered:
            self.data_center()
        return self._http.now().astimezone(self._settings.zone).replace(microsecond=0)

    def within(self, requests: int) -> AbstractContextManager[None]:
        """Whatever is called inside takes no longer than so many of the longest requests."""
        return self._http.within(requests * self._settings.timeout)

    @property
    def sessions(self) -> int:
        """How many the server has given us and not told us lost."""
        session = self._session.held
        return 1 if session is not None and session.id else 0

    def close(self) -> None:
        """Give up the session; whether that succeeds is nobody's concern."""
        session = self._session.give_up()
        if session is not None and session.id:
            with suppress(ConnectorError):
                self._send(f"{LOGIN}.Logout", {}, session.headers, writes=False)

    # -- sending ----------------------------------------------------------------------------

    def _write(self, method: str, body: Mapping[str, Any]) -> Outcome:
        _, outcome = self._call(f"{FORMS}.{method}", body, writes=True)
        if outcome is None:
            raise OutcomeUnknown(say("kingdee_no_result"))
        return outcome

    def _call(
        self, method: str, body: Mapping[str, Any], *, writes: bool = False
    ) -> tuple[Any, Outcome | None]:
        """The answer and the outcome in it. Loses the session at most once."""
        session = self._session.get()
        try:
            return self._once(method, body, session, writes)
        except SessionLost:
            session = self._session.get(lost=session)
        try:
            return self._once(method, body, session, writes)
        except SessionLost as lost:
            raise AccessDenied(say("kingdee_not_let_in"), code="1", answer=str(lost)) from None

    def _once(
        self, method: str, body: Mapping[str, Any], session: Session, writes: bool
    ) -> tuple[Any, Outcome | None]:
        headers = session.headers
        if self._settings.auth == "signature":
            headers |= self._signature(method)
        answer = self._send(method, body, headers, writes=writes)
        made = _content(method, answer, writes=writes)
        try:
            outcome = outcome_of(made)
        except Garbled as garbled:
            unclear = OutcomeUnknown if writes else Transient
            raise unclear(say("kingdee_no_result"), answer=str(garbled)) from None
        # In header mode an expired session is replaced without a word, by new cookies.
        if fresh := Session.of(answer.headers):
            self._session.replace(session, fresh)
        return made, outcome

    def _send(
        self, method: str, body: Mapping[str, Any], headers: Mapping[str, str], *, writes: bool
    ) -> Answer:
        try:
            answer = self._http.send(
                "POST", f"/{method}.common.kdsvc", json=body, headers=headers, writes=writes
            )
        except (OutcomeUnknown, Transient) as error:
            if "verify thirty passport" in error.answer:
                words = say("kingdee_wrong_account_set", acct=self._settings.acct_id)
                raise AccessDenied(words, code=error.code, answer=error.answer) from None
            if error.code == GATEWAY and '"errcode"' in error.answer:
                words = say("kingdee_gateway", detail=error.answer[:200])
                raise AccessDenied(words, code=error.code, answer=error.answer) from None
            raise
        self._answered = True
        return answer

    def _signature(self, method: str) -> dict[str, str]:
        settings = self._settings
        return signing.headers(
            settings.app_id,
            settings.app_secret.get_secret_value(),
            signing.app_data(settings.acct_id, settings.user, settings.lcid, settings.org),
            f"{self._directory}/{method}.common.kdsvc",
            nonce=secrets.token_hex(16),
            timestamp=self._timestamp(),
        )

    def _timestamp(self) -> str:
        return str(int(self._http.now().timestamp()))

    # -- sessions ---------------------------------------------------------------------------

    def _begin(self) -> Session:
        """A session by logging in; none where calls are signed: the first of them begins one."""
        if self._settings.auth == "signature":
            return Session()
        method, parameters = credentials(self._settings, self._timestamp())
        answer = self._send(f"{LOGIN}.{method}", {"parameters": parameters}, {}, writes=False)
        body = _content(method, answer, writes=False)
        session, self.version = logged_in(body, answer.headers)
        if self._settings.org:
            self._switch(session)
        return session

    def _switch(self, session: Session) -> None:
        """Work in the organisation of the settings; header mode names it in each call."""
        data = {"data": {"OrgNumber": self._settings.org}}
        try:
            _, outcome = self._once(f"{FORMS}.SwitchOrg", data, session, writes=False)
        except SessionLost as lost:
            raise AccessDenied(say("kingdee_not_let_in"), code="1", answer=str(lost)) from None
        if outcome is not None and not outcome.ok:
            raise outcome.error()


def _content(method: str, answer: Answer, *, writes: bool) -> Any:
    """The JSON of an answer; what stands in its place is an error."""
    unclear = OutcomeUnknown if writes else Transient
    status, text = answer.status, answer.text()[:SHOWN]
    if status >= 300:
        words = say("kingdee_no_method", method=method.rpartition(".")[2], status=status)
        raise Rejected(words, code=str(status), answer=text)
    if status not in (200, 206):
        # Somebody in between took it; whether the ERP has done it, nobody knows.
        raise unclear(say("kingdee_no_result"), code=str(status), answer=text)
    if text.startswith("response_error:"):
        error = classified(0, text.removeprefix("response_error:").strip(), answer=text)
        # Whether it broke before or after the work was done, it does not say.
        raise unclear(error.words, answer=text)
    return answer.json()
