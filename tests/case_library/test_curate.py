from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from case_library import curate, store, versions
from case_library.case import StatuteRef
from case_library.check import Known
from case_library.versions import Author, CaseConflictError, CaseRecord, UnknownCaseError

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
TODAY = date(2026, 11, 24)
WRITER, REVIEWER = Author(1, "王编"), Author(2, "李审")
ID = "wage_arrears.plain"


def drafted(library: Engine, case: Any) -> CaseRecord:
    with library.begin() as connection:
        return curate.new_case(connection, case, WRITER, "一组没答好的问题", NOW)


def submitted(library: Engine, case: Any, known: Known) -> CaseRecord:
    record = drafted(library, case)
    with library.begin() as connection:
        return curate.submit(connection, case.id, record.revision, WRITER, known, NOW, TODAY)


def published(library: Engine, case: Any, known: Known) -> CaseRecord:
    record = submitted(library, case, known)
    with library.begin() as connection:
        return curate.publish(
            connection, case.id, record.revision, REVIEWER, known, NOW, TODAY, still_sample=False, reason=""
        )


def shown(library: Engine, on: date = TODAY) -> list[str]:
    with library.connect() as connection:
        return [case.id for case in store.shown_cases(connection, on)]


def test_a_draft_is_seen_by_nobody_until_another_has_published_it(library, make_case, known) -> None:
    record = submitted(library, make_case(), known)
    assert shown(library) == []
    with library.begin() as connection, pytest.raises(curate.CannotCurateError, match="别人审核"):
        curate.publish(connection, ID, record.revision, WRITER, known, NOW, TODAY, still_sample=False)
    with library.begin() as connection:
        curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, TODAY, still_sample=False)
    assert shown(library) == [ID]


def test_somebody_who_changed_the_draft_of_another_may_not_publish_it_either(library, make_case, known) -> None:
    record = drafted(library, make_case())
    with library.begin() as connection:
        record = curate.edit(connection, make_case(title="改过的标题"), record.revision, REVIEWER, NOW)
        record = curate.submit(connection, ID, record.revision, WRITER, known, NOW, TODAY)
        with pytest.raises(curate.CannotCurateError):
            curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, TODAY, still_sample=False)


def test_every_published_version_is_kept_and_can_be_brought_back(library, make_case, known) -> None:
    record = published(library, make_case(title="第一版"), known)
    with library.begin() as connection:
        record = curate.edit(connection, make_case(title="第二版"), record.revision, WRITER, NOW)
        assert record.live.title == "第一版"
        record = curate.submit(connection, ID, record.revision, WRITER, known, NOW, TODAY)
        record = curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, TODAY, still_sample=False)
        assert (record.version, record.live.title) == (2, "第二版")
        record = curate.restore(connection, ID, 1, record.revision, WRITER, NOW)
        assert (record.draft.title, record.live.title) == ("第一版", "第二版")
        with pytest.raises(UnknownCaseError):
            versions.version_of(connection, ID, 3)


def test_the_second_of_two_curators_is_told_and_gets_both_texts_and_the_one_they_began_with(library, make_case) -> None:
    record = drafted(library, make_case(title="原来的"))
    with library.begin() as connection:
        curate.edit(connection, make_case(title="甲的"), record.revision, WRITER, NOW)
    with library.begin() as connection, pytest.raises(CaseConflictError) as told:
        curate.edit(connection, make_case(title="乙的"), record.revision, REVIEWER, NOW)
    assert told.value.base.title == "原来的"
    assert told.value.current.case.title == "甲的"
    assert told.value.yours.title == "乙的"
    with library.connect() as connection:
        assert versions.find(connection, ID).case.title == "甲的"


def test_what_a_case_is_is_what_its_events_add_up_to(library, make_case, known) -> None:
    record = published(library, make_case(), known)
    with library.begin() as connection:
        record = curate.edit(connection, make_case(title="再改"), record.revision, WRITER, NOW)
        record = curate.discard(connection, ID, record.revision, WRITER, NOW)
        record = curate.keep(connection, ID, record.revision, REVIEWER, date(2027, 5, 1), NOW)
        record = curate.retire(connection, ID, record.revision, REVIEWER, "法律改了", NOW)
        folded = CaseRecord(ID)
        for event in versions.history(connection, ID):
            folded = versions.apply(folded, event)
        assert folded == record == versions.find(connection, ID)
    assert record.live.status == "retired"
    assert shown(library) == []


def test_a_sample_stays_marked_until_a_reviewer_says_that_it_was_examined(library, make_case, known) -> None:
    with library.begin() as connection:
        versions.load(connection, [make_case()], WRITER, "labor.yml", NOW)
        record = curate.edit(connection, make_case(title="改过"), 1, WRITER, NOW)
        record = curate.submit(connection, ID, record.revision, WRITER, known, NOW, TODAY)
        record = curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, TODAY, still_sample=True)
        assert (record.live.status, record.live.note) == ("sample", "须经审核")
        record = curate.edit(connection, make_case(title="又改"), record.revision, WRITER, NOW)
        record = curate.submit(connection, ID, record.revision, WRITER, known, NOW, TODAY)
        record = curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, TODAY, still_sample=False)
        assert (record.live.status, record.live.note) == ("published", "")


def test_a_case_with_a_statute_that_does_not_exist_cannot_be_handed_in(library, make_case, known) -> None:
    record = drafted(library, make_case(statutes=(StatuteRef("劳动争议调解仲裁法", "999"),)))
    with library.begin() as connection, pytest.raises(curate.FaultyCaseError) as refused:
        curate.submit(connection, ID, record.revision, WRITER, known, NOW, TODAY)
    assert [fault.field for fault in refused.value.faults] == ["statutes"]


def test_statutes_are_looked_at_again_on_the_day_of_publishing(library, make_case, known) -> None:
    record = submitted(library, make_case(statutes=(StatuteRef("仲裁法", "96"),)), known)
    not_in_force = date(2026, 2, 28)
    with library.begin() as connection, pytest.raises(curate.FaultyCaseError):
        curate.publish(connection, ID, record.revision, REVIEWER, known, NOW, not_in_force, still_sample=False)


def test_after_its_last_day_a_case_is_shown_no_more(library, make_case, known) -> None:
    published(library, make_case(valid_until=date(2026, 12, 31)), known)
    assert shown(library, date(2026, 12, 31)) == [ID]
    assert shown(library, date(2027, 1, 1)) == []


def test_a_change_of_what_is_shown_is_counted_and_a_draft_is_not(library, make_case, known) -> None:
    with library.connect() as connection:
        before = store.library_number(connection)
    drafted(library, make_case())
    with library.connect() as connection:
        assert store.library_number(connection) == before
    published(library, make_case("wage_arrears.other"), known)
    with library.connect() as connection:
        assert store.library_number(connection) == before + 1


def test_loading_the_same_file_again_changes_nothing(library, make_case) -> None:
    with library.begin() as connection:
        assert versions.load(connection, [make_case()], WRITER, "labor.yml", NOW) == [ID]
        assert versions.load(connection, [make_case()], WRITER, "labor.yml", NOW) == []
        assert len(versions.history(connection, ID)) == 1


def test_sending_back_and_retiring_need_a_reason(library, make_case, known) -> None:
    record = submitted(library, make_case(), known)
    with library.begin() as connection, pytest.raises(curate.CannotCurateError, match="原因"):
        curate.send_back(connection, ID, record.revision, REVIEWER, " ", NOW)


def test_a_list_finds_by_words_matter_and_stage(library, make_case, known) -> None:
    published(library, make_case(title="工地欠薪100%要回"), known)
    drafted(library, make_case("wage_arrears.second", title="加班费"))
    with library.connect() as connection:
        assert [r.id for r in versions.search(connection, TODAY, words="欠薪")[0]] == [ID]
        assert versions.search(connection, TODAY, words="100%")[1] == 1
        assert versions.search(connection, TODAY, words="%")[1] == 1
        assert versions.search(connection, TODAY, stage="draft")[1] == 1
        assert versions.search(connection, TODAY, matter="wage_arrears", limit=1) != ([], 0)
        assert versions.counts_by_stage(connection, TODAY)["published"] == 1
