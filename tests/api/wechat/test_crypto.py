from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from api.wechat.crypto import ForgedMessageError, MessageCipher, is_signed, signature
from api.wechat.incoming import read_message, read_xml, sealed

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx2c2769f8efd9abc2"
# From the sample code WeChat publishes for its platform.
SAMPLE = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0"
    "B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA"
    "912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6Oe"
    "wpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)


def test_the_sample_wechat_publishes_is_verified_and_read() -> None:
    assert is_signed("5d197aaffba7e9b25a30732f161a50dee96bd5fa", "spamtest", "1409735669", "1320562132", SAMPLE)
    message = read_message(MessageCipher(AES_KEY, APP_ID).decrypt(SAMPLE))
    assert (message.key, message.kind, message.text) == ("6054768590064713728", "text", "abcdteT")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_what_is_encrypted_reads_the_same_by_another_library_and_back(text: str) -> None:
    ours, theirs = MessageCipher(AES_KEY, APP_ID), WeChatCrypto("spamtest", AES_KEY, APP_ID)
    encrypted = ours.encrypt(text)
    xml = sealed(encrypted, signature("spamtest", "1", "n", encrypted), "1", "n")
    fields = read_xml(xml)
    assert theirs.decrypt_message(xml, fields["MsgSignature"], "1", "n") == text
    assert ours.decrypt(read_xml(theirs.encrypt_message(text, "n", "1"))["Encrypt"]) == text


@pytest.mark.parametrize("damaged", ["", "=", "AAAA", base64.b64encode(bytes(64)).decode(), SAMPLE[4:]])
def test_a_damaged_message_is_refused(damaged: str) -> None:
    with pytest.raises(ForgedMessageError):
        MessageCipher(AES_KEY, APP_ID).decrypt(damaged)


def test_a_message_for_another_account_is_refused() -> None:
    with pytest.raises(ForgedMessageError, match="account"):
        MessageCipher(AES_KEY, "wx0").decrypt(SAMPLE)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<xml>",
        b"\xff",
        b"<a/>",
        b"<xml/>",
        b"<xml><MsgType>text</MsgType></xml>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
        b"<xml><FromUserName>o</FromUserName><MsgType>strange</MsgType></xml>",
    ],
)
def test_what_is_not_wechats_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(ForgedMessageError):
        read_message(xml)
