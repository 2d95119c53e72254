"""What a benchmark prints."""

from __future__ import annotations

from unicodedata import east_asian_width


class SkippedError(Exception):
    """A part cannot be measured here; the message says why."""


class Table:
    """Rows of text under a title, columns aligned."""

    def __init__(self, title: str, columns: tuple[str, ...]) -> None:
        self.title = title
        self._rows = [columns]

    def add(self, *cells: str) -> None:
        """One row; as many cells as columns."""
        if len(cells) != len(self._rows[0]):
            raise ValueError(f"{len(cells)} cells, expected {len(self._rows[0])}: {cells}")
        self._rows.append(cells)

    def __str__(self) -> str:
        widths = [max(map(_width, column)) for column in zip(*self._rows, strict=True)]
        lines = [
            "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in self._rows
        ]
        return "\n".join([self.title, *(f"  {line}" for line in lines)])


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
