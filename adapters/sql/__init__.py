"""SQL: any table or view of a database, through SQLAlchemy."""

from adapters.sql.adapter import Sql
from connector import messages

messages.add(__name__)

__all__ = ["Sql"]
