"""Danger is seen in what people really say, is not seen in what only sounds like it, and is answered in the right form."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.danger_sense import read_examples
from bot.days_left import days_left
from bot.normalize import normalize
from bot.safety import LONGEST_LINE, MOST_LINES, RULES, BadDangerFileError, Safety
from case_library.statutes import Statutes

ROOT = Path(__file__).parents[2]
DANGER_FILE = ROOT / "nlu_data" / "lexicon" / "danger.yml"
SAFETY = Safety(DANGER_FILE)

# Numbers that a rule may give (safety rules of the project; those of the hotline list rated high or medium).
ALLOWED = {
    "E01": {"110", "120"},
    "E02": {"12356", "120", "110"},
    "E03": {"110", "120", "12355", "12345"},
    "E04": {"110", "120", "12338"},
    "E05": {"110", "12308"},
    "E06": {"120", "110", "122"},
    "E07": {"119", "120", "110"},
    "E08": {"110", "96110"},
    "E09": {"12348"},
    "E10": {"12348", "12368"},
    "E11": {"110", "12345"},
    "E12": {"110", "120", "12356"},
    "E13": {"12368", "12348"},
    "E14": {"110", "12348"},
    "E15": {"110"},
    "E16": {"110", "96110", "12355"},
    "E17": {"110", "12345"},
    "E18": {"12348", "12345"},
    "E19": {"110", "120", "12345"},
    "E20": {"110", "120"},
}
MEDIUM = {"122", "12338", "12355"}  # not confirmed by an official page
NUMBER = re.compile(r"(?<!\d)(?:1\d{2}|9\d{4}|12\d{3})(?!\d)")

_PLAIN = read_examples(ROOT / "nlu_data" / "danger" / "plain.yml")
IN_DANGER, NOT_IN_DANGER = _PLAIN.in_danger, _PLAIN.near_misses

FEW_WORDS = {
    "救命": "E01",
    "他又打我了": "E01",
    "110": "E01",
    "我想死": "E02",
    "不想活了": "E02",
    "孩子被人抱走了": "E03",
    "有人跟踪我": "E05",
    "着火了": "E07",
    "闻到煤气味": "E07",
    "我儿子被派出所带走了": "E09",
    "正在强拆我家": "E11",
    "老人走失了": "E17",
    "有人持刀伤人": "E20",
}


def screened(text: str) -> str | None:
    danger = SAFETY.screen(normalize(text))
    return danger.rule if danger else None


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in IN_DANGER.items() for text in texts])
def test_danger_is_seen(rule, text):
    assert screened(text) == rule


@pytest.mark.parametrize("text", [text for texts in NOT_IN_DANGER.values() for text in texts])
def test_past_figurative_and_hypothetical_talk_raises_no_alarm(text):
    assert screened(text) is None


@pytest.mark.parametrize(("text", "rule"), FEW_WORDS.items())
def test_a_few_words_are_enough_for_somebody_who_cannot_write_more(text, rule):
    assert screened(text) == rule


def test_every_rule_has_sentences_of_both_kinds():
    assert set(IN_DANGER) == set(NOT_IN_DANGER) == set(RULES)
    assert all(len(texts) >= 4 for texts in IN_DANGER.values())
    assert all(len(texts) >= 3 for texts in NOT_IN_DANGER.values())


@pytest.mark.parametrize(
    "text",
    [
        "老公 打了 我 现在 门 锁到 出不去",
        "嗯那个就是说他现在就在门外头踹门嗯我躲在厕所",
        "伢不见了么办",
        "他桶了我一刀 流雪了",
        "我在屋里冇得人 他揣门",
    ],
)
def test_dialect_pauses_and_slips_of_speech_recognition_are_read(text):
    assert screened(text) is not None


# --- what is shown


@pytest.mark.parametrize("rule", RULES)
def test_lines_are_few_short_and_begin_with_a_number(rule):
    lines = SAFETY.rule(rule).lines
    assert len(lines) <= MOST_LINES
    assert all(len(line) <= LONGEST_LINE for line in lines)
    # Somebody who wants to die is met with care first; the number comes right after.
    first = lines[1] if rule == "E02" else lines[0]
    assert NUMBER.search(first[:8]), first


@pytest.mark.parametrize("rule", RULES)
def test_lines_carry_one_instruction_each(rule):
    for line in SAFETY.rule(rule).lines:
        assert len(re.findall("[。？]", line)) == 1, line
        assert line[-1] in "。？", line
        assert "！" not in line


@pytest.mark.parametrize("rule", RULES)
def test_only_numbers_of_the_rule_are_given_and_unconfirmed_ones_say_so(rule):
    danger = SAFETY.rule(rule)
    given_numbers = {number for number, _, _ in danger.phones}
    assert given_numbers <= ALLOWED[rule]
    assert set(NUMBER.findall("".join(danger.lines))) - {"24"} <= given_numbers
    for number, name, note in danger.phones:
        assert name
        assert (note == "请以官方为准") == (number in MEDIUM)
    assert "12110" not in str(danger)


def test_the_numbers_are_those_of_the_hotline_list():
    listed = {
        row.split(",")[0]: row.split(",")[3]
        for row in (ROOT / "routing" / "data" / "hotlines.csv").read_text("utf-8").splitlines()[1:]
    }
    for rule in RULES:
        for number, _, _ in SAFETY.rule(rule).phones:
            # 12308 (consular protection) is for people abroad and stands in the rule alone.
            assert number == "12308" or listed[number] in ("high", "medium")


@pytest.mark.parametrize("rule", ["E09", "E10", "E13", "E14", "E18"])
def test_matters_that_are_not_for_the_police_do_not_begin_with_110(rule):
    assert "110" not in NUMBER.findall(SAFETY.rule(rule).lines[0])


@pytest.mark.parametrize(
    ("rule", "forbidden"),
    [
        ("E01", "沟通|调解|填"),
        ("E02", "应该|不该|安眠|农药|绳|跳楼|割腕"),
        ("E03", "管教|满 ?24 ?小时再"),
        ("E04", "私了|调解"),
        ("E05", "谈判"),
        ("E06", "赔"),
        ("E08", "能追回|保证"),
        ("E09", "找关系|认罪|能取保"),
        ("E10", "没办法"),
        ("E12", "先答应"),
        ("E14", "抢回来"),
        ("E15", "先还"),
        ("E18", "后事"),
        ("E19", "家里人商量|内部调解"),
        ("E20", "当面调解|坐下来谈"),
    ],
)
def test_what_must_not_be_said_is_not_said(rule, forbidden):
    danger = SAFETY.rule(rule)
    assert not re.search(forbidden, "".join(danger.lines)), danger.lines


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_comes_after_and_on_what_it_rests(rule):
    danger = SAFETY.rule(rule)
    assert danger.after.count("。") <= 3
    assert danger.basis
    assert all(re.fullmatch(r".+第[零一二三四五六七八九十百]+条(之一)?(（未核验）)?", basis) for basis in danger.basis)


def test_statutes_are_in_force():
    statutes = Statutes()
    for rule in RULES:
        for basis in SAFETY.rule(rule).basis:
            if "未核验" not in basis:
                assert [found.in_force for found in statutes.cite(basis, date(2026, 11, 24))] == [True], basis


# --- time limits


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("判决书写的十五天，今天第十三天", 3),
        ("裁决书收到十一天了，十五天内要去法院", 4),
        ("再过五天就满一年", 5),
        ("上诉期只剩2天", 2),
        ("明天是最后一天", 1),
        ("复核只有三天，礼拜二拿的，今天礼拜四", 1),
        ("十五日内上诉，我是3号收到的，今天16号", 2),
        ("十五日内上诉，上个月28号收到的，今天十一号", 2),
        ("保证期到这个月二十八号，今天二十五", 3),
        ("时效快到了", 7),
        ("工伤认定一年，去年的后天受的伤", 2),
    ],
)
def test_days_left_are_counted_from_what_is_said(text, days):
    assert days_left(text) == days


@pytest.mark.parametrize("text", ["上诉期一般是多少天", "判决书怎么看", "他欠我三万块", ""])
def test_without_a_running_limit_there_are_no_days_left(text):
    assert days_left(text) is None


# --- any text at all

DATE_PIECES = (
    *("今天", "明天", "第", "十五", "三", "12", "号", "月", "年", "日", "天", "收到", "到", "去年", "周", "礼拜"),
    *("一", "内", "判决", "剩", "最后", "满", "满一年", "还有", "的", "，", "。"),
)


@given(st.text(max_size=300))
def test_screening_never_fails(text):
    SAFETY.screen(normalize(text))
    SAFETY.screen(text)


@given(
    st.lists(
        st.sampled_from(DATE_PIECES),
        max_size=30,
    ).map("".join)
)
def test_reading_dates_never_fails(text):
    days_left(text)
    SAFETY.screen(text)


def test_screening_is_the_same_every_time():
    texts = [text for texts in IN_DANGER.values() for text in texts]
    assert [screened(text) for text in texts] == [Safety(DANGER_FILE).screen(normalize(t)).rule for t in texts]


def test_screening_a_hundred_characters_takes_a_millisecond_or_so():
    text = normalize("公司拖欠我三个月工资不给，老板说等年后再结，合同没签，我有考勤和聊天记录，想问仲裁要多久。" * 3)[
        :100
    ]
    SAFETY.screen(text)
    start = time.perf_counter()
    for _ in range(50):
        SAFETY.screen(text)
    # Generous: the machine of a test run is busy.
    assert (time.perf_counter() - start) / 50 < 0.005


# --- the file


def a_file(tmp_path: Path, **changes) -> Path:
    data = yaml.safe_load(DANGER_FILE.read_text("utf-8"))
    for key, value in changes.items():
        value(data) if callable(value) else data.update({key: value})
    path = tmp_path / "danger.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def rule_of(data: dict, rule_id: str) -> dict:
    return next(rule for rule in data["rules"] if rule["id"] == rule_id)


def test_a_file_written_back_reads_the_same(tmp_path):
    assert Safety(a_file(tmp_path)).rule("E01") == SAFETY.rule("E01")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda data: data.update(extra=1), "unknown key 'extra'"),
        (lambda data: rule_of(data, "E07").update(colour="red"), "unknown key 'colour'"),
        (lambda data: data["rules"].remove(rule_of(data, "E13")), "rule E13 is missing"),
        (lambda data: data["rules"].append(rule_of(data, "E13")), "E13 appears twice"),
        (lambda data: data["order"].remove("E05"), "'order' lacks E05"),
        (lambda data: rule_of(data, "E07")["signs"].append("(着火"), "bad pattern"),
        (lambda data: rule_of(data, "E07")["signs"].append("{NOSUCH} 火"), "unknown word {NOSUCH}"),
        (lambda data: rule_of(data, "E07")["signs"].append("!火"), "asks for nothing"),
        (lambda data: data["words"].update(BROKEN="(?:甲 乙)"), "bad pattern"),
        (lambda data: data["words"].update(small="甲"), "must be written in capitals"),
        (lambda data: rule_of(data, "E01").update(lines=["打 110。"] * 8), "8 lines"),
        (lambda data: rule_of(data, "E01").update(lines=["打 110，" + "说" * 30]), "characters"),
        (lambda data: rule_of(data, "E01").update(phones=[]), "no phone number"),
        (lambda data: data["cues"]["classes"][0].update(hints=["E99"]), "unknown rule 'E99'"),
        (lambda data: data["cues"]["classes"][0].update(words="[坏"), "bad pattern"),
        (lambda data: data.pop("cues"), "'cues' is missing"),
        (lambda data: data.pop("words"), "'words' is missing"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, spoil, complaint):
    with pytest.raises(BadDangerFileError) as error:
        Safety(a_file(tmp_path, spoil=spoil))
    assert any(complaint in problem for problem in error.value.problems), error.value.problems


def test_every_problem_is_reported_at_once(tmp_path):
    def spoil(data):
        rule_of(data, "E02").update(colour="red")
        data["rules"].remove(rule_of(data, "E13"))
        rule_of(data, "E07")["signs"].append("(着火")

    with pytest.raises(BadDangerFileError) as error:
        Safety(a_file(tmp_path, spoil=spoil))
    assert len(error.value.problems) >= 3


@pytest.mark.parametrize("text", ["楼下餐馆油烟熏得睡不着", "油烟太大了熏人"])
def test_the_smell_of_a_kitchen_is_no_fire(text: str) -> None:
    assert SAFETY.screen(text) is None


def test_a_cooker_hood_on_fire_is_one() -> None:
    assert SAFETY.screen("油烟机着火了，烧起来了").rule == "E07"
