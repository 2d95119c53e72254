"""Finding what tells who somebody is, and putting stable placeholders in its place: 张三 → 张某, 锦绣小区5栋 → 某小区.

For transcripts and cases that are kept for reuse. The answer path keeps to the cheap `redact.mask`. The name of a place
down to the district, statutes, amounts, dates, hotlines and public bodies stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from case_library import names
from case_library.redact import (
    BANK_CARD,
    ID_NUMBER,
    MOBILE,
    OLD_ID_NUMBER,
    digits_of,
    is_id_number,
    is_old_id_number,
    passes_luhn,
)

Kind = Literal[
    "id_number", "bank_card", "phone", "landline", "email", "account", "plate", "company_code", "case_number", "address",
    "name",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Personal:
    """Something personal in a text: where it stands, and what takes its place."""

    said: str
    kind: Kind
    instead: str
    start: int
    end: int


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_EMAIL = re.compile(r"(?<![A-Za-z0-9_.])[A-Za-z0-9][A-Za-z0-9_.+\-]{0,40}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_PLATE = re.compile(
    rf"(?<![A-Za-z0-9])[{_PROVINCES}][A-HJ-NP-Za-hj-np-z][\s·•.\-]?(?=[A-Za-z0-9]*\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}|[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳])(?![A-Za-z0-9])"
    r"|(?<=车牌武汉)[A-Z]?\d{5,7}(?![A-Za-z0-9])"
)
_COMPANY_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[0-9A-Z]*[A-Z])[159Y][1239]\d{6}[0-9A-HJ-NP-RTUW-Y]{10}(?![A-Za-z0-9])|(?<=信用代码)[：:是为]{0,2}\s*[0-9A-Z]{18}"
)
# （2023）鄂0106民初1234号, 武劳人仲裁字〔2024〕第88号
_CASE_NUMBER = re.compile(
    r"[（(〔\[]\s*(?:19|20)\d{2}\s*[）)〕\]]\s*(?:最高法|["
    + _PROVINCES
    + r"])[\u4e00-\u9fa5]{0,3}\s*\d{0,4}\s*[\u4e00-\u9fa5]{1,6}\s*(?:第)?\s*\d{1,6}\s*(?:号之[一二三四五六]|号)"
    r"|["
    + _PROVINCES
    + r"武汉洪昌阳硚岸青夏陂洲甸][\u4e00-\u9fa5（）()]{1,16}字?\s*[（(〔\[]\s*(?:19|20)\d{2}\s*[）)〕\]]\s*第?\s*\d{1,7}\s*号"
    r"|[（(〔\[]\s*(?:19|20)\d{2}\s*[）)〕\]]\s*(?:[\u4e00-\u9fa5]{0,8}(?:仲|复|调|劳|执|公证|鉴|证)[\u4e00-\u9fa5]{0,6}字?)\s*第?\s*\d{1,7}\s*号"
    r"|第\s*\d{12}\s*号(?=(?:道路交通|事故|认定))"
)
# 一八六二七零零五六七八, as people write a number they are wary of giving.
_SPELT_MOBILE = re.compile(
    r"(?<![零〇一二三四五六七八九幺])[一幺][三四五六七八九][零〇一二三四五六七八九幺两]{9}(?![零〇一二三四五六七八九幺])"
)
_LANDLINE = re.compile(
    r"(?<![\d\-])(?:[（(]?0(?:10|2\d|[3-9]\d{2})[）)]?[\s\-—－]?)[2-8]\d{3}[\s\-]?\d{3,4}(?:[\s\-—－转]{1,2}\d{1,5})?(?!\d)"
)
_BARE_LANDLINE = re.compile(r"(?<=[电话座机固话])(?:号码?)?(?:是|为|：|:)?\s*([2-8]\d{7}|[2-8]\d{3}[\s\-]\d{4})(?!\d)")
_ACCOUNT = re.compile(
    r"(?P<what>微信(?:号码?|ID|id)?|[Vv][Xx信]|[Ww][Xx]号?|薇信|威信|QQ(?:号码?)?|[Qq]{2}(?:号码?)?|扣扣号?|企鹅号?|支付宝(?:账号|账户|号)?|抖音号?|快手号?|小红书号?|微博号?)"
    r"(?P<is>\s*(?:账号|帐号)?\s*(?:是|为|叫|：|:|＝|=|加|\s)?\s*)"
    r"(?P<id>[A-Za-z][A-Za-z0-9_\-]{4,24}|[1-9]\d{4,11})(?![A-Za-z0-9@])"
)
_OTHER_NUMBER = re.compile(
    r"(?P<what>护照(?:号码?)?|驾驶证(?:号码?)?|通行证(?:号码?)?|军官证(?:号码?)?|社保(?:卡号?|号)|医保(?:卡号?|号)|账号|帐号|卡号)(?P<is>\s*(?:是|为|：|:)?\s*)(?P<id>[A-Za-z]{0,2}\d{7,20})(?!\d)"
)

_NUM = r"[0-9０-９一二三四五六七八九十百零〇两甲乙丙丁A-Za-z]"
_PLACE_END = (
    r"小区|花园|公寓|家园|新村|苑|大厦|广场|公馆|雅苑|华庭|名都|花城|佳园|新城|城中村|嘉园|山庄|豪庭|府邸|名邸|丽都|里弄|"
    r"还建楼|还建房|宿舍|大院|雅居|御园|半岛|水岸|国际城|时代城|写字楼|别墅|总部|华府|名府|国际(?=[一二三四五六七八\d]期)"
)
_UNIT = r"(?:期|号院|栋|幢|号楼|座|号|单元|楼|层|室|房|门|户|门牌|组|街坊)"
_HOUSE = (
    rf"(?:{_NUM}{{1,5}}(?:[\-—－]{_NUM}{{1,4}}){{0,3}}{_UNIT}(?:附{_NUM}{{1,3}}号)?\s*)+"
    rf"(?:{_NUM}{{1,5}}(?:[\-—－]{_NUM}{{1,4}}){{0,3}}(?:室|房|户)?)?"
)


_HALF = {ord("０") + n: str(n) for n in range(10)} | {
    ord(full) + n: chr(ord(half) + n) for full, half in (("Ａ", "A"), ("ａ", "a")) for n in range(26)
}


def find_personal(text: str) -> list[Personal]:
    """Everything personal in a text, in order, without overlaps."""
    half = text.translate(_HALF)  # the same length
    taken: list[Personal] = []
    for find in (_numbers, _labelled, _addresses, names_in):
        for found in find(half):
            if all(found.end <= one.start or found.start >= one.end for one in taken):
                taken.append(replace(found, said=text[found.start : found.end]))
    return sorted(taken, key=lambda one: one.start)


def redact(text: str) -> str:
    """`text` with placeholders for what tells who somebody is; doing it twice changes nothing more."""
    for one in reversed(find_personal(text)):
        text = text[: one.start] + one.instead + text[one.end :]
    return text


def names_in(text: str) -> Iterator[Personal]:
    """Names of persons; the same name gets the same placeholder, a second person of a surname 张某2."""
    placeholders: dict[str, str] = {}
    for start, end, surname in names.find(text):
        said = text[start:end]
        if said not in placeholders:
            same = sum(one.startswith(f"{surname}某") for one in placeholders.values())
            placeholders[said] = f"{surname}某{same + 1 if same else ''}"
        yield Personal(said, "name", placeholders[said], start, end)


def _numbers(text: str) -> Iterator[Personal]:
    yield from _where(EMAIL_FIRST, text)
    yield from _where(NUMBER_KINDS, text)


def _where(
    kinds: tuple[tuple[re.Pattern[str], Kind, str, Callable[[str], bool]], ...], text: str
) -> Iterator[Personal]:
    for pattern, kind, instead, holds in kinds:
        for match in pattern.finditer(text):
            if holds(match[0]):
                start, end = match.span(match.lastindex or 0) if kind == "landline" else match.span()
                yield Personal(text[start:end], kind, instead, start, end)


def _always(_said: str) -> bool:
    return True


EMAIL_FIRST = ((_EMAIL, "email", "〔邮箱〕", _always),)
NUMBER_KINDS = (
    (_CASE_NUMBER, "case_number", "〔案号〕", _always),
    (_COMPANY_CODE, "company_code", "〔信用代码〕", _always),
    (ID_NUMBER, "id_number", "〔身份证号〕", lambda said: is_id_number(digits_of(said))),
    (BANK_CARD, "bank_card", "〔银行卡号〕", lambda said: passes_luhn(digits_of(said))),
    (OLD_ID_NUMBER, "id_number", "〔身份证号〕", lambda said: is_old_id_number(digits_of(said))),
    (MOBILE, "phone", "〔手机号〕", _always),
    (_SPELT_MOBILE, "phone", "〔手机号〕", _always),
    (re.compile(r"(?<!\d)1[3-9]\d\*{4}\d{4}(?!\d)"), "phone", "〔手机号〕", _always),
    (_LANDLINE, "landline", "〔电话〕", _always),
    (_BARE_LANDLINE, "landline", "〔电话〕", _always),
    (_PLATE, "plate", "〔车牌〕", _always),
)


def _labelled(text: str) -> Iterator[Personal]:
    for pattern, instead in ((_ACCOUNT, "〔账号〕"), (_OTHER_NUMBER, "〔证件号〕")):
        for match in pattern.finditer(text):
            start, end = match.span("id")
            yield Personal(match["id"], "account", instead, start, end)


# A road with a house number, or a named estate: from the first character after the district or street.
_STOP = "，。；、！？,;!? \n（）()《》“”\"'：:在住到去是从离于往和与跟及我他她们的了把被就有对找给向由当叫让"
_ROAD = re.compile(
    rf"[^{_STOP}\d]{{1,12}}(?:大道|大街|路|街|巷|弄|胡同|里份)\s*{_HOUSE}(?:[^{_STOP}\d]{{1,6}}(?:{_PLACE_END}|港|园|[A-Z]区))?(?:[A-Z]区)?(?:{_HOUSE})?"
)
_ESTATE = re.compile(
    rf"[^{_STOP}\d]{{1,10}}(?:{_PLACE_END})(?:[东南西北][区苑门]|[一二三四五六七八]期|[一二三四五六七八九十\d]{{1,2}}小区|[区苑])?\s*(?:{_HOUSE})?\d{{0,4}}"
)
# Whatever stands right before a building's number is the name of the estate: 南湖雅园12栋, 光谷软件园C6栋, 现代城三期.
_BUILDING = re.compile(
    rf"[^{_STOP}\d第A-Z]{{2,12}}(?:[一二三四五六七八]期)?[A-Z]?\d{{1,3}}(?:栋|幢|号楼|街坊)\s*(?:{_HOUSE})?\d{{0,4}}"
    rf"|[^{_STOP}\d]{{2,12}}(?:城|园|府|庭|湾|郡|都|里|邸|轩|居|墅)[一二三四五六七八]期\s*(?:{_HOUSE})?"
    rf"|[^{_STOP}\d]{{1,10}}[一二三四五六七八九十]{{1,3}}街坊\s*(?:{_HOUSE})?"
)
_VILLAGE = re.compile(rf"[^{_STOP}\d]{{1,10}}(?:村|社区|湾|塆|坳|垸|大队)\s*{_HOUSE}")
_LOOSE = re.compile(
    rf"(?<![0-9A-Za-z])\d{{1,3}}(?:栋|幢|号楼)\s*(?:{_NUM}{{1,3}}(?:单元|门|座)\s*)?(?:\d{{2,4}}(?:室|房|号)?)?"
    r"|(?<!\d)\d{1,2}(?:单元|门)\d{2,4}(?:室|房|号)?(?!\d)"
    r"|(?:(?<=楼上)|(?<=楼下)|(?<=我住)|(?<=隔壁)|(?<=对门))\d{3,4}(?:室|房)?(?![\d年元块万个平户])"
)
# Down to the district everything stays, also where 区 is left out.
_DISTRICT = "江岸|江汉|硚口|汉阳|武昌|青山|洪山|东西湖|汉南|蔡甸|江夏|黄陂|新洲|汉口|光谷|东湖高新|沌口|武汉经开|武汉"
_BEFORE = re.compile(
    r"^.*?(?:自治区|省|[^路]市|[^小社园片城新]区(?!$)|新区|县|街道|镇(?!$)|乡(?!$)|风景区|开发区|高新区)"
    rf"|^(?:公司|家庭|单位|详细|收货)?(?:地址|住址)"
    rf"|^(?:{_DISTRICT})(?=[\u4e00-\u9fa5]{{2}})(?!大道|路|街)"
)
_GENERIC = re.compile(
    r"^(?:同一个?|这个|那个|我们|咱们|老旧?|新|旧|高档|本|某|哪个|整个|隔壁|一个|几个|其他|别的|每个|附近|封闭|普通|商品房|安置|单位|员工|工地|职工|学生|公司|学校|工厂|厂|自建|集体|还建|拆迁|大|小|老式|人才|青年|廉租|出租|酒店|长租|单身|各)*"
    r"(?:小区|花园|公寓|家园|新村|大厦|广场|新城|城中村|山庄|宿舍|大院|写字楼|别墅|还建楼|还建房|半岛)$"
)


def _addresses(text: str) -> Iterator[Personal]:
    for pattern, instead in (
        (_ROAD, "某路某号"),
        (_ESTATE, "某小区"),
        (_BUILDING, "某小区"),
        (_VILLAGE, "某村某号"),
        (_LOOSE, "某栋某室"),
    ):
        for match in pattern.finditer(text):
            start, end = match.span()
            while before := _BEFORE.match(text[start:end]):
                start += before.end()
            said = text[start:end].rstrip()
            if len(said) > 2 and not _GENERIC.match(said):
                yield Personal(said, "address", instead, start, start + len(said))
