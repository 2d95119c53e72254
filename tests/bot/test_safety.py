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

from bot.normalize import normalize
from bot.safety import LONGEST_LINE, MOST_LINES, RULES, BadDangerFileError, Safety, days_left
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

IN_DANGER = {
    "E01": (
        "前男友不知道从哪里搞到我门的密码，我回家发现他坐在我床上，我现在躲在隔壁姐姐家",
        "我想问离婚怎么办。他现在就在旁边掐我脖子刚松手",
        "他睡着了我才敢发，他说明天醒了要打断我的腿，我腿上全是烟头烫的",
        "伢她爸这会儿在屋里发酒疯打人，板凳都打断了，我抱着伢躲在厨房",
        "老公把我头往墙上撞，我现在想吐，头晕，要不要先去拍片子留证据",
    ),
    "E02": (
        "手腕上的口子不深但是止不住，别告诉我爸妈",
        "弟弟得了白血病家里卖了房，他昨晚跟我说姐姐你别借钱了，今天护士说他不在病房，楼顶的门开着",
        "活着没什么意思，癌症晚期，想把房子过户给女儿就走",
        "药我已经吃了一瓶，有点困，帮我跟我妈说声对不起",
        "我把猫送人了，东西也分给室友了，银行卡密码写在本子上，请问这样算不算遗嘱",
    ),
    "E03": (
        "隔壁的娃儿一个人在屋里哭了一天了，好像没得大人，才两岁",
        "有个女的把我孙子抱走了，我就系个鞋带的工夫",
        "前妻男朋友打我儿子，视频里看到嘴都打出血了，现在人还在她们家",
        "班上的人把我衣服脱了拍视频，还要我明天带钱，不带就发网上",
        "楼下那家把孩子关在门外不给饭吃，大冬天光着脚，哭了一个多小时了",
    ),
    "E04": (
        "昨天晚上被领导灌醉了，早上醒来衣服没了，我不知道怎么办",
        "我是男生，被教练侵犯了，就上周末，不知道该跟谁说",
        "我老婆被人糟蹋了，人在派出所门口不敢进去",
        "陪客户喝酒，醒来在宾馆，身上没穿，下身出血",
        "我被人下药了，现在头晕得很，旁边男的我不认识",
    ),
    "E05": (
        "老板不让我们走，宿舍大门锁到，保安拿棍子守着，要干满一年",
        "我不能说话只能打字，我在一辆面包车里，手被绑着",
        "我表妹说去南方打工，三个月没消息，昨天偷偷发了个定位在西港，说回不来",
        "我被关在一个房子里，身份证手机都被他们拿走了，用别人手机偷偷发的",
        "我们五个人在工地上被看着，不让打电话，不让出大门，工资也不给",
    ),
    "E06": (
        "货架倒了，底下压着仓管小刘，叉车开不进来，他说脚没感觉了",
        "工友中暑昏过去了，身上滚烫，工头叫我们把他抬到阴凉地方莫管",
        "脚被叉车压了，骨头都露出来，厂里说先在医务室包一下",
        "撞了人我有点慌，他还在流血，我能不能先走等保险公司来",
        "电动车和小车撞了，老人躺在路中间，我该不该扶",
    ),
    "E07": (
        "墙要倒了，下大雨，我们住的那个房子在往下滑",
        "有人掉进窨井里了，听得到他在下面喊",
        "有个伢掉到沙湖里头去了，水面上只看到手",
        "屋里煤气味好重，头有点晕，想问房东装的热水器他负不负责",
        "我家厨房墙里头呲呲响，一股臭鸡蛋，我妈还在开抽油烟机",
    ),
    "E08": (
        "手机上说我的ETC失效，我点进去填了卡号和验证码，现在收到三条扣款，一共八千多，银行卡还没挂失",
        "有人约我在楼下交三万块现金，说是给什么军官老师的投资款，一会就来拿",
        "半个小时前把钱打到他说的监管账户了，现在提不出来，说要交税",
        "我爸接了视频，对面穿警服，叫他把积蓄取出来放到楼下垃圾桶旁边由专人收走，他已经把钱包好了",
        "老伴在跟那个卖保健品的视频，要把养老本二十万转过去买什么原始股",
    ),
    "E09": (
        "公安刚把我们店里的人都带走了，包括我老婆，就因为卖了几条烟，我从后门出来的，我要不要去",
        "弟弟被带到看守所了，听说三十七天很关键，今天是第五天",
        "我爸打牌被抓进去了，派出所说要拘十五天，会不会留案底",
        "我老公凌晨三点被警察从家里带走了，什么手续都没给我看，怎么办",
        "有人说可以找关系把我儿子捞出来，要三十万，他昨天刚进去",
    ),
    "E10": (
        "遗赠要六十天内表示接受，我数了下今天是第五十八天",
        "执行时效两年，还有四天就到了，法院说材料不齐退回来了",
        "我九号拿到仲裁裁决，公司律师说大家再谈谈不用急着起诉，今天二十二了，我看书上写的是十五天",
        "答辩期十五天，我拿到传票已经十二天了，不写答辩状会怎么样",
        "交通事故认定书前天拿到的，听说三天内要申请复核，今天第几天了",
    ),
    "E11": (
        "挖掘机正在挖我家的地，青苗都铲了，村里说是公家的",
        "说是危房今天必须腾空，吊车都进场了，一张纸都没给我们看",
        "物业把门禁卡消了不让我进小区，说没交物业费，娃还在家里",
        "他们在扒我屋顶的瓦了，我跟老伴还在里面",
        "房东趁我上班把锁换了，行李全扔在楼道",
    ),
    "E12": (
        "我忍不了了，今天非砍死他不可",
        "我已经爬到塔吊上了，不给钱就不下来",
        "我不打官司了，我用我自己的办法解决他，一刀的事",
        "再给我三天不发工资，我就把老板的孩子从学校接出来住我工棚",
        "大不了坐牢，我去把他腿打断，他还能跑到哪里去",
    ),
    "E13": (
        "欠我八十万的那个人后天的飞机去澳洲，不回来了",
        "包工头连夜把挖机都拖走了，人要回四川，我们二十个人的工钱",
        "离婚证还没领，他把我们的车今天开到车管所去过给他表弟了，车管所的朋友告诉我的",
        "医院说要改病历，护士偷偷告诉我的，我该怎么办",
        "饭馆的监控硬盘昨天说坏了拿去修，我妈就是在那里滑倒的，修好了还能有吗",
    ),
    "E14": (
        "他带着儿子去了国外不回来，抚养权是我的",
        "我坐月子的时候他们把毛毛抱走了，说不离婚就不让我见",
        "婆婆趁我上班把儿子带回老家藏起来了，问在哪里不说",
        "公公把孙子藏到亲戚家，每天换地方，不让我这个当妈的看",
        "离婚官司还在打，他今天去幼儿园把女儿接走了，不告诉我在哪",
    ),
    "E15": (
        "我欠了五万，来了几个光头在我店里吃喝不给钱还打跑客人",
        "债主叫人二十四小时跟着我，我上厕所都跟到",
        "要债的把我堵在车里两个小时了，敲玻璃骂，不让走",
        "网贷把我照片P成遗照发给我所有联系人",
        "我老公在网贷上欠了三万，催的人把我P成卖淫的发到我们幼儿园家长群，我是老师",
    ),
    "E16": (
        "下了个聊天软件，通讯录被他读走了，现在一个一个给我看我亲戚的名字，要我转账",
        "前男友说不跟他复合就把我们的床照发到网上",
        "酒吧认识的女的说怀孕了要二十万，不给就带人来家里闹，还有视频",
        "直播间认识的大哥说把我发的照片卖了，除非再陪他一晚",
        "网上有人用我的脸做的视频，说给钱才删",
    ),
    "E17": (
        "我婆婆住院呢，护士说床上没人了，找了一个小时没找到",
        "驴友进山两天没出来，打电话不在服务区",
        "精神有问题的哥哥昨晚跑出去了，没带药",
        "我爸跟工友出去喝酒一晚上没回，手机打不通，工友说早散了",
        "丈夫出海打渔三天没回来，对讲机也喊不到",
    ),
    "E18": (
        "透析的时候人就不行了，才走两个小时，机器和药水要不要留",
        "家属没签字太平间就通知拖走了，刚去世不到十个小时",
        "火葬场约的明天上午，可我觉得我弟死得不明不白，医院说猝死",
        "刚出生的毛毛没保住，医院说替我们处理，我们不放心",
        "孩子昨天在医院打完针人没了，院方说要尽快火化",
    ),
    "E19": (
        "我快饿死了，儿子媳妇不给我吃，我走不动，你们帮我",
        "隔壁的老人家天天喊饿，媳妇把粮食锁起来了",
        "我奶奶被叔叔锁在老屋里，门从外面挂锁，邻居说两天没看到烟火了",
        "大冬天，他们让我爸住猪圈旁边的棚子，连床被子都没有",
        "我妈瘫痪在床，褥疮都烂到骨头了，我哥一个星期才去一次",
    ),
    "E20": (
        "邻居拿着铁锹堵在我家门口，骂要弄死我",
        "村里两家在打群架，锄头都用上了，有人倒在地上",
        "我姑父精神病犯了，光着上身拿着砍柴刀站在村口，说要找鬼",
        "车位被占我打了个电话让他挪，他下来就拿着棒球棍，把我车玻璃砸了，我锁在车里出不去",
        "对门喝多了，在走廊上挥酒瓶子，说哪个出来捅哪个",
    ),
}

NOT_IN_DANGER = {
    "E01": (
        "前夫不敢再来了，保护令管用，我就想问多久过期",
        "五年前被前夫打过，当时报了警有回执，现在还能拿来争抚养权吗",
        "公司搞家暴讲座，想请律师来讲，怎么联系",
        "他动手术要家属签字，我们在办离婚，我签不签",
    ),
    "E02": (
        "姑姑十年前投江的，墓地是我爸买的，现在表哥要迁坟",
        "小区有人跳楼，我们这栋房价跌了，能找开发商赔吗，半年前的事",
        "女儿抑郁症休学一年了，现在好多了，学校不让复学怎么办",
        "这日子没法过了，物业天天停电梯，怎么换物业",
    ),
    "E03": (
        "孩子饭量小不吃饭，幼儿园退费的时候伙食费能退吗",
        "老师没收了孩子的手机，孩子哭了，能不能要求道歉",
        "儿子把同学的头打了个包，已经赔礼了，对方还要精神损失费",
        "小朋友在游乐场撞了一下头，检查没事，检查费谁出",
    ),
    "E04": (
        "网上有人造谣说我陪睡，我要起诉他",
        "医生给我下药太重，过敏住院一周好了，能不能要赔偿",
        "摸奖中了手机，商家不给兑",
        "公司年会上领导讲荤段子，让人恶心，可以投诉性骚扰吗",
    ),
    "E05": (
        "物流能不能跟踪，包裹丢了三天了",
        "公司让我们签竞业协议，两年内出不去这个行业",
        "狗一直跟着我，邻居不牵绳，投诉哪里",
        "传销案里我是下线，钱追回来能分给我吗，案子前年就判了",
    ),
    "E06": (
        "腰痛一个星期，是搬货搬的，没有当场说，能认工伤吗",
        "装修工人从梯子摔了，已经送医院，骨折，要我出医药费，我有责任吗",
        "美容院做脸过敏红了几天，现在好了，能退卡吗",
        "被车撞了当时私了拿了八百，回去发现骨裂，还能反悔吗",
    ),
    "E07": (
        "燃气公司开通要收初装费两千，合理吗",
        "消防说我们店没装烟感，要罚五千",
        "上个月我家着火，消防认定是楼上充电引起的，怎么赔",
        "手机充电发热烫手，客服说正常，可以退货吗",
    ),
    "E08": (
        "公司让客服加我微信推课，烦",
        "给供应商转了货款他迟迟不发货，算不算诈骗",
        "微信转错人了，转给同名同姓的同事，他不还",
        "买黄金回收被压价，能不能投诉",
    ),
    "E09": (
        "他被拘留十天已经出来了，我想告他民事赔偿",
        "取保候审到期了，保证金怎么退",
        "我弟因为赌博被罚款五百，没拘留，会不会影响孩子",
        "骑电动车没戴头盔被交警带走了车，怎么取",
    ),
    "E10": (
        "试用期最后一天公司说不合格，合法吗",
        "复议申请上周交了，60天出结果，现在第十天，可以催吗",
        "投诉物业说七个工作日答复，今天第五天",
        "牛奶明天到期，超市还在卖，能举报不",
    ),
    "E11": (
        "我把门锁换了，租客欠租跑了，里面东西能处理吗",
        "拆快递发现东西碎了，商家不认",
        "门禁卡坏了补卡要五十，太贵",
        "公司换了门禁系统，我的卡刷不了，HR说没事补录",
    ),
    "E12": (
        "老板画大饼，说干死竞争对手就给股份，没写合同有效吗",
        "气得我想骂人，快递员把我西瓜摔烂了",
        "被人在网上骂要弄死我全家，对方在外省，就骂了一次，能告他吗",
        "想知道故意伤害轻伤判几年，我弟弟去年的案子",
    ),
    "E13": (
        "老板移民了，公司注销，三年前的工资还能要吗",
        "公司搬到江夏，离我家三十公里，可以要补偿吗",
        "我想转让店铺，合伙人不同意怎么弄",
        "公司搬家，把我个人物品弄丢了",
    ),
    "E14": (
        "离婚后抚养权归我，他按时来看孩子，现在想改姓",
        "孩子跟奶奶住，学籍想转到我这边",
        "他不来看孩子也不给抚养费，孩子想爸爸",
        "离婚时孩子归男方，现在孩子自己想跟我，怎么变更",
    ),
    "E15": (
        "想把欠条P成PDF当证据，可以吗",
        "以前被爆过通讯录，后来还清了，现在征信没更新",
        "网贷还清了，平台还显示逾期，怎么改",
        "物业催缴费贴门上，觉得丢人，合法吗",
    ),
    "E16": (
        "前几年被人勒索过三千，那人判了，我想把钱要回来",
        "装修公司说不加五千就停工，能告他吗",
        "隔壁说我不给他通行就去举报我违建",
        "不给糖就捣蛋那个活动，商家没兑奖",
    ),
    "E17": (
        "狗走失了，捡到的人要两千块才还",
        "同事辞职后联系不上，电脑密码没交接",
        "外公去年走失找到的时候人没了，养老院赔了一半",
        "包工头电话打不通，工资要不到",
    ),
    "E18": (
        "父亲病逝，丧葬费抚恤金怎么领",
        "医疗事故鉴定要多少钱，两年前的手术",
        "我爸手术成功出院了，就是床位费多收了",
        "我妈去年在医院走的，做过尸检，报告说医院有次要责任，怎么要赔偿",
    ),
    "E19": (
        "爷爷五年前在养老院摔了，官司打完了，钱还没到",
        "老人想把房子收回来，儿子说赡养得好好的",
        "农村老人高龄补贴几多钱",
        "村里说我不孝，其实我每个月都回去送米送油",
    ),
    "E20": (
        "村里为修路吵了一架，后来村支书调解好了，要写个协议",
        "精神病人伤人要不要坐牢，法律怎么说",
        "两家吵架早和好了，当时派出所留了案底怎么消",
        "同归于尽那种合同条款有效吗，一方违约全部作废",
    ),
}

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
