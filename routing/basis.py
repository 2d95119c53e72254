"""Citations as people read them: ("民法典", "1079") is 「民法典第一千零七十九条」."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_CITED = re.compile(r"^(?P<law>\D+?)\s+(?P<article>\d+(?:-\d+)?)$")


def chinese_number(number: int) -> str:
    """A number from 1 to 9999 in Chinese figures as laws write them: 10 is 十, 110 is 一百一十, 1005 is 一千零五."""
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
        gap = digit == 0
    return text.removeprefix("一") if 10 <= number < 20 else text


def statute_name(law: str, article: str) -> str:
    """The citation in words; "276-1" is 第二百七十六条之一."""
    number, _, after = article.partition("-")
    return f"{law}第{chinese_number(int(number))}条" + (f"之{chinese_number(int(after))}" if after else "")


def parse_statute(text: str) -> tuple[str, str] | None:
    """("民法典", "1079") from "民法典 1079", or None when it is not written like that."""
    match = _CITED.match(text.strip())
    return (match["law"].strip(), match["article"]) if match else None
