"""Whole numbers as they come in: none larger than a database takes, which would otherwise fail deep inside."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le

LARGEST = 2**31 - 1  # PostgreSQL's integer; SQLite takes more

RowId = Annotated[int, Ge(1), Le(LARGEST)]  # a row's number, a revision, the number of an event
RowIdOrZero = Annotated[int, Ge(0), Le(LARGEST)]  # 0: before the first
