"""XML-RPC with exact numbers: the standard library's would go through binary floating point."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.parsers.expat import ExpatError

Fault = xmlrpc.client.Fault
NotXml = (ExpatError, xmlrpc.client.ResponseError, ValueError, ArithmeticError, LookupError)
"""What `loads` raises for anything else than an answer of XML-RPC."""


class _Exact(xmlrpc.client.Unmarshaller):
    """Reads decimals as they are written."""

    dispatch: dict[str, Any] = dict(xmlrpc.client.Unmarshaller.dispatch)

    def end_double(self, data: str) -> None:
        self.append(Decimal(data))
        self._value = False

    dispatch["double"] = end_double


class _Plain(xmlrpc.client.Marshaller):
    """Writes decimals digit by digit."""

    dispatch: dict[Any, Any] = dict(xmlrpc.client.Marshaller.dispatch)

    def dump_decimal(self, value: Decimal, write: Callable[[str], Any]) -> None:
        write(f"<value><double>{value:f}</double></value>\n")

    dispatch[Decimal] = dump_decimal


def dumps(method: str, arguments: tuple[Any, ...]) -> bytes:
    """A call. None goes out as Odoo reads it, `<nil/>`."""
    body = _Plain("utf-8", allow_none=True).dumps(arguments)
    call = f"<methodCall><methodName>{method}</methodName>{body}</methodCall>"
    return f"<?xml version='1.0'?>\n{call}".encode()


def loads(text: str) -> Any:
    """What a call returned. Raises Fault, NotXml."""
    reader = _Exact()
    parser = xmlrpc.client.ExpatParser(reader)
    parser.feed(text)
    parser.close()
    (value,) = reader.close()
    return value
