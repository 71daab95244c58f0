"""The pages, one topic a module."""

from connector.console.pages import (
    audit,
    failures,
    insight,
    orders,
    overview,
    reports,
    reviews,
    rules,
    users,
)

ROUTERS = tuple(
    one.router
    for one in (overview, orders, failures, reviews, insight, reports, rules, audit, users)
)
