"""The sandbox itself: three protocols, one set of methods, and exceptions as each tells them."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.company import Company
from sandbox.server import Application, NotJson, Request, Response, from_json, json_response

from .load import load
from .orm import NotImported, Orm
from .people import People
from .records import Records, Refusal, Row
from .registry import MODELS
from .sales import ORDER, Rules

DATABASE, LOGIN, KEY = "company", "connector", "0123456789abcdef0123456789abcdef01234567"
SWITCHES: dict[str, Any] = {"microseconds": False, "asks": False}
"""How versions and sites differ.

* `microseconds`: stamps are compared to the microsecond, as before Odoo 19.
* `asks`: confirming opens a question on the screen instead.
"""
STATUS = {
    "odoo.exceptions.UserError": 422, "odoo.exceptions.ValidationError": 422,
    "odoo.exceptions.AccessError": 403, "odoo.exceptions.MissingError": 404,
    "werkzeug.exceptions.NotFound": 404, "werkzeug.exceptions.Unauthorized": 401,
}  # fmt: skip
"""HTTP status by exception, in JSON-2; of all others 500."""
FAULTS = {"odoo.exceptions.UserError": 2, "odoo.exceptions.ValidationError": 2,
          "odoo.exceptions.MissingError": 2, "odoo.exceptions.AccessDenied": 3,
          "odoo.exceptions.AccessError": 4}  # fmt: skip
QUOTED = "select * from res_users where password = 's3cret'"
"""What a traceback quotes, and nobody should ever store."""
BUSY = "could not serialize access due to concurrent update"
"""The system fault `busy`: somebody else was at it, five times."""


class OdooSandbox(Application):
    """One database. `side`: what of the company stands in it."""

    system = "odoo"

    def __init__(self, company: Company | None = None, *, side: str = "erp", seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._records = Records(self.clock, self.ledger)
        rules = Rules(self._records, self.switches)
        orm = Orm(self._records, rules, self.switches)
        self._methods = {
            **orm.methods(),
            "action_confirm": self._press(rules.confirm, "confirmed"),
            "action_cancel": self._press(rules.cancel, "cancel"),
        }
        self._people = People(self._records, orm, rules)
        with self._records.transaction(by="load"):
            load(self._records, orm, rules, company or Company(name="空公司"), side)

    def _press(self, button: Callable[[Row], Any], state: str) -> Callable[..., Any]:
        """What a button does with one record; of other models than orders it sets the state."""

        def press(model: str, *, ids: list[int], context: Row) -> Any:
            (id,) = ids
            if model == ORDER:
                return button(self._records.get(model, id))
            self._records.write(model, id, {"state": state})
            return True

        return press

    # -- the protocols ----------------------------------------------------------------------

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route.startswith("/json/2/"):
            model, _, method = request.route.removeprefix("/json/2/").partition("/")
            return unquote(method), unquote(model)
        try:
            service, method, arguments = _positional(request)
        except (*NotJson, KeyError, ValueError, xmlrpc.client.Error):
            return "unknown", ""
        if service != "object" or len(arguments) < 5:
            return method, ""
        return str(arguments[4]), str(arguments[3])

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if request.route == "/web/version":
            return json_response({"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"})
        if request.route.startswith("/json/2/"):
            return self._json2(request, operation, form)
        if request.route == "/jsonrpc":
            return self._jsonrpc(request)
        if request.route.startswith("/xmlrpc/2/"):
            return self._xmlrpc(request)
        return Response(404, b"<!DOCTYPE html><title>404 Not Found</title>", {}, "text/html")

    def _json2(self, request: Request, method: str, model: str) -> Response:
        if request.headers.get("x-odoo-database") != DATABASE:
            words = b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<p>No database is selected"
            return Response(404, words, {}, "text/html; charset=utf-8")
        try:
            if request.headers.get("authorization") != f"bearer {KEY}":
                raise Refusal("Invalid apikey", "werkzeug.exceptions.Unauthorized")
            arguments = dict(from_json(request.body))
            return json_response(self._call(model, method, arguments))
        except Refusal as refusal:
            return json_response(_told(refusal), STATUS.get(refusal.name, 500))

    def _jsonrpc(self, request: Request) -> Response:
        envelope: Row = {"jsonrpc": "2.0", "id": 1}
        try:
            result = self._service(*_positional(request))
        except Refusal as refusal:
            error = {"code": 0, "message": "Odoo Server Error", "data": _told(refusal)}
            return json_response({**envelope, "error": error})
        return json_response(envelope if result is None else {**envelope, "result": result})

    def _xmlrpc(self, request: Request) -> Response:
        try:
            result = self._service(*_positional(request))
            if result is None:  # said after the work was done
                raise Refusal("cannot marshal None unless allow_none is enabled", "TypeError")
            body = xmlrpc.client.dumps((result,), methodresponse=True)
        except Refusal as refusal:
            code = FAULTS.get(refusal.name, 1)
            text = refusal.message if code > 1 else _traceback(refusal)
            body = xmlrpc.client.dumps(xmlrpc.client.Fault(code, text))
        return Response(200, body.encode(), {}, "text/xml; charset=utf-8")

    def _service(self, service: str, method: str, arguments: list[Any]) -> Any:
        if service == "common" and method == "version":
            return {"server_version": "18.0"}
        if service == "common":
            return 2 if arguments[:3] == [DATABASE, LOGIN, KEY] else False
        database, user, key, model, name, on, named = arguments
        if (database, user, key) != (DATABASE, 2, KEY):
            raise Refusal("Access Denied", "odoo.exceptions.AccessDenied")
        ids = {"ids": on[0]} if on else {}
        return self._call(model, name, {**named, **ids})

    def _call(self, model: str, method: str, arguments: Row) -> Any:
        """One transaction."""
        if model not in MODELS and model != "ir.model.data":
            words = f"the model {model!r} does not exist"
            raise Refusal(words, "werkzeug.exceptions.NotFound")
        if method not in self._methods:
            words = f"The method '{model}.{method}' does not exist"
            raise Refusal(words, "werkzeug.exceptions.NotFound")
        context = arguments.pop("context", {})
        busy = self.faults.pick(method, model, system="busy")
        if busy and method != "load":
            raise Refusal(BUSY, "psycopg2.errors.SerializationFailure")
        try:
            with self._records.transaction():
                if busy:
                    message = {"type": "error", "message": BUSY, "record": 0}
                    raise NotImported({"ids": False, "messages": [message], "nextrow": 0})
                return self._methods[method](model, context=context, **arguments)
        except NotImported as undone:
            return undone.answer
        except TypeError as error:
            raise Refusal(str(error), "builtins.TypeError") from None

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "database": DATABASE,
            "api_key": "${env:ODOO_API_KEY}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"ODOO_API_KEY": KEY}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        """With the ids of their rows, and the external id that they have."""
        named = {of: name for name, of in self._records.names.items()}
        tables = [field for field in MODELS[form].values() if field.kind == "one2many"]
        return [
            {**row, "external_id": named.get((form, id), ""),
             **{table.name: self._records.behind(table, id) for table in tables}}
            for id, row in self._records.table(form).items()
        ]  # fmt: skip


def _positional(request: Request) -> tuple[str, str, list[Any]]:
    """`(service, method, arguments)` of the older protocols."""
    if request.route.startswith("/xmlrpc/2/"):
        arguments, method = xmlrpc.client.loads(request.body)
        return request.route.rpartition("/")[2], str(method), list(arguments)
    params = from_json(request.body)["params"]
    return params["service"], params["method"], params["args"]


def _told(refusal: Refusal) -> Row:
    return {"name": refusal.name, "message": refusal.message, "arguments": [refusal.message],
            "context": {}, "debug": _traceback(refusal)}  # fmt: skip


def _traceback(refusal: Refusal) -> str:
    name = refusal.name.removeprefix("builtins.")
    return (f'Traceback (most recent call last):\n  File "odoo/http.py", line 1, in call\n'
            f"    {QUOTED}\n{name}: {refusal.message}\n")  # fmt: skip
