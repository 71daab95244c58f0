"""The protocols: JSON-2 of Odoo 19, JSON-RPC and XML-RPC before it. Nothing else knows a URL.

All three call a method of a model with named arguments. JSON-2 says by status that something
failed, and by the exception in the body what, under 500 as well; the others answer 200 to
everything.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from adapters.odoo import xml
from adapters.odoo.answers import SHOWN, Refusal
from adapters.odoo.settings import OdooSettings
from connector.contract import Answer, Http
from connector.errors import AccessDenied, OutcomeUnknown, Transient
from connector.kit.shared import Shared
from connector.messages import say

Named = Mapping[str, Any]

OWN = frozenset({401, 403, 500})
"""Statuses of failure under which JSON-2 says which exception was raised."""
NO_RESULT = "cannot marshal None"
"""How XML-RPC answers a method that returned nothing: what it did was committed before."""


class Wire(ABC):
    """One way to call a method of a model. Safe for several threads."""

    def __init__(self, settings: OdooSettings, http: Http) -> None:
        self._settings = settings
        self._http = http

    @abstractmethod
    def call(
        self, model: str, method: str, ids: Sequence[int] | None, named: Named, *, writes: bool
    ) -> Any:
        """What the method returned; `ids` are the records it is called on, None: the model."""

    @abstractmethod
    def version(self) -> str:
        """The server's."""

    @property
    def _key(self) -> str:
        return self._settings.api_key.get_secret_value()


class Json2(Wire):
    """`POST /json/2/MODEL/METHOD`, a key in the header, named arguments in the body."""

    def call(
        self, model: str, method: str, ids: Sequence[int] | None, named: Named, *, writes: bool
    ) -> Any:
        path = f"/json/2/{quote(model)}/{quote(method)}"
        headers = {
            "Authorization": f"bearer {self._key}",
            "X-Odoo-Database": self._settings.database,
        }
        body = {**named, "ids": list(ids)} if ids is not None else named
        answer = self._http.send("POST", path, json=body, headers=headers, writes=writes, own=OWN)
        if answer.status < 300:
            return answer.json()
        if answer.status == 404 and answer.text().lstrip().startswith("<"):
            raise AccessDenied(say("odoo_no_database", database=self._settings.database))
        told = answer.json()
        if not isinstance(told, Mapping) or "name" not in told:
            raise _unrecognised(answer, writes=writes)
        raise Refusal.of(told).error(writes=writes)

    def version(self) -> str:
        told = self._http.send("GET", "/web/version").json()
        return str(told.get("version")) if isinstance(told, Mapping) else ""


class Older(Wire):
    """Calls of a service by position, with database, user id and key in each."""

    def __init__(self, settings: OdooSettings, http: Http) -> None:
        super().__init__(settings, http)
        self._user = Shared(self._log_in)

    def call(
        self, model: str, method: str, ids: Sequence[int] | None, named: Named, *, writes: bool
    ) -> Any:
        database, user = self._settings.database, self._user.get()
        on = [] if ids is None else [list(ids)]
        arguments = (database, user, self._key, model, method, on, dict(named))
        return self._service("object", "execute_kw", *arguments, writes=writes)

    def version(self) -> str:
        told = self._service("common", "version", writes=False)
        return str(told.get("server_version")) if isinstance(told, Mapping) else ""

    def _log_in(self) -> int:
        settings = self._settings
        arguments = (settings.database, settings.user, self._key, dict[str, Any]())
        user = self._service("common", "authenticate", *arguments, writes=False)
        if not isinstance(user, int) or not user:
            raise AccessDenied(say("odoo_not_let_in", user=settings.user))
        return user

    @abstractmethod
    def _service(self, service: str, method: str, *arguments: Any, writes: bool) -> Any:
        """What a method of a service returned."""


class JsonRpc(Older):
    """`POST /jsonrpc`."""

    def _service(self, service: str, method: str, *arguments: Any, writes: bool) -> Any:
        params = {"service": service, "method": method, "args": arguments}
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = self._http.send("POST", "/jsonrpc", json=body, writes=writes)
        told = answer.json()
        if not isinstance(told, Mapping) or told.get("jsonrpc") != "2.0":
            raise _unrecognised(answer, writes=writes)
        error = told.get("error")
        if error is None:
            return told.get("result")  # left out where the method returned nothing
        data = error.get("data") if isinstance(error, Mapping) else None
        if not isinstance(data, Mapping):
            raise _unrecognised(answer, writes=writes)
        raise Refusal.of(data).error(writes=writes)


class XmlRpc(Older):
    """`POST /xmlrpc/2/SERVICE`."""

    def _service(self, service: str, method: str, *arguments: Any, writes: bool) -> Any:
        body = xml.dumps(method, arguments)
        headers = {"Content-Type": "text/xml"}
        path = f"/xmlrpc/2/{service}"
        answer = self._http.send("POST", path, data=body, headers=headers, writes=writes)
        try:
            return xml.loads(answer.text())
        except xml.Fault as fault:
            if NO_RESULT in str(fault.faultString):
                return None
            refusal = Refusal.of_fault(fault.faultCode, str(fault.faultString))
            raise refusal.error(writes=writes) from None
        except xml.NotXml:
            raise _unrecognised(answer, writes=writes) from None


WIRES: Mapping[str, type[Wire]] = {"json2": Json2, "jsonrpc": JsonRpc, "xmlrpc": XmlRpc}
"""By the setting `protocol`."""


def _unrecognised(answer: Answer, *, writes: bool) -> OutcomeUnknown | Transient:
    """Something between us and Odoo answered."""
    unclear = OutcomeUnknown if writes else Transient
    return unclear(say("odoo_unrecognised"), code=str(answer.status), answer=answer.text()[:SHOWN])
