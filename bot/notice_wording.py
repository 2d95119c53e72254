"""What is said about being told of a ticket's news."""

from __future__ import annotations

from bot.reply import ConsentText

CONSENT = ConsentText(
    version="2026-11-24",
    text="我同意把这件工单的进展发到这里。只发办到哪一步，不发我说的内容；随时可以取消。",
)
CHANNEL_NAMES = {"wechat": "微信", "sms": "短信", "email": "邮件"}
NO_FOLLOWER = "这件工单没有接到您的微信。请先在公众号里发工单号和查询码。"
BAD_MAILBOX = "邮箱不对，要像 name@example.com 这样。"
NO_PHONE = "请写手机号。"
