"""A proof of work, asked of the page only while far more comes in than people write: it costs a citizen a second, unseen, and
somebody who floods the service all of their processors.

Nothing is kept for it. The challenge is signed for one request from one address and for two minutes, so that any worker can
check it. A message is answered once in any case, so that its proof again gives the same answer; a conversation begun with a
proof has its id from it, so that the database refuses it a second time. Work (hashcash): a counter for which SHA-256 of
`challenge.counter` begins with so many zero bits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from routing.tickets import Secrets

VALID_FOR = timedelta(minutes=2)
# 32,768 hashes on average: 0.2 s in Chromium on a busy machine, one in twenty three times as long; an old phone is some five
# times slower. Whoever floods the service in a faster language than the page's still pays some milliseconds for each request.
BITS = 15
LONGEST_PROOF = 200  # characters
_EVERYBODY = "everybody"


@dataclass
class ProofNeededError(Exception):
    """Raised where a proof must come with the request, and where the one that came does not hold."""

    challenge: str


class Pressure:
    """Counts what comes in a moving minute, for one process, from all addresses and from each. A limit of 0 is none."""

    def __init__(self, everybody: int, one_address: int, exempt: Sequence[IPv4Network | IPv6Network] = ()) -> None:
        self._limits = [
            (RateLimitItemPerMinute(limit), alike)
            for limit, alike in ((one_address, False), (everybody, True))
            if limit > 0
        ]
        self._exempt = tuple(exempt)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def is_high(self, address: str) -> bool:
        """Count one more; whether it is beyond a limit. Never for exempt addresses, which are not counted."""
        if self._is_exempt(address):
            return False
        network = network_of(address)
        # An address beyond its own limit is counted no further: its flood must not make it late for everybody.
        return not all(self._limiter.hit(limit, _EVERYBODY if alike else network) for limit, alike in self._limits)

    def _is_exempt(self, address: str) -> bool:
        if not self._exempt:
            return False
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self._exempt)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the first half, since the other is anybody's to change."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return str(IPv6Network((ip, 64), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def challenge(secrets: Secrets, subject: str, address: str, now: datetime) -> str:
    """A challenge for one request (`subject`): `expires.nonce.bits.signature`."""
    open_part = f"{int((now + VALID_FOR).timestamp())}.{randomness.token_hex(12)}.{BITS}"
    return f"{open_part}.{_signature(secrets, open_part, subject, address)}"


def check(secrets: Secrets, proof: str, subject: str, address: str, now: datetime) -> str | None:
    """The challenge's nonce when the proof holds for this request; None when it is forged, late, another's or no work."""
    if len(proof) > LONGEST_PROOF or not proof.isascii() or proof.count(".") != 4:
        return None
    asked, _, counter = proof.rpartition(".")
    open_part, _, signature = asked.rpartition(".")
    if not hmac.compare_digest(signature, _signature(secrets, open_part, subject, address)):
        return None
    expires, nonce, bits = open_part.split(".")  # ours: it is signed
    if int(expires) < now.timestamp() or not counter.isdigit():
        return None
    return nonce if zero_bits(hashlib.sha256(proof.encode()).digest()) >= int(bits) else None


def require(secrets: Secrets, pressure: Pressure, proof: str, subject: str, address: str, now: datetime) -> str | None:
    """None while there is no hurry. Else the nonce of a proof that holds; `ProofNeededError` without one."""
    if not pressure.is_high(address):
        return None
    nonce = check(secrets, proof, subject, address, now) if proof else None
    if nonce is None:
        raise ProofNeededError(challenge(secrets, subject, address, now))
    return nonce


def zero_bits(digest: bytes) -> int:
    """How many zero bits it begins with."""
    return len(digest) * 8 - int.from_bytes(digest).bit_length()


def _signature(secrets: Secrets, open_part: str, subject: str, address: str) -> str:
    # Lengths, so that no two requests make the same text.
    about = network_of(address)
    return secrets.fingerprint(f"proof:{open_part}:{len(subject)}:{subject}:{about}")[:32]
