"""The chain of history as pure arithmetic: what is hashed, and whether a run of entries holds together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be remembered, before it has its place in the chain. `changes` must be JSON."""

    act: str
    person_id: int | None
    sentence: str
    on: date
    at: datetime
    changes: dict[str, Any]
    district_code: str = ""
    unit_code: str = ""
    measure_code: str = ""


def digest(number: int, act: Act, previous_hash: str) -> str:
    """SHA-256 over the entry and the hash before it; the instant in UTC to the microsecond."""
    body = [
        number, act.act, act.person_id, act.sentence, act.on.isoformat(), act.at.timestamp(), act.changes,
        act.district_code, act.unit_code, act.measure_code, previous_hash,
    ]  # fmt: skip
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(entries: Iterable[tuple[int, Act, str, str]]) -> int | None:
    """Number of the first entry (number, act, previous hash, hash) that does not follow from the one before."""
    last_number, last_hash = 0, ""
    for number, act, previous, own in entries:
        if number != last_number + 1 or previous != last_hash or digest(number, act, previous) != own:
            return number
        last_number, last_hash = number, own
    return None
