"""What requests carry: who comes, and texts that are no longer than makes sense."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Query, Request

from connector.console.guard import Visitor, visitor
from connector.operations.boarding import Wish


async def _sent(request: Request) -> dict[str, str]:
    return {n: v for n, v in (await request.form()).items() if isinstance(v, str)}


Someone = Annotated[Visitor, Depends(visitor)]
"""Whoever is logged in."""
Year = Annotated[int, Query(ge=2000, le=9998)]
"""Of a query; without one, the present year."""
Word = Annotated[str, Query(max_length=200)]
"""Of a query."""
Text = Annotated[str, Form(max_length=2000)]
"""Of a form."""
Sent = Annotated[dict[str, str], Depends(_sent)]
"""All texts of a form, by their names."""


def _wish(
    customer: Word = "",
    salesperson: Word = "",
    department: Word = "",
    number: Word = "",
    stage: Word = "",
    after: Word = "",
    *,
    late: bool = False,
) -> Wish:
    return Wish(customer.strip(), salesperson, department, number.strip(), late, stage, after)


Wanted = Annotated[Wish, Depends(_wish)]
"""Which orders."""
