"""Long lists, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

LARGEST_PAGE = 200  # rows
LAST_PAGE = 1_000_000  # beyond it an offset no longer fits a database's integer

T = TypeVar("T")


class Rows(BaseModel, Generic[T]):
    """One page of a list, and how many rows the whole has."""

    items: list[T]
    total: int


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows are asked for."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """Rows before the first one asked for."""
        return (self.page - 1) * self.size


def _paging(
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1, size: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50
) -> Paging:
    return Paging(page, size)


PagingIn = Annotated[Paging, Depends(_paging)]
