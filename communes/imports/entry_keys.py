"""The keys of a row of our own workbook: which cell of which year it is, what it held when it was fetched, and a
check that nobody changed them. Made by the exporter, read by the importer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "communes.entry-workbook"


def content_of(said: Sequence[Any]) -> str:
    """A short name of what a row states (the columns of `Entry.fields`): 1,50 and 1,5 are the same."""
    text = "\x1f".join(map(_plain, said))
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and not value[:1].isdigit():
        return value
    try:
        return format(Decimal(value).normalize(), "f")
    except InvalidOperation:
        return str(value)


def says_the_same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return list(map(_plain, one)) == list(map(_plain, other))


def check_of(unit: str, measure: str, year: int, version: int, content: str) -> str:
    """What stands in the column "Mã kiểm tra": the content, and a signature over it and the keys."""
    signed = salted_hmac(_SALT, f"{unit}|{measure}|{year}|{version}|{content}").hexdigest()
    return f"{content}-{signed[:12]}"


def content_in(check: str, unit: str, measure: str, year: int, version: int) -> str | None:
    """The content that a row held when it was fetched; None where keys and check do not belong together."""
    content = check.partition("-")[0]
    return content if constant_time_compare(check, check_of(unit, measure, year, version, content)) else None
