"""Signing in with the organisation's account, against a provider on loopback that signs real ID tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.testclient import TestClient

from api.dependencies import STAFF_COOKIE
from api.staff.oidc import COOKIE
from api.staff.oidc_provider import Provider
from api.staff.roles import Role
from api.wiring import Service, Tries

CLIENT, SECRET = "yibotong client", "s:ecret/+"
START, CALLBACK, SESSION = "/api/v1/staff/oidc", "/api/v1/staff/oidc/callback", "/api/v1/staff/session"
AsStaff = Callable[..., TestClient]


class Twin:
    """A provider: discovery, keys, authorization, token. What tests change is what it claims and how it signs."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signing: Any = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}  # over those of a right token; None leaves one out
        self.issuer_told = ""
        self.codes: dict[str, dict[str, str]] = {}
        twin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(200, twin.described() if "openid-configuration" in self.path else twin.keys())

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, body = twin.token(self.headers["Authorization"], {k: v[0] for k, v in form.items()})
                self.answer(status, body)

            def answer(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/realm"

    def described(self) -> dict[str, Any]:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        return {"issuer": self.issuer_told or self.issuer, **{name: f"{self.issuer}/{name}" for name in names}}

    def keys(self) -> dict[str, Any]:
        return KeySet([self.key]).as_dict(private=False)

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser brings back after somebody has signed in at the provider."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form["code"], None)
        proof = base64.b64encode(b"yibotong%20client:s%3Aecret%2F%2B").decode()
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if (
            asked is None
            or authorization != f"Basic {proof}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = self.now()
        right = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.signing.kid or "one"}
        token = jwt.encode(header, claims, self.signing, algorithms=[self.algorithm])
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    now: Callable[[], int]


@pytest.fixture
def twin(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    made = Twin()
    made.now = lambda: int(service.now().timestamp())
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    monkeypatch.setattr(service, "oidc", Provider(made.issuer, CLIENT, SECRET))
    monkeypatch.setattr(service, "sign_ins", Tries(10_000))
    yield made
    service.oidc._http.close()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    return TestClient(client.app, raise_server_exceptions=False, follow_redirects=False)


def come_back(browser: TestClient, twin: Twin, **changes: str) -> Any:
    sent = browser.get(START)
    assert sent.status_code == 303, sent.text
    assert "SameSite=lax" in sent.headers["set-cookie"]
    return browser.get(CALLBACK, params={**twin.authorize(sent.headers["location"]), **changes})


def test_somebody_known_there_and_here_comes_in_with_the_roles_they_have_here(
    browser: TestClient, twin: Twin, as_staff: AsStaff
) -> None:
    me = as_staff(Role.REVIEWER)
    twin.claims = {"preferred_username": me.username.upper(), "roles": ["administrator"]}
    back = come_back(browser, twin)
    assert (back.status_code, back.headers["location"]) == (303, "/staff/")
    assert COOKIE not in browser.cookies
    assert browser.get(SESSION).json()["roles"] == ["reviewer"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client", "third"]},
        {"iss": "http://127.0.0.1:1/realm"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": ["a", "b"]},
        {"preferred_username": "unknown-here"},
        {"azp": "another client"},
    ],
    ids=str,
)
def test_a_token_that_does_not_prove_it_is_refused(
    browser: TestClient, twin: Twin, as_staff: AsStaff, claims: dict[str, Any]
) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username, **claims}
    assert_refused(browser, come_back(browser, twin))


def test_a_signature_of_another_key_is_refused(browser: TestClient, twin: Twin, as_staff: AsStaff) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username}
    twin.signing = RSAKey.generate_key(2048, {"kid": "one"})
    assert_refused(browser, come_back(browser, twin))


def test_a_signature_with_a_shared_secret_is_refused(browser: TestClient, twin: Twin, as_staff: AsStaff) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username}
    twin.signing, twin.algorithm = OctKey.import_key("s" * 32, {"kid": "one"}), "HS256"
    assert_refused(browser, come_back(browser, twin))


def test_a_new_key_of_the_provider_is_fetched(browser: TestClient, twin: Twin, as_staff: AsStaff) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username}
    assert come_back(browser, twin).headers["location"] == "/staff/"
    twin.key = twin.signing = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert come_back(browser, twin).headers["location"] == "/staff/"


@pytest.mark.parametrize(
    "changes", [{"state": "another"}, {"state": ""}, {"state": "é"}, {"code": ""}, {"code": "made-up"}]
)
def test_an_answer_to_no_request_of_this_browser_is_refused(
    browser: TestClient, twin: Twin, as_staff: AsStaff, changes: dict[str, str]
) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username}
    assert_refused(browser, come_back(browser, twin, **changes))


@pytest.mark.parametrize("cookie", [None, "made-up"])
def test_an_answer_brought_to_another_browser_is_refused(
    browser: TestClient, twin: Twin, as_staff: AsStaff, cookie: str | None
) -> None:
    twin.claims = {"preferred_username": as_staff(Role.AGENT).username}
    answer = twin.authorize(browser.get(START).headers["location"])
    victim = TestClient(browser.app, follow_redirects=False, cookies={COOKIE: cookie} if cookie else None)
    assert_refused(victim, victim.get(CALLBACK, params=answer))


def test_a_deactivated_account_stays_out(browser: TestClient, twin: Twin, as_staff: AsStaff) -> None:
    me, administrator = as_staff(Role.AGENT), as_staff(Role.ADMINISTRATOR)
    administrator.patch(f"/api/v1/staff/accounts/{me.staff_id}", json={"version": 1, "active": False})
    twin.claims = {"preferred_username": me.username}
    assert_refused(browser, come_back(browser, twin))


@pytest.mark.parametrize(("verified", "where"), [(True, "/staff/"), (False, "/staff/?refused=1")])
def test_an_email_counts_only_when_it_is_verified(
    browser: TestClient,
    twin: Twin,
    as_staff: AsStaff,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    verified: bool,
    where: str,
) -> None:
    me = as_staff(Role.AGENT, username=f"{verified}@example.invalid".lower())
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update={"oidc_claim": "email"}))
    twin.claims = {"email": me.username, "email_verified": verified}
    assert come_back(browser, twin).headers["location"] == where


def test_a_provider_that_calls_itself_another_is_refused(browser: TestClient, twin: Twin) -> None:
    twin.issuer_told = "http://127.0.0.1:1/other"
    assert_refused(browser, browser.get(START))


def test_a_provider_that_is_away_is_no_server_error(
    browser: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Provider("http://127.0.0.1:9/realm", CLIENT, SECRET)
    monkeypatch.setattr(service, "oidc", away)
    assert_refused(browser, browser.get(START))
    away._http.close()


def test_without_a_provider_there_is_no_such_way(browser: TestClient) -> None:
    assert browser.get("/api/v1/staff/sign-in-ways").json() == {"oidc": ""}
    assert [browser.get(path).status_code for path in (START, CALLBACK)] == [404, 404]


def test_the_button_is_named_by_the_setting(browser: TestClient, twin: Twin) -> None:
    assert browser.get("/api/v1/staff/sign-in-ways").json() == {"oidc": "统一认证"}


def assert_refused(browser: TestClient, answer: Any) -> None:
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/?refused=1")
    assert STAFF_COOKIE not in browser.cookies
    assert browser.get(SESSION).status_code == 401
