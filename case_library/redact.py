"""Masking of numbers that identify a person, before a text is stored or logged.

Cheap, for the answer path. For keeping a text for reuse there is `case_library.personal`.
"""

from __future__ import annotations

import re

# Digits may be full-width or broken by spaces and hyphens, as people type them. `\d` matches full-width digits too.
GAP = r"[\s\-—–−－.·]{0,2}"
ID_NUMBER = re.compile(rf"(?<!\d)(?:\d{GAP}){{17}}[\dXxＸｘ](?!\d)")
OLD_ID_NUMBER = re.compile(rf"(?<!\d)(?:\d{GAP}){{14}}\d(?!\d)")
BANK_CARD = re.compile(rf"(?<!\d)(?:\d{GAP}){{15,18}}\d(?!\d)")
MOBILE = re.compile(rf"(?<!\d)(?:(?:\+?86|0086){GAP})?(1[3-9]\d){GAP}(\d{{4}}){GAP}(\d{{4}})(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

ID_MASK = "〔身份证号〕"
CARD_MASK = "〔银行卡号〕"


def mask(text: str) -> str:
    """`text` with ID numbers and bank cards replaced by a label and mobile numbers as 138****5678.

    An 18-digit number counts as an ID number when its checksum holds or its birth date is possible (a mistyped one is
    personal data too); 16 to 19 digits as a bank card when Luhn's check holds.
    """
    text = ID_NUMBER.sub(lambda m: ID_MASK if is_id_number(digits_of(m[0])) else m[0], text)
    text = BANK_CARD.sub(lambda m: CARD_MASK if passes_luhn(digits_of(m[0])) else m[0], text)
    text = OLD_ID_NUMBER.sub(lambda m: ID_MASK if is_old_id_number(digits_of(m[0])) else m[0], text)
    return MOBILE.sub(lambda m: f"{digits_of(m[1])}****{digits_of(m[3])}", text)


def digits_of(text: str) -> str:
    """Its digits, in half width, and an X at the end of an ID number."""
    return "".join("X" if char in "XxＸｘ" else str(int(char)) for char in text if char.isdigit() or char in "XxＸｘ")


def is_id_number(digits: str) -> bool:
    """Eighteen digits whose checksum holds or whose birth date is possible."""
    check = sum(int(d) * w for d, w in zip(digits[:17], _ID_WEIGHTS, strict=True)) % 11
    if digits[17] == "10X98765432"[check]:
        return True
    return digits[6:8] in ("19", "20") and 1 <= int(digits[10:12]) <= 12 and 1 <= int(digits[12:14]) <= 31


def is_old_id_number(digits: str) -> bool:
    """Fifteen digits, as issued before 1999: area, birth date with a year of two digits, number."""
    return digits[0] in "12345678" and 1 <= int(digits[8:10]) <= 12 and 1 <= int(digits[10:12]) <= 31


def passes_luhn(digits: str) -> bool:
    """Luhn's check, as bank cards hold it."""
    if "X" in digits:
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0
