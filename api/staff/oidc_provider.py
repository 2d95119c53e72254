"""An OpenID Connect provider (统一认证), as far as signing in needs it: authorization code flow with PKCE and nonce."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx2
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

TIMEOUT_S = 5
KEEP_S = 3600  # how long the provider's description and keys are kept
LEEWAY_S = 60  # clocks differ
# Signed with a key that only the provider has; an HMAC or "none" proves nothing here.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


class OidcError(Exception):
    """The provider did not answer, or what it answered proves nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one browser was sent away with; has to come back with it."""

    state: str
    nonce: str
    verifier: str


def new_request() -> Request:
    """A request nobody can guess."""
    return Request(generate_token(32), generate_token(32), generate_token(64))


class Provider:
    """One provider, found by its issuer address. Thread-safe."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._http = httpx2.Client(timeout=TIMEOUT_S)
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def authorization_url(self, request: Request, redirect_uri: str) -> str:
        """Where the browser is sent."""
        params = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile email",
            "state": request.state,
            "nonce": request.nonce,
            "code_challenge": create_s256_code_challenge(request.verifier),
            "code_challenge_method": "S256",
        }
        return add_params_to_uri(self._endpoint("authorization_endpoint"), list(params.items()))

    def claims(self, code: str, request: Request, redirect_uri: str, now: datetime) -> Mapping[str, Any]:
        """Who has signed in there: the claims of a verified ID token; `OidcError`."""
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        proof = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        token = self._fetch(
            "POST",
            self._endpoint("token_endpoint"),
            auth=proof,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": request.verifier,
            },
        )
        try:
            decoded = self._decode(str(token.get("id_token", "")))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {"nonce": request.nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
            )
            claims.validate(int(now.timestamp()), LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise OidcError(f"ID token refused: {type(error).__name__} {error}") from error
        return claims

    def _decode(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # the provider has a new key
            self._kept.pop("jwks_uri", None)
            return jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._keep("jwks_uri", lambda: self._endpoint("jwks_uri")))

    def _endpoint(self, name: str) -> str:
        found = self._keep("discovery", lambda: get_well_known_url(self._issuer, external=True))
        if found.get("issuer") != self._issuer:
            raise OidcError(f"issuer {found.get('issuer')!r}, expected {self._issuer!r}")
        address = str(found.get(name, ""))
        if httpx2.URL(address).scheme != httpx2.URL(self._issuer).scheme:
            raise OidcError(f"{name} {address!r}: expected the issuer's scheme")
        return address

    def _keep(self, name: str, address: Any) -> dict[str, Any]:
        at, kept = self._kept.get(name, (0.0, {}))
        if not kept or time.monotonic() - at > KEEP_S:
            kept = self._fetch("GET", address())
            self._kept[name] = (time.monotonic(), kept)
        return kept

    def _fetch(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, address, headers={"Accept": "application/json"}, **more)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise OidcError(f"{method} {address}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise OidcError(f"{method} {address}: expected a JSON object")
        return found
