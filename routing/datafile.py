"""Reading YAML and CSV so that every bad row is reported at once, by file and line.

Readers hand out `Row`s. A row knows its line; `Row.take(...)` gives a checked value and remembers which keys were
read, and `Row.done()` complains about keys that nobody read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from routing.errors import BadDataFileError, Problem

T = TypeVar("T")
_ABSENT: Any = object()


@dataclass
class Problems:
    """Collects problems over several files; `check()` raises when there are any."""

    found: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        self.found.append(Problem(file, line, message))

    def check(self) -> None:
        if self.found:
            raise BadDataFileError(self.found)


class _Lined(dict[str, Any]):
    """A mapping of a YAML file with the line it starts on."""

    line: int = 1


# libyaml parses five times faster; the pure Python loader gives the same nodes where it is missing.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _LinedLoader(_Loader):
    """Keeps lines, and refuses a key that appears twice in one mapping (YAML would silently keep the last)."""

    def __init__(self, stream: str, file: str, problems: Problems) -> None:
        super().__init__(stream)
        self._file, self._problems = file, problems

    def lined(self, node: yaml.MappingNode) -> _Lined:
        line = node.start_mark.line + 1
        result = _Lined()
        result.line = line
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                self._problems.add(self._file, key_node.start_mark.line + 1, f"key {key!r} is not text; quote it")
                continue
            if key in result:
                self._problems.add(self._file, key_node.start_mark.line + 1, f"key '{key}' appears twice")
            result[key] = self.construct_object(value_node, deep=True)
        return result


_LinedLoader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.lined(node))


@dataclass
class Row:
    """One row of a data file with typed access. A wrong value becomes a problem, and a harmless default is given."""

    data: Mapping[str, Any]
    file: str
    line: int
    problems: Problems
    _read: set[str] = field(default_factory=set)

    def bad(self, message: str) -> None:
        self.problems.add(self.file, self.line, message)

    def _value(self, key: str, default: Any) -> Any:
        self._read.add(key)
        value = self.data.get(key)
        if value is None or value == "":
            if default is _ABSENT:
                self.bad(f"'{key}' is missing")
            return None
        return value

    def text(self, key: str, default: str | None = _ABSENT) -> str:
        """A text; numbers are refused because YAML drops leading zeros."""
        value = self._value(key, default)
        if value is None:
            return "" if default is _ABSENT or default is None else default
        if not isinstance(value, str):
            self.bad(f"'{key}' must be text, got {value!r}")
            return str(value)
        return value.strip()

    def optional(self, key: str) -> str | None:
        return self.text(key, "") or None

    def number(self, key: str, default: int | None = None) -> int | None:
        value = self._value(key, default)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.bad(f"'{key}' must be a whole number, got {value!r}")
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._value(key, default)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.bad(f"'{key}' must be true or false, got {value!r}")
            return default
        return value

    def texts(self, key: str, default: Iterable[str] = _ABSENT) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        value = self._value(key, default)
        if value is None:
            return () if default is _ABSENT else tuple(default)
        items = value if isinstance(value, list) else [value]
        wrong = [item for item in items if not isinstance(item, str)]
        if wrong:
            self.bad(f"'{key}' must be a list of texts, got {wrong[0]!r}")
        return tuple(item for item in items if isinstance(item, str))

    def codes(self, key: str, known: Iterable[str], what: str, default: Iterable[str] = _ABSENT) -> tuple[str, ...]:
        """A list of codes that must all be known."""
        values = self.texts(key, default)
        known = set(known)
        for value in values:
            if value not in known:
                self.bad(f"'{key}': unknown {what} '{value}'")
        if len(set(values)) != len(values):
            self.bad(f"'{key}' names something twice: {', '.join(values)}")
        return values

    def choice(self, key: str, known: Iterable[str], default: str | None = _ABSENT) -> str:
        value = self.text(key, default)
        if value and value not in set(known):
            self.bad(f"'{key}' must be one of {', '.join(sorted(known))}, got '{value}'")
        return value

    def rows(self, key: str) -> list[Row]:
        """A list of mappings below this row."""
        value = self._value(key, None)
        if value is None:
            return []
        return _as_rows(value, self.file, self.line, f"'{key}'", self.problems)

    def row(self, key: str) -> Row | None:
        """One mapping below this row."""
        value = self._value(key, None)
        if value is None:
            return None
        return (_as_rows([value], self.file, self.line, f"'{key}'", self.problems) or [None])[0]

    def raw(self, key: str) -> Any:
        """The value as it stands, for shapes that the caller checks itself."""
        return self._value(key, None)

    def done(self) -> None:
        """Complains about keys that were not read: a misspelt key must not be ignored in silence."""
        for key in self.data:
            if key not in self._read:
                self.bad(f"unknown key '{key}'")


def _as_rows(value: Any, file: str, line: int, what: str, problems: Problems) -> list[Row]:
    if not isinstance(value, list):
        problems.add(file, line, f"{what} must be a list")
        return []
    rows = []
    for item in value:
        if isinstance(item, _Lined):
            rows.append(Row(item, file, item.line, problems))
        else:
            problems.add(file, line, f"{what} must be a list of mappings, got {item!r}")
    return rows


def read_yaml(path: Path, problems: Problems) -> Row:
    """The top mapping of a YAML file. A file that can't be parsed is one problem and an empty row."""
    loader = _LinedLoader(path.read_text(encoding="utf-8"), path.name, problems)
    try:
        top = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problems.add(path.name, mark.line + 1 if mark else 1, f"not YAML: {error.problem}")
        top = _Lined()
    finally:
        loader.dispose()
    if not isinstance(top, _Lined):
        problems.add(path.name, 1, "must be a mapping at the top")
        top = _Lined()
    return Row(top, path.name, 1, problems)


def read_csv(path: Path, columns: tuple[str, ...], problems: Problems, more: tuple[str, ...] = ()) -> list[Row]:
    """The rows of a CSV file whose header must be `columns`, with any of `more`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = tuple(next(reader, ()))
        for column in header:
            if column not in (*columns, *more):
                problems.add(path.name, 1, f"unknown column '{column}'")
        for column in columns:
            if column not in header:
                problems.add(path.name, 1, f"column '{column}' is missing")
        rows = []
        for values in reader:
            if not values:
                continue
            if len(values) != len(header):
                problems.add(path.name, reader.line_num, f"{len(values)} values, {len(header)} columns")
                continue
            rows.append(Row(dict(zip(header, values, strict=True)), path.name, reader.line_num, problems))
        return rows
