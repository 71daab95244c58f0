"""The pages, one topic a module."""

from connector.console.pages import (
    audit,
    failures,
    insight,
    orders,
    overview,
    reviews,
    rules,
    users,
)

ROUTERS = tuple(
    one.router for one in (overview, orders, failures, reviews, insight, rules, audit, users)
)
