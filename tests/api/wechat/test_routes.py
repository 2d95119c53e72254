"""A follower writes to the account; the answers come back, once."""

from __future__ import annotations

import hashlib
import itertools
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient
from wechatpy.crypto import WeChatCrypto

from api.staff import site_settings
from api.staff.roles import Role
from api.staff.tables import site_setting_table
from api.wechat import outgoing, routes, texts
from api.wechat.channel import Channel
from api.wechat.crypto import signature
from api.wechat.followers import find_follower, take_delivery
from api.wechat.incoming import read_xml
from api.wechat.pushing import push_lines
from api.wechat.tables import follower_table
from api.wiring import Service
from bot import conversations, wording
from bot.conversations import Exchange
from case_library.tables import miss_table
from routing import tickets
from routing.tables import identity_table

TOKEN = "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx2c2769f8efd9abc2"
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了"
numbers = itertools.count(1)
pytestmark = pytest.mark.rasa


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine must not turn an answer into a late one."""
    monkeypatch.setattr(routes, "ANSWER_LIMIT_S", 60)


@pytest.fixture
def openid() -> str:
    return f"o{next(numbers)}"


def xml(openid: str, kind: str = "text", key: str = "", **fields: str) -> str:
    fields = {"MsgId": key or str(next(numbers)), **fields} if kind != "event" else fields
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{next(numbers)}</CreateTime><MsgType>{kind}</MsgType>{inner}</xml>"
    )


def post(client: TestClient, body: str) -> str:
    query = {"timestamp": "1", "nonce": "n", "signature": signature(TOKEN, "1", "n")}
    answer = client.post("/wechat", params=query, content=body.encode())
    assert answer.status_code == 200
    return read_xml(answer.text)["Content"] if answer.text != routes.NOTHING else ""


def say(client: TestClient, openid: str, text: str, key: str = "") -> str:
    return post(client, xml(openid, Content=text, key=key))


def test_the_address_is_verified(plain_client: TestClient) -> None:
    query = {"timestamp": "1", "nonce": "n", "echostr": "42"}
    right = plain_client.get("/wechat", params={**query, "signature": signature(TOKEN, "1", "n")})
    assert (right.status_code, right.text) == (200, "42")
    assert plain_client.get("/wechat", params={**query, "signature": "0" * 40}).status_code == 403


def test_without_an_account_there_is_no_such_address(client: TestClient) -> None:
    query = {"timestamp": "1", "nonce": "n", "signature": signature("", "1", "n")}
    assert client.post("/wechat", params=query, content=b"<xml/>").status_code == 404


def test_a_forged_message_is_refused(plain_client: TestClient, openid: str) -> None:
    query = {"timestamp": "1", "nonce": "n", "signature": "0" * 40}
    assert plain_client.post("/wechat", params=query, content=xml(openid, Content="好").encode()).status_code == 403


def test_a_trouble_is_answered_and_goes_on_by_numbers(plain_client: TestClient, openid: str) -> None:
    answer = say(plain_client, openid, WAGES)
    assert "劳动" in answer
    number = re.search(r"(\d+) 没解决", answer)
    assert number, answer
    referral = say(plain_client, openid, number[1])
    assert "登记" in referral or "回复数字" in referral


def test_why_an_answer_did_not_help_is_told_by_a_number_and_kept(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    answer = say(plain_client, openid, WAGES)
    after = say(plain_client, openid, re.search(r"(\d+) 没解决", answer)[1])
    assert outgoing.WHY_NOT in after
    for reason, words in (("other_question", "不是我问的"), ("wrong", "说得不对")):  # the last word counts
        number = re.search(rf"(\d+) {words}", after)[1]
        assert say(plain_client, openid, number) == texts.REASON_KEPT.format(reason=words)
        with account.engine.connect() as connection:
            follower = find_follower(connection, account.secrets, openid)
            source = hashlib.sha256(follower.conversation_id.encode()).hexdigest()
            kept = connection.execute(select(miss_table.c.reason).where(miss_table.c.source == source)).scalars().all()
        assert kept == [reason]
    tap = re.search(r"回复数字：(\d+) ", after)
    assert tap
    assert say(plain_client, openid, tap[1]) != texts.REASON_KEPT  # the taps still go on from there


def test_a_number_beyond_the_taps_means_nothing_where_nothing_was_rejected(
    plain_client: TestClient, openid: str
) -> None:
    taps = len(re.findall(r"\d+ \S+", say(plain_client, openid, WAGES).split("回复数字：")[1].splitlines()[0]))
    assert "我们会改" not in say(plain_client, openid, str(taps + 1))


def test_danger_comes_first(plain_client: TestClient, openid: str) -> None:
    assert "110" in say(plain_client, openid, "他拿刀在砸门要杀我")[:60]


def test_the_notice_of_the_page_is_told_here_too_once_and_again_when_it_changes(
    plain_client: TestClient, account: Service, openid: str, twin
) -> None:
    def put_up(text: str, version: int, name: str = "opening_notice") -> None:
        with account.writing.begin() as connection:
            site_settings.change(connection, name, text, version, "管理员", account.now())

    with account.writing.begin() as connection:
        connection.execute(delete(site_setting_table))
    try:
        before = say(plain_client, f"{openid}early", WAGES)
        put_up("国庆期间人工不在。", 0)
        put_up("No agents during the holiday.", 0, "opening_notice_english")
        assert "【通知】国庆期间人工不在。" in post(plain_client, xml(openid, "event", Event="subscribe"))
        assert say(plain_client, openid, WAGES).endswith("【通知】国庆期间人工不在。")
        assert "国庆" not in say(plain_client, openid, "那要带什么")
        assert "国庆" not in before
        assert "国庆" in say(plain_client, f"{openid}early", "那要带什么")  # put up since
        say(plain_client, f"{openid}en", "My boss has not paid my wages for three months")  # long: it comes behind
        assert twin.sent == [(f"{openid}en", "【通知】No agents during the holiday.")]
        assert "【通知】" not in say(
            plain_client, f"{openid}danger", "他拿刀在砸门要杀我"
        )  # nothing stands beside danger
        put_up("", 1)
        put_up("", 1, "opening_notice_english")
        assert "【通知】" not in say(plain_client, f"{openid}late", WAGES)
    finally:
        with account.writing.begin() as connection:
            connection.execute(delete(site_setting_table))


def test_a_whole_story_is_registered_in_words(plain_client: TestClient, account: Service, openid: str) -> None:
    assert say(plain_client, openid, "登记") == texts.NO_STORY
    say(plain_client, openid, WAGES)
    assert wording.CONSENT.text in say(plain_client, openid, "登记")
    assert say(plain_client, openid, "同意 123") == texts.BAD_PHONE
    slip = say(plain_client, openid, "同意 13800138000")
    number = re.search(r"工单号 (WH\d{8}-\d{6})，查询码 \w{6}", slip)[1]
    by_openid = select(identity_table.c.person_id).where(
        identity_table.c.fingerprint == account.secrets.fingerprint(f"openid:{openid}")
    )
    with account.engine.connect() as connection:
        ticket = tickets.read_ticket(connection, account.secrets, number)
        assert connection.execute(by_openid).scalar_one() == ticket.person_id


def test_a_ticket_made_elsewhere_is_joined_by_its_code(plain_client: TestClient, account: Service, openid: str) -> None:
    say(plain_client, openid, WAGES)
    say(plain_client, openid, "登记")
    number, code = re.search(r"(WH\S+)，查询码 (\w{6})", say(plain_client, openid, "同意")).groups()
    other = f"{openid}-other"
    assert say(plain_client, other, f"{number} 000000") == texts.WRONG_CODE
    assert number in say(plain_client, other, f"{number.lower()} {code}")
    with account.engine.connect() as connection:
        first, second = (find_follower(connection, account.secrets, who) for who in (openid, other))
    assert first.conversation_id == second.conversation_id


def test_the_same_delivery_three_times_is_answered_once(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: say(plain_client, openid, WAGES, key=f"same-{openid}"), range(3)))
    assert len(set(answers)) == 1
    with account.engine.connect() as connection:
        follower = find_follower(connection, account.secrets, openid)
        assert len(conversations.exchanges(connection, follower.conversation_id)) == 1


def test_an_answer_that_comes_too_late_goes_out_by_itself_once(
    plain_client: TestClient, openid: str, twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    make = Channel._make

    def made_slowly(channel: Channel, incoming) -> tuple[str, ...]:
        slow.wait(5)
        return make(channel, incoming)

    monkeypatch.setattr(Channel, "_make", made_slowly)
    monkeypatch.setattr(routes, "ANSWER_LIMIT_S", 0.2)
    threading.Timer(0.5, slow.set).start()
    assert say(plain_client, openid, WAGES, key=f"late-{openid}") == ""
    assert say(plain_client, openid, WAGES, key=f"late-{openid}") == ""
    give_up = time.monotonic() + 10
    while not twin.sent and time.monotonic() < give_up:
        time.sleep(0.05)
    assert [who for who, _ in twin.sent] == [openid]


def test_a_delivery_whose_worker_was_lost_is_answered_by_the_next(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    key = f"lost-{openid}"
    with account.writing.begin() as connection:
        take_delivery(connection, key, account.now() - timedelta(minutes=1))
    assert "劳动" in say(plain_client, openid, WAGES, key=key)


def test_at_most_five_messages_go_out_until_the_citizen_writes_again(
    plain_client: TestClient, account: Service, openid: str, twin
) -> None:
    say(plain_client, openid, WAGES)
    channel = Channel(account, account.wechat, "")
    with account.engine.connect() as connection:
        conversation = find_follower(connection, account.secrets, openid).conversation_id
    assert [channel.deliver(conversation, f"第 {n} 条") for n in range(6)] == [True] * 5 + [False]
    say(plain_client, openid, "好的")
    assert channel.deliver(conversation, "又一条")
    with account.writing.begin() as connection:
        connection.execute(update(follower_table).values(wrote_at=account.now() - timedelta(hours=48)))
    assert not channel.deliver(conversation, "太晚")
    assert len(twin.sent) == 6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "event", "Event": "subscribe"}, "平常话"),
        ({"kind": "event", "Event": "unsubscribe"}, ""),
        ({"kind": "image", "PicUrl": "https://x.example/1"}, texts.NO_PICTURE),
        ({"kind": "voice", "Recognition": ""}, texts.NO_VOICE),
        ({"kind": "voice", "Recognition": "房东不退押金"}, "押金"),
        ({"kind": "event", "Event": "CLICK", "EventKey": "human"}, "12348"),
        ({"kind": "event", "Event": "CLICK", "EventKey": "no such"}, ""),
        ({"kind": "location", "Label": "湖北省武汉市洪山区珞喻路"}, ""),
    ],
    ids=["subscribe", "unsubscribe", "image", "silent voice", "voice", "menu", "unknown menu", "place"],
)
def test_every_kind_of_message_has_its_answer(plain_client: TestClient, openid: str, body: dict, said: str) -> None:
    answer = post(plain_client, xml(openid, **body))
    assert said in answer
    assert (answer == "") == (body.get("Event") == "unsubscribe" or body.get("EventKey") == "no such")


def test_in_encrypted_mode_another_library_reads_the_answer(encrypted_client: TestClient, openid: str) -> None:
    other = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    sent = other.encrypt_message(xml(openid, Content=WAGES), "n", "1")
    query = {"timestamp": "1", "nonce": "n", "msg_signature": read_xml(sent)["MsgSignature"], "encrypt_type": "aes"}
    answer = encrypted_client.post("/wechat", params=query, content=sent.encode()).text
    fields = read_xml(answer)
    assert "劳动" in read_xml(other.decrypt_message(answer, fields["MsgSignature"], "1", "n"))["Content"]
    plain = {"timestamp": "1", "nonce": "n", "signature": signature(TOKEN, "1", "n")}
    assert encrypted_client.post("/wechat", params=plain, content=xml(openid, Content="好").encode()).status_code == 403


def test_what_a_follower_tells_is_not_stored_with_their_openid(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    say(plain_client, openid, WAGES)
    with account.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM wechat_follower").all()
    assert openid not in str(row)


def write(service: Service, openid: str, text: str, who: str) -> None:
    with service.writing.begin() as connection:
        follower = find_follower(connection, service.secrets, openid)
        conversation = conversations.conversation_by_id(connection, follower.conversation_id, service.now())
        line = Exchange(f"~{who}-{text}", text, None, service.now(), who=who, name="王座席")
        assert conversations.save_exchange(connection, conversation, line, conversation.dialogue)


def test_an_agents_lines_go_out_once_and_notes_never(
    plain_client: TestClient, account: Service, openid: str, twin
) -> None:
    say(plain_client, openid, "房东不退押金")
    write(account, openid, "合同带在身边吗", "agent")
    write(account, openid, "他情绪激动", "note")
    assert push_lines(account) == 1
    assert push_lines(account) == 0
    assert twin.sent == [(openid, "王座席：合同带在身边吗")]


def test_english_is_answered_in_english_and_goes_on_by_numbers(plain_client: TestClient, openid: str) -> None:
    first = say(plain_client, openid, "My landlord won't give back my deposit")
    assert "Legal hotline: 12348" in first
    number = re.search(r"(\d+) Not solved", first)
    assert number
    assert "Who takes it" in say(plain_client, openid, number[1])
    assert say(plain_client, openid, "he is beating me").startswith("Call 110")


def test_the_desk_sees_how_many_messages_are_left(
    plain_client: TestClient, account: Service, openid: str, as_staff
) -> None:
    say(plain_client, openid, WAGES)
    say(plain_client, openid, "转人工")
    with account.writing.begin() as connection:
        follower = find_follower(connection, account.secrets, openid)
        connection.execute(update(follower_table).where(follower_table.c.key == follower.key).values(sent=3))
    path = f"/api/v1/desk/conversations/{follower.conversation_id}"
    assert as_staff(Role.AGENT).get(path).json()["wechat_left"] == 2
    opened = plain_client.post("/api/v1/conversations", json={"channel": "web"}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    message = {"client_id": "human", "action": "human"}
    plain_client.post(f"/api/v1/conversations/{opened['id']}/messages", json=message, headers=headers)
    assert as_staff(Role.AGENT).get(f"/api/v1/desk/conversations/{opened['id']}").json()["wechat_left"] is None
