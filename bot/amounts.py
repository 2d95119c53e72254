"""The amount in dispute: the largest sum of money in a text that is neither a wage rate nor a price per unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.numerals import CN_NUMBER, to_number

LEAST_YUAN = 10  # smaller sums (a fee per square metre, 「一分钱」) are never what a dispute is about
MOST_YUAN = 1e12

_UNIT = "[十百千万亿wWkK]"
_MEASURE = "[个年月天次期台套间辆张份人位股成分]"  # 「借了五万两年没还」 is not 五万两, 「18万一个」 not 18万一
_NUMBER = re.compile(
    rf"(?<![几数十百千万亿\d.])(?:\d+(?:,\d{{3}})+|\d+(?:\.\d+)?|{CN_NUMBER}|[十百千万]把)"
    rf"(?:(?!(?<=[百千万亿wWkK]){CN_NUMBER}{_MEASURE}){CN_NUMBER}|[\d.]|[几多余来好把](?={_UNIT})|{_UNIT}(?![a-zA-Z]))*"
    r"(?:多|余|来|把|好几)?"
)
_CURRENCY = re.compile(
    r"\s*(?:块钱|块(?!地|田|石|砖|瓷|肉|玻璃|钢|表|牌|菜地|\d?[角毛])|元(?!素|旦)|圆|人民币|钱(?!包|塘)|RMB|rmb)"
)
_SIGN = re.compile(r"[¥￥]\s*$")
_ROUND = re.compile(r"[百千万亿wWkK]")

# What follows a number that counts something else than money.
_COUNTED = re.compile(
    r"\s*(?:[%％℃:：/\-~]|[a-zA-Z几]|年(?!底|前|后|初|终|头)|月(?!底|初|薪)|[日号天个位台辆次张只条层楼栋座岁周级倍克吨亩字句遍支届幢枚颗场度桶棵株头粒片根扇架艘筐捆罐盒包笔宗起例节课组轮桌床]|[欧美日港][元金币]|英镑"
    r"|人(?!跑|不见|失|没|就|也|找|家|却|说)|名(?!义)|小时|公里|里(?!面|头)|斤|平(?!台|安|时|白)|米|㎡|厘|分(?:钟|之|米|的?利)|秒|点(?:钟|半|多)?"
    r"|期(?!间)|批|家(?!里|人|属)|户(?!主)|口(?!头|气)|套(?!路)|间(?!接)|件|箱|瓶|袋|本(?!金|人|来)|份|趟|回(?!来|去|不|本)|股(?!东|权)|成(?!交|本|功|了)"
    r"|步|头(?!上)|项|代|线|路|环|审|胎|婚|楼|幼|小|中|高|大(?!概|约)|把(?!我|他|她)|道|门|宝|边|方|星|通)"
)
# Said right before a bare number, these make it money.
_PAYING = re.compile(
    r"(?:赔偿?|补偿|欠|借|罚款?|收|交|付|转账?|花|给|退|押金|定金|订金|首付|违约金|工钱|工资|彩礼|货款|尾款|本金|要价?|骗|贷款?|费用?|价格?|充值?|补|领|存|扣|押|打了?折?"
    r"|投资?|卖|买|还|掉|拿|剩|少|多|只有|仅|共|总共|一共|合计|损失|金额|标的|保证金|抢购费|返|送|凑|垫|掏|汇|刷|悬赏|提成|全勤|奖金?|补贴|津贴|报销|款)"
    r"(?:了|我|他|她|你|您|我们|他们|人家|对方|老板|公司|的|过|掉|走|去|出|到|是|为|共|近|约|大概|大约|差不多|接近|将近|就|又|还|才|在|也|不到|一共|总共|[:：\s])*$"
)
_ENUMERATED = re.compile(r"(?:第|百分之|分之|编号|[Nn]o\.?|尾号|[a-zA-Z_\-])\s*$")
_HOTLINE = re.compile(r"1[12]\d|12[0-9]{3}|400\d{3,}")  # 110, 12345: 「打12345」
_CALLING = re.compile(r"(?:打|拨|拨打|电话|热线|手机号?|号码|工单|尾号)(?:了|过|是)?\s*$")
# A rate is what somebody earns or pays again and again, not what is in dispute.
_RATE = re.compile(
    r"(?:月薪|底薪|年薪|日薪|时薪|基本工资|最低工资|退休金|养老金|退休工资|低保金?|月收入|每个?月|一个月|月月|每天|一天|每小时|每年|每平米?|一平米?)"
    r"(?:(?!欠|拖|差|赔|罚|扣|骗|借|没|未|押|定|订|付|共|总|合计|[，。,；;、！？!?\n]).){0,6}$"
)
_RATE_AFTER = re.compile(r"\s*(?:块钱|块|元)?\s*(?:[/每]|一)(?:个?月|天|小时|平|年|次|斤)")
_CORRECTED = re.compile(
    r"\s*(?:块钱|块|元)?[，,、 ]*(?:不对|不是|哦不|说错了?|错了)[，,、 ]*(?:不对|不是|是|应该是|[的吧哦啊嗯])*[，,、 ]*"
)
_TOO_LONG_FOR_MONEY = 7  # digits in a row without any unit: a telephone, account or case number


@dataclass(frozen=True, slots=True)
class _Sum:
    yuan: float
    start: int
    end: int


def read_amount(text: str) -> float | None:
    """The largest sum in yuan, 10 to 10^12, or None. What is taken back (「三万不对是两万」) does not count."""
    sums = list(_sums(text))
    taken_back = {one for one, following in pairwise(sums) if _CORRECTED.fullmatch(text, one.end, following.start)}
    return max((money.yuan for money in sums if money not in taken_back), default=None)


def _sums(text: str) -> Iterator[_Sum]:
    for match in _NUMBER.finditer(text):
        yuan = to_number(match[0].rstrip("."))
        if yuan is None or not LEAST_YUAN <= yuan <= MOST_YUAN:
            continue
        before = text[max(0, match.start() - 14) : match.start()]
        is_rate = _RATE.search(before) or _RATE_AFTER.match(text, match.end())
        if not is_rate and _is_money(text, match, yuan, before):
            yield _Sum(yuan, match.start(), match.end())


def _is_money(text: str, match: re.Match[str], yuan: float, before: str) -> bool:
    said = match[0]
    if _ENUMERATED.search(before):
        return False
    if _SIGN.search(before) or _CURRENCY.match(text, match.end()):
        return True
    if _COUNTED.match(text, match.end()):
        return False
    if said.isdigit() and (len(said) >= _TOO_LONG_FOR_MONEY or _CALLING.search(before) or _HOTLINE.fullmatch(said)):
        return False
    if _ROUND.search(said) and yuan >= 10_000:
        return True
    if _PAYING.search(before):
        return True
    # 「偷了一千五」, 「标价三千二，打折两千」: a round number said in words at the end of a clause
    return bool(_ROUND.search(said)) and yuan >= 100 and _ends_clause(text, match.end())


def _ends_clause(text: str, position: int) -> bool:
    return position >= len(text) or text[position] in "，。！？；、,!?; \n的"
