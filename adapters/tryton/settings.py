"""What a connection to Tryton is told."""

from __future__ import annotations

from pydantic import Field, SecretStr

from connector.contract import Pattern, Settings


class TrytonSettings(Settings):
    """`base_url` is the address of the server: `https://erp.example.com`."""

    database: str
    """Name of the database."""
    user: str
    """Login of the integration user; a user of its own, never a person's."""
    password: SecretStr
    """Its password."""
    company: int = Field(default=0, ge=0)
    """Id of the company in which we work; 0: the one that the user's preferences name."""
    page: int = Field(default=100, ge=0)
    """Records a page; where the server has a `records_limit`, not more than that."""
    denied_text: Pattern = (
        "[Nn]ot allowed to (access|create|read|write|delete|modify)|^Calling button"
        "|没有.{0,200}的?权限|没有权限"
    )
    """By these words a refusal says that the user lacks a right; a pattern. Tryton has no code."""
    taken_text: Pattern = "must be unique|不能重复|必须唯一"
    """By these words a refusal says that a number is in use; a pattern."""
