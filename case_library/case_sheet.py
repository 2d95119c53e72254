"""Cases as rows of a table, and back: exporting and importing again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from case_library.case import Case, TimeLimit
from case_library.check import Fault, Known, faults_of
from case_library.citations import chinese_number
from case_library.statutes import Statutes, article_id
from case_library.table_files import TableRow
from case_library.versions import CaseRecord

COLUMNS = {
    "id": "编号",
    "revision": "修订号",
    "matter": "事项",
    "title": "标题",
    "questions": "问法",
    "facts": "案情",
    "answer": "答复",
    "settles": "关键",
    "steps": "步骤",
    "bring": "要带的材料",
    "time_limits": "期限",
    "statutes": "法条",
    "other_sources": "其他依据",
    "handled_by": "承办单位类型",
    "valid_until": "有效期至",
    "review_on": "复核日期",
    "status": "状态",
    "note": "备注",
}
_LISTS = ("questions", "steps", "bring", "other_sources", "handled_by")
_TEXTS = ("matter", "title", "facts", "answer", "settles")
_NEEDED = ("matter", "title", "questions", "answer")
_BASIS = "｜"  # between a time limit and what it rests on

Verdict = Literal["new", "changed", "unchanged", "bad", "conflict"]


@dataclass(frozen=True, slots=True)
class RowRead:
    """What a row would do. `case` is None for a bad one."""

    number: int
    verdict: Verdict
    case_id: str
    title: str
    faults: tuple[Fault, ...] = ()
    case: Case | None = None
    changed: tuple[str, ...] = ()  # fields, by heading


def to_row(record: CaseRecord) -> dict[str, Any]:
    """A case as a row: a list has a line for each item."""
    case = record.case
    row: dict[str, Any] = {name: getattr(case, name) for name in ("id", *_TEXTS, "valid_until", "review_on", "note")}
    row |= {name: "\n".join(getattr(case, name)) for name in _LISTS}
    row["time_limits"] = "\n".join(f"{limit.text}{_BASIS}{limit.basis}" for limit in case.time_limits)
    row["statutes"] = "\n".join(article_id(ref.law, ref.article) for ref in case.statutes)
    return {**row, "revision": str(record.revision), "status": record.status}


def read_rows(rows: Sequence[TableRow], records: dict[str, CaseRecord], known: Known, today: date) -> list[RowRead]:
    """What each row of a table would do to the library; nothing is written."""
    seen: dict[str, int] = {}
    read = []
    for row in rows:
        one = _read(row, records, known, today)
        if one.case_id and one.case_id in seen:
            fault = Fault("id", f"和第 {seen[one.case_id]} 行的编号一样")
            one = replace(one, verdict="bad", faults=(*one.faults, fault), case=None)
        elif one.case_id:
            seen[one.case_id] = row.number
        read.append(one)
    return read


def _read(row: TableRow, records: dict[str, CaseRecord], known: Known, today: date) -> RowRead:
    values = {_KEYS.get(name, name): value for name, value in row.values.items()}
    id_, title = str(values.get("id") or "").strip(), str(values.get("title") or "").strip()
    if row.problem:
        return RowRead(row.number, "bad", id_, title, (Fault("", row.problem),))
    if faults := _shape_faults(values, records, id_):
        return RowRead(row.number, "bad", id_, title, tuple(faults))
    record = records.get(id_)
    case, faults = _case(values, record.case if record else None, known.statutes)
    is_there = record is not None and _content(record.case) == _content(case)  # and is not refused again
    if not is_there and (faults or (faults := faults_of(case, known, today))):
        return RowRead(row.number, "bad", id_, title, tuple(faults))
    if record is None:
        return RowRead(row.number, "new", id_, title, case=case)
    before, after = _content(record.case), _content(case)
    if before == after:
        return RowRead(row.number, "unchanged", id_, title, case=case)
    changed = tuple(COLUMNS[name] for name in after if before[name] != after[name])
    if str(values.get("revision") or record.revision).strip() != str(record.revision):
        told = f"导出之后有人改过（表里是第 {values['revision']} 次修订，现在是第 {record.revision} 次）"
        return RowRead(row.number, "conflict", id_, title, (Fault("revision", told),), changed=changed)
    return RowRead(row.number, "changed", id_, title, case=case, changed=changed)


def _shape_faults(values: dict[str, Any], records: dict[str, CaseRecord], id_: str) -> list[Fault]:
    faults = [Fault(str(name), f"不认识的列“{name}”") for name in values if name not in COLUMNS]
    faults += [Fault(name, f"缺少“{COLUMNS[name]}”") for name in _NEEDED if not values.get(name)]
    if id_ and id_ not in records:
        faults.append(Fault("id", f"没有编号是“{id_}”的案例；新案例请把编号空着"))
    return faults


def _case(values: dict[str, Any], before: Case | None, statutes: Statutes) -> tuple[Case, list[Fault]]:
    """The case of a row. A column that is missing keeps what the case has."""
    faults: list[Fault] = []
    fields: dict[str, Any] = {}
    for name in _TEXTS:
        fields[name] = str(values[name] or "").strip() if name in values else getattr(before, name, "")
    for name in _LISTS:
        fields[name] = _lines(values[name]) if name in values else getattr(before, name, ())
    for name in ("valid_until", "review_on"):
        fields[name] = _day(values.get(name), name, faults) if name in values else getattr(before, name, None)
    refs = [(said, statutes.parse(said)) for said in _statute_lines(values.get("statutes"))]
    faults += [Fault("statutes", f"“{said}”要写成“民法典第一千零七十六条”") for said, ref in refs if ref is None]
    fields["statutes"] = (
        tuple(ref for _, ref in refs if ref) if "statutes" in values else getattr(before, "statutes", ())
    )
    limits = tuple(_limit(line) for line in _limit_lines(values.get("time_limits")))
    fields["time_limits"] = limits if "time_limits" in values else getattr(before, "time_limits", ())
    # Imported texts begin as drafts; id, state and note are the library's own.
    id_ = before.id if before else "new.case"
    return Case(**fields, id=id_, status="draft", note=before.note if before else ""), faults


def _content(case: Case) -> dict[str, Any]:
    names = (*_TEXTS, *_LISTS, "time_limits", "statutes", "valid_until", "review_on")
    return {name: getattr(case, name) for name in names}


def _lines(value: Any) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else str(value or "").split("\n")
    return tuple(text for line in lines if (text := str(line).strip()))


def _statute_lines(value: Any) -> list[str]:
    """Lines of a cell, or the [law, article] pairs of the case files."""
    pairs = [item for item in value if isinstance(item, list) and len(item) == 2] if isinstance(value, list) else []
    if pairs and len(pairs) == len(value):
        parts = ((law, *str(number).partition("-")) for law, number in pairs)
        return [
            f"{law}第{main}条" + (f"之{chinese_number(int(sub))}" if sub.isdigit() else "")
            for law, main, _, sub in parts
        ]
    return list(_lines(value))


def _limit_lines(value: Any) -> list[str]:
    """Lines of a cell, or the {text, basis} of the case files."""
    items = value if isinstance(value, list) else []
    if items and all(isinstance(item, dict) for item in items):
        return [f"{item.get('text', '')}{_BASIS}{item.get('basis', '')}" for item in items]
    return list(_lines(value))


def _limit(line: str) -> TimeLimit:
    text, _, basis = line.replace("|", _BASIS).partition(_BASIS)
    return TimeLimit(text.strip(), basis.strip())


def _day(value: Any, name: str, faults: list[Fault]) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        faults.append(Fault(name, f"“{value}”不是日期，要写成 2027-01-31"))
        return None


_KEYS = {heading: name for name, heading in COLUMNS.items()}
