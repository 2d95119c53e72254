"""A failure an operator can repair: one clear line, no traceback."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError
from case_library.errors import CaseLibraryError
from routing.errors import RoutingError


class Failure(Exception):  # noqa: N818
    """Says what is wrong and what to do."""


# Failures whose message tells the operator enough: bad data files, a full disk, a database that is away.
EXPECTED = (Failure, OSError, BotError, CaseLibraryError, RoutingError, SQLAlchemyError)
