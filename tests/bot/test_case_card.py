"""What a case cites in its texts is checked on the day it is shown."""

from __future__ import annotations

from datetime import date

from bot.compose import case_card
from case_library.case import Case, CaseMatch, StatuteRef, TimeLimit
from case_library.statutes import Statutes

STATUTES = Statutes()


def a_match(**changes: object) -> CaseMatch:
    fields = {
        "id": "a.case",
        "matter": "arbitration_service",
        "title": "仲裁裁决不执行",
        "questions": ("对方不履行裁决",),
        "facts": "",
        "answer": "可以申请执行。",
        "settles": "看裁决生效没有。",
        "steps": ("按《仲裁法》第九十六条办。", "去法院立案。"),
        "bring": ("裁决书",),
        "time_limits": (TimeLimit("两年内申请", "《民事诉讼法》第九百条"),),
        "statutes": (StatuteRef("民法典", "577"),),
        "other_sources": (),
        "handled_by": ("court",),
        "status": "sample",
        "note": "",
    }
    return CaseMatch(Case(**{**fields, **changes}), 1.0, 1.0, ())


def test_an_article_that_does_not_hold_on_the_day_is_taken_out_of_every_text() -> None:
    before = case_card(a_match(), STATUTES, date(2026, 2, 28))  # this 仲裁法 holds from March 2026
    assert before.steps == ("按有关法律规定办。", "去法院立案。")
    assert before.time_limits[0].basis == "有关法律规定"  # there is no such article at all
    assert case_card(a_match(), STATUTES, date(2026, 3, 1)).steps[0] == "按《仲裁法》第九十六条办。"


def test_a_regulation_the_statutes_do_not_hold_is_marked_as_not_verified() -> None:
    card = case_card(a_match(answer="按《工伤保险条例》第十七条，三十日内申请。"), STATUTES, date(2026, 11, 24))
    assert card.answer == "按《工伤保险条例》第十七条（未核实），三十日内申请。"
    loaded = Statutes(extra={"工伤保险条例第十七条": "三十日内。"})
    card = case_card(a_match(answer="按《工伤保险条例》第十七条，三十日内申请。"), loaded, date(2026, 11, 24))
    assert card.answer == "按《工伤保险条例》第十七条，三十日内申请。"
