"""Errors of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RoutingError(Exception):
    """Base of every error raised by `routing`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a data file. `line` is 1 for the first line of the file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BadDataFileError(RoutingError):
    """A data file can't be used. Lists every problem found, so that a curator repairs them in one go."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
